/** Crowds at the front door of two servers: however many ask at once, no more is captured, released or refunded than there is. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import { amounts, stepRows } from '../support/steps.ts';
import { assertSound } from './invariants.ts';
import { type Charged, SeriesOf } from './races-steps.ts';

const series = new SeriesOf();
let app: TestApp;
let second: TestApp;
before(async () => {
  app = await testApp({ connections: 16 });
  second = await testApp({ on: app, connections: 16 });
  await series.base(app);
});
after(async () => {
  await second.stop();
  await app.close();
});
afterEach(() => assertSound(app));

/** Twenty at once, every other one at the other server. */
function crowd({ payment }: Charged, path: string, body: Record<string, unknown>) {
  const at = (i: number) => (i % 2 === 0 ? app : second).merchant;
  return Promise.all(
    Array.from({ length: 20 }, (_, i) => at(i).call('POST', `/collect/payments/${payment}/${path}`, body)),
  );
}

const codesOf = (replies: { status: number; body: { code?: string } }[]) =>
  new Set(replies.filter(({ status }) => status >= 300).map(({ status, body }) => `${status} ${body.code}`));

async function bookOf(given: Charged, kind: string) {
  const { reconciliation_reference } = await app.merchant.payment(given.payment);
  const rows = (await stepRows(app, { reconciliation_reference })).filter((row) => row.kind === kind);
  assert.ok(rows.every((row) => row.arrivals === 1 && row.state === 'approved'));
  return rows.map((row) => row.amount);
}

test('20 parallel refunds of a seventh: six are accepted, and no more is given back than was paid', async () => {
  const given = await series.paid(app);
  const replies = await crowd(given, 'refunds', { amount: 3_000 });
  assert.equal(replies.filter(({ status }) => status === 201).length, 6);
  assert.deepEqual([...codesOf(replies)], ['409 refund_exceeds_paid_amount']);
  assert.deepEqual(await bookOf(given, 'refund'), Array(6).fill(3_000));
  assert.equal(amounts(await app.merchant.payment(given.payment)).refunded, 18_000);
});

test('20 parallel captures, again and again until none is left: no more is captured than is authorised', async () => {
  const given = await series.reserved(app, 1_000);
  let accepted = 0;
  const codes = new Set<string>();
  for (let round = 0; round < 8 && !codes.has('409 capture_exceeds_authorised_amount'); round++) {
    const replies = await crowd(given, 'captures', { amount: 4_000 });
    const now = replies.filter(({ status }) => status === 200).length;
    assert.ok(now >= 1 || codesOf(replies).has('409 capture_exceeds_authorised_amount'), 'one of a crowd gets through');
    accepted += now;
    for (const code of codesOf(replies)) codes.add(code);
  }
  assert.equal(accepted, 4);
  for (const code of codes)
    assert.ok(['409 payment_in_progress', '409 capture_exceeds_authorised_amount'].includes(code), code);
  assert.deepEqual(await bookOf(given, 'capture'), [1_000, ...Array(4).fill(4_000)]);
  assert.equal(amounts(await app.merchant.payment(given.payment)).paid, 17_000);
});

test('20 parallel voids: one is accepted, the others are told that there is nothing left or to wait', async () => {
  const given = await series.reserved(app, 1_000);
  const replies = await crowd(given, 'voids', {});
  assert.equal(replies.filter(({ status }) => status === 200).length, 1);
  for (const code of codesOf(replies))
    assert.ok(['409 payment_in_progress', '409 payment_already_voided'].includes(code), code);
  assert.deepEqual(await bookOf(given, 'void'), [19_000]);
  assert.equal(amounts(await app.merchant.payment(given.payment)).voided, 19_000);
});
