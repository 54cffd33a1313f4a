/** Every way a try can fail has a name, and no address that is not the merchant's to name is ever connected to. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type TestContext, test } from 'node:test';
import type { Tenant } from '../../src/app/context.ts';
import { type DeliveryOptions, Dispatcher, deliverDue } from '../../src/app/deliveries.ts';
import { sequenceEvents } from '../../src/app/sequencer.ts';
import { problemWithWebhookUrl } from '../../src/domain/webhook-url.ts';
import { send as realSend } from '../../src/outbound.ts';
import type { Outbound } from '../../src/system.ts';
import { deadPort, jsonAnswer, type Script, startScriptedServer } from '../support/scripted-server.ts';
import { startReceiver } from './receiver.ts';
import { createWorld, newCustomer, newEndpoint, type World } from './world.ts';

interface TryRow {
  status: number | null;
  failure: string | null;
  answer: string;
  latency_ms: number;
}

/** Sends one event to `url`, whatever the rules for creating endpoints say, and answers the row of its try. */
async function tried(
  world: World,
  url: string,
  more: { as?: Tenant; options?: Partial<DeliveryOptions> } = {},
): Promise<TryRow> {
  const tenant = more.as ?? world.test;
  const { id } = await newEndpoint(world.as(tenant), {
    url: 'https://example.com/',
    event_types: ['customer.created'],
  });
  await world.query('update webhook_endpoints set url = $1 where id = $2', [url, id]);
  await newCustomer(world.as(tenant));
  while ((await sequenceEvents(world.app)) > 0);
  assert.equal(await deliverDue(world.dispatcher(more.options)), 1, url);
  const rows = await world.query<TryRow & { delivery_id: string }>(
    'select t.* from delivery_tries t join deliveries d on d.id = t.delivery_id where d.endpoint_id = $1',
    [id],
  );
  await world.query('update webhook_endpoints set enabled = false, disabled_reason = $1, disabled_at = created_at', [
    'requested',
  ]);
  await world.query(
    'update webhook_endpoints set slot = null, deleted_at = created_at, sealed_secret = null where id = $1',
    [id],
  );
  assert.equal(rows.length, 1);
  return rows[0]!;
}

async function scripted(t: TestContext, script: Script, mode: 'plain' | 'tls' | 'mute' | 'reset' = 'plain') {
  const server = await startScriptedServer({ mode });
  server.script(script);
  t.after(server.close);
  return server;
}

const nothing: Script = () => undefined;

test('each way to fail is recorded under its own name', async (t) => {
  const world = await createWorld(t);
  const soon = { totalTimeoutMs: 300, connectTimeoutMs: 150 };
  const failure = async (url: string, options?: Partial<DeliveryOptions>) =>
    (await tried(world, url, options && { options })).failure;
  const mute = await scripted(t, nothing, 'mute');
  assert.equal(await failure(`https://${'n'.repeat(64)}.invalid/`), 'dns_failed');
  assert.equal(await failure(`http://127.0.0.1:${await deadPort()}/`), 'connect_refused');
  assert.equal(await failure(`https://127.0.0.1:${mute.port}/`, soon), 'connect_timeout');
  assert.equal(await failure((await scripted(t, nothing, 'tls')).url), 'tls_failed');
  assert.equal(await failure((await scripted(t, nothing)).url, soon), 'response_timeout');
  assert.equal(await failure((await scripted(t, (socket) => socket.destroy())).url), 'connection_reset');
  assert.equal(
    await failure((await scripted(t, (socket) => void socket.end('SSH-2.0-x\r\n\r\n'))).url),
    'response_unreadable',
  );
  const long = `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`;
  assert.equal(await failure((await scripted(t, (socket) => void socket.write(long))).url), 'response_too_large');
  assert.equal(await failure('https://10.0.0.1/'), 'address_not_allowed');
  const server = await scripted(t, (socket) => void socket.write(jsonAnswer('{"no":1}', 404)));
  assert.deepEqual(pick(await tried(world, server.url)), { status: 404, failure: 'http_status', answer: '{"no":1}' });
});

function pick({ status, failure, answer }: TryRow) {
  return { status, failure, answer };
}

test('of an answer four kilobytes are read and kept, whatever else comes; its status decides', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  for (const [status, failure] of [
    [200, null],
    [500, 'http_status'],
  ] as const) {
    receiver.reply((_, response) => {
      response.writeHead(status);
      const flood = () => {
        if (!response.destroyed) response.write('é'.repeat(8_000), flood);
      };
      flood();
    });
    const row = await tried(world, receiver.url);
    assert.deepEqual(pick({ ...row, answer: '' }), { status, failure, answer: '' });
    assert.equal(row.answer, 'é'.repeat(2_048));
  }
  receiver.reply((_, response) => void response.end(Buffer.from([0x61, 0, 0xff, 0x62])));
  assert.equal((await tried(world, receiver.url)).answer, 'a\ufffd\ufffdb', 'what text cannot hold is replaced');
});

