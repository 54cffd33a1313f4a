/** The pages of bank, wallet, phone and till in a real browser: at every width, by keyboard, in the dark, without script. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../web/browser/chromium.ts';
import { foundTown, type Town } from './merchant.ts';
import { BANK, decides, pageOf, phone, TILL, WALLET } from './method-payer.ts';
import { auditPages } from './page-audit.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

const METHODS = { bank: BANK, wallet: WALLET, phone: phone('89'), till: TILL };

async function opens(town: Town, key: string, method: object, returnUrl?: string): Promise<string> {
  await town.merchant.charge(key, { method, ...(returnUrl && { return_url: returnUrl }) });
  return pageOf(town, key);
}

async function settles(url: string, decision: string): Promise<void> {
  await (await decides(url, decision, { pin: '1234' })).arrayBuffer();
}

test('every page of every method, in every state, passes axe, fits its width and has a title of its own', async (t) => {
  const town = await foundTown(t);
  const pages: Record<string, string> = {};
  for (const [name, method] of Object.entries(METHODS)) pages[name] = await opens(town, `the-key-late-${name}`, method);
  await town.merchant.waits(73 * 3_600_000);
  for (const name of Object.keys(METHODS)) pages[`late-${name}`] = pages[name]!;
  for (const [name, method] of Object.entries(METHODS)) pages[name] = await opens(town, `the-key-open-${name}`, method);
  pages.automatic = await opens(town, 'the-key-auto', phone('03'));
  pages.approved = await opens(town, 'the-key-yes', METHODS.wallet);
  await settles(pages.approved, 'approve');
  pages.declined = await opens(town, 'the-key-no', METHODS.phone);
  await settles(pages.declined, 'decline');
  pages.pending = await opens(town, 'the-key-later', { type: 'pay_by_bank', bank: 'patient' });
  await settles(pages.pending, 'approve');
  pages.inbox = `${town.sandbox.url}/`;
  const titles = await auditPages(browser, { pages, dark: ['phone', 'till', 'late-bank', 'pending', 'inbox'] });
  assert.equal(titles.size, Object.keys(pages).length, [...titles].join('\n'));
  assert.match([...titles].join('\n'), /Approve ZAR.20\.00 · Prompt Bank/);
});

test('a payer types the PIN and approves by keyboard alone; a wrong one is said, in the title too, and asked again', async (t) => {
  const town = await foundTown(t);
  const shop = await foundTown(t);
  const landing = `${shop.sandbox.url}/health?attempt=7`;
  const url = await opens(town, 'the-key-pin', METHODS.phone, landing);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  assert.equal(await page.getByLabel('PIN').getAttribute('type'), 'password');
  await page.keyboard.press('Tab');
  await page.keyboard.type('12');
  await page.keyboard.press('Enter');
  // The browser itself stops two digits; what comes by other ways is answered by the page.
  assert.equal(new URL(page.url()).pathname, new URL(url).pathname);
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ decision: 'approve', pin: '12' }) });
  const again = await answer.text();
  assert.match(again, /<title>Error: Approve/);
  assert.match(again, /aria-describedby="pin-hint pin-error" aria-invalid="true"/);
  assert.ok(!again.includes('value="12"'));
  await page.keyboard.type('34');
  await page.keyboard.press('Enter');
  await page.waitForURL(landing);
  assert.equal((await town.merchant.lookup('the-key-pin')).body.data[0].status, 'approved');
  await context.close();
});

test('declining a phone asks for no PIN', async (t) => {
  const town = await foundTown(t);
  const shop = await foundTown(t);
  const landing = `${shop.sandbox.url}/health`;
  const page = await browser.newPage();
  await page.goto(await opens(town, 'the-key-no-pin', METHODS.phone, landing));
  await page.getByRole('button', { name: 'Decline' }).click();
  await page.waitForURL(landing);
  assert.equal((await town.merchant.lookup('the-key-no-pin')).body.data[0].reason, 'cancelled_by_payer');
  await page.close();
});

test('after the deadline a payer pays late by a press, and lands on the shop', async (t) => {
  const town = await foundTown(t);
  const shop = await foundTown(t);
  const landing = `${shop.sandbox.url}/health`;
  const url = await opens(town, 'the-key-late', METHODS.till, landing);
  await town.merchant.waits(73 * 3_600_000);
  const page = await browser.newPage();
  await page.goto(url);
  assert.equal(await page.title(), 'The time is up · Sandbox Shop');
  await page.getByRole('button', { name: 'Pay late' }).click();
  await page.waitForURL(landing);
  await page.goto(url);
  assert.equal(await page.textContent('h1'), 'You paid after the end');
  await page.close();
});

test('the inbox lists what is open of every method and leads to each page; what is decided is gone from it', async (t) => {
  const town = await foundTown(t);
  const urls = new Map<string, string>();
  for (const [name, method] of Object.entries(METHODS)) urls.set(name, await opens(town, `the-key-${name}`, method));
  const page = await browser.newPage();
  await page.goto(town.sandbox.url);
  for (const [name, link] of Object.entries({
    bank: "Open the bank's page",
    wallet: 'Open the wallet',
    phone: 'Pick up the phone',
    till: 'Go to the till',
  })) {
    assert.equal(
      await page.getByRole('link', { name: link }).getAttribute('href'),
      new URL(urls.get(name)!).pathname,
      name,
    );
  }
  for (const url of urls.values()) await settles(url, 'approve');
  await page.reload();
  assert.equal(await page.title(), 'No open actions · Sandbox bank');
  await page.close();
});

test('every page goes out with the headers of a page, and what is told in it is text', async (t) => {
  const town = await foundTown(t);
  const shop = await town.openAccount('<img src=x>');
  await shop.charge('the-key-html', { method: METHODS.bank, reference: '"><script>' });
  const { body } = await town.control('GET', '/control/actions');
  const answer = await fetch(body.data[0].url);
  const policy = answer.headers.get('content-security-policy') ?? '';
  assert.match(
    policy,
    /^default-src 'none'; base-uri 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/shop\.example; frame-ancestors 'self' https:\/\/shop\.example$/,
  );
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const page = await answer.text();
  assert.match(page, /Test page\. No money moves\./);
  assert.ok(page.includes('&lt;img src=x') && !/<img|<script/.test(page));
});
