/**
 * Walls between tenants, made from the API's own document: every route with an id, tried with the ids of another account and with a
 * key of the other mode. A route that is not prepared here fails.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApiKey } from '../../src/app/tenants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type ApiDocument, contractOf } from '../support/contract.ts';
import { type Json, Merchant } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';

interface Stranger {
  name: string;
  merchant: Merchant;
}

let app: TestApp;
let document: ApiDocument;
let strangers: Stranger[];
/** An id of ours for each kind of path. */
let ours: Record<string, string>;

before(async () => {
  app = await testApp();
  ({ document } = await contractOf(app.url));
  const [live] = await app.database.query<{ tenant_id: string }>(
    `select tenant_id from tenants where mode = 'live' and account_id = $1`,
    [app.accountId],
  );
  const key = (kind: 'secret' | 'public') =>
    createApiKey(app.program.app, { id: live!.tenant_id, mode: 'live' }, kind).then((made) => made.key);
  strangers = [
    { name: 'another account', merchant: await app.otherMerchant() },
    {
      name: 'the live mode of the same account',
      merchant: new Merchant(app.url, await key('secret'), await key('public')),
    },
  ];
  ours = await everyKindOfObject();
});
after(() => app.close());

/** One of everything that has an id in a path. A new kind of path without an entry here fails the test below. */
async function everyKindOfObject(): Promise<Record<string, string>> {
  const hook = { url: 'http://127.0.0.1:9/hooks' };
  const endpoint = (await app.merchant.call('POST', '/collect/webhook_endpoints', hook)).body;
  const paid = await paidSeries(app, {
    options: {
      customer: { name: 'Thandi' },
      mandate_options: { recurrence: { type: 'monthly' } },
      subscription_options: {},
    },
  });
  const refund = (await app.merchant.call('POST', `/collect/payments/${paid.payment_id}/refunds`, { amount: 1 })).body;
  await app.runDue();
  const [event] = await app.merchant.events();
  const deliveries = await app.merchant.call('GET', `/collect/webhook_endpoints/${endpoint.id}/deliveries`);
  return {
    payment_sessions: paid.id,
    payments: paid.payment_id,
    refunds: refund.id,
    customers: paid.customer_id,
    payment_methods: paid.payment_method_id,
    mandates: paid.mandate_id,
    subscriptions: paid.subscription_id,
    events: event.id,
    webhook_endpoints: endpoint.id,
    deliveries: deliveries.body.data[0].id,
    request_logs: await loggedRequest(),
  };
}

/** A row of the request log of our account; the server of this test keeps none, so strangers see nothing of their own either. */
async function loggedRequest(): Promise<string> {
  const id = app.program.app.system.ids.next('req');
  await app.database.query(
    `insert into request_logs (tenant_id, id, at, method, path, route, status, latency_ms, api_key_id, api_key_type, replayed)
     values ($1, $2, '2026-11-22T12:00:00Z', 'GET', '/collect/events', '/collect/events', 200, 1, 'key_1', 'secret', false)`,
    [app.tenantId, id],
  );
  return id;
}

/** How each kind says that there is none. */
const NOT_FOUND: Record<string, string> = {
  payment_sessions: 'payment_session_not_found',
  payments: 'payment_not_found',
  refunds: 'refund_not_found',
  customers: 'customer_not_found',
  payment_methods: 'payment_method_not_found',
  mandates: 'mandate_not_found',
  subscriptions: 'subscription_not_found',
  events: 'event_not_found',
  webhook_endpoints: 'webhook_endpoint_not_found',
  deliveries: 'delivery_not_found',
  request_logs: 'request_log_not_found',
};

/** A body that each route with one takes, so that only the id can be at fault. */
const BODIES: Record<string, unknown> = {
  updatePaymentSession: { description: 'taken over' },
  updateCustomer: { name: 'taken over' },
  updateWebhookEndpoint: { url: 'http://127.0.0.1:9/stolen' },
  rotateWebhookSecret: { overlap_seconds: 0 },
  recoverWebhookEndpoint: { since: '2020-01-01T00:00:00Z' },
  capturePayment: { amount: 1 },
  refundPayment: { amount: 1 },
  resolvePayment: { note: 'taken over', outcome: 'failed' },
  revokeMandate: { reason: 'customer_request' },
  checkMandate: { amount: 1, currency: 'ZAR' },
  updateSubscription: { description: 'taken over' },
  cancelSubscription: { reason: 'customer_request' },
};

interface Case {
  operationId: string;
  method: string;
  kind: string;
  at(id: string): string;
}

function casesWithIds(): Case[] {
  return Object.entries<Json>(document.paths).flatMap(([template, operations]) =>
    Object.entries<Json>(operations)
      .filter(() => template.includes('{id}'))
      .map(([method, { operationId }]) => ({
        operationId,
        method: method.toUpperCase(),
        kind: template.split('/')[2]!,
        at: (id: string) => template.replace('{id}', id),
      })),
  );
}