/** Each is refused without one connection: literals in every spelling a URL parser takes, and names. */
const HOSTILE = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://017700000001/',
  'https://0.0.0.0/',
  'https://10.1.2.3/',
  'https://100.64.0.1/',
  'https://100.100.100.200/latest/meta-data/',
  'https://168.63.129.16/',
  'https://169.254.169.254/latest/meta-data/',
  'https://172.16.0.1/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://192.88.99.1/',
  'https://192.168.1.1/',
  'https://198.18.0.1/',
  'https://198.51.100.7/',
  'https://203.0.113.9/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[::]/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://[2002:7f00:1::]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[ff02::1]/',
  'https://[2606:4700::5efe:7f00:1]/',
  'http://localhost/',
];

test('live webhooks never open a connection to an address that is not public, however it is written', async (t) => {
  const opened: string[] = [];
  const watch = (message: unknown) => {
    const { socket } = message as { socket: { once(event: string, hear: (...facts: unknown[]) => void): void } };
    socket.once('connectionAttempt', (address) => void opened.push(String(address)));
  };
  const send: Outbound = async (request) => {
    subscribe('net.client.socket', watch);
    return realSend(request).finally(() => unsubscribe('net.client.socket', watch));
  };
  const world = await createWorld(t, { send });
  const receiver = await startReceiver(t);
  for (const url of [...HOSTILE, `http://localhost:${receiver.port}/`, `http://127.0.0.1:${receiver.port}/`]) {
    assert.equal((await tried(world, url, { as: world.live })).failure, 'address_not_allowed', url);
  }
  const own = { options: { ownAddresses: new Set(['93.184.215.14', '2606:2800:21f:cb07::1']) }, as: world.live };
  assert.equal((await tried(world, 'https://93.184.215.14/', own)).failure, 'address_not_allowed');
  assert.equal((await tried(world, 'https://[2606:2800:21f:cb07:0::1]/', own)).failure, 'address_not_allowed');
  assert.deepEqual(opened, []);
  assert.equal(receiver.connections(), 0);
  assert.equal((await tried(world, receiver.url)).failure, null);
  assert.deepEqual(opened, ['127.0.0.1'], 'the watch sees a connection where there is one');
});

test('test webhooks reach this machine only where the operator allows it', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  assert.equal((await tried(world, receiver.url)).failure, null);
  const strict = { ...world, app: { ...world.app, allowLoopbackWebhooks: false } };
  const refusing = { ...strict, dispatcher: () => new Dispatcher(strict.app) };
  const before = receiver.connections();
  assert.equal((await tried(refusing, receiver.url)).failure, 'address_not_allowed');
  assert.equal((await tried(refusing, `http://localhost:${receiver.port}/`)).failure, 'address_not_allowed');
  assert.equal(receiver.connections(), before);
  for (const url of HOSTILE.filter((one) => !/127|localhost|7f|::1\]|2130706433|017700000001/.test(one))) {
    assert.equal((await tried(world, url)).failure, 'address_not_allowed', url);
  }
});

test('a URL that says already that it cannot be used is refused when the endpoint is made', () => {
  const rules = { mode: 'live', allowLoopback: true } as const;
  for (const url of HOSTILE) assert.ok(problemWithWebhookUrl(url, rules), url);
  for (const url of [
    '',
    'example.com',
    '/hooks',
    'ftp://example.com/',
    'javascript:alert(1)',
    'https://u:p@example.com/',
    'https://u@example.com/',
    'http://example.com/',
    'https://exa mple.com/',
    'https:\\\\example.com',
    'https://example.com/\n',
  ]) {
    assert.ok(problemWithWebhookUrl(url, rules), url);
  }
  assert.equal(problemWithWebhookUrl('https://example.com:8443/hooks?x=1', rules), undefined);
  assert.equal(problemWithWebhookUrl('https://8.8.8.8/', rules), undefined);
  const open = { mode: 'test', allowLoopback: true } as const;
  for (const url of [
    'http://localhost:3000/',
    'https://localhost/',
    'http://127.0.0.1/',
    'http://[::1]:80/',
    'http://app.localhost/',
  ]) {
    assert.equal(problemWithWebhookUrl(url, open), undefined, url);
    assert.ok(problemWithWebhookUrl(url, { ...open, allowLoopback: false }), url);
  }
  assert.ok(problemWithWebhookUrl('http://example.com/', open));
  assert.ok(problemWithWebhookUrl('https://192.168.0.1/', open));
});
