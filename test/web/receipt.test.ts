/** The payer's receipt: everything that was paid, given back and agreed to; and the payer's own way to remove the saved card. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, hiddenFields } from '../support/payer.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app?.close());

async function receipt(session: Json): Promise<{ status: number; html: string; text: string }> {
  const answer = await fetch(`${app.url}/checkout/${session.checkout_session_id}/receipt`, { redirect: 'manual' });
  const html = await answer.text();
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? '';
  const text = main
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/[\s\u00a0\u2066-\u2069]+/g, ' ')
    .trim();
  return { status: answer.status, html, text };
}

async function saved(): Promise<Json> {
  const session = await app.merchant.createSession({
    description: 'Two books',
    options: { checkout_options: { save_payment_method: 'always' } },
  });
  await app.payer.another().pays(session, cards.approved);
  return app.merchant.session(session.id);
}

const PART = /data-part="(used_card|removed_card)"/;

/** Presses "Remove this card" as it stands on a page. */
async function removes(session: Json, html: string): Promise<void> {
  const path = /action="\/checkout\/[^/]+\/(saved\/[^/]+\/remove)"/.exec(html)?.[1];
  assert.ok(path, 'there is a form that removes the card');
  const { csrf } = hiddenFields(html, path);
  const payer = app.payer.another();
  await payer.press(session, path, { csrf: csrf ?? '' });
}

test('there is a receipt once something was paid, and before that the page', async () => {
  const session = await app.merchant.createSession();
  assert.equal((await receipt(session)).status, 303);
  await app.payer.another().pays(session, cards.approved);
  assert.equal((await receipt(session)).status, 200);
});

test('a receipt has amount, merchant, description, card, time, reference, and what was given back since', async () => {
  const session = await saved();
  const { reconciliation_reference } = await app.merchant.payment(session.payment_id);
  const before = await receipt(session);
  for (const part of [
    'ZAR 200.00',
    'Blue Door Books',
    'Two books',
    'Visa ending 4242',
    'UTC',
    reconciliation_reference,
  ])
    assert.ok(before.text.includes(part), `${part} in ${before.text}`);
  assert.doesNotMatch(before.text, /Given back/);
  for (const amount of [5_000, 1_250]) {
    const reply = await app.merchant.call('POST', `/collect/payments/${session.payment_id}/refunds`, { amount });
    assert.equal(reply.status, 201, reply.text);
  }
  await app.runDue();
  assert.match((await receipt(session)).text, /Given back: ZAR 62.50/);
});

test('the receipt of a series repeats what was agreed to, with the mandate, and its card cannot be removed here', async () => {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' }, mandate_options: { type: 'on_demand' } },
  });
  await app.payer.another().pays(session, cards.approved);
  const { mandate_id, payment_method_id } = await app.merchant.session(session.id);
  const page = await receipt(session);
  assert.ok(page.text.includes(mandate_id));
  for (const section of ['who', 'for', 'how_much', 'when', 'until', 'today', 'cancel'])
    assert.ok(page.html.includes(`data-section="${section}"`), section);
  assert.doesNotMatch(page.html, PART);
  const csrf = /name="csrf" value="([^"]+)"/.exec((await app.payer.another().open(session)).html)?.[1] ?? '';
  await app.payer.another().press(session, `saved/${payment_method_id}/remove`, { csrf });
  assert.equal((await app.merchant.call('GET', `/collect/payment_methods/${payment_method_id}`)).body.status, 'active');
});

test('the payer removes the saved card on the receipt and is told so, and the merchant cannot use it any more', async () => {
  const session = await saved();
  const page = await receipt(session);
  assert.match(page.text, /Visa ending 4242 is saved for your next payments to Blue Door Books\./);
  await removes(session, page.html);
  const after = await receipt(session);
  assert.match(after.text, /The card was removed\. Blue Door Books cannot use it any more\./);
  assert.doesNotMatch(after.html, /\/remove"/);
  const { body } = await app.merchant.call('GET', `/collect/payment_methods/${session.payment_method_id}`);
  assert.equal(body.status, 'removed');
  await app.runDue();
  const events = await app.merchant.events();
  assert.equal(events.filter((event) => event.data.id === session.payment_method_id).at(-1).data.status, 'removed');
});

test('the screen after the payment has the same way, unless it takes the payer back to the shop at once', async () => {
  const session = await saved();
  const page = await app.payer.another().open(session);
  assert.match(page.html, PART);
  await removes(session, page.html);
  assert.match((await app.payer.another().open(session)).html, /data-part="removed_card"/);
});

test('a page of one session removes no card of another', async () => {
  const [mine, other] = [await saved(), await saved()];
  const { csrf } = hiddenFields((await receipt(mine)).html, `saved/${mine.payment_method_id}/remove`);
  await app.payer.another().press(mine, `saved/${other.payment_method_id}/remove`, { csrf: csrf ?? '' });
  const { body } = await app.merchant.call('GET', `/collect/payment_methods/${other.payment_method_id}`);
  assert.equal(body.status, 'active');
});
