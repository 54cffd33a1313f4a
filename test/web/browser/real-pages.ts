/**
 * The checkout page of a whole Tender in a real browser. Every page is watched: what it asks of other origins, what its
 * content security policy refuses, what goes wrong in its script; `clean()` fails on any of it.
 */
import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { TestApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';

export const wide = { width: 1280, height: 900 };
export const narrow = { width: 360, height: 740 };

export interface Window {
  context: BrowserContext;
  page: Page;
  /** Addresses outside Tender and the pretend bank. */
  foreign: string[];
  /** What the console and the script complained about. */
  complaints: string[];
}

/** A browser window on a session's page. */
export async function openWindow(
  { app, browser }: { app: TestApp; browser: Browser },
  session: Json,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({ viewport: wide, locale: 'en-ZA', ...options });
  const window = watched(app, context, await context.newPage());
  await window.page.goto(session.session_url);
  return window;
}

/** The same window's second tab on a session's page. */
export async function openTab(app: TestApp, { context }: Window, session: Json): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(session.session_url);
  assert.ok(page.url().startsWith(app.url));
  return page;
}

/** Watches all pages of a context. */
export function watched(app: TestApp, context: BrowserContext, page: Page): Window {
  const window: Window = { context, page, foreign: [], complaints: [] };
  context.setDefaultTimeout(10_000);
  const ours = [app.url, app.sandbox.url];
  context.on('request', (request) => {
    if (!ours.includes(new URL(request.url()).origin)) window.foreign.push(request.url());
  });
  context.on('console', (message) => {
    if (message.type() === 'error' || /content security policy/i.test(message.text()))
      window.complaints.push(message.text());
  });
  context.on('weberror', (error) => window.complaints.push(error.error().message));
  return window;
}

/** Closes a window and fails on anything it should not have done. */
export async function clean(window: Window): Promise<void> {
  await window.context.close();
  assert.deepEqual({ foreign: window.foreign, complaints: window.complaints }, { foreign: [], complaints: [] });
}

export interface Typed {
  number?: string;
  expiry?: string;
  cvc?: string;
}

/** Fills in a card; what is not given stays as it is. */
export async function types(page: Page, typed: Typed): Promise<void> {
  const fields = { card_number: typed.number, card_expiry: typed.expiry, card_cvc: typed.cvc };
  for (const [id, value] of Object.entries(fields)) {
    if (value !== undefined) await page.locator(`#${id}`).fill(value);
  }
}

export async function typesCard(page: Page, number: string): Promise<void> {
  await types(page, { number, expiry: '1230', cvc: '123' });
}

/** Presses the button of the pay form. */
export async function presses(page: Page): Promise<void> {
  await page.locator('#pay button[type=submit]').click();
}

export async function pays(page: Page, number: string): Promise<void> {
  await typesCard(page, number);
  await presses(page);
}

/** Waits for a screen; says which one stands there instead. */
export async function sees(page: Page, ...states: string[]): Promise<void> {
  const wanted = states.map((state) => `main[data-state=${state}]`).join(',');
  await page
    .locator(wanted)
    .waitFor()
    .catch(async () => {
      const stands = await stateOf(page);
      assert.fail(`the page should say ${states.join(' or ')} and says ${stands}`);
    });
}

export async function stateOf(page: Page): Promise<string | null> {
  return page.locator('main').getAttribute('data-state', { timeout: 1_000 });
}

/** The page's text as a person reads it. */
export async function reads(page: Page): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: what is folded or hidden must not count as read.
  return (await page.evaluate(() => document.querySelector('main')?.innerText ?? '')).replaceAll(/\s+/g, ' ');
}
