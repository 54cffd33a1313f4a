/** Deliveries as receivers see them: signed, retried on schedule, in order per object, and never slowed down by others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { getEvent } from '../../src/app/events.ts';
import { sequenceEvents } from '../../src/app/sequencer.ts';
import { patchWebhookEndpoint, pingWebhookEndpoint } from '../../src/app/webhooks.ts';
import { TRY_DELAYS_MS } from '../../src/domain/webhook-delivery.ts';
import { DAY, HOUR, SECOND } from '../../src/lib/time.ts';
import { renderEvent } from '../../src/wire/event.ts';
import { startReceiver } from './receiver.ts';
import { createWorld, deliveriesOf, getWebhookEndpoint, newCustomer, newEndpoint, renameCustomer } from './world.ts';

test('a delivery verifies with the standardwebhooks and svix packages as they are', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const { secret } = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: ['customer.created'] });
  const customer = await newCustomer(world.as(world.test), 'Zoë "Q" 漢');
  assert.equal(await world.settle(), 1);
  const [got] = receiver.received;
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(new Webhook(secret).verify(got!.body, got!.headers), got!.event);
  // This one only throws.
  assert.doesNotThrow(() => new SvixWebhook(secret).verify(got!.body, got!.headers));
  assert.throws(() => new SvixWebhook(secret).verify(`${got!.body} `, got!.headers));
  assert.throws(() => new Webhook(secret).verify(`${got!.body} `, got!.headers));
  assert.equal(got!.headers['webhook-id'], got!.event.id);
  assert.equal(got!.headers['content-type'], 'application/json');
  assert.equal(got!.event.data.id, customer.id);
  assert.deepEqual(Object.keys(got!.event), ['id', 'type', 'timestamp', 'sequence', 'mode', 'data']);
  const stored = await getEvent(world.as(world.test), got!.event.id);
  assert.equal(renderEvent(stored, 'test'), got!.body);
});

test('a receiver that fails twice gets the same bytes again, five seconds and then five minutes later', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  receiver.reply((_, response, nth) => {
    response.statusCode = nth < 3 ? 500 : 200;
    response.end(`answer ${nth}`);
  });
  const endpoint = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: ['customer.created'] });
  await newCustomer(world.as(world.test));
  assert.equal(await world.settle(), 1);
  world.clock.advance(4 * SECOND);
  assert.equal(await world.settle(), 0, 'not before its time');
  world.clock.advance(2 * SECOND);
  assert.equal(await world.settle(), 1);
  world.clock.advance(TRY_DELAYS_MS[2]! * 1.1 + SECOND);
  assert.equal(await world.settle(), 1);
  const [delivery] = await deliveriesOf(world, endpoint.id);
  assert.equal(delivery!.status, 'succeeded');
  assert.equal(delivery!.nextAttemptAt, undefined);
  assert.deepEqual(
    delivery!.tries.map(({ number, status, failure, answer }) => ({ number, status, failure, answer })),
    [
      { number: 1, status: 500, failure: 'http_status', answer: 'answer 1' },
      { number: 2, status: 500, failure: 'http_status', answer: 'answer 2' },
      { number: 3, status: 200, failure: undefined, answer: 'answer 3' },
    ],
  );
  const [first, second, third] = receiver.received;
  assert.ok(first!.body === second!.body && second!.body === third!.body);
  assert.equal(first!.headers['webhook-id'], third!.headers['webhook-id']);
  assert.notEqual(first!.headers['webhook-timestamp'], third!.headers['webhook-timestamp']);
});

test('after ten tries a delivery is given up and the next event of its object follows', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  receiver.reply((request, response) => {
    response.statusCode = request.event.type === 'customer.created' ? 503 : 200;
    response.end();
  });
  const endpoint = await newEndpoint(world.as(world.test), {
    url: receiver.url,
    event_types: ['customer.created', 'customer.updated'],
  });
  const customer = await newCustomer(world.as(world.test));
  await renameCustomer(world.as(world.test), customer, 'Bea');
  let tries = await world.settle();
  for (let number = 2; number <= 10; number++) {
    const [waiting] = await deliveriesOf(world, endpoint.id);
    world.clock.advance(waiting!.nextAttemptAt! - world.clock.now());
    tries += await world.settle();
  }
  const [created, updated] = await deliveriesOf(world, endpoint.id);
  assert.equal(created!.status, 'exhausted');
  assert.equal(created!.tries.length, 10);
  assert.equal(updated!.status, 'succeeded');
  assert.equal(tries, 11);
});

test('a later event of an object waits for the earlier one while other objects are not held up', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const [held, free] = [await newCustomer(world.as(world.test)), await newCustomer(world.as(world.test))];
  await world.settle();
  let broken = true;
  receiver.reply((request, response) => {
    response.statusCode = broken && request.event.data.id === held.id ? 500 : 200;
    response.end();
  });
  const endpoint = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: ['customer.updated'] });
  const second = await renameCustomer(world.as(world.test), held, 'two');
  await renameCustomer(world.as(world.test), free, 'other');
  await world.settle();
  const third = await renameCustomer(world.as(world.test), second, 'three');
  await renameCustomer(world.as(world.test), third, 'four');
  await world.settle();
  assert.deepEqual(
    receiver.received.map(({ event }) => event.data.name),
    ['two', 'other'],
  );
  const waiting = (await deliveriesOf(world, endpoint.id)).filter((d) => d.status === 'pending');
  assert.deepEqual(
    waiting.map((d) => [d.tries.length, d.nextAttemptAt !== undefined]),
    [
      [1, true],
      [0, false],
      [0, false],
    ],
  );
  broken = false;
  world.clock.advance(6 * SECOND);
  assert.equal(await world.settle(), 3);
  assert.deepEqual(
    receiver.received.map(({ event }) => event.data.name),
    ['two', 'other', 'two', 'three', 'four'],
  );
});

test('an endpoint with ordering none gets every event at once, whatever became of earlier ones', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  receiver.reply((request, response) => {
    response.statusCode = request.event.type === 'customer.created' ? 500 : 200;
    response.end();
  });
  await newEndpoint(world.as(world.test), {
    url: receiver.url,
    event_types: ['customer.created', 'customer.updated'],
    ordering: 'none',
  });
  await renameCustomer(world.as(world.test), await newCustomer(world.as(world.test)), 'two');
  await world.settle();
  assert.deepEqual(receiver.received.map(({ event }) => event.type).sort(), ['customer.created', 'customer.updated']);
});

test('a 410 answer disables the endpoint at once and says so by an event to the others', async (t) => {
  const world = await createWorld(t);
  const [gone, other] = [await startReceiver(t), await startReceiver(t)];
  gone.reply((_, response) => void response.writeHead(410).end());
  const { id } = await newEndpoint(world.as(world.test), { url: gone.url, event_types: ['customer.created'] });
  await newEndpoint(world.as(world.test), { url: other.url, event_types: ['webhook_endpoint.disabled'] });
  await newCustomer(world.as(world.test));
  await world.settle();
  await world.settle();
  const endpoint = await getWebhookEndpoint(world.as(world.test), id);
  assert.equal(endpoint.enabled, false);
  assert.equal(endpoint.disabledReason, 'gone');
  assert.equal(other.received[0]!.event.type, 'webhook_endpoint.disabled');
  assert.equal(other.received[0]!.event.data.id, id);
  await newCustomer(world.as(world.test));
  world.clock.advance(DAY);
  assert.equal(await world.settle(), 0);
  gone.reply((_, response) => void response.end());
  await patchWebhookEndpoint(world.as(world.test), id, { enabled: true });
  assert.equal(await world.settle(), 1, 'works again at once when it is enabled');
});

test('an endpoint that fails for five days is disabled with an event, one that succeeds in between is not', async (t) => {
  const world = await createWorld(t);
  const [bad, shaky, other] = [await startReceiver(t), await startReceiver(t), await startReceiver(t)];
  bad.reply((_, response) => void response.writeHead(500).end());
  shaky.reply((_, response, nth) => void response.writeHead(nth % 3 === 0 ? 200 : 500).end());
  const { id: badId } = await newEndpoint(world.as(world.test), { url: bad.url, event_types: ['customer.created'] });
  const { id: shakyId } = await newEndpoint(world.as(world.test), {
    url: shaky.url,
    event_types: ['customer.created'],
  });
  await newEndpoint(world.as(world.test), { url: other.url, event_types: ['webhook_endpoint.disabled'] });
  for (let hour = 0; hour <= 126; hour += 6) {
    if (hour <= 114) assert.equal((await getWebhookEndpoint(world.as(world.test), badId)).enabled, true, `${hour} h`);
    await newCustomer(world.as(world.test));
    await world.settle();
    world.clock.advance(6 * HOUR);
  }
  await world.settle();
  assert.equal((await getWebhookEndpoint(world.as(world.test), badId)).disabledReason, 'failing');
  assert.equal((await getWebhookEndpoint(world.as(world.test), shakyId)).enabled, true);
  assert.deepEqual(
    other.received.map(({ event }) => event.data.id),
    [badId],
  );
});

test('a redirect is a failure and is not followed', async (t) => {
  const world = await createWorld(t);
  const [receiver, target] = [await startReceiver(t), await startReceiver(t)];
  receiver.reply((_, response) => void response.writeHead(307, { location: target.url }).end());
  const { id } = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: ['customer.created'] });
  await newCustomer(world.as(world.test));
  await world.settle();
  const [delivery] = await deliveriesOf(world, id);
  assert.equal(delivery!.tries[0]!.status, 307);
  assert.equal(delivery!.tries[0]!.failure, 'http_status');
  assert.equal(target.connections(), 0);
});

test('Retry-After of a 429 or 503 postpones the next try, by a day at most', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const asked = ['3600', '9999999', new Date(world.clock.now() + 2 * DAY + 2 * HOUR).toUTCString()];
  receiver.reply((_, response, nth) => void response.writeHead(503, { 'retry-after': asked[nth - 1] ?? '1' }).end());
  const { id } = await newEndpoint(world.as(world.test), { url: receiver.url, event_types: ['customer.created'] });
  await newCustomer(world.as(world.test));
  for (const expectedMs of [HOUR, DAY, DAY]) {
    const before = world.clock.now();
    assert.equal(await world.settle(), 1);
    const [delivery] = await deliveriesOf(world, id);
    const waitMs = delivery!.nextAttemptAt! - before;
    assert.ok(Math.abs(waitMs - expectedMs) < 5 * SECOND, `${waitMs} ms`);
    world.clock.advance(waitMs);
  }
});

test('a hanging endpoint holds eight of its own deliveries and slows nobody else down', async (t) => {
  const world = await createWorld(t);
  const [hanging, quick] = [await startReceiver(t), await startReceiver(t)];
  const release: (() => void)[] = [];
  hanging.reply((_, response) => new Promise<void>((resolve) => release.push(() => resolve(void response.end()))));
  await newEndpoint(world.as(world.test), { url: hanging.url, event_types: ['customer.created'] });
  await newEndpoint(world.as(world.test), { url: quick.url, event_types: ['customer.created'] });
  for (let i = 0; i < 20; i++) await newCustomer(world.as(world.test));
  const { app } = world;
  const dispatcher = world.dispatcher();
  await sequenceEvents(app);
  let begun = 0;
  while (quick.received.length < 20) {
    begun += await dispatcher.begin();
    await quick.arrived(Math.min(20, begun - 8));
  }
  await hanging.arrived(8);
  assert.equal(hanging.received.length, 8);
  assert.equal(await dispatcher.begin(), 0);
  hanging.reply((_, response) => void response.end());
  for (const go of release) go();
  await dispatcher.settled();
  await world.settle();
  assert.equal(hanging.received.length, 20);
});

test('a ping goes to its own endpoint alone, whatever types that asked for, and does not wait', async (t) => {
  const world = await createWorld(t);
  const [one, other] = [await startReceiver(t), await startReceiver(t)];
  const { id } = await newEndpoint(world.as(world.test), { url: one.url, event_types: ['payment.failed'] });
  await newEndpoint(world.as(world.test), { url: other.url, event_types: ['payment.failed', 'webhook_endpoint.ping'] });
  await pingWebhookEndpoint(world.as(world.test), id, undefined);
  await pingWebhookEndpoint(world.as(world.test), id, undefined);
  assert.equal(await world.settle(), 2);
  assert.deepEqual(
    one.received.map(({ event }) => [event.type, event.data.id]),
    [
      ['webhook_endpoint.ping', id],
      ['webhook_endpoint.ping', id],
    ],
  );
  assert.equal(other.received.length, 0);
  assert.ok(!one.received[0]!.body.includes('whsec_'));
});
