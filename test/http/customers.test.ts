/** Customers and their saved payment methods at the front door. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const path = '/collect/customers';
const ids = (reply: { body: Json }): string[] => reply.body.data.map((one: Json) => one.id);
const whole = {
  name: 'Thandi Mokoena',
  email: 'thandi@example.com',
  phone: '+27 (82) 123-4567',
  external_reference: 'c_17',
  metadata: { tier: 'gold' },
};

async function eventTypes(objectId: string): Promise<string[]> {
  await app.runDue();
  return (await app.merchant.events(`&object_id=${objectId}`)).map((event) => event.type);
}

async function sealedCards(): Promise<number> {
  const [row] = await app.database.query<{ cards: string }>('select count(*) as cards from vault.cards');
  return Number(row!.cards);
}

test('a customer is created with all, some or none of its fields, and read back the same', async () => {
  for (const body of [whole, { name: 'Sipho' }, {}, undefined]) {
    const { status, body: made } = await app.merchant.call('POST', path, body);
    assert.equal(status, 201);
    const { id, created_at } = made;
    assert.match(id, /^cus_[0-9A-Za-z]{24}$/);
    assert.deepEqual(made, { id, mode: 'test', ...body, created_at, updated_at: created_at });
    assert.deepEqual((await app.merchant.call('GET', `${path}/${id}`)).body, made);
  }
});

test('a customer whose fields cannot be is refused with every field named', async () => {
  const reply = await app.merchant.call('POST', path, {
    name: '',
    email: 'nobody',
    phone: 'call me',
    external_reference: 'a b',
    metadata: { k: 1 },
    birthday: '2000-01-01',
  });
  assert.equal(reply.status, 400);
  assert.deepEqual(reply.body.errors.map((error: Json) => `${error.pointer} ${error.code}`).sort(), [
    '/birthday unknown_field',
    '/email invalid_value',
    '/external_reference invalid_value',
    '/metadata/k invalid_type',
    '/name out_of_range',
    '/phone invalid_value',
  ]);
});

test('a change sets what is given and leaves the rest; one that changes nothing tells no event', async () => {
  const { body: made } = await app.merchant.call('POST', path, whole);
  app.clock.advance(1_000);
  const changed = await app.merchant.call('PATCH', `${path}/${made.id}`, { phone: '+1 555 0100' });
  const updated_at = new Date(app.clock.now()).toISOString();
  assert.deepEqual(changed.body, { ...made, phone: '+1 555 0100', updated_at });
  app.clock.advance(1_000);
  const same = await app.merchant.call('PATCH', `${path}/${made.id}`, {
    phone: '+1 555 0100',
    metadata: { tier: 'gold' },
  });
  assert.deepEqual(same.body, changed.body);
  assert.deepEqual(await eventTypes(made.id), ['customer.created', 'customer.updated']);
});

test('customers are listed newest first and found by reference and e-mail', async () => {
  const other = await app.otherMerchant();
  const made: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const body = { external_reference: name, email: `${name}@example.com` };
    made.unshift((await other.call('POST', path, body)).body.id);
  }
  assert.deepEqual(ids(await other.call('GET', path)), made);
  assert.deepEqual(ids(await other.call('GET', `${path}?external_reference=b`)), [made[1]]);
  assert.deepEqual(ids(await other.call('GET', `${path}?email=c%40example.com`)), [made[0]]);
  const first = await other.call('GET', `${path}?limit=2`);
  assert.deepEqual(ids(first), made.slice(0, 2));
  const next = first.headers.get('next-cursor');
  assert.deepEqual(ids(await other.call('GET', `${path}?limit=2&cursor=${next}`)), made.slice(2));
});

test('a saved card is shown by its outside, and belongs to its customer', async () => {
  const token = await paidSeries(app, {}, { number: cards.approved, expiry: '12/30' });
  const { body } = await app.merchant.call('GET', `/collect/payment_methods/${token.payment_method_id}`);
  assert.deepEqual(body, {
    id: token.payment_method_id,
    customer_id: token.customer_id,
    mode: 'test',
    type: 'card',
    card: {
      scheme: 'visa',
      type: body.card.type,
      bin: body.card.bin,
      last4: '4242',
      exp_month: 12,
      exp_year: 2030,
      fingerprint: body.card.fingerprint,
    },
    usage: 'merchant_initiated',
    status: 'active',
    created_at: body.created_at,
    updated_at: body.updated_at,
  });
  assert.ok(cards.approved.startsWith(body.card.bin) && body.card.bin.length <= 8);
  assert.equal(JSON.stringify(body).includes(cards.approved), false);
  assert.deepEqual((await app.merchant.call('GET', `${path}/${token.customer_id}/payment_methods`)).body, {
    data: [body],
  });
});

test('the same card saved again is the same method, and its new expiry counts', async () => {
  const first = await paidSeries(app, {}, { number: cards.approved, expiry: '01/28' });
  const second = await paidSeries(
    app,
    { options: { customer_id: first.customer_id } },
    { number: cards.approved, expiry: '02/31' },
  );
  assert.equal(second.payment_method_id, first.payment_method_id);
  const list = await app.merchant.call('GET', `${path}/${first.customer_id}/payment_methods`);
  assert.deepEqual(ids(list), [first.payment_method_id]);
  const { card } = list.body.data[0];
  assert.deepEqual([card.exp_month, card.exp_year], [2, 2031]);
});

test('a method saved by choice is for its payer; a series makes it chargeable', async () => {
  const session = await app.merchant.createSession({
    options: { customer: { name: 'A' }, checkout_options: { save_payment_method: 'always' } },
  });
  await app.payer.another().pays(session, cards.approved);
  const saved = await app.merchant.session(session.id);
  const usage = async () =>
    (await app.merchant.call('GET', `/collect/payment_methods/${saved.payment_method_id}`)).body.usage;
  assert.equal(await usage(), 'customer_present');
  const series = await paidSeries(app, { options: { customer_id: saved.customer_id } });
  assert.equal(series.payment_method_id, saved.payment_method_id);
  assert.equal(await usage(), 'merchant_initiated');
});

test('nothing is saved when the payment fails', async () => {
  const session = await app.merchant.createSession({ type: 'first_in_series', options: { customer: { name: 'A' } } });
  await app.payer.another().pays(session, cards.declined);
  const list = await app.merchant.call('GET', `${path}/${session.customer_id}/payment_methods`);
  assert.deepEqual(list.body, { data: [] });
});

test('removing a method revokes its mandates, shreds its card, and does so once', async () => {
  const token = await paidSeries(app);
  const kept = await sealedCards();
  const url = `/collect/payment_methods/${token.payment_method_id}`;
  const first = await app.merchant.call('DELETE', url);
  assert.equal(first.status, 200);
  assert.equal(first.body.status, 'removed');
  assert.equal(await sealedCards(), kept - 1);
  const mandate = (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body;
  assert.deepEqual([mandate.status, mandate.status_reason], ['revoked', 'payment_method_removed']);
  app.clock.advance(1_000);
  const again = await app.merchant.call('DELETE', url);
  assert.equal(again.text, first.text);
  assert.deepEqual((await app.merchant.call('GET', url)).body, first.body, 'it can still be read');
  const list = await app.merchant.call('GET', `${path}/${token.customer_id}/payment_methods`);
  assert.deepEqual(list.body, { data: [] });
  assert.deepEqual(await eventTypes(token.payment_method_id), ['payment_method.saved', 'payment_method.removed']);
  assert.deepEqual(await eventTypes(token.mandate_id), ['mandate.activated', 'mandate.revoked']);
});

test('a deleted customer is gone, with its methods and mandates; what was paid stays', async () => {
  const { metadata: _, ...customer } = whole;
  const token = await paidSeries(app, { options: { customer } });
  const kept = await sealedCards();
  const url = `${path}/${token.customer_id}`;
  const deleted = await app.merchant.call('DELETE', url);
  assert.equal(deleted.status, 204);
  assert.equal(deleted.text, '');
  for (const [method, body] of [['GET'], ['DELETE'], ['PATCH', { name: 'x' }]] as const) {
    const reply = await app.merchant.call(method, url, body);
    assert.equal(reply.status, 404);
    assert.equal(reply.body.code, 'customer_not_found');
  }
  assert.equal((await app.merchant.call('GET', `${url}/payment_methods`)).status, 404);
  assert.equal(await sealedCards(), kept - 1);
  const mandate = (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body;
  assert.deepEqual([mandate.status, mandate.status_reason], ['revoked', 'customer_deleted']);
  assert.equal((await app.merchant.payment(token.payment_id)).customer_id, token.customer_id);
  await app.runDue();
  const events = await app.merchant.events(`&object_id=${token.customer_id}`);
  const last = events.at(-1);
  assert.equal(last.type, 'customer.deleted');
  assert.deepEqual(Object.keys(last.data).sort(), ['created_at', 'deleted', 'id', 'mode', 'updated_at']);
  const [row] = await app.database.query('select * from customers where id = $1', [token.customer_id]);
  assert.equal(JSON.stringify(row).includes('Thandi'), false, 'nothing says who it was');
});
