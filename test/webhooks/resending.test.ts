/** Sending again: one delivery on request, everything an endpoint missed, and what waits when an endpoint works again. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { checkEverything } from '../../src/app/checker.ts';
import { deliverDue, repairDue } from '../../src/app/deliveries.ts';
import { continueRecoveries, recoverEndpoint, retryDelivery } from '../../src/app/resending.ts';
import { sequenceEvents } from '../../src/app/sequencer.ts';
import { patchWebhookEndpoint, removeWebhookEndpoint } from '../../src/app/webhooks.ts';
import { Rejected } from '../../src/domain/errors.ts';
import { TRY_DELAYS_MS } from '../../src/domain/webhook-delivery.ts';
import { DAY, HOUR, MINUTE, SECOND, type Timestamp } from '../../src/lib/time.ts';
import { type Received, startReceiver } from './receiver.ts';
import { createWorld, deliveriesOf, newCustomer, newEndpoint, renameCustomer, type World } from './world.ts';

const customers = { event_types: ['customer.created', 'customer.updated'] };

async function start(t: TestContext) {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const merchant = () => world.as(world.test);
  return { world, receiver, merchant };
}

const OF_DELIVERIES = ['deliveries-are-whole', 'one-delivery-per-event', 'deliveries-go-out-in-time'];

/** Nothing that was asked for breaks what must hold of deliveries anyway. */
async function assertSound(world: World): Promise<void> {
  const checked = await checkEverything(world.app, { only: OF_DELIVERIES });
  assert.equal(checked.length, OF_DELIVERIES.length);
  assert.deepEqual(
    checked.filter(({ violations }) => violations !== 0).map(({ name, examples }) => [name, examples]),
    [],
  );
}

const retry = async (world: World, id: string) =>
  JSON.parse((await retryDelivery(world.as(world.test), id, undefined)).answer.body) as {
    status: string;
    next_attempt_at?: string;
  };

async function recover(world: World, id: string, since: Timestamp): Promise<void> {
  await recoverEndpoint(world.as(world.test), id, { since, idempotency: undefined });
  while ((await continueRecoveries(world.app)) > 0) await world.settle();
  await world.settle();
}

const told = ({ event }: Received) => `${event.data.name} ${event.sequence}`;
const refusedAs = (code: string) => (error: unknown) => error instanceof Rejected && error.rejection.rejected === code;

test('a delivery that succeeded is sent again at once: the same bytes, the same id, the next number', async (t) => {
  const { world, receiver, merchant } = await start(t);
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await newCustomer(merchant());
  await world.settle();
  const [delivered] = await deliveriesOf(world, id);
  assert.deepEqual([delivered!.status, delivered!.tries.length], ['succeeded', 1]);
  const answer = await retry(world, delivered!.id);
  assert.equal(answer.status, 'pending');
  assert.ok(answer.next_attempt_at !== undefined);
  await world.settle();
  const [first, second] = receiver.received;
  assert.deepEqual([second!.body, second!.headers['webhook-id']], [first!.body, first!.headers['webhook-id']]);
  const [after] = await deliveriesOf(world, id);
  assert.deepEqual([after!.status, after!.tries.map(({ number }) => number)], ['succeeded', [1, 2]]);
  await assertSound(world);
});

test('a delivery that was given up gets one try for each request', async (t) => {
  const { world, receiver, merchant } = await start(t);
  receiver.reply((_, response) => void response.writeHead(500).end());
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await newCustomer(merchant());
  await world.settle();
  for (let tries = 1; tries < TRY_DELAYS_MS.length; tries++) {
    world.clock.advance(TRY_DELAYS_MS[tries]! * 1.2);
    await world.settle();
  }
  const [given] = await deliveriesOf(world, id);
  assert.deepEqual([given!.status, given!.tries.length], ['exhausted', 10]);
  await retry(world, given!.id);
  await world.settle();
  assert.equal((await deliveriesOf(world, id))[0]!.status, 'exhausted');
  receiver.reply((_, response) => void response.end());
  await retry(world, given!.id);
  await world.settle();
  const [after] = await deliveriesOf(world, id);
  assert.deepEqual([after!.status, after!.tries.length], ['succeeded', 12]);
  await assertSound(world);
});

test('a delivery that waits for its next try is hastened, and so is the one before it in its lane', async (t) => {
  const { world, receiver, merchant } = await start(t);
  receiver.reply((_, response) => void response.writeHead(500).end());
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  const ada = await newCustomer(merchant());
  await world.settle();
  world.clock.advance(6 * SECOND);
  await world.settle();
  await renameCustomer(merchant(), ada, 'Ada II');
  await world.settle();
  assert.equal(receiver.received.length, 2);
  receiver.reply((_, response) => void response.end());
  const [, waiting] = await deliveriesOf(world, id);
  assert.equal(waiting!.nextAttemptAt, undefined);
  await retry(world, waiting!.id);
  await world.settle();
  assert.deepEqual(receiver.received.slice(2).map(told), ['Ada 2', 'Ada II 3']);
  await assertSound(world);
});

