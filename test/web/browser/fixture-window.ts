/**
 * A browser window that shows made-up pages one after the other, in any look: direction, width, scheme and brand. The bank and the shop
 * answer 204, so every page stays; what is asked of anybody else, and what the browser complains about, is kept.
 */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import type { Branding, BrandView } from '../../../src/domain/branding.ts';
import { deriveColours } from '../../../src/domain/branding-colours.ts';
import { LOCALES } from '../../../src/web/i18n/locales.ts';
import { BROWSER_COOKIE, type CheckoutServer } from '../checkout-server.ts';
import type { Fixture } from '../fixtures.ts';

export interface Look {
  dir: 'ltr' | 'rtl';
  width: 320 | 768 | 1280;
  scheme: 'light' | 'dark' | 'forced';
  theme: keyof typeof THEMES;
}

/** Six brands; the second and third are hostile: no text could be read in them as they are. */
export const THEMES = {
  plain: {},
  yellow: { brandColor: '#ffff00', backgroundColor: '#ffffff', accentColor: '#ffff00' },
  grey: { brandColor: '#808080', backgroundColor: '#808080', accentColor: '#808080', darkBackgroundColor: '#808080' },
  night: { brandColor: '#111111', backgroundColor: '#0b1020', colorScheme: 'auto', font: 'geometric' },
  warm: { brandColor: '#e4002b', backgroundColor: '#fff4e6', cornerRadius: 24, buttonShape: 'pill', font: 'serif' },
  sharp: { brandColor: '#00a651', accentColor: '#ff6600', backgroundColor: '#f0f7f2', cornerRadius: 0, font: 'mono' },
} as const satisfies Record<string, Branding>;

const BRANDS = Object.fromEntries(
  Object.entries(THEMES).map(([name, set]) => {
    const brand: BrandView = { version: 1, set, derived: deriveColours(set).derived, files: [] };
    return [name, brand];
  }),
);

/** A language of the page that is written from right to left. */
const RTL = LOCALES.find(({ dir }) => dir === 'rtl')?.tag;

export interface FixtureWindow {
  page: Page;
  /** Requests to anybody else since the last screen. */
  foreign: string[];
  /** Complaints of the browser since the last screen. */
  problems: string[];
  show(fixture: Fixture, look: Look): Promise<void>;
  /** The same page in another width or scheme, without loading it again. */
  turn(look: Pick<Look, 'width' | 'scheme'>): Promise<void>;
  close(): Promise<void>;
}

export async function openFixtureWindow(
  browser: Browser,
  checkout: CheckoutServer,
  options: { javaScriptEnabled?: boolean; cookies?: boolean } = {},
): Promise<FixtureWindow> {
  // Styles that a test adds are not the page's own.
  const context = await browser.newContext({ bypassCSP: true, javaScriptEnabled: options.javaScriptEnabled ?? true });
  if (options.cookies !== false) await context.addCookies([{ ...BROWSER_COOKIE, url: checkout.origin }]);
  if (options.javaScriptEnabled !== false) await context.addInitScript({ content: axe.source });
  const page = await context.newPage();
  const foreign: string[] = [];
  const problems: string[] = [];
  await context.route(
    (url) => !url.href.startsWith(checkout.origin),
    (route) => {
      foreign.push(route.request().url());
      return route.fulfill({ status: 204 });
    },
  );
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  const turn = async ({ width, scheme }: Pick<Look, 'width' | 'scheme'>): Promise<void> => {
    await page.setViewportSize({ width, height: width === 320 ? 640 : 900 });
    await page.emulateMedia({
      colorScheme: scheme === 'dark' ? 'dark' : 'light',
      // Else colours are read while they change.
      reducedMotion: 'reduce',
      forcedColors: scheme === 'forced' ? 'active' : 'none',
    });
  };
  return {
    page,
    foreign,
    problems,
    turn,
    async show(fixture, look) {
      await turn(look);
      foreign.length = 0;
      problems.length = 0;
      // In a narrow window the script leaves for the bank before the page has loaded; the 204 keeps the page.
      const waitUntil = fixture.state === 'three_ds' || fixture.state === 'redirect' ? 'commit' : 'load';
      const locale = look.dir === 'rtl' && RTL !== undefined ? { locale: RTL } : {};
      const view = { ...fixture.view, ...locale, brand: BRANDS[look.theme] as BrandView };
      await page.goto(checkout.origin + checkout.put(fixture.name, view, fixture.kept), { waitUntil });
      await page.locator('footer').waitFor({ state: 'attached' });
      if (look.dir === 'rtl' && RTL === undefined)
        await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
    },
    close: () => context.close(),
  };
}

/**
 * Violations of WCAG and of axe's best practices. In forced colours contrast is the system's own affair, and axe would read the
 * page's colours, which nobody sees then.
 */
export async function violations(page: Page, scheme?: Look['scheme']): Promise<string[]> {
  const result = await page.evaluate((contrast) => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    const rules = { 'color-contrast': { enabled: contrast } };
    return inPage.run(document, { iframes: false, resultTypes: ['violations'], rules });
  }, scheme !== 'forced');
  return result.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join(', ')}`,
  );
}

export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}

/** Controls that are lower than a finger, 44 pixels. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, .button, summary, select, input:not([type=hidden])')]
      .map((element) => {
        const box = element.matches('[type=radio], [type=checkbox]');
        const target = box ? (element.closest('label, .consent, .choice') ?? element) : element;
        return { text: element.outerHTML.slice(0, 80), height: target.getBoundingClientRect().height };
      })
      .filter(({ height }) => height > 0 && height < 44)
      .map(({ text, height }) => `${text} is ${height} px high`),
  );
}

/** Text that its box cuts off. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'main :is(h1, h2, h3, p, dd, dt, button, .button, label, legend, li, output)',
      ),
    ]
      .filter((element) => {
        const { overflowX, display } = getComputedStyle(element);
        const cuts = overflowX === 'hidden' || overflowX === 'clip';
        return display !== 'inline' && cuts && !element.closest('.vh') && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => element.outerHTML.slice(0, 80)),
  );
}