async function worldAsStored(): Promise<unknown> {
  const tables = [
    'payment_sessions',
    'payments',
    'attempts',
    'refunds',
    'customers',
    'payment_methods',
    'mandates',
    'subscriptions',
    'webhook_endpoints',
  ];
  const rows = tables.map((table) => app.database.query(`select * from ${table} where tenant_id = $1`, [app.tenantId]));
  return Promise.all(rows);
}

const told = (body: Json) => {
  const { request_id: _, instance: __, ...rest } = body;
  return rest;
};

test("every route with an id answers a stranger's as it answers one that never was, and changes nothing", async () => {
  const before = await worldAsStored();
  const cases = casesWithIds();
  assert.ok(cases.length >= 15);
  for (const { operationId, method, kind, at } of cases) {
    const id = ours[kind];
    assert.ok(id, `make one of ${kind} in this test: ${operationId} needs it`);
    const operation = document.paths[at('{id}')][method.toLowerCase()];
    assert.ok(!operation.requestBody || operationId in BODIES, `name a body for ${operationId} in this test`);
    for (const { name, merchant } of strangers) {
      const foreign = await merchant.call(method, at(id), BODIES[operationId]);
      const unknown = await merchant.call(method, at(`${id.split('_')[0]}_${'0'.repeat(24)}`), BODIES[operationId]);
      assert.equal(foreign.status, 404, `${operationId} for ${name}: ${foreign.text}`);
      assert.equal(unknown.status, 404, operationId);
      assert.equal(unknown.body.code, NOT_FOUND[kind], operationId);
      assert.equal(foreign.text.includes(id), false, `${operationId}: the id does not come back`);
      assert.deepEqual(told(foreign.body), told(unknown.body), operationId);
    }
  }
  assert.deepEqual(await worldAsStored(), before);
});

test('every route with an id answers text that is no id in the same way, whatever was typed', async () => {
  const typed = ['x', '4111111111111111', '%00', '..%2F..', '%F0%9F%92%A9', "1'%20or%20'1'='1", 'a'.repeat(3_000)];
  for (const { operationId, method, kind, at } of casesWithIds()) {
    const unknown = await app.merchant.call(
      method,
      at(`${ours[kind]!.split('_')[0]}_${'0'.repeat(24)}`),
      BODIES[operationId],
    );
    for (const text of typed) {
      const reply = await app.merchant.call(method, at(text), BODIES[operationId]);
      assert.equal(reply.status, 404, `${operationId} ${text}: ${reply.text}`);
      assert.deepEqual(told(reply.body), told(unknown.body), operationId);
    }
  }
  assert.equal(
    app.logs.some((line) => line.includes('4111111111111111')),
    false,
  );
});

test('no list shows a stranger anything, whatever it is filtered by', async () => {
  let lists = 0;
  for (const [template, operations] of Object.entries<Json>(document.paths)) {
    const operation = operations.get;
    const filters: string[] = (operation?.parameters ?? []).map((parameter: Json) => parameter.name);
    if (template.includes('{id}') || !filters.includes('limit')) continue;
    lists++;
    const queries = filters.filter((name) => name.endsWith('_id')).map((name) => `?${name}=${idFor(name)}`);
    for (const { name, merchant } of strangers) {
      for (const query of ['', ...queries]) {
        const reply = await merchant.call('GET', template + query);
        assert.equal(reply.status, 200, `${template}${query}`);
        assert.deepEqual(reply.body.data, [], `${template}${query} for ${name}`);
      }
    }
  }
  assert.ok(lists >= 5);
});

function idFor(filter: string): string {
  if (filter === 'object_id') return ours.customers!;
  if (filter === 'request_id') return ours.request_logs!;
  const id = ours[`${filter.slice(0, -3)}s`];
  assert.ok(id, `say in this test what ${filter} names`);
  return id;
}

test("a stranger's ids in a body are unknown too", async () => {
  const { customers: customer_id, payment_methods: payment_method_id, mandates: mandate_id } = ours;
  const bodies: [string, Json][] = [
    ['customer_not_found', { options: { customer_id } }],
    ['customer_not_found', { type: 'first_in_series', options: { customer_id } }],
    ['customer_not_found', { type: 'next_in_series', options: { customer_id, payment_method_id, mandate_id } }],
  ];
  for (const { name, merchant } of strangers) {
    for (const [code, more] of bodies) {
      const reply = await merchant.call('POST', '/collect/payment_sessions', { amount: 1, currency: 'ZAR', ...more });
      assert.equal(reply.status, 404, name);
      assert.equal(reply.body.code, code, name);
    }
  }
});

test('live and test answer their own mode', async () => {
  const live = strangers[1]!.merchant;
  const session = await live.createSession();
  assert.equal(session.mode, 'live');
  assert.equal((await app.merchant.call('GET', `/collect/payment_sessions/${session.id}`)).status, 404);
  const body = { amount: 1, currency: 'ZAR', options: { checkout_options: { return_url: 'http://localhost/back' } } };
  const reply = await live.call('POST', '/collect/payment_sessions', body);
  assert.equal(reply.body.code, 'return_url_not_allowed', 'http is for test mode');
});
