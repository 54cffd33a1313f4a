/** The same payer without JavaScript on a whole Tender: nothing is missing, only less smooth. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type TestApp, testApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';
import { cards } from '../../support/payer.ts';
import { launchBrowser } from './chromium.ts';
import { clean, narrow, openTab, openWindow, pays, presses, reads, sees, types, type Window } from './real-pages.ts';

let app: TestApp;
let browser: Browser;
before(async () => {
  [app, browser] = await Promise.all([testApp(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await app?.close();
});

const open = (session: Json, options = {}): Promise<Window> =>
  openWindow({ app, browser }, session, { javaScriptEnabled: false, ...options });

test('a payer pays; a stale second tab, Back and reload make no second charge', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const second = await openTab(app, window, session);
  await pays(window.page, cards.approved);
  await sees(window.page, 'paid');
  await pays(second, cards.approved);
  await sees(second, 'paid');
  await window.page.goBack();
  await window.page.goForward();
  await sees(window.page, 'paid');
  await window.page.reload();
  await sees(window.page, 'paid');
  assert.equal((await app.control.charged()).length, 1);
  await clean(window);
});

test('a double click sends two forms and makes one charge', async () => {
  const before = (await app.control.charged()).length;
  const session = await app.merchant.createSession();
  const window = await open(session);
  await types(window.page, { number: cards.approved, expiry: '1230', cvc: '123' });
  await window.page.locator('#pay button[type=submit]').dblclick();
  await sees(window.page, 'paid');
  assert.equal((await app.control.charged()).length, before + 1);
  await clean(window);
});

test('what is wrong is listed with links, what was right stays, and the good number is not asked for again', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const { page } = window;
  await types(page, { number: cards.approved, expiry: '1330', cvc: '123' });
  await presses(page);
  await page.locator('[data-banner=error_summary]').waitFor();
  assert.match(await reads(page), /The month is a number from 01 to 12/);
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.locator('#card_expiry').inputValue(), '1330');
  assert.equal(await page.locator('#card_number').inputValue(), '', 'no number in a page');
  await page.locator('[data-banner=error_summary] a').click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'card_expiry');
  const kept = await page.locator('[data-part=kept_card] input').isChecked();
  await types(page, kept ? { expiry: '1230', cvc: '123' } : { number: cards.approved, expiry: '1230', cvc: '123' });
  await presses(page);
  await sees(page, 'paid');
  assert.ok(kept, 'the number was kept sealed for this browser');
  await clean(window);
});

test('after a decline the reason stands on top with the expiry kept, and another card pays', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const { page } = window;
  await pays(page, cards.insufficientFunds);
  await sees(page, 'declined');
  assert.match(await reads(page), /not enough money available.*Nothing was charged/);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-banner')), 'decline');
  assert.equal(await page.locator('#card_expiry').inputValue(), '1230');
  await page.reload();
  await sees(page, 'declined');
  const newCard = page.locator('[data-part=another_card]');
  if ((await newCard.count()) > 0) await newCard.click();
  await pays(page, cards.approved);
  await sees(page, 'paid');
  await clean(window);
});

test('a wrong code asks for the code of the same card again, and the right one pays', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const { page } = window;
  // The pretend bank says "wrong code" to this code on any card.
  await types(page, { number: cards.approved, expiry: '1230', cvc: '000' });
  await presses(page);
  await sees(page, 'declined');
  assert.equal(await page.locator('[data-decline]').getAttribute('data-decline'), 'security_code');
  assert.equal(await page.locator('#card_number').isVisible(), false);
  await types(page, { cvc: '123' });
  await presses(page);
  await sees(page, 'paid');
  await clean(window);
});

test('a payer agrees to a series, comes back as the same customer, and pays with the saved card’s code', async () => {
  const first = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  const agreeing = await open(first);
  assert.match(await reads(agreeing.page), /may charge this card without asking you each time/);
  await pays(agreeing.page, cards.approved);
  await sees(agreeing.page, 'paid');
  await clean(agreeing);
  const { customer_id, mandate_id } = await app.merchant.session(first.id);
  assert.match(mandate_id, /^mnd_/);

  const session = await app.merchant.createSession({ options: { customer_id } });
  const window = await open(session);
  await types(window.page, { cvc: '123' });
  await presses(window.page);
  await sees(window.page, 'paid');
  await clean(window);
});

test('the bank’s question takes the whole page, wide or narrow; a reload on the way loses nothing', async () => {
  for (const viewport of [{ width: 1280, height: 900 }, narrow]) {
    const session = await app.merchant.createSession();
    const window = await open(session, { viewport });
    const { page } = window;
    await pays(page, cards.challenge);
    await sees(page, 'three_ds');
    await page.reload();
    await sees(page, 'three_ds');
    await page.getByRole('button', { name: 'Continue to your bank' }).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await sees(page, 'paid');
    await clean(window);
  }
});

test('a payer who leaves the bank’s question may pay with another card at once', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const { page } = window;
  await pays(page, cards.challenge);
  await sees(page, 'three_ds');
  await page.getByRole('button', { name: 'Use another way to pay' }).click();
  await sees(page, 'declined');
  assert.match(await reads(page), /The approval was not finished.*Nothing was charged/);
  const newCard = page.locator('[data-part=another_card]');
  if ((await newCard.count()) > 0) await newCard.click();
  await pays(page, cards.approved);
  await sees(page, 'paid');
  await clean(window);
});
