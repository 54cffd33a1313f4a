/**
 * Every state of a real session in a browser without JavaScript, and in one that blocks cookies: reached by clicking what the page shows,
 * with a title, a heading and its way on; and what was paid is paid once.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../../scripts/chromium.mjs';
import { MINUTE } from '../../../src/lib/time.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';
import { cards } from '../../support/payer.ts';
import { BROWSER_FLAGS } from './chromium.ts';
import { sees } from './real-pages.ts';

let app: TestApp;
const folders: string[] = [];
const contexts: BrowserContext[] = [];
before(async () => {
  app = await testApp();
});
after(async () => {
  for (const context of contexts) await context.close();
  await app?.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A browser of its own, since only a profile can block cookies. */
async function browserWithout(what: 'script' | 'cookies'): Promise<BrowserContext> {
  const folder = mkdtempSync(join(tmpdir(), 'tender-profile-'));
  folders.push(folder);
  mkdirSync(join(folder, 'Default'));
  const blocked = what === 'cookies' ? { default_content_setting_values: { cookies: 2 } } : {};
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile: blocked }));
  const executablePath = findChromium();
  assert.ok(executablePath !== undefined, 'Chromium is installed');
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    args: [...BROWSER_FLAGS],
    javaScriptEnabled: what !== 'script',
    viewport: { width: 360, height: 740 },
    locale: 'en-ZA',
  });
  contexts.push(context);
  context.setDefaultTimeout(10_000);
  return context;
}

interface Case {
  state: string;
  /** What the session is made with. */
  body?: Json;
  /** What the payer does, beginning on the open page. */
  go(page: Page, session: Json): Promise<void>;
  /** A button or link that has to stand on the screen. */
  way?: RegExp;
}

async function types(page: Page, number: string, expiry = '12/30'): Promise<void> {
  await page.locator('#card_number').fill(number);
  await page.locator('#card_expiry').fill(expiry);
  await page.locator('#card_cvc').fill('123');
}

/** Presses Pay and waits for the answer. */
async function press(page: Page): Promise<void> {
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.locator('#pay button[type=submit]').click();
  await answered;
}

async function pays(page: Page, number: string): Promise<void> {
  const fresh = page.locator('[name=payment_method][value=card][type=radio]');
  if (await fresh.count()) await fresh.check();
  await types(page, number);
  await press(page);
}

async function chooses(page: Page, method: string): Promise<void> {
  await page.locator(`[name=payment_method][value=${method}]`).check();
  if (method === 'pay_by_bank') await page.locator('#pay_by_bank_bank').selectOption('prompt');
  if (method === 'mobile_money') await page.locator('#mobile_money_phone').fill('+27 82 123 4500');
  await press(page);
}

const CHECK = /Check now|check now/;
const CASES: readonly Case[] = [
  { state: 'choose', async go() {}, way: /^Pay / },
  { state: 'choose', go: (page) => types(page, cards.approved, '13/30').then(() => press(page)), way: /^Pay / },
  { state: 'declined', go: (page) => pays(page, cards.insufficientFunds), way: /^Pay / },
  { state: 'declined_other', go: (page) => pays(page, '4000000000000069'), way: /^Pay / },
  {
    state: 'too_many_tries',
    async go(page) {
      for (const card of ['9995', '0002', '9987', '9979', '0069']) {
        await pays(page, `400000000000${card}`);
        await sees(page, 'declined', 'declined_other', 'too_many_tries');
      }
    },
  },
  { state: 'paid', go: (page) => pays(page, cards.approved), way: /Receipt/ },
  {
    state: 'reserved',
    body: { options: { payment_method_options: { card: { capture_method: 'manual' } } } },
    go: (page) => pays(page, cards.approved),
    way: /Receipt/,
  },
  {
    state: 'verified',
    body: { amount: 0, options: { customer: { name: 'Thandi' } } },
    go: (page) => pays(page, cards.approved),
  },
  { state: 'three_ds', go: (page) => pays(page, cards.challenge), way: /Continue to your bank|another way/ },
  {
    state: 'checking',
    async go(page) {
      await app.control.arm({ kind: 'lost_notification' });
      await app.control.arm({ kind: 'answer_lost' });
      await pays(page, cards.approved);
    },
    way: CHECK,
  },
  { state: 'redirect', go: (page) => chooses(page, 'pay_by_bank'), way: /Continue/ },
  { state: 'qr_code', go: (page) => chooses(page, 'wallet_qr'), way: CHECK },
  { state: 'await_approval', go: (page) => chooses(page, 'mobile_money'), way: CHECK },
  { state: 'voucher', go: (page) => chooses(page, 'voucher'), way: /another way/ },
  {
    state: 'expired',
    async go(page) {
      app.clock.advance(25 * 60 * MINUTE);
      await page.reload();
    },
  },
  {
    state: 'cancelled',
    async go(page) {
      await page.locator('[data-part=cancel] summary').click();
      await page.locator('[data-part=cancel] button').click();
    },
  },
];

for (const what of ['script', 'cookies'] as const) {
  test(`without ${what} every state is reached by what the page shows, and says what it is`, async () => {
    const context = await browserWithout(what);
    for (const [n, { state, body = {}, go, way }] of CASES.entries()) {
      await app.merchant.call('POST', '/collect/test/cards/reset', {});
      app.clock.advance(MINUTE);
      const session = await app.merchant.createSession(body);
      const page = await context.newPage();
      // A script that goes on to the bank by itself would leave the screen that is looked at.
      await page.route(
        (url) => !url.href.startsWith(app.url),
        (route) => route.fulfill({ status: 204 }),
      );
      await page.goto(session.session_url);
      await go(page, session);
      await sees(page, state);
      const where = `case ${n}, ${state}`;
      await page.locator('main :is(h1, h2)').first().waitFor();
      assert.ok((await page.title()).length > 3, where);
      if (way !== undefined) {
        const ways = await page.locator('main :is(button, a.button, summary):visible').allInnerTexts();
        assert.ok(
          ways.some((text) => way.test(text)),
          `${where} offers ${ways.join(', ')}`,
        );
      }
      const reopened = await app.payer.another().open(session);
      if (state !== 'declined_other') assert.equal(reopened.state, state, `${where} in another browser`);
      if (what === 'cookies') assert.deepEqual(await context.cookies(), [], `${where} set a cookie`);
      await page.close();
    }
    assert.deepEqual((await app.control.check()).violations ?? [], []);
  });
}
