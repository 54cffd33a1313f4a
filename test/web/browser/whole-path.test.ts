/** A payer with a modern browser on a whole Tender: paying, trying again, saving, agreeing, the bank's question. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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

const open = (session: Json, options = {}): Promise<Window> => openWindow({ app, browser }, session, options);

/** What the bank charged for a session, by its own book. */
async function charges(session: Json): Promise<number> {
  const { payment_id } = await app.merchant.session(session.id);
  const { reconciliation_reference } = await app.merchant.payment(payment_id);
  return (await app.control.charged()).filter((row) => row.reference === reconciliation_reference).length;
}

test('a payer with a keyboard alone pays, and the result takes the focus', async () => {
  const session = await app.merchant.createSession({ description: 'Two tickets' });
  const window = await open(session);
  const { page } = window;
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName || '');
  const tabTo = async (id: string): Promise<void> => {
    for (let presses = 0; (await focused()) !== id; presses++) {
      assert.ok(presses < 25, `${id} is reached by Tab`);
      await page.keyboard.press('Tab');
    }
  };
  for (const [id, text] of Object.entries({ card_number: '4242424242424242', card_expiry: '1230', card_cvc: '123' })) {
    await tabTo(id);
    await page.keyboard.type(text);
  }
  assert.equal(await page.locator('#card_number').inputValue(), '4242 4242 4242 4242');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await sees(page, 'paid');
  assert.equal(await focused(), 'H1');
  assert.match(await page.title(), /^Paid – /);
  assert.equal(await charges(session), 1);
  await clean(window);
});

test('a double click on Pay and Enter pressed twice make one attempt and one charge', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  await types(window.page, { number: cards.approved, expiry: '1230', cvc: '123' });
  await window.page.locator('#pay button[type=submit]').dblclick();
  await sees(window.page, 'paid');
  const { payment_id } = await app.merchant.session(session.id);
  assert.equal((await app.merchant.attempts(payment_id)).length, 1);
  assert.equal(await charges(session), 1);
  await clean(window);
});

test('a second tab follows by itself, and Back, Forward and reload after paying show that it is paid', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const second = await openTab(app, window, session);
  await sees(second, 'choose');
  await window.page.bringToFront();
  await pays(window.page, cards.approved);
  await sees(window.page, 'paid');
  await second.bringToFront();
  await sees(second, 'paid');
  await window.page.reload();
  await sees(window.page, 'paid');
  await window.page.goBack();
  await window.page.goForward();
  await sees(window.page, 'paid');
  assert.equal(await charges(session), 1);
  await clean(window);
});

test('after a decline what was typed is still there but the code, and another card pays the same session', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const { page } = window;
  await pays(page, cards.declined);
  await sees(page, 'declined');
  assert.match(await reads(page), /Your bank declined the payment.*Nothing was charged/);
  assert.match(await page.title(), /^Payment declined – /);
  assert.equal(await page.locator('#card_number').inputValue(), '4000 0000 0000 0002');
  assert.equal(await page.locator('#card_expiry').inputValue(), '12/30');
  assert.equal(await page.locator('#card_cvc').inputValue(), '');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-banner')), 'decline');
  await types(page, { number: cards.approved, cvc: '123' });
  await presses(page);
  await sees(page, 'paid');
  const { payment_id } = await app.merchant.session(session.id);
  assert.deepEqual(
    (await app.merchant.attempts(payment_id)).map((attempt) => attempt.status),
    ['declined', 'succeeded'],
  );
  await clean(window);
});

test('a press on Pay counts although the field that was left for it is marked at that moment', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const { page } = window;
  await types(page, { number: cards.approved, cvc: '123', expiry: '1330' });
  await presses(page);
  await page.locator('[data-banner=error_summary]').waitFor();
  assert.match(await reads(page), /The month is a number from 01 to 12/);
  await types(page, { expiry: '1230' });
  await presses(page);
  await sees(page, 'paid');
  await clean(window);
});

test('a reload after a decline offers the card again by its code where the code was wrong', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session);
  const { page } = window;
  await pays(page, '4000000000000127');
  await sees(page, 'declined');
  await page.reload();
  await sees(page, 'declined');
  assert.ok(await page.locator('[data-part=kept_card] input').isChecked());
  assert.equal(await page.locator('#card_number').isVisible(), false);
  assert.equal(await page.locator('#card_cvc').isVisible(), true);
  await clean(window);
});

