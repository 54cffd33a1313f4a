/** Numbering events: gap-free, in the order of versions, under many writers and sequencers, and never to be missed by a poller. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { App } from '../../src/app/context.ts';
import { contextFor } from '../../src/app/context.ts';
import { pageOfEvents } from '../../src/app/events.ts';
import { sequenceEvents } from '../../src/app/sequencer.ts';
import { createAccount } from '../../src/app/tenants.ts';
import { inOrder, type Sequenced } from '../../src/domain/sequence.ts';
import { insertEvent } from '../../src/store/events.ts';
import { findTenant } from '../../src/store/tenants.ts';
import { createWorld, deliveriesOf, newCustomer, newEndpoint, renameCustomer, type World } from './world.ts';

const someEvents = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 10_000 }).map((n) => `evt_${String(n).padStart(5, '0')}`),
    objectId: fc.constantFrom('a', 'b', 'c', 'd'),
    objectVersion: fc.integer({ min: 1, max: 6 }),
  }),
  { selector: (event) => event.id, maxLength: 60 },
);

test('the order is a permutation that never contradicts versions, and the order of ids where that is possible', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const ordered = inOrder(events);
      assert.deepEqual([...ordered].sort(byId), [...events].sort(byId));
      for (const objectId of new Set(events.map((event) => event.objectId))) {
        const own = ordered.filter((event) => event.objectId === objectId);
        const wanted = [...own].sort((a, b) => a.objectVersion - b.objectVersion || byId(a, b));
        assert.deepEqual(own, wanted);
      }
      const sorted = [...events].sort(byId);
      assert.deepEqual(
        ordered.map((event) => event.objectId),
        sorted.map((event) => event.objectId),
        'objects keep their places',
      );
    }),
    { verbose: 1 },
  );
});

function byId(a: Sequenced, b: Sequenced): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

test('eight writers and three sequencers at once leave numbers without a gap, in the order of versions', async (t) => {
  const world = await createWorld(t);
  const endpoint = await newEndpoint(world.as(world.test), { url: 'http://127.0.0.1:9/never' });
  const programs = [world.app, world.another(), world.another()];
  let writing = true;
  const writers = Array.from({ length: 8 }, async (_, i) => {
    const context = () => contextFor(programs[i % 3]!, world.test);
    let customer = await newCustomer(context());
    for (let n = 0; n < 40; n++) {
      customer = n % 4 === 0 ? await newCustomer(context()) : await renameCustomer(context(), customer, `name ${n}`);
    }
  });
  const sequencers = programs.map(async (app) => {
    while (writing) await sequenceEvents(app, 7);
  });
  const poller = pollUntil(world, () => writing);
  await Promise.all(writers);
  writing = false;
  await Promise.all(sequencers);
  while ((await sequenceEvents(world.app)) > 0);
  const rows = await world.query<{ sequence: string; object_id: string; object_version: number; id: string }>(
    'select sequence, object_id, object_version, id from events where tenant_id = $1 order by sequence',
    [world.test.id],
  );
  assert.equal(rows.length, 8 * 41 + 1);
  assert.deepEqual(
    rows.map((row) => Number(row.sequence)),
    rows.map((_, i) => i + 1),
  );
  const latest = new Map<string, number>();
  for (const row of rows) {
    assert.ok(row.object_version >= (latest.get(row.object_id) ?? 0), `${row.object_id} goes back`);
    latest.set(row.object_id, row.object_version);
  }
  const polled = await poller;
  assert.deepEqual(
    polled,
    rows.slice(0, polled.length).map((row) => row.id),
    'who polls by number sees every event once and in order',
  );
  const deliveries = await deliveriesOf(world, endpoint.id);
  assert.equal(deliveries.length, rows.length, 'one delivery per event');
  const due = new Set(deliveries.filter((d) => d.nextAttemptAt !== undefined).map((d) => d.eventId));
  const heads = new Map<string, string>();
  for (const row of rows) if (!heads.has(row.object_id)) heads.set(row.object_id, row.id);
  assert.deepEqual(due, new Set(heads.values()), 'of each object exactly the first is due, the others wait behind it');
});

/** Reads by `after` until `going` says no and nothing more comes. */
async function pollUntil(world: World, going: () => boolean): Promise<string[]> {
  const seen: string[] = [];
  let after = 0;
  for (;;) {
    const last = !going();
    const page = await pageOfEvents(world.as(world.test), {
      filters: {},
      page: { limit: 50, from: { direction: 'after', sequence: after } },
    });
    for (const event of page.items) {
      assert.equal(event.sequence, after + 1);
      after = event.sequence;
      seen.push(event.id);
    }
    if (last && page.items.length === 0) return seen;
  }
}

test('a version whose event has a lower id than the one before it is numbered after it, also across batches', async (t) => {
  const world = await createWorld(t);
  const late = 40;
  // The second program's clock is behind, so its ids sort before those of what it changed; batches hold fewer than these.
  const write = (objectId: string, objectVersion: number, id: string) =>
    world.database.transaction((tx) =>
      insertEvent(tx, {
        tenantId: world.test.id,
        id,
        type: objectVersion === 1 ? 'customer.created' : 'customer.updated',
        objectId,
        objectVersion,
        occurredAt: world.clock.now(),
        data: '{}',
      }),
    );
  for (let i = 0; i < late; i++) {
    await write(`cus_${i}`, 1, `evt_b${String(i).padStart(3, '0')}`);
    await write(`cus_${i}`, 2, `evt_a${String(late - i).padStart(3, '0')}`);
  }
  while ((await sequenceEvents(world.app, 5)) > 0);
  const rows = await world.query<{ object_id: string; object_version: number }>(
    'select object_id, object_version from events where sequence is not null order by sequence',
  );
  assert.equal(rows.length, 2 * late);
  const seen = new Set<string>();
  for (const row of rows) {
    assert.equal(seen.has(row.object_id), row.object_version === 2);
    seen.add(row.object_id);
  }
});

test('an event that is not numbered yet is not seen, neither by id nor in a list', async (t) => {
  const world = await createWorld(t);
  await newCustomer(world.as(world.test));
  const list = { filters: {}, page: { limit: 10 } };
  assert.deepEqual((await pageOfEvents(world.as(world.test), list)).items, []);
  await sequenceEvents(world.app);
  assert.equal((await pageOfEvents(world.as(world.test), list)).items.length, 1);
  assert.deepEqual((await pageOfEvents(world.as(world.live), list)).items, [], 'another tenant has its own numbers');
});

test('sixty tenants are numbered in one pass, each from one', async (t) => {
  const world = await createWorld(t);
  const tenants: string[] = [];
  for (let i = 0; i < 60; i++) tenants.push((await createAccount(world.app, `Shop ${i}`)).testTenantId);
  for (const id of tenants) await newCustomer(world.as((await findTenant(world.database, id))!));
  assert.equal(await sequenceEvents(world.app), 60);
  const rows = await world.query<{ last_sequence: string }>(
    'select last_sequence from event_counters where tenant_id = any($1)',
    [tenants],
  );
  assert.ok(rows.every((row) => Number(row.last_sequence) === 1));
});

test('a sequencer that loses the race numbers nothing and finds nothing half done', async (t) => {
  const world = await createWorld(t);
  for (let i = 0; i < 30; i++) await newCustomer(world.as(world.test));
  const apps: App[] = [world.app, world.another(), world.another()];
  const counts = await Promise.all(apps.map((app) => sequenceEvents(app)));
  const left = await sequenceEvents(world.app);
  assert.equal(
    counts.reduce((sum, count) => sum + count, left),
    30,
  );
});
