/** How the request log is written: beside the way of requests, bounded, and without harm when it cannot be written. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MOST_WAITING, MOST_WAITING_BYTES, RequestLogWriter } from '../../src/app/request-log.ts';
import type { SeenRequest } from '../../src/domain/request-log.ts';
import { firstIdAt, timeOfId } from '../../src/lib/ids.ts';
import type { Timestamp } from '../../src/lib/time.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { severable } from '../support/severable.ts';

let app: TestApp;
before(async () => {
  app = await testApp({ requestLog: true });
});
after(() => app.close());

const requestIds = async (): Promise<string[]> =>
  (await app.database.query<{ id: string }>('select id from request_logs order by id')).map(({ id }) => id);

function seen(more: Partial<SeenRequest> = {}): SeenRequest {
  return {
    tenantId: app.tenantId,
    id: app.program.app.system.ids.next('req'),
    method: 'GET',
    url: '/collect/events',
    route: '/collect/events',
    query: {},
    status: 200,
    latencyMs: 1,
    apiKeyId: 'key_1',
    apiKeyType: 'secret',
    idempotencyKey: undefined,
    replayed: false,
    body: undefined,
    answer: undefined,
    bytes: 100,
    ...more,
  };
}

function writerTo(url: string): RequestLogWriter {
  const database = openDatabase({ url, maxConnections: 1, connectTimeoutMs: 2_000, prepared: true, durable: false });
  return new RequestLogWriter({ system: app.program.app.system, database });
}

test('a request is written a moment after its answer, and not before', async () => {
  await app.program.requestLog!.flush();
  const before = await requestIds();
  const reply = await app.merchant.call('GET', '/collect/events');
  assert.deepEqual(await requestIds(), before);
  assert.equal(app.program.requestLog!.counts().waiting, 1);
  app.clock.advance(1_000);
  await app.program.requestLog!.flush();
  assert.deepEqual(await requestIds(), [...before, reply.headers.get('request-id')]);
});

test('what is waiting at an orderly end is written', async () => {
  const world = await testApp({ requestLog: true });
  const reply = await world.merchant.call('GET', '/collect/events');
  await world.stop();
  const rows = await world.database.query<{ id: string }>('select id from request_logs');
  assert.deepEqual(rows, [{ id: reply.headers.get('request-id') }]);
  await world.sandbox.close();
  await world.database.drop();
});

test('with no room left what comes is dropped before anything is made of it, counted and said', async () => {
  const writer = writerTo(app.database.url);
  const all = Array.from({ length: MOST_WAITING }, () => seen());
  for (const one of all) writer.note(() => one);
  for (let n = 0; n < 500; n++) writer.note(() => assert.fail('nobody looks at what is dropped'));
  assert.deepEqual(writer.counts(), { written: 0, dropped: 500, waiting: MOST_WAITING });
  await writer.flush();
  const late = seen();
  writer.note(() => late);
  await writer.close();
  assert.deepEqual(writer.counts(), { written: MOST_WAITING + 1, dropped: 500, waiting: 0 });
  const kept = new Set(await requestIds());
  assert.ok([...all, late].every(({ id }) => kept.has(id)));
  const said = app.logs.filter((line) => line.includes('requests are missing in the request log'));
  assert.deepEqual(
    said.map((line) => JSON.parse(line).dropped),
    [500],
  );
});

test('few large requests fill the memory there is as many small ones do', async () => {
  const writer = writerTo(app.database.url);
  for (let n = 0; n < 20; n++) writer.note(() => seen({ bytes: MOST_WAITING_BYTES / 8 }));
  assert.deepEqual(writer.counts(), { written: 0, dropped: 12, waiting: 8 });
  await writer.close();
});

test('a database that is away costs the log its rows, and the client nothing', async () => {
  const relay = await severable(app.database.url);
  const writer = writerTo(relay.url);
  writer.note(() => seen());
  await writer.flush();
  await relay.cut();
  for (let n = 0; n < 120; n++) writer.note(() => seen());
  await writer.flush();
  assert.deepEqual(writer.counts(), { written: 1, dropped: 120, waiting: 0 });
  await relay.mend();
  writer.note(() => seen());
  await writer.close();
  assert.deepEqual(writer.counts(), { written: 2, dropped: 120, waiting: 0 });
  await relay.close();
});

test('an address that is none is told to the account whose key was sent, and to nobody without one', async () => {
  // Whose key it is, is known from here on; otherwise it would be looked up after the answer, and nothing tells when.
  await app.merchant.call('GET', '/collect/events');
  const reply = await app.merchant.call('GET', '/collect/payment_session');
  const without = await app.merchant.call('GET', '/collect/payment_session', undefined, { bearer: null });
  const wrong = await app.merchant.call('GET', '/collect/payments', undefined, {
    bearer: `${app.merchant.secretKey}x`,
  });
  assert.deepEqual([reply.status, without.status, wrong.status], [404, 404, 401]);
  await app.merchant.call('OPTIONS', '/collect/payment_session');
  await app.program.requestLog!.flush();
  const found = await app.merchant.call('GET', '/collect/request_logs?limit=1');
  const [{ id, path, status, error_code, route }] = found.body.data;
  assert.deepEqual(
    [id, path, status, error_code, route],
    [reply.headers.get('request-id'), '/collect/payment_session', 404, 'not_found', undefined],
  );
});

test('a repeated answer says so, an empty one has no body, and a file is not kept', async () => {
  const key = 'repeated-once';
  const body = { name: 'Thandi' };
  const first = await app.merchant.call('POST', '/collect/customers', body, { key });
  const again = await app.merchant.call('POST', '/collect/customers', body, { key });
  const gone = await app.merchant.call('DELETE', `/collect/customers/${first.body.id}`);
  const file = await app.merchant.call('PUT', '/collect/branding/files/icon', undefined, {
    raw: 'no picture',
    headers: { 'content-type': 'image/png' },
  });
  const pieces = await fetch(`${app.url}/collect/customers`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${app.merchant.secretKey}`,
      'content-type': 'application/json',
      'idempotency-key': 'in-pieces',
    },
    body: new Blob(['{"name":', '"Thandi"}']).stream(),
    duplex: 'half',
  } as RequestInit);
  await app.program.requestLog!.flush();
  const rows = [first, again, gone, file, pieces].map(async (reply) => {
    const path = `/collect/request_logs/${reply.headers.get('request-id')}`;
    const { body: row } = await app.merchant.call('GET', path);
    return [row.status, row.idempotent_replayed, row.idempotency_key, 'request_body' in row, 'answer_body' in row];
  });
  assert.deepEqual(await Promise.all(rows), [
    [201, false, key, true, true],
    [201, true, key, true, true],
    [gone.status, false, undefined, false, gone.text !== ''],
    [file.status, false, undefined, false, true],
    [201, false, 'in-pieces', true, true],
  ]);
});

test('an id tells when it was made, and where ids of a moment begin', () => {
  const { ids } = app.program.app.system;
  const now = app.clock.now();
  const id = ids.next('req');
  assert.ok(Math.abs(timeOfId(id) - now) <= 100);
  assert.ok(id >= firstIdAt('req', now));
  assert.ok(id < firstIdAt('req', (now + 1_000) as Timestamp));
});