test('a card saved earlier is paid with by its code alone', async () => {
  const first = await app.merchant.createSession({
    options: { customer: { name: 'Thandi' }, checkout_options: { save_payment_method: 'always' } },
  });
  const saving = await open(first);
  assert.match(await reads(saving.page), /Your card will be saved/);
  await pays(saving.page, cards.approved);
  await sees(saving.page, 'paid');
  await clean(saving);
  const { customer_id } = await app.merchant.session(first.id);

  const session = await app.merchant.createSession({ options: { customer_id } });
  const window = await open(session);
  const { page } = window;
  assert.match(await reads(page), /Visa ending 4242/);
  assert.equal(await page.locator('#card_number').isVisible(), false);
  await types(page, { cvc: '123' });
  await presses(page);
  await sees(page, 'paid');
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
  assert.equal(await charges(session), 1);
  await clean(window);
});

test('with prompt the card is saved only when the payer ticks the box', async () => {
  const options = { customer: { name: 'Ann' }, checkout_options: { save_payment_method: 'prompt' } };
  for (const ticks of [false, true]) {
    const session = await app.merchant.createSession({ options });
    const window = await open(session);
    const box = window.page.getByLabel(/Save this card/);
    assert.equal(await box.isChecked(), false);
    if (ticks) await box.check();
    await pays(window.page, cards.approved);
    await sees(window.page, 'paid');
    const { payment_method_id, mandate_id } = await app.merchant.session(session.id);
    assert.deepEqual([payment_method_id !== undefined, mandate_id], [ticks, undefined]);
    await clean(window);
  }
});

test('the evidence of a mandate is the text that stood on the page, to the letter', async () => {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    description: 'Reading club',
    options: { customer: { name: 'Thandi' } },
  });
  const window = await open(session);
  const { page } = window;
  const shown = await page.locator('[data-part=mandate]').evaluate((part) => {
    const line = (row: Element): string =>
      `${row.querySelector('dt')?.textContent}: ${row.querySelector('dd')?.textContent}`;
    return [part.querySelector('h3')?.textContent, ...[...part.querySelectorAll('[data-section]')].map(line)].join(
      '\n',
    );
  });
  assert.match(shown, /Blue Door Books may charge this card without asking you each time/);
  assert.match((await page.locator('#pay button[type=submit]').textContent()) ?? '', /^Agree and pay /);
  await pays(page, cards.approved);
  await sees(page, 'paid');
  const { mandate_id } = await app.merchant.session(session.id);
  const [row] = await app.database.query<{ evidence: string }>(
    'select evidence::text from mandate_consents where mandate_id = $1',
    [mandate_id],
  );
  const evidence = JSON.parse(row!.evidence) as { text: string; textHash: string };
  assert.equal(evidence.text, shown);
  assert.equal(evidence.textHash, createHash('sha256').update(shown).digest('hex'));
  assert.ok((await reads(page)).includes(mandate_id), 'the receipt names the agreement');
  await clean(window);
});

test('the bank’s question opens in a frame where there is room, and the answer shows by itself', async () => {
  for (const [decision, state] of [
    ['Approve', 'paid'],
    ['Decline', 'declined'],
  ] as const) {
    const session = await app.merchant.createSession();
    const window = await open(session);
    await pays(window.page, cards.challenge);
    await sees(window.page, 'three_ds');
    const bank = window.page.frameLocator('iframe[title="Bank confirmation"]');
    await bank.getByText('Blue Door Books asks your bank to confirm it').waitFor();
    await bank.getByRole('button', { name: decision, exact: true }).click();
    await sees(window.page, state);
    assert.ok(window.page.url().startsWith(app.url));
    await clean(window);
  }
});

test('on a phone the bank’s question takes the whole page and comes back', async () => {
  const session = await app.merchant.createSession();
  const window = await open(session, { viewport: narrow });
  await pays(window.page, cards.challenge);
  await window.page.waitForURL(`${app.sandbox.url}/**`);
  await window.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await sees(window.page, 'paid');
  assert.equal(await charges(session), 1);
  await clean(window);
});
