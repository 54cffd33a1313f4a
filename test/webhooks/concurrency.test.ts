/** How many tries to one endpoint are under way at once: as many as its merchant says, and fewer while it fails. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sequenceEvents } from '../../src/app/sequencer.ts';
import { patchWebhookEndpoint } from '../../src/app/webhooks.ts';
import { MINUTE, SECOND } from '../../src/lib/time.ts';
import { startReceiver } from './receiver.ts';
import { createWorld, newCustomer, newEndpoint } from './world.ts';

const only = { event_types: ['customer.created'] };

/** An endpoint whose receiver keeps every request until it is told to answer, and forty events for it. */
async function start(t: TestContext, concurrency: number) {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const held: (() => void)[] = [];
  receiver.reply((_, response) => void held.push(() => response.end()));
  const { id } = await newEndpoint(world.as(world.test), { url: receiver.url, concurrency, ...only });
  for (let n = 0; n < 40; n++) await newCustomer(world.as(world.test), `customer ${n}`);
  while ((await sequenceEvents(world.app)) > 0);
  const release = async (): Promise<void> => {
    receiver.reply((_, response) => void response.end());
    for (const answer of held.splice(0)) answer();
    await world.dispatcher().settled();
  };
  return { world, receiver, id, release };
}

for (const concurrency of [1, 8, 32]) {
  test(`an endpoint with concurrency ${concurrency} gets as many requests at once and no more`, async (t) => {
    const { world, receiver, release } = await start(t, concurrency);
    assert.equal(await world.dispatcher().begin(), concurrency);
    await receiver.arrived(concurrency);
    assert.equal(await world.dispatcher().begin(), 0);
    assert.equal(receiver.received.length, concurrency);
    await release();
    await world.settle();
    assert.equal(receiver.received.length, 40);
  });
}

test('a change of the concurrency counts from the next request on', async (t) => {
  const { world, receiver, id, release } = await start(t, 5);
  assert.equal(await world.dispatcher().begin(), 5);
  await patchWebhookEndpoint(world.as(world.test), id, { concurrency: 7 });
  assert.equal(await world.dispatcher().begin(), 2);
  await patchWebhookEndpoint(world.as(world.test), id, { concurrency: 2 });
  assert.equal(await world.dispatcher().begin(), 0);
  await receiver.arrived(7);
  await release();
  assert.equal(await world.dispatcher().begin(), 2);
  await release();
});

test('an endpoint that fails gets eight at once, whatever it allows, until one succeeds', async (t) => {
  const { world, receiver, release } = await start(t, 32);
  receiver.reply((_, response) => void response.writeHead(500).end());
  assert.equal(await world.dispatcher().begin(), 32);
  await world.dispatcher().settled();
  assert.equal(await world.dispatcher().begin(), 8);
  await world.dispatcher().settled();
  assert.equal(await world.dispatcher().begin(), 0);
  world.clock.advance(6 * SECOND);
  assert.equal(await world.dispatcher().begin(), 8);
  await world.dispatcher().settled();
  receiver.reply((_, response) => void response.end());
  world.clock.advance(MINUTE);
  await world.dispatcher().begin();
  await world.dispatcher().settled();
  // Eight have succeeded, and eight have failed twice and wait for later.
  assert.equal(await world.dispatcher().begin(), 24);
  await release();
});
