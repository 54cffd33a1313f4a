/** Replacing the secret of an endpoint: nothing in flight is lost by it, and a mistake cannot end the secret that is in use. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { removeWebhookEndpoint, rotateWebhookSecret } from '../../src/app/webhooks.ts';
import { Rejected, type Rejection } from '../../src/domain/errors.ts';
import { DAY, SECOND } from '../../src/lib/time.ts';
import { startReceiver } from './receiver.ts';
import { createWorld, getWebhookEndpoint, newCustomer, newEndpoint, type World } from './world.ts';

const only = { event_types: ['customer.created'] };

async function rotate(world: World, id: string, more: { overlapMs?: number; key?: string } = {}) {
  const idempotency = more.key === undefined ? undefined : keyed(more.key);
  const asked = { overlapMs: more.overlapMs ?? DAY, idempotency };
  const { answer, replayed } = await rotateWebhookSecret(world.as(world.test), id, asked);
  return { ...(JSON.parse(answer.body) as { secret: string; previous_secret_valid_until?: string }), replayed };
}

const keyed = (key: string) => ({
  key,
  fingerprint: Buffer.from(key),
  renderProblem: ({ rejected }: Rejection) => ({ status: 409, body: JSON.stringify({ code: rejected }) }),
});

test('for a day after its secret was replaced a delivery verifies with either, then with the new one alone', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const { id, secret } = await newEndpoint(world.as(world.test), { url: receiver.url, ...only });
  const fresh = await rotate(world, id);
  assert.notEqual(fresh.secret, secret);
  assert.ok(Math.abs(Date.parse(fresh.previous_secret_valid_until!) - world.clock.now() - DAY) < 10 * SECOND);
  await newCustomer(world.as(world.test));
  await world.settle();
  const [first] = receiver.received;
  for (const one of [secret, fresh.secret])
    assert.deepEqual(new Webhook(one).verify(first!.body, first!.headers), first!.event);
  world.clock.advance(DAY);
  await newCustomer(world.as(world.test));
  await world.settle();
  const [, second] = receiver.received;
  // The time of the signature is a day ahead of the reference library's clock: the signatures themselves are compared.
  const signature = (one: string) => {
    const { 'webhook-id': id, 'webhook-timestamp': seconds } = second!.headers;
    return new Webhook(one).sign(id!, new Date(Number(seconds) * SECOND), second!.body);
  };
  assert.equal(second!.headers['webhook-signature'], signature(fresh.secret));
  assert.equal(first!.headers['webhook-signature']!.split(' ').length, 2);
});

test('without overlap the secrets before end at once', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const { id, secret } = await newEndpoint(world.as(world.test), { url: receiver.url, ...only });
  const middle = await rotate(world, id);
  const fresh = await rotate(world, id, { overlapMs: 0 });
  await newCustomer(world.as(world.test));
  await world.settle();
  const [first] = receiver.received;
  for (const old of [secret, middle.secret]) assert.throws(() => new Webhook(old).verify(first!.body, first!.headers));
  assert.deepEqual(new Webhook(fresh.secret).verify(first!.body, first!.headers), first!.event);
});

test('a second rotation while the first still overlaps is refused, so a repeat by mistake ends no secret in use', async (t) => {
  const world = await createWorld(t);
  const { id } = await newEndpoint(world.as(world.test), { url: 'http://127.0.0.1:9/', ...only });
  await rotate(world, id);
  await assert.rejects(rotate(world, id), (error: unknown) => {
    assert.ok(error instanceof Rejected);
    assert.equal(error.rejection.rejected, 'secret_rotation_under_way');
    assert.match(error.rejection.detail, /overlap_seconds 0/);
    return true;
  });
  world.clock.advance(DAY);
  await rotate(world, id);
});

test('a rotation repeated with its key answers the same secret, which lies nowhere in clear', async (t) => {
  const world = await createWorld(t);
  const { id, secret } = await newEndpoint(world.as(world.test), { url: 'http://127.0.0.1:9/', ...only });
  const key = randomUUID();
  const first = await rotate(world, id, { key });
  const repeated = await rotate(world, id, { key });
  assert.deepEqual([first.replayed, repeated.replayed, repeated.secret], [false, true, first.secret]);
  const rows = await world.query<{ text: string }>(
    `select row_to_json(k)::text as text from idempotency_keys k union all select row_to_json(w)::text from webhook_endpoints w
      union all select row_to_json(e)::text from events e`,
  );
  for (const one of [secret, first.secret])
    assert.ok(rows.length > 0 && rows.every(({ text }) => !text.includes(one.slice('whsec_'.length))));
});

test('of five rotations at one moment one happens; a deleted endpoint keeps none of its secrets', async (t) => {
  const world = await createWorld(t);
  const { id } = await newEndpoint(world.as(world.test), { url: 'http://127.0.0.1:9/', ...only });
  const ended = await Promise.allSettled(Array.from({ length: 5 }, () => rotate(world, id)));
  assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 1);
  const { version, previousSecret } = await getWebhookEndpoint(world.as(world.test), id);
  assert.equal(version, 2);
  assert.ok(previousSecret !== undefined);
  await removeWebhookEndpoint(world.as(world.test), id);
  const [row] = await world.query('select sealed_secret, previous_sealed_secret from webhook_endpoints where id = $1', [
    id,
  ]);
  assert.deepEqual(row, { sealed_secret: null, previous_sealed_secret: null });
});
