/** The running worker: events go out as soon as they are committed, and stopping lets tries finish. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sequenceEvents } from '../../src/app/sequencer.ts';
import { patchWebhookEndpoint } from '../../src/app/webhooks.ts';
import type { Timestamp } from '../../src/lib/time.ts';
import { realSystem } from '../../src/system.ts';
import { eventDuties } from '../../src/worker/event-duties.ts';
import { startRunner } from '../../src/worker/runner.ts';
import { testClock } from '../support/clock.ts';
import { startReceiver } from './receiver.ts';
import { createWorld, deliveriesOf, newCustomer, newEndpoint } from './world.ts';

const created = ['customer.created'];

test('an event is delivered by the nudge of its commit, without any beat of the clock', async (t) => {
  const clock = testClock(Date.now());
  const world = await createWorld(t, { clock });
  const receiver = await startReceiver(t);
  const { id } = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: created });
  const stop = startRunner(world.app.system, eventDuties(world.app));
  await newCustomer(world.as(world.test));
  await receiver.arrived(1);
  await stop();
  const [delivery] = await deliveriesOf(world, id);
  assert.equal(delivery!.status, 'succeeded');
});

test('a backlog of one endpoint drains by itself, eight at a time, without any beat of the clock', async (t) => {
  const { timer } = realSystem('silent').clock;
  // Pauses pass, beats never come: only nudges are left to find work.
  const clock = {
    now: () => Date.now() as Timestamp,
    timer: (ms: number, then: () => void) => (ms < 100 ? timer(ms, then) : () => {}),
  };
  const world = await createWorld(t, { clock });
  const receiver = await startReceiver(t);
  await newEndpoint(world.as(world.test), { url: receiver.url, event_types: created });
  for (let i = 0; i < 60; i++) await newCustomer(world.as(world.test));
  await sequenceEvents(world.app);
  const stop = startRunner(world.app.system, eventDuties(world.app));
  await receiver.arrived(60);
  await stop();
  assert.equal(receiver.received.length, 60);
});

test('stopping begins nothing new and writes down the tries that had begun', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  let answer = (): void => undefined;
  receiver.reply((_, response) => {
    answer = () => void response.end('late');
  });
  const { id } = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: created });
  const stop = startRunner(world.app.system, eventDuties(world.app));
  await newCustomer(world.as(world.test));
  await receiver.arrived(1);
  const stopped = stop();
  await newCustomer(world.as(world.test));
  answer();
  await stopped;
  const deliveries = await deliveriesOf(world, id);
  assert.deepEqual(
    deliveries.map(({ status, tries }) => [status, tries[0]?.answer]),
    [['succeeded', 'late']],
  );
  assert.equal(receiver.received.length, 1);
});

test('a hanging receiver does not keep the worker from delivering to others', async (t) => {
  const world = await createWorld(t);
  const [hanging, quick] = [await startReceiver(t), await startReceiver(t)];
  const held: (() => void)[] = [];
  hanging.reply((_, response) => void held.push(() => response.end()));
  await newEndpoint(world.as(world.test), { url: hanging.url, event_types: created });
  await newEndpoint(world.as(world.test), { url: quick.url, event_types: created });
  const stop = startRunner(world.app.system, eventDuties(world.app));
  for (let i = 0; i < 30; i++) await newCustomer(world.as(world.test));
  await quick.arrived(30);
  assert.equal(hanging.received.length, 8);
  const stopped = stop();
  for (const release of held) release();
  await stopped;
});

test('changes to one endpoint at the same moment all happen, one after another', async (t) => {
  const world = await createWorld(t);
  const { id } = await newEndpoint(world.as(world.test), { url: 'http://127.0.0.1:9/', event_types: created });
  const change = (i: number) => patchWebhookEndpoint(world.as(world.test), id, { description: `change ${i}` });
  const changed = await Promise.all(Array.from({ length: 8 }, (_, i) => change(i)));
  assert.deepEqual(
    changed.map(({ version }) => version).sort((a, b) => a - b),
    [2, 3, 4, 5, 6, 7, 8, 9],
  );
  const [row] = await world.query<{ count: string }>(
    `select count(*) from events where object_id = $1 and type = 'webhook_endpoint.updated'`,
    [id],
  );
  assert.equal(Number(row!.count), 8);
});
