/** Other ways to pay in a modern browser on a whole Tender: panels that fold, the way to the bank and back, codes that can be copied. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type TestApp, testApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';
import { decidesAt, lastAttempt } from '../../support/method-payer.ts';
import { launchBrowser } from './chromium.ts';
import { openWindow, sees, type Window } from './real-pages.ts';

let app: TestApp;
let browser: Browser;
before(async () => {
  [app, browser] = await Promise.all([testApp(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await app?.close();
});

const open = (session: Json, options = {}): Promise<Window> => openWindow({ app, browser }, session, options);

test('a choice shows its own fields and its own words on the button, with script and without', async () => {
  const session = await app.merchant.createSession();
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await open(session, { javaScriptEnabled });
    const shown = async () => ({
      card: await page.locator('#card_number').isVisible(),
      bank: await page.locator('#pay_by_bank_bank').isVisible(),
      phone: await page.locator('#mobile_money_phone').isVisible(),
      button: (await page.locator('#pay [type=submit] span:visible').textContent())?.split(' ')[0],
    });
    assert.deepEqual(await shown(), { card: true, bank: false, phone: false, button: 'Pay' });
    await page.locator('[value=pay_by_bank]').check();
    assert.deepEqual(await shown(), { card: false, bank: true, phone: false, button: 'Continue' });
    await page.locator('[value=mobile_money]').check();
    assert.deepEqual(await shown(), { card: false, bank: false, phone: true, button: 'Continue' });
    await page.locator('[value=voucher]').check();
    assert.deepEqual(await shown(), { card: false, bank: false, phone: false, button: 'Continue' });
    await page.context().close();
  }
});

test('the way to the bank is taken at once and only once; an approval there pays', async () => {
  const session = await app.merchant.createSession();
  const { page } = await open(session);
  await page.locator('[value=pay_by_bank]').check();
  await page.locator('#pay_by_bank_bank').selectOption('prompt');
  await page.locator('#pay [type=submit]').click();
  await page.waitForURL(/\/bank\//);
  await page.goBack();
  await sees(page, 'redirect');
  assert.match(page.url(), /\/checkout\//);
  await page.getByRole('link', { name: 'Continue to Prompt Bank' }).click();
  await page.waitForURL(/\/bank\//);
  await page.locator('button[value=approve]').click();
  await sees(page, 'paid');
  await page.context().close();
});

test('a code to scan waits by itself and shows the end when the wallet has paid', async () => {
  const session = await app.merchant.createSession();
  const { page } = await open(session);
  await page.locator('[value=wallet_qr]').check();
  await page.locator('#pay [type=submit]').click();
  await sees(page, 'qr_code');
  assert.ok(((await page.locator('svg.qr').boundingBox())?.width ?? 0) >= 200);
  assert.ok(await page.locator('[data-copy]').isVisible());
  const { next_action: action } = await lastAttempt(app, session);
  await decidesAt(action.deep_link, 'approve');
  await sees(page, 'paid');
  await page.context().close();
});
