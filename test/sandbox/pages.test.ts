/** The pages in a real browser: usable at every width, by keyboard, in the dark, without a finding of axe. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../web/browser/chromium.ts';
import { card, foundTown } from './merchant.ts';
import { auditPages } from './page-audit.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('every page passes axe, fits its width and has targets of 44 pixels, light and dark', async (t) => {
  const { merchant, sandbox } = await foundTown(t);
  const open = async (key: string, number: string) =>
    (await merchant.charge(key, { method: card(number) })).body.action.acs_url as string;
  const decided = await open('the-key-decided', '4000009600000007');
  await fetch(decided, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision: 'decline' }) });
  const pages = {
    challenge: await open('the-key-challenge', '4000000000003220'),
    silent: await open('the-key-silent', '4000009300700005'),
    decided,
    inbox: `${sandbox.url}/`,
    unknown: `${sandbox.url}/acs/nothing`,
  };
  const titles = await auditPages(browser, { pages, dark: ['challenge', 'inbox'] });
  assert.equal(titles.size, 5);
});

test('a payer approves by keyboard alone and lands on the shop, though its address is another origin', async (t) => {
  const town = await foundTown(t);
  const shop = await foundTown(t);
  const landing = `${shop.sandbox.url}/health?attempt=7`;
  const { body } = await town.merchant.charge('the-key-keys', {
    method: card('4000000000003220'),
    return_url: landing,
  });
  const page = await browser.newPage();
  await page.goto(body.action.acs_url);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(landing);
  assert.equal((await town.merchant.lookup('the-key-keys')).body.data[0].status, 'approved');
  await page.goto(body.action.acs_url);
  assert.equal(await page.textContent('h1'), 'You approved this payment');
  assert.equal(await page.getAttribute('a', 'href'), landing);
  await page.close();
});

test('the browser check goes through by itself, in its frame, without script', async (t) => {
  const town = await foundTown(t);
  const shop = await foundTown(t);
  const landing = `${shop.sandbox.url}/health`;
  const { body } = await town.merchant.charge('the-key-check', {
    method: card('4000009300600007'),
    return_url: landing,
  });
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(body.action.acs_url, { waitUntil: 'commit' });
  await page.waitForURL(landing);
  assert.equal((await town.merchant.lookup('the-key-check')).body.data[0].three_ds.flow, 'frictionless');
  await context.close();
});

test('the shop and pages around it may frame the bank’s question, nothing is cached, and a decision shows in the inbox no more', async (t) => {
  const { merchant, sandbox } = await foundTown(t);
  const { body } = await merchant.charge('the-key-frame', { method: card('4000000000003220') });
  const answer = await fetch(body.action.acs_url);
  const policy = answer.headers.get('content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none'; base-uri 'none'; style-src 'sha256-[^']+'/);
  assert.match(
    policy,
    /form-action 'self' https:\/\/shop\.example; frame-ancestors 'self' https:\/\/shop\.example https: http:\/\/localhost:\*$/,
  );
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.match(await answer.text(), /Test page\. No money moves\./);
  const inbox = async () => (await fetch(sandbox.url)).text();
  assert.ok((await inbox()).includes(new URL(body.action.acs_url).pathname));
  await fetch(body.action.acs_url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ decision: 'approve' }),
  });
  assert.ok(!(await inbox()).includes(new URL(body.action.acs_url).pathname));
});

test('what a merchant calls itself or its order is shown as text, never as markup', async (t) => {
  const town = await foundTown(t);
  const shop = await town.openAccount('<img src=x onerror=alert(1)>');
  const { body } = await shop.charge('the-key-html', { method: card('4000000000003220'), reference: '"><script>' });
  const page = await (await fetch(body.action.acs_url)).text();
  assert.ok(page.includes('&lt;img src=x'));
  assert.ok(!/<img|<script/.test(page));
});
