/** Success after the end: it is given back at once, people are told, and no session keeps two payments. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, MINUTE, SECOND } from '../../src/lib/time.ts';
import { assertSound } from '../simulation/invariants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { decidesAt, lastAttempt, passes, paysBy, reviewOf } from '../support/method-payer.ts';
import { cards } from '../support/payer.ts';

let app: TestApp;

before(async () => {
  app = await testApp();
});

after(async () => {
  await app.close();
});

async function begun(method: string, fields: Record<string, string> = {}): Promise<Json> {
  const session = await app.merchant.createSession();
  await paysBy(app.payer.another(), session, method, fields);
  return app.merchant.session(session.id);
}

const LATE: readonly [method: string, fields: Record<string, string>, deadlineMs: number, page: (a: Json) => string][] =
  [
    ['pay_by_bank', { pay_by_bank_bank: 'prompt' }, 15 * MINUTE, (action) => action.url],
    ['wallet_qr', {}, 15 * MINUTE, (action) => action.deep_link ?? action.copy_text],
    ['voucher', {}, 3 * DAY, (action) => `${app.sandbox.url}/shop/${action.code.replaceAll(' ', '')}`],
  ];

for (const [method, fields, deadlineMs, page] of LATE) {
  test(`${method}: paid after its deadline, given back by key, while a card has paid the session`, async () => {
    const session = await begun(method, fields);
    const { next_action: action, id } = await lastAttempt(app, session);
    await passes(app, deadlineMs + 5 * SECOND);
    if ((await app.merchant.session(session.id)).status === 'active')
      assert.equal((await app.payer.another().pays(session as never, cards.approved)).state, 'paid');
    await decidesAt(page(action), 'pay_late');
    await passes(app, 5 * SECOND);
    const kept = (await app.control.charged()).filter((row) => row.reference === session.payment_id);
    assert.ok(kept.length <= 1 && kept.every((row) => row.request_key !== id), JSON.stringify(kept));
    const review = await reviewOf(app, session);
    assert.deepEqual([review.reason, review.attempt_id], ['contradiction', id]);
    assert.equal(review.evidence.at(-1).money, 'reversed');
    await assertSound(app);
  });
}

test('a phone that approves after its time: refunded once, by a key of its own, and told', async () => {
  const session = await begun('mobile_money', { mobile_money_phone: '+27821234504' });
  await passes(app, 3 * MINUTE + 5 * SECOND);
  const attempt = await lastAttempt(app, session);
  assert.deepEqual([attempt.status, attempt.decline.code], ['declined', 'approval_timeout']);
  await passes(app, 2 * MINUTE);
  const review = await reviewOf(app, session);
  assert.deepEqual([review.reason, review.attempt_id], ['contradiction', attempt.id]);
  assert.deepEqual(
    review.evidence.map(({ money }: Json) => money),
    ['a refund is being sent', 'refunded'],
  );
  const back = (await app.control.book()).filter((row) => row.request_key === `back-${attempt.id}`);
  assert.deepEqual(
    back.map(({ kind, state, amount, arrivals }) => ({ kind, state, amount, arrivals })),
    [{ kind: 'refund', state: 'approved', amount: 20_000, arrivals: 1 }],
  );
  assert.deepEqual((await app.merchant.session(session.id)).payment_outcome, 'unpaid');
  const payment = await app.merchant.payment(session.payment_id);
  assert.deepEqual([payment.paid_amount, payment.refunded_amount], [0, 0]);
  // A person who closes the review asks once more: nothing is sent again.
  const closed = await app.merchant.call('POST', `/collect/payments/${payment.id}/resolve`, { note: 'Seen.' });
  assert.equal(closed.status, 200, closed.text);
  assert.equal((await app.control.book()).filter((row) => row.request_key === `back-${attempt.id}`).length, 1);
  assert.equal((await app.payer.another().pays(session as never, cards.approved)).state, 'paid');
  await assertSound(app);
});

test('a phone that approves after its time, when a card has paid the session since: only the card’s payment stays', async () => {
  const session = await begun('mobile_money', { mobile_money_phone: '+27821234504' });
  await passes(app, 3 * MINUTE + 5 * SECOND);
  const { id } = await lastAttempt(app, session);
  assert.equal((await app.payer.another().pays(session as never, cards.approved)).state, 'paid');
  await passes(app, 2 * MINUTE);
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
  assert.equal((await reviewOf(app, session)).evidence.at(-1).money, 'refunded');
  const moved = (await app.control.book()).filter((row) => row.reference === session.payment_id);
  assert.deepEqual(
    moved.map(({ kind, request_key: key }) => [kind, key === id || key === `back-${id}`]),
    [
      ['charge', true],
      ['charge', false],
      ['refund', true],
    ],
  );
  await assertSound(app);
});