test('a delivery that is sent again and fails holds up nothing that happens to its object afterwards', async (t) => {
  const { world, receiver, merchant } = await start(t);
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  const ada = await newCustomer(merchant());
  await world.settle();
  receiver.reply(({ event }, response) => {
    response.writeHead(event.type === 'customer.created' ? 500 : 200).end();
  });
  const [delivered] = await deliveriesOf(world, id);
  await retry(world, delivered!.id);
  await world.settle();
  await renameCustomer(merchant(), ada, 'Ada II');
  await world.settle();
  assert.deepEqual(receiver.received.map(told), ['Ada 2', 'Ada 2', 'Ada II 3']);
  assert.deepEqual(
    (await deliveriesOf(world, id)).map(({ status }) => status),
    ['pending', 'succeeded'],
  );
  await assertSound(world);
});

test('twenty requests to send one delivery again at one moment send it once', async (t) => {
  const { world, receiver, merchant } = await start(t);
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await newCustomer(merchant());
  await world.settle();
  const [delivered] = await deliveriesOf(world, id);
  await Promise.all(Array.from({ length: 20 }, () => retry(world, delivered!.id)));
  await world.settle();
  assert.equal(receiver.received.length, 2);
  await assertSound(world);
});

test('nothing is sent again to an endpoint that is disabled or deleted, and the answer says what to do', async (t) => {
  const { world, receiver, merchant } = await start(t);
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await newCustomer(merchant());
  await world.settle();
  const [delivered] = await deliveriesOf(world, id);
  await patchWebhookEndpoint(merchant(), id, { enabled: false });
  await assert.rejects(retry(world, delivered!.id), refusedAs('webhook_endpoint_disabled'));
  await assert.rejects(recover(world, id, 0 as Timestamp), refusedAs('webhook_endpoint_disabled'));
  await removeWebhookEndpoint(merchant(), id);
  await assert.rejects(retry(world, delivered!.id), refusedAs('webhook_endpoint_disabled'));
  await assert.rejects(recover(world, id, 0 as Timestamp), refusedAs('webhook_endpoint_not_found'));
  await assertSound(world);
});

test('a recovery sends what was given up and what came while the endpoint was off, once each and in order', async (t) => {
  const { world, receiver, merchant } = await start(t);
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  const before = await newCustomer(merchant(), 'delivered');
  await world.settle();
  receiver.reply((_, response) => void response.writeHead(410).end());
  const lost = await newCustomer(merchant(), 'lost');
  await world.settle();
  await renameCustomer(merchant(), await renameCustomer(merchant(), lost, 'lost II'), 'lost III');
  await renameCustomer(merchant(), before, 'delivered II');
  await world.settle();
  receiver.reply((_, response) => void response.end());
  await patchWebhookEndpoint(merchant(), id, { enabled: true });
  const already = receiver.received.length;
  await recover(world, id, (world.clock.now() - HOUR) as Timestamp);
  // The first of them is due in a few seconds anyway, and may be in somebody's hands: it is left as it is.
  world.clock.advance(MINUTE);
  await world.settle();
  const recovered = receiver.received.slice(already);
  assert.deepEqual(
    recovered.filter(({ event }) => event.data.id === lost.id).map(({ event }) => event.data.name),
    ['lost', 'lost II', 'lost III'],
  );
  assert.equal(recovered.length, 4);
  await recover(world, id, 0 as Timestamp);
  assert.equal(receiver.received.length, already + 4);
  await assertSound(world);
});

test('a new endpoint gets the history that it asks for, from the moment on that it names', async (t) => {
  const { world, receiver, merchant } = await start(t);
  for (const name of ['old one', 'old two']) await newCustomer(merchant(), name);
  await world.settle();
  world.clock.advance(DAY);
  const since = world.clock.now();
  for (const name of ['new one', 'new two']) await newCustomer(merchant(), name);
  await world.settle();
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await world.settle();
  assert.equal(receiver.received.length, 0);
  await recover(world, id, since);
  assert.deepEqual(receiver.received.map(({ event }) => event.data.name).sort(), ['new one', 'new two']);
  await recover(world, id, 0 as Timestamp);
  assert.equal(receiver.received.length, 4);
  await assertSound(world);
});

test('three workers on one recovery of five hundred events send each once', async (t) => {
  const { world, receiver, merchant } = await start(t);
  await Promise.all(Array.from({ length: 500 }, (_, at) => newCustomer(merchant(), `customer ${at}`)));
  while ((await sequenceEvents(world.app)) > 0);
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  const asked = { since: 0 as Timestamp, idempotency: undefined };
  await recoverEndpoint(merchant(), id, asked);
  const workers = [world.app, world.another(), world.another()];
  const underWay = () => world.query('select 1 from webhook_endpoints where recover_until is not null');
  while ((await underWay()).length > 0) {
    await Promise.all(workers.map(continueRecoveries));
    await deliverDue(world.dispatcher());
  }
  assert.equal(receiver.received.length, 500);
  assert.equal(new Set(receiver.received.map(({ event }) => event.id)).size, 500);
  await assertSound(world);
});

