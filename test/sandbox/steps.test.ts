/** After the charge: captures, voids, refunds and reversals, and the cards on which they go wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, card, foundTown, type Merchant, orderOf } from './merchant.ts';

const zar = (value: number) => ({ value, currency: 'ZAR' });

let count = 0;
/** Takes a step under a key of its own. */
function step(merchant: Merchant, charge: { id: string }, kind: string, body: unknown = {}): Promise<Answer> {
  return merchant.call('POST', `/v1/charges/${charge.id}/${kind}`, { key: `the-step-${count++}`, body });
}

async function reserve(merchant: Merchant, key: string, number = '4242424242424242'): Promise<Answer['body']> {
  return (await merchant.charge(key, { intent: 'authorize', reference: key, method: card(number) })).body;
}

function undo(merchant: Merchant, target: string, more: Record<string, unknown> = {}): Promise<Answer> {
  return merchant.call('POST', '/v1/reversals', { key: `the-undo-${count++}`, body: { request_key: target, ...more } });
}

test('a reservation is captured in parts, the rest voided, and refunded in parts up to what was taken', async (t) => {
  const { merchant, rows } = await foundTown(t);
  const charge = await reserve(merchant, 'the-key-parts');
  await step(merchant, charge, 'captures', { amount: zar(700) });
  const twice = (await step(merchant, charge, 'captures', { amount: zar(500) })).body;
  assert.deepEqual([twice.captured.value, twice.captures.length, twice.version], [1200, 2, 3]);
  const over = await step(merchant, charge, 'captures', { amount: zar(801) });
  assert.deepEqual([over.status, over.body.error.code], [422, 'amount_exceeds_remaining']);
  const voided = (await step(merchant, charge, 'voids')).body;
  assert.deepEqual([voided.released.value, voided.voids[0].amount.value], [800, 800]);
  assert.equal((await step(merchant, charge, 'voids')).body.error.code, 'nothing_to_void');
  const refunded = (await step(merchant, charge, 'refunds', { amount: zar(1000), reason: 'returned' })).body;
  assert.equal(refunded.refunded.value, 1000);
  assert.equal(
    (await step(merchant, charge, 'refunds', { amount: zar(201) })).body.error.code,
    'amount_exceeds_remaining',
  );
  await step(merchant, charge, 'refunds', { amount: zar(200) });
  const states = (await rows()).map((row) => [row.kind, row.state, row.amount]);
  assert.deepEqual(states.filter(([, state]) => state === 'failed').length, 3);
  assert.deepEqual(states.filter(([kind, state]) => kind === 'refund' && state === 'approved').length, 2);
});

test('a step is idempotent by its key and found by it', async (t) => {
  const { merchant } = await foundTown(t);
  const charge = (await merchant.charge('the-key-refund')).body;
  const refund = () =>
    merchant.call('POST', `/v1/charges/${charge.id}/refunds`, { key: 'the-key-step', body: { amount: zar(500) } });
  const first = await refund();
  const again = await refund();
  assert.deepEqual([first.status, again.status, again.body.refunds.length], [201, 200, 1]);
  const [found] = (await merchant.lookup('the-key-step')).body.data;
  assert.equal(found.refunds[0].request_key, 'the-key-step');
  const charging = await merchant.charge('the-key-step');
  assert.equal(charging.body.error.code, 'request_key_reused');
});

test('an authorisation runs out on its day: released, told, and no longer captured', async (t) => {
  const { merchant } = await foundTown(t);
  const charge = await reserve(merchant, 'the-key-week');
  const hour = await reserve(merchant, 'the-key-hour', '4000009500800001');
  await merchant.waits(3_601_000);
  assert.equal((await step(merchant, hour, 'captures', { amount: zar(1) })).body.error.code, 'authorization_expired');
  assert.equal((await step(merchant, charge, 'captures', { amount: zar(1) })).status, 201);
  await merchant.waits(7 * 86_400_000);
  const ended = (await merchant.lookup('the-key-week')).body.data[0];
  assert.deepEqual([ended.captured.value, ended.released.value], [1, 1999]);
});

test('cards of family 95 refuse, delay and turn steps as their words say', async (t) => {
  const { merchant } = await foundTown(t);
  const fate = async (number: string, kind: string, intent = 'authorize'): Promise<string> => {
    const key = `the-key-${number}-${kind}`;
    const { body } = await merchant.charge(key, { intent, reference: key, method: card(number) });
    const amount = kind === 'voids' ? {} : { amount: zar(2000) };
    const first = (await step(merchant, body, kind, amount)).body[kind][0].status;
    await merchant.waits(11_000);
    return `${first} ${(await merchant.lookup(key)).body.data[0][kind][0].status}`;
  };
  assert.equal(await fate('4000009500100006', 'captures'), 'failed failed');
  assert.equal(await fate('4000009500200004', 'captures'), 'succeeded failed');
  assert.equal(await fate('4000009500300002', 'voids'), 'failed failed');
  assert.equal(await fate('4000009500400000', 'refunds', 'charge'), 'failed failed');
  assert.equal(await fate('4000009500500007', 'refunds', 'charge'), 'pending succeeded');
  assert.equal(await fate('4000009500600005', 'refunds', 'charge'), 'pending failed');
  assert.equal(await fate('4000009500700003', 'refunds', 'charge'), 'succeeded failed');
});

