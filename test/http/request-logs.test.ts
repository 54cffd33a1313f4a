/** The request log: what was asked with a key of an account is shown to its secret keys, redacted, and to nobody else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { forgetOldRequestLogs } from '../../src/app/request-logs.ts';
import { DAY, SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Merchant, Reply } from '../support/merchant.ts';

let app: TestApp;
before(async () => {
  app = await testApp({ requestLog: true });
});
after(() => app.close());

const idOf = (reply: Reply) => reply.headers.get('request-id') as string;

/** Everything that waits is written. */
const written = () => app.program.requestLog!.flush();

async function logged(reply: Reply): Promise<Json> {
  await written();
  const { status, body, text } = await app.merchant.call('GET', `/collect/request_logs/${idOf(reply)}`);
  assert.equal(status, 200, text);
  return body;
}

async function listed(query = '', merchant: Merchant = app.merchant): Promise<Json[]> {
  await written();
  const reply = await merchant.call('GET', `/collect/request_logs?${query}`);
  assert.equal(reply.status, 200, reply.text);
  return reply.body.data;
}

test('a request is found by its id, with what was sent and what was answered', async () => {
  const body = { amount: 20_000, currency: 'ZAR', external_reference: 'order-1', description: 'Two books for Thandi' };
  const reply = await app.merchant.call('POST', '/collect/payment_sessions', body, { key: 'order-1' });
  const found = await logged(reply);
  const { latency_ms, api_key_id, at, answer_body, ...rest } = found;
  assert.ok(Number.isInteger(latency_ms) && latency_ms >= 0);
  assert.match(api_key_id, /^key_/);
  assert.equal(Date.parse(at), app.clock.now());
  assert.deepEqual(rest, {
    id: idOf(reply),
    method: 'POST',
    path: '/collect/payment_sessions',
    route: '/collect/payment_sessions',
    status: 201,
    api_key_type: 'secret',
    idempotency_key: 'order-1',
    idempotent_replayed: false,
    request_body: { amount: 20_000, currency: 'ZAR', external_reference: 'order-1', description: '[redacted]' },
  });
  assert.equal(answer_body.id, reply.body.id);
  assert.deepEqual(
    [answer_body.session_url, answer_body.checkout_session_id, answer_body.description],
    ['[redacted]', '[redacted]', '[redacted]'],
  );
});

test('a list shows the newest first, by pages in both directions, and without bodies', async () => {
  const replies: Reply[] = [];
  for (let i = 0; i < 5; i++) replies.push(await app.merchant.call('GET', '/collect/customers'));
  await written();
  const ids = replies.map(idOf).reverse();
  const first = await app.merchant.call('GET', '/collect/request_logs?limit=2&path=/collect/customers');
  assert.deepEqual(
    first.body.data.map((one: Json) => one.id),
    ids.slice(0, 2),
  );
  assert.ok(first.body.data.every((one: Json) => !('answer_body' in one) && !('request_body' in one)));
  const next = first.headers.get('next-cursor');
  const second = await app.merchant.call('GET', `/collect/request_logs?limit=2&path=/collect/customers&cursor=${next}`);
  assert.deepEqual(
    second.body.data.map((one: Json) => one.id),
    ids.slice(2, 4),
  );
  const prev = second.headers.get('prev-cursor');
  const back = await app.merchant.call('GET', `/collect/request_logs?limit=2&path=/collect/customers&cursor=${prev}`);
  assert.deepEqual(back.body.data, first.body.data);
});

test('filters choose by status, class, method, address, id and time', async () => {
  app.clock.advance(10 * SECOND);
  const from = new Date(app.clock.now()).toISOString();
  const found = await app.merchant.call('GET', '/collect/payments');
  const missing = await app.merchant.call('GET', `/collect/payments/pay_${'0'.repeat(24)}`);
  const refused = await app.merchant.call('POST', '/collect/payment_sessions', { amount: 1 });
  app.clock.advance(10 * SECOND);
  const until = new Date(app.clock.now()).toISOString();
  await app.merchant.call('GET', '/collect/payments');
  const cases: [string, Reply[]][] = [
    ['', [refused, missing, found]],
    ['&status=404', [missing]],
    ['&status=4xx', [refused, missing]],
    ['&status=2xx', [found]],
    ['&status=5xx', []],
    ['&errors_only=true', [refused, missing]],
    ['&errors_only=true&status=2xx', []],
    ['&method=POST', [refused]],
    ['&path=/collect/payments', [missing, found]],
    ['&path=/collect/payments/', [missing]],
    [`&request_id=${idOf(found)}`, [found]],
  ];
  for (const [query, expected] of cases) {
    const rows = await listed(`created_after=${from}&created_before=${until}${query}`);
    assert.deepEqual(
      rows.map((one) => one.id),
      expected.map(idOf),
      query,
    );
  }
  assert.deepEqual(
    (await listed('errors_only=true&limit=2')).map((one) => [one.status, one.error_code]),
    [
      [400, 'invalid_request'],
      [404, 'payment_not_found'],
    ],
  );
});

test('nobody else reads it: another account finds nothing, a public key is refused', async () => {
  const reply = await app.merchant.call('GET', '/collect/payments');
  await written();
  const stranger = await app.otherMerchant();
  assert.deepEqual(await listed('', stranger), []);
  const asked = await stranger.call('GET', `/collect/request_logs/${idOf(reply)}`);
  assert.deepEqual([asked.status, asked.body.code], [404, 'request_log_not_found']);
  for (const path of ['/collect/request_logs', `/collect/request_logs/${idOf(reply)}`]) {
    const open = await app.merchant.call('GET', path, undefined, { bearer: app.merchant.publicKey });
    assert.deepEqual([open.status, open.body.code], [403, 'forbidden']);
  }
});

test('what is older than it is kept is dropped, and nothing else', async () => {
  const old = await app.merchant.call('GET', '/collect/payments');
  await written();
  app.clock.advance(29 * DAY);
  const young = await app.merchant.call('GET', '/collect/payments');
  await app.runDue();
  assert.equal((await app.merchant.call('GET', `/collect/request_logs/${idOf(old)}`)).status, 200);
  app.clock.advance(DAY + SECOND);
  await app.runDue();
  assert.equal((await app.merchant.call('GET', `/collect/request_logs/${idOf(old)}`)).status, 404);
  assert.equal((await app.merchant.call('GET', `/collect/request_logs/${idOf(young)}`)).status, 200);
});

test('kept for no day at all, everything is dropped', async () => {
  const reply = await app.merchant.call('GET', '/collect/payments');
  await written();
  app.clock.advance(SECOND);
  assert.ok((await forgetOldRequestLogs(app.program.app, 0)) > 0);
  assert.equal((await app.merchant.call('GET', `/collect/request_logs/${idOf(reply)}`)).status, 404);
});
