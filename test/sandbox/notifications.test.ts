/** Being told: signed, in order while calm, again until somebody says 2xx, over restarts, and lied to when a fault says so. */
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { card, foundTown, type Merchant, type Town } from './merchant.ts';
import { type Receiver, startReceiver, type Told } from './receiver.ts';

/** Checks a signature as a merchant would, from the documented form alone. */
function isSigned(told: Told, secret: string): boolean {
  const { k, t, n, m } = Object.fromEntries(told.signature.split(';').map((part) => part.split('=')));
  const digest = createHash('sha256').update(told.text).digest('hex');
  const right = createHmac('sha512', secret).update(`POST\n${told.path}\n${t}\n${n}\n${digest}`).digest('hex');
  return m === right && k === createHash('sha256').update(secret).digest('hex').slice(0, 8);
}

async function shopWith(t: TestContext, receiver: Receiver): Promise<{ town: Town; shop: Merchant }> {
  const town = await foundTown(t);
  return { town, shop: await town.openAccount('telling shop', receiver.url) };
}

test('each change is told once, signed, with the charge as it then was', async (t) => {
  const receiver = await startReceiver(t);
  const { shop, town } = await shopWith(t, receiver);
  const charge = (await shop.charge('the-key-told', { intent: 'authorize' })).body;
  const body = { amount: { value: 100, currency: 'ZAR' } };
  await shop.call('POST', `/v1/charges/${charge.id}/captures`, { key: 'the-key-capture', body });
  await shop.charge('the-key-no', { method: card('4000000000009995') });
  const told = await receiver.heard(3);
  assert.deepEqual(told.map((one) => one.body.type).sort(), [
    'capture.succeeded',
    'charge.approved',
    'charge.declined',
  ]);
  for (const one of told) assert.ok(isSigned(one, shop.secret));
  const first = told.find((one) => one.body.type === 'charge.approved');
  assert.deepEqual(first?.body.charge, charge);
  assert.match(first?.body.notification_id, /^N-/);
  assert.equal(first?.body.account, shop.id);
  await shop.waits(0);
  assert.equal((await town.control('GET', '/control/stats')).body.undelivered_notifications, 0);
});

test('an unanswered notification is told again on the schedule, then given up', async (t) => {
  const receiver = await startReceiver(t);
  const { shop, town } = await shopWith(t, receiver);
  receiver.status = 500;
  await shop.charge('the-key-again');
  await receiver.heard(1);
  // A clock that does not move waits all the same until what is on its way has been answered.
  await shop.waits(0);
  for (const seconds of [1, 5, 30, 120, 600, 3600, 21_600, 86_400]) {
    const before = receiver.told.length;
    await shop.waits(seconds * 1000);
    assert.equal(receiver.told.length, before + 1, `after ${seconds} s`);
  }
  await shop.waits(10 * 86_400_000);
  assert.equal(receiver.told.length, 9);
  assert.equal(new Set(receiver.told.map((one) => one.body.notification_id)).size, 1);
  assert.equal((await town.control('GET', '/control/stats')).body.undelivered_notifications, 0);
});

test('what was not delivered before a restart is delivered after it', async (t) => {
  const receiver = await startReceiver(t);
  const { shop, town } = await shopWith(t, receiver);
  receiver.status = 503;
  const charge = (await shop.charge('the-key-restart')).body;
  await receiver.heard(1);
  await town.restarts();
  receiver.status = 200;
  await shop.waits(2000);
  assert.deepEqual(receiver.told.at(-1)?.body.charge, charge);
  assert.equal((await town.control('GET', '/control/stats')).body.undelivered_notifications, 0);
});

test('moving the clock waits for the first answer to everything told on the way', async (t) => {
  const receiver = await startReceiver(t);
  const { shop } = await shopWith(t, receiver);
  await shop.charge('the-key-open', { method: card('4000009600000007') });
  const moved = await shop.waits(700_000);
  assert.equal(receiver.told.length, 1);
  assert.equal(receiver.told[0]?.body.charge.reason, 'authentication_abandoned');
  assert.equal(moved.body.next_due_at, null);
});

test('faults duplicate, delay, lose, contradict, forge, age and garble what is told', async (t) => {
  const receiver = await startReceiver(t);
  const { shop, town } = await shopWith(t, receiver);
  const toldUnder = async (kind: string, params: Record<string, unknown> = {}): Promise<Told[]> => {
    const from = receiver.told.length;
    await town.arms(kind, { params });
    await shop.charge(`the-key-${kind}`, { reference: kind });
    await shop.waits(0);
    return receiver.told.slice(from);
  };
  assert.equal((await toldUnder('duplicate_notification', { n: 5 })).length, 5);
  assert.equal((await toldUnder('lost_notification')).length, 0);
  assert.equal((await toldUnder('late_notification', { s: 60 })).length, 0);
  await shop.waits(61_000);
  assert.equal(receiver.told.at(-1)?.body.charge.reference, 'late_notification');
  assert.deepEqual((await toldUnder('contradictory_notification')).map((one) => one.body.charge.status).sort(), [
    'approved',
    'declined',
  ]);
  assert.equal((await toldUnder('wrong_amount_notification'))[0]?.body.charge.amount.value, 2001);
  const unknown = (await toldUnder('unknown_notification'))[0];
  assert.notEqual(unknown?.body.charge.request_key, 'the-key-unknown_notification');
  for (const told of receiver.told) assert.ok(isSigned(told, shop.secret));
  const [forged] = await toldUnder('forged_notification');
  assert.equal(isSigned(forged!, shop.secret), false);
  const [old] = await toldUnder('old_notification');
  assert.ok(isSigned(old!, shop.secret));
  const age = Date.now() / 1000 - Number(/t=(\d+)/.exec(old!.signature)?.[1]);
  assert.ok(age > 300);
  const [malformed] = await toldUnder('malformed_notification');
  assert.equal(malformed?.body, undefined);
  assert.ok(isSigned(malformed!, shop.secret));
});

test('five copies that nobody takes are told again once, not five times', async (t) => {
  const receiver = await startReceiver(t);
  const { shop, town } = await shopWith(t, receiver);
  receiver.status = 500;
  await town.arms('duplicate_notification', { params: { n: 5 } });
  await shop.charge('the-key-copies');
  await receiver.heard(5);
  await shop.waits(0);
  await shop.waits(1000);
  assert.equal(receiver.told.length, 6);
});

test('an account without an address is not told anything, and one may be taken away', async (t) => {
  const receiver = await startReceiver(t);
  const { shop, town } = await shopWith(t, receiver);
  await shop.call('PUT', '/v1/account', { body: { notification_url: null } });
  await shop.charge('the-key-quiet');
  await town.merchant.charge('the-key-quiet');
  await shop.waits(100_000);
  assert.equal(receiver.told.length, 0);
});
