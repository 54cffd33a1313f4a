/** What a process that dies leaves behind: deliveries in its hands become due again, and no lane stays shut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextFor } from '../../src/app/context.ts';
import { Dispatcher, deliverDue, repairDue } from '../../src/app/deliveries.ts';
import { sequenceEvents } from '../../src/app/sequencer.ts';
import { removeWebhookEndpoint } from '../../src/app/webhooks.ts';
import { SECOND } from '../../src/lib/time.ts';
import { claimDueDeliveries, recordTries } from '../../src/store/delivery-work.ts';
import { startReceiver } from './receiver.ts';
import { createWorld, deliveriesOf, newCustomer, newEndpoint, renameCustomer, type World } from './world.ts';

const both = ['customer.created', 'customer.updated'];

async function claim(world: World) {
  const now = world.clock.now();
  return claimDueDeliveries(world.database, {
    now,
    leaseUntil: (now + 30 * SECOND) as typeof now,
    limit: 100,
    busy: [],
  });
}

test('a delivery in the hands of a process that died is tried by another once the claim has run out', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const { id } = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: both });
  await newCustomer(world.as(world.test));
  await sequenceEvents(world.app);
  const [lost] = await claim(world);
  assert.equal(await world.settle(), 0, 'nobody else takes it while it is claimed');
  world.clock.advance(31 * SECOND);
  assert.equal(await world.settle(), 1);
  const late = { number: 1, at: world.clock.now(), latencyMs: 1, failure: 'response_timeout', answer: '' } as const;
  const written = await recordTries(world.database, [{ claimed: lost!, tried: late, after: { status: 'exhausted' } }]);
  assert.equal(written.size, 0, 'what the first process says afterwards changes nothing');
  const [delivery] = await deliveriesOf(world, id);
  assert.equal(delivery!.status, 'succeeded');
  assert.equal(delivery!.tries.length, 1);
});

test('two processes never have the same delivery in their hands', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  for (let i = 0; i < 4; i++) await newEndpoint(world.as(world.test), { url: receiver.url, event_types: both });
  for (let i = 0; i < 10; i++) await newCustomer(world.as(world.test));
  await sequenceEvents(world.app);
  const others = [new Dispatcher(world.another()), new Dispatcher(world.another()), world.dispatcher()];
  const tries = await Promise.all(others.map(deliverDue));
  assert.equal(
    tries.reduce((sum, count) => sum + count, 0),
    40,
  );
  assert.equal(receiver.received.length, 40);
});

test('a lane whose delivery ended right before a crash is opened by the repair, and only such a lane', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const { id } = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: both });
  for (let i = 0; i < 2; i++)
    await renameCustomer(world.as(world.test), await newCustomer(world.as(world.test)), 'two');
  await sequenceEvents(world.app);
  const [first] = await claim(world);
  const tried = { number: 1, at: world.clock.now(), latencyMs: 1, status: 200, answer: '' };
  await recordTries(world.database, [{ claimed: first!, tried, after: { status: 'succeeded' } }]);
  assert.equal(await world.settle(), 0);
  assert.equal(await repairDue(world.app), 1);
  assert.equal(await repairDue(world.app), 0);
  assert.equal(await world.settle(), 1);
  const waiting = (await deliveriesOf(world, id)).filter(({ status }) => status === 'pending');
  assert.equal(waiting.length, 2, 'the other object is still in the hands of the dead process');
});

test('deliveries of a deleted endpoint end, also those that were made while it was being deleted', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const { id } = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: both });
  await renameCustomer(world.as(world.test), await newCustomer(world.as(world.test)), 'two');
  await sequenceEvents(world.app);
  await removeWebhookEndpoint(world.as(world.test), id);
  assert.equal(await world.settle(), 0);
  assert.deepEqual(
    (await deliveriesOf(world, id)).map(({ status }) => status),
    ['exhausted', 'exhausted'],
  );
  await world.query(`update deliveries set status = 'pending', ended_at = null where endpoint_id = $1`, [id]);
  assert.equal(await repairDue(world.app), 2);
  assert.equal(await world.settle(), 0);
  assert.equal(receiver.received.length, 0);
});

test('objects changed while their events are being delivered lose none and keep their order', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  await newEndpoint(world.as(world.test), { url: receiver.url, event_types: both });
  const programs = [world.app, world.another(), world.another()];
  let writing = true;
  const writers = Array.from({ length: 6 }, async (_, i) => {
    const context = () => contextFor(programs[i % 3]!, world.test);
    let customer = await newCustomer(context(), '0');
    for (let n = 1; n < 30; n++) customer = await renameCustomer(context(), customer, String(n));
  });
  const sequencers = programs.map(async (app) => {
    while (writing) await sequenceEvents(app);
  });
  const deliverers = programs.map(async (app) => {
    const dispatcher = new Dispatcher(app);
    while (writing) await deliverDue(dispatcher);
  });
  await Promise.all(writers);
  writing = false;
  await Promise.all([...sequencers, ...deliverers]);
  await world.settle();
  assert.equal(receiver.received.length, 6 * 30, 'no lane stayed shut and nothing came twice');
  const latest = new Map<string, number>();
  for (const { event } of receiver.received) {
    assert.equal(Number(event.data.name), (latest.get(event.data.id) ?? -1) + 1);
    latest.set(event.data.id, Number(event.data.name));
  }
});
