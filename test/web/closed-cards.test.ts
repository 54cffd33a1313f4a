/** A card that a rule closes, as its payer sees it: in every way the page can be asked, and with a saved card. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, hiddenFields, Payer } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { declinesCharges } from '../support/test-cards.ts';

let app: TestApp;
const card = declinesCharges('visa', '43');
let token: Json;
before(async () => {
  app = await testApp();
  token = await paidSeries(app, {}, card);
  await app.merchant.chargeNext(token);
});
after(() => app.close());

/** Presses Pay like a program: with these headers, and without any cookie. */
async function press(session: Json, headers: Record<string, string>): Promise<Response> {
  const page = await new Payer(app.url).open(session);
  const typed = { payment_method: 'card', card_number: card, card_expiry: '12/30', card_cvc: '123' };
  return fetch(`${app.url}/checkout/${session.checkout_session_id}/pay`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers },
    body: new URLSearchParams({ ...hiddenFields(page.html, 'pay'), ...typed }),
  });
}

test('the page says which card cannot be used and that nothing was charged, and takes another', async () => {
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  const page = await payer.pays(session, card);
  assert.equal(page.state, 'declined_other');
  assert.ok(page.html.includes(`ending ${card.slice(-4)} cannot be used for this payment`));
  assert.match(page.html, /Nothing was charged/);
  assert.equal((await payer.open(session)).state, 'declined_other', 'a reload shows the same');
  assert.equal((await payer.submit(session, await payer.open(session), cards.approved)).state, 'paid');
});

test('a browser without cookies, and the page’s script, are told the same', async () => {
  const session = await app.merchant.createSession();
  const before = (await app.control.book()).length;
  const plain = await press(session, {});
  assert.equal(plain.status, 422);
  assert.match(await plain.text(), /data-state="declined_other"/);
  const facts = (await (await press(session, { accept: 'application/json' })).json()) as Json;
  assert.deepEqual([facts.state, facts.alert.key, facts.errors], ['declined_other', 'decline.not_allowed', []]);
  assert.equal((await app.control.book()).length, before, 'nothing was sent');
});

test('a saved card that was closed stands there disabled', async () => {
  const session = await app.merchant.createSession({ options: { customer_id: token.customer_id } });
  const payer = app.payer.another();
  const page = await payer.paysWithSaved(session, token.payment_method_id);
  assert.equal(page.state, 'declined_other');
  const choice = new RegExp(`<input type="radio" name="payment_method" value="${token.payment_method_id}"[^>]*>`);
  assert.match(choice.exec(page.html)?.[0] ?? '', / disabled/);
});

test('a challenge with a card that was declined lately counts until it is known how it ended', async () => {
  const challenged = '4000000000003220';
  const fingerprint = await app.program.app.vault.fingerprint(app.tenantId, challenged);
  await app.database.query(`insert into card_watch values ('${app.tenantId}', '${fingerprint}', 1, '2099-01-01')`);
  const tries = () => app.database.query(`select open from card_declines where card_key = '${fingerprint}'`);
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  await payer.pays(session, challenged);
  assert.deepEqual(await tries(), [{ open: true }]);
  await payer.decidesAtBank(session, 'abandon');
  const again = await app.merchant.createSession();
  await payer.pays(again, challenged);
  await payer.decidesAtBank(again, 'approve');
  assert.equal((await app.merchant.session(again.id)).payment_outcome, 'paid');
  app.clock.advance(3_600_000);
  await app.runDue();
  assert.deepEqual(await tries(), []);
});