test('armed faults refuse a step or let it fail later', async (t) => {
  const { merchant, arms } = await foundTown(t);
  const charge = (await merchant.charge('the-key-bent')).body;
  await arms('refuse_step', { match: { operation: 'refund' } });
  assert.equal((await step(merchant, charge, 'refunds', { amount: zar(1) })).body.refunds[0].status, 'failed');
  await arms('fail_step_later', { params: { s: 5 } });
  assert.equal((await step(merchant, charge, 'refunds', { amount: zar(1) })).body.refunds[1].status, 'succeeded');
  await merchant.waits(6_000);
  const [now] = (await merchant.lookup('the-key-bent')).body.data;
  assert.deepEqual([now.refunds[1].status, now.refunded.value], ['failed', 0]);
});

test('a capture whose money has been given back meanwhile does not fail any more', async (t) => {
  const { merchant, rows, control } = await foundTown(t);
  const charge = await reserve(merchant, 'the-key-stands', '4000009500200004');
  await step(merchant, charge, 'captures', { amount: zar(2000) });
  await step(merchant, charge, 'refunds', { amount: zar(500) });
  await merchant.waits(11_000);
  const [now] = (await merchant.lookup('the-key-stands')).body.data;
  assert.deepEqual([now.captures[0].status, now.captured.value, now.refunded.value], ['succeeded', 2000, 500]);
  assert.deepEqual(
    (await rows()).map((row) => row.state),
    ['approved', 'approved', 'approved'],
  );
  assert.equal((await control('GET', '/book/check')).body.ok, true);
});

test('a reversal gives back what was approved, and may be repeated', async (t) => {
  const { merchant, rows, control } = await foundTown(t);
  await merchant.charge('the-key-taken');
  assert.equal((await undo(merchant, 'the-key-taken', { only_undecided: true })).body.status, 'kept');
  const first = await undo(merchant, 'the-key-taken');
  assert.deepEqual([first.status, first.body.status, first.body.charge.status], [201, 'reversed', 'reversed']);
  assert.equal(first.body.target, 'the-key-taken');
  assert.equal((await undo(merchant, 'the-key-taken')).body.status, 'reversed');
  const [row] = await rows();
  assert.deepEqual([row?.state, row?.reversed], ['approved', true]);
  assert.deepEqual((await control('GET', '/book/check')).body.totals.ZAR.reversed, 2000);
  assert.equal((await merchant.charge('the-key-taken')).body.status, 'reversed');
});

test('a reversal closes what is undecided or never arrived; nothing can be charged under the key any more', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const open = (await merchant.charge('the-key-open', { method: card('4000009600000007') })).body;
  assert.equal((await undo(merchant, 'the-key-open', { only_undecided: true })).body.status, 'closed');
  await fetch(open.action.acs_url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ decision: 'approve' }),
  });
  const [closed] = (await merchant.lookup('the-key-open')).body.data;
  assert.deepEqual([closed.status, closed.reason], ['declined', 'reversed']);
  assert.equal((await undo(merchant, 'the-key-never')).body.status, 'closed');
  await town.restarts();
  const late = await merchant.charge('the-key-never');
  assert.deepEqual([late.status, late.body.status, late.body.reason], [201, 'declined', 'reversed']);
  assert.equal((await town.rows()).find((row) => row.request_key === 'the-key-never')?.state, 'closed');
  assert.equal((await undo(merchant, 'the-key-never')).body.status, 'closed');
});

test('what was declined, captured, refunded or is a day old is not reversed', async (t) => {
  const { merchant } = await foundTown(t);
  await merchant.charge('the-key-declined', { method: card('4000000000009995') });
  assert.equal((await undo(merchant, 'the-key-declined')).body.status, 'nothing_to_reverse');
  const reserved = await reserve(merchant, 'the-key-captured');
  await step(merchant, reserved, 'captures', { amount: zar(1) });
  assert.equal((await undo(merchant, 'the-key-captured')).body.error.code, 'not_reversible');
  const charge = (await merchant.charge('the-key-refunded', { reference: 'r' })).body;
  const refund = { key: 'the-key-refunding', body: { amount: zar(1) } };
  await merchant.call('POST', `/v1/charges/${charge.id}/refunds`, refund);
  assert.equal((await undo(merchant, 'the-key-refunded')).body.error.code, 'not_reversible');
  assert.equal((await undo(merchant, 'the-key-refunding')).body.error.code, 'not_reversible');
  await merchant.charge('the-key-old', { reference: 'o' });
  await merchant.waits(86_401_000);
  assert.equal((await undo(merchant, 'the-key-old')).body.error.code, 'not_reversible');
});

test('a reversal that meets a charge still being decided closes it', async (t) => {
  const waiting: (() => void)[] = [];
  const reached = Promise.withResolvers<void>();
  const town = await foundTown(t, {
    latency: 'fixed:50',
    timer: (_ms, then) => {
      waiting.push(then);
      reached.resolve();
      return () => {};
    },
  });
  const charging = town.merchant.charge('the-key-race', orderOf());
  await reached.promise;
  const reversing = undo(town.merchant, 'the-key-race');
  while (waiting.length < 2) await new Promise(setImmediate);
  waiting[1]!();
  assert.equal((await reversing).body.status, 'closed');
  waiting[0]!();
  assert.deepEqual([(await charging).body.status, (await charging).body.reason], ['declined', 'reversed']);
});
