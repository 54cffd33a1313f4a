/** Events at the front door: in the order of their numbers, page by page in both directions, in the bytes webhooks have. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { startReceiver } from '../webhooks/receiver.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const numbers = (reply: { body: Json }): number[] => reply.body.data.map((event: Json) => event.sequence);

test('events are listed by number, filtered by type and object, and paged in both directions', async () => {
  const merchant = await app.otherMerchant();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.push((await merchant.call('POST', '/collect/customers', { name: `N${i}` })).body.id);
  await merchant.call('PATCH', `/collect/customers/${ids[1]}`, { name: 'New' });
  await merchant.call('DELETE', `/collect/customers/${ids[1]}`);
  assert.deepEqual((await merchant.call('GET', '/collect/events')).body.data, [], 'not before they have a number');
  await app.runDue();
  const first = await merchant.call('GET', '/collect/events?limit=3');
  assert.deepEqual(numbers(first), [1, 2, 3]);
  assert.equal(first.headers.get('prev-cursor'), null);
  const second = await merchant.call('GET', `/collect/events?limit=3&cursor=${first.headers.get('next-cursor')}`);
  assert.deepEqual(numbers(second), [4, 5, 6]);
  const third = await merchant.call('GET', `/collect/events?limit=3&cursor=${second.headers.get('next-cursor')}`);
  assert.deepEqual(numbers(third), [7]);
  assert.equal(third.headers.get('next-cursor'), null);
  const back = await merchant.call('GET', `/collect/events?limit=3&cursor=${third.headers.get('prev-cursor')}`);
  assert.deepEqual(numbers(back), [4, 5, 6]);
  assert.deepEqual(numbers(await merchant.call('GET', '/collect/events?after=5')), [6, 7]);
  const own = await merchant.call('GET', `/collect/events?object_id=${ids[1]}`);
  assert.deepEqual(
    own.body.data.map((event: Json) => event.type),
    ['customer.created', 'customer.updated', 'customer.deleted'],
  );
  const created = await merchant.call('GET', '/collect/events?type=customer.created&after=1&limit=2');
  assert.deepEqual(numbers(created), [2, 3]);
});

test('an event by id has the bytes of its delivery', async (t) => {
  const merchant = await app.otherMerchant();
  const receiver = await startReceiver(t);
  await merchant.call('POST', '/collect/webhook_endpoints', {
    url: receiver.url,
    event_types: ['payment_session.created'],
  });
  const session = await merchant.createSession({ metadata: { 'ключ "1"': 'é\u2028', 7: 'x', 10: 'y' } });
  await app.runDue();
  const [got] = receiver.received;
  assert.deepEqual(got!.event.data as Json, session);
  const shown = await merchant.call('GET', `/collect/events/${got!.event.id}`);
  assert.equal(shown.text, got!.body);
  const listed = await merchant.call('GET', `/collect/events?object_id=${session.id}`);
  assert.equal(listed.text, `{"data":[${got!.body}]}`);
});

test('an unknown event and that of another account answer event_not_found', async () => {
  const [merchant, stranger] = [await app.otherMerchant(), await app.otherMerchant()];
  await merchant.call('POST', '/collect/customers', {});
  await app.runDue();
  const [event] = await merchant.events();
  for (const id of [event.id, 'evt_000000000000000000000000', 'nonsense']) {
    const reply = await stranger.call('GET', `/collect/events/${id}`);
    assert.deepEqual([reply.status, reply.body.code], [404, 'event_not_found']);
  }
});

test('a beginning that cannot be read is refused with its parameter', async () => {
  const cases = {
    'cursor=bm9wZQ': 'query/cursor',
    'after=-1': 'query/after',
    'after=01': 'query/after',
    'after=1e3': 'query/after',
    'limit=0': 'query/limit',
    'limit=101': 'query/limit',
    'type=payment.exploded': 'query/type',
    'colour=red': 'query/colour',
    [`after=1&cursor=${Buffer.from('after:1').toString('base64url')}`]: 'query/after',
  };
  for (const [query, pointer] of Object.entries(cases)) {
    const reply = await app.merchant.call('GET', `/collect/events?${query}`);
    assert.equal(reply.status, 400, query);
    assert.equal(reply.body.errors[0].pointer, pointer);
  }
});