test('what happens during a long recovery stands behind a few hundred events of the past, not behind all', async (t) => {
  const { world, receiver, merchant } = await start(t);
  await Promise.all(Array.from({ length: 500 }, (_, at) => newCustomer(merchant(), `customer ${at}`)));
  while ((await sequenceEvents(world.app)) > 0);
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await recoverEndpoint(merchant(), id, { since: 0 as Timestamp, idempotency: undefined });
  // Nothing is delivered meanwhile: however often the worker comes by, it does not go on.
  for (let beat = 0; beat < 5; beat++) await continueRecoveries(world.app);
  await newCustomer(merchant(), 'live');
  while ((await continueRecoveries(world.app)) > 0) await world.settle();
  await world.settle();
  const place = receiver.received.findIndex(({ event }) => event.data.name === 'live');
  assert.ok(place >= 0 && place <= 300, `place ${place} of ${receiver.received.length}`);
  while ((await continueRecoveries(world.app)) > 0) await world.settle();
  assert.equal(receiver.received.length, 501);
  await assertSound(world);
});

test('a recovery stopped between its step and the release of its lanes is put right and goes on', async (t) => {
  const { world, receiver, merchant } = await start(t);
  await newCustomer(merchant(), 'one');
  await world.settle();
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await recoverEndpoint(merchant(), id, { since: 0 as Timestamp, idempotency: undefined });
  await continueRecoveries(world.app);
  // As a crash right after the step leaves it: written, and waiting behind nothing.
  await world.query('update deliveries set next_attempt_at = null where endpoint_id = $1', [id]);
  await repairDue(world.app);
  await world.settle();
  assert.equal(receiver.received.length, 1);
  await assertSound(world);
});

test('an endpoint that works again gets at once what waited for a later try', async (t) => {
  const { world, receiver, merchant } = await start(t);
  receiver.reply((_, response) => void response.writeHead(500).end());
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  for (let at = 0; at < 20; at++) await newCustomer(merchant(), `customer ${at}`);
  await world.settle();
  for (const pauseMs of [6 * SECOND, 6 * MINUTE]) {
    world.clock.advance(pauseMs);
    await world.settle();
  }
  assert.equal(receiver.received.length, 60);
  receiver.reply((_, response) => void response.end());
  world.clock.advance(MINUTE);
  await newCustomer(merchant(), 'the first that works');
  await world.settle();
  assert.equal(receiver.received.length, 81);
  assert.ok((await deliveriesOf(world, id)).every(({ status }) => status === 'succeeded'));
  await assertSound(world);
});

test('an event that a receiver refuses keeps its schedule, however often others succeed', async (t) => {
  const { world, receiver, merchant } = await start(t);
  receiver.reply(({ event }, response) => {
    response.writeHead(event.data.name === 'refused' ? 500 : 200).end();
  });
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await newCustomer(merchant(), 'refused');
  for (let minute = 0; minute < 15; minute++) {
    await newCustomer(merchant(), `customer ${minute}`);
    await world.settle();
    world.clock.advance(MINUTE);
  }
  const [refused] = await deliveriesOf(world, id);
  assert.deepEqual([refused!.status, refused!.tries.length], ['pending', 3]);
  await assertSound(world);
});

test('an endpoint that is switched on again gets at once what waited meanwhile', async (t) => {
  const { world, receiver, merchant } = await start(t);
  receiver.reply((_, response) => void response.writeHead(500).end());
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  await newCustomer(merchant());
  await world.settle();
  world.clock.advance(6 * SECOND);
  await world.settle();
  await patchWebhookEndpoint(merchant(), id, { enabled: false });
  receiver.reply((_, response) => void response.end());
  await patchWebhookEndpoint(merchant(), id, { enabled: true });
  await world.settle();
  assert.equal(receiver.received.length, 3);
  await assertSound(world);
});

test('a request to recover repeated with its key answers the same and begins nothing again', async (t) => {
  const { world, receiver, merchant } = await start(t);
  await newCustomer(merchant());
  await world.settle();
  const { id } = await newEndpoint(merchant(), { url: receiver.url, ...customers });
  const key = randomUUID();
  const renderProblem = () => ({ status: 409, body: '{}' });
  const asked = { since: 0 as Timestamp, idempotency: { key, fingerprint: Buffer.from('same'), renderProblem } };
  const first = await recoverEndpoint(merchant(), id, asked);
  while ((await continueRecoveries(world.app)) > 0);
  await world.settle();
  const repeated = await recoverEndpoint(merchant(), id, asked);
  assert.deepEqual([repeated.replayed, repeated.answer], [true, first.answer]);
  const left = await world.query('select 1 from webhook_endpoints where recover_until is not null');
  assert.deepEqual([left.length, receiver.received.length], [0, 1]);
  await assertSound(world);
});
