/** The way out on real sockets: one request at most, exact about whether any of it left, within its limits. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { isPublicAddress } from '../src/lib/addresses.ts';
import { send } from '../src/outbound.ts';
import type { OutboundRequest } from '../src/system.ts';
import {
  deadPort,
  jsonAnswer,
  type ScriptedServer,
  type ServerOptions,
  startScriptedServer,
} from './support/scripted-server.ts';
import { selfSigned } from './support/self-signed.ts';

const servers: ScriptedServer[] = [];
async function server(options?: ServerOptions): Promise<ScriptedServer> {
  const started = await startScriptedServer(options);
  servers.push(started);
  return started;
}
after(() => Promise.all(servers.map((each) => each.close())));

function request(url: string, changes: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"amount":1}',
    connectTimeoutMs: 1_000,
    totalTimeoutMs: 5_000,
    maxAnswerBytes: 1_000,
    ...changes,
  };
}

/** The result in few words: kind, cause, status and what was read. */
async function outcome(asked: OutboundRequest) {
  const result = await send(asked);
  switch (result.kind) {
    case 'answer':
      return `answer ${result.status} ${result.body}`;
    case 'not_sent':
      return `not_sent ${result.why}`;
    case 'failed':
      return `failed ${result.why} ${result.status ?? '-'} ${result.partial}`.trim();
  }
}

test('a request arrives whole and once, and its answer comes back as it was sent', async () => {
  const bank = await server();
  bank.script((socket) =>
    socket.write('HTTP/1.1 201 Made\r\nContent-Length: 8\r\nX-Two: a\r\nX-Two: b\r\n\r\n{"é":1}'),
  );
  const result = await send(request(`${bank.url}/v1/charges?a=b`, { body: '{"name":"Zoë"}' }));
  assert.equal(result.kind, 'answer');
  assert.equal(result.kind === 'answer' && result.status, 201);
  assert.equal(result.kind === 'answer' && result.headers['x-two'], 'a, b');
  assert.equal(result.kind === 'answer' && result.body.toString(), '{"é":1}');
  assert.match(bank.seen.heads[0]!, /^POST \/v1\/charges\?a=b HTTP\/1\.1\r\n/);
  assert.deepEqual(bank.seen.bodies, ['{"name":"Zoë"}']);
  assert.equal(bank.seen.requests, 1);
});

test('a refused connection is not_sent', async () => {
  assert.equal(await outcome(request(`http://127.0.0.1:${await deadPort()}/`)), 'not_sent connect_refused');
});

test('a name that does not exist is not_sent', async () => {
  // No name may have a part this long (RFC 1035), so no resolver is asked and the test needs no network.
  assert.equal(await outcome(request(`http://${'n'.repeat(64)}.invalid/`)), 'not_sent dns_failed');
});

test('a reset straight after the accept is not_sent under TLS; in clear text only if it came before the request', async () => {
  const bank = await server({ mode: 'reset' });
  // Which of the two the system notices first is a race; either word is true of what it saw.
  assert.match(await outcome(request(bank.url)), /^(failed reset -|not_sent connect_reset)$/);
  assert.equal(await outcome(request(bank.url.replace('http:', 'https:'))), 'not_sent connect_reset');
  assert.equal(bank.seen.connections, 2);
});

test('a TLS handshake nobody answers is not_sent when the connect limit is over, not the total one', async () => {
  const bank = await server({ mode: 'mute' });
  const startedAt = performance.now();
  assert.equal(
    await outcome(request(bank.url.replace('http:', 'https:'), { connectTimeoutMs: 100 })),
    'not_sent connect_timeout',
  );
  assert.ok(performance.now() - startedAt < 1_000);
});

test('a certificate nobody vouches for is not_sent, one that is trusted carries the request', async () => {
  const certificate = selfSigned();
  const bank = await server({ mode: 'tls', certificate });
  assert.equal(await outcome(request(bank.url)), 'not_sent tls_failed');
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([certificate.cert]);
  try {
    assert.equal(await outcome(request(bank.url)), 'answer 200 {}');
    assert.equal(await outcome(request(bank.url.replace('127.0.0.1', 'localhost'))), 'answer 200 {}');
  } finally {
    tls.setDefaultCACertificates(trusted);
  }
  assert.equal(bank.seen.requests, 2);
});

test('an address that is not allowed is never connected to, whether written or resolved', async () => {
  const bank = await server();
  const asked: string[] = [];
  const allowAddress = (address: string): boolean => {
    asked.push(address);
    return isPublicAddress(address);
  };
  for (const host of ['127.0.0.1', 'localhost', '0x7f.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]']) {
    const url = `http://${host}:${bank.port}/`;
    assert.equal(await outcome(request(url, { allowAddress })), 'not_sent address_not_allowed', host);
  }
  assert.equal(bank.seen.connections, 0);
  assert.ok(asked.length >= 6);
});

test('a name with several addresses is reached at the first allowed one that answers', async () => {
  const bank = await server();
  const allowAddress = (address: string): boolean => address === '127.0.0.1';
  assert.equal(await outcome(request(`http://localhost:${bank.port}/`, { allowAddress })), 'answer 200 {}');
});

test('silence, a drip and headers without end are failed at the total limit, and the connection is gone', async () => {
  const drips: Record<string, string> = {
    silence: '',
    drip: 'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n',
    headers: 'HTTP/1.1 200 OK\r\n',
  };
  for (const [name, start] of Object.entries(drips)) {
    const bank = await server();
    bank.script((socket) => {
      if (start === '') return;
      socket.write(start);
      const drip = setInterval(() => socket.write(name === 'headers' ? 'X-A: b\r\n' : 'x'), 10);
      socket.once('close', () => clearInterval(drip));
    });
    const call = outcome(request(bank.url, { totalTimeoutMs: 150 }));
    const socket = bank.sockets[0] ?? (await connection(bank));
    // Reset or closed: gone either way.
    await new Promise<void>((resolve) => (socket.destroyed ? resolve() : socket.once('close', () => resolve())));
    assert.match(
      await call,
      name === 'drip' ? /^failed response_timeout 200 x+$/ : /^failed response_timeout -$/,
      name,
    );
  }
});

async function connection(bank: ScriptedServer) {
  while (bank.sockets.length === 0) await new Promise(setImmediate);
  return bank.sockets[0]!;
}

test('a longer body than allowed is too_large, cut at the limit; longer headers too', async () => {
  const bank = await server();
  bank.script((socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n${'y'.repeat(100_000)}`));
  assert.equal(await outcome(request(bank.url)), `failed too_large 200 ${'y'.repeat(1_000)}`);
  bank.script((socket) => socket.write(`HTTP/1.1 200 OK\r\nX-A: ${'y'.repeat(100_000)}\r\n`));
  assert.equal(await outcome(request(bank.url)), 'failed too_large -');
});

test('what is not HTTP is unreadable', async () => {
  const bank = await server();
  bank.script((socket) => socket.write('SSH-2.0-OpenSSH\r\n'));
  assert.equal(await outcome(request(bank.url)), 'failed unreadable -');
});

test('an answer ended in the middle is unreadable, one broken off is a reset; both keep what was read', async () => {
  const bank = await server();
  const start = 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"status":';
  bank.script((socket) => socket.end(start));
  assert.equal(await outcome(request(bank.url)), 'failed unreadable 200 {"status":');
  bank.script((socket) => socket.write(start, () => setTimeout(() => socket.resetAndDestroy(), 20)));
  assert.equal(await outcome(request(bank.url)), 'failed reset 200 {"status":');
  bank.script((socket) => socket.end());
  assert.equal(await outcome(request(bank.url)), 'failed reset -');
  assert.equal(bank.seen.requests, 3);
});

test('a redirect is an answer like any other and its target is never contacted', async () => {
  const other = await server();
  const bank = await server();
  bank.script((socket) => socket.write(`HTTP/1.1 302 Go\r\nLocation: ${other.url}/\r\nContent-Length: 0\r\n\r\n`));
  assert.equal(await outcome(request(bank.url)), 'answer 302 ');
  assert.equal(other.seen.connections, 0);
});

test('requests one after another share a connection, at the same time they do not', async () => {
  const bank = await server();
  for (let i = 0; i < 50; i++) assert.equal(await outcome(request(bank.url)), 'answer 200 {}');
  assert.equal(bank.seen.connections, 1);
  await Promise.all([outcome(request(bank.url)), outcome(request(bank.url))]);
  assert.equal(bank.seen.connections, 2);
});

test('a connection the server ends, or on which it speaks unasked, is not used again', async () => {
  const bank = await server();
  for (const spoil of [
    (): void => void bank.sockets.at(-1)!.end(),
    (): void => void bank.sockets.at(-1)!.write('HTTP/1.1 200 OK\r\n\r\n'),
  ]) {
    await outcome(request(bank.url));
    const last = bank.sockets.at(-1)!;
    const closed = once(last, 'close');
    spoil();
    await closed;
    const before = bank.seen.connections;
    assert.equal(await outcome(request(bank.url)), 'answer 200 {}');
    assert.equal(bank.seen.connections, before + 1);
  }
});

test('a reused connection that breaks is failed, and the request is not sent again', async () => {
  const bank = await server();
  bank.script((socket, { nth }) => (nth === 1 ? socket.write(jsonAnswer('{}')) : socket.resetAndDestroy()));
  assert.equal(await outcome(request(bank.url)), 'answer 200 {}');
  assert.equal(await outcome(request(bank.url)), 'failed reset -');
  assert.deepEqual([bank.seen.connections, bank.seen.requests], [1, 2]);
});

test('a connection idle for two seconds is closed', async () => {
  const bank = await server();
  await outcome(request(bank.url));
  const startedAt = performance.now();
  await once(bank.sockets[0]!, 'close');
  const idleMs = performance.now() - startedAt;
  assert.ok(idleMs > 1_500 && idleMs < 2_600, `${idleMs}`);
});

test('the rule for addresses holds for reused connections, and each rule has connections of its own', async () => {
  const bank = await server();
  let allowed = true;
  const allowAddress = (): boolean => allowed;
  assert.equal(await outcome(request(bank.url, { allowAddress })), 'answer 200 {}');
  assert.equal(await outcome(request(bank.url)), 'answer 200 {}');
  assert.equal(bank.seen.connections, 2);
  allowed = false;
  assert.equal(await outcome(request(bank.url, { allowAddress })), 'not_sent address_not_allowed');
});

test('the caller may give up: before and while connecting nothing was sent, later nobody knows', async () => {
  const mute = await server({ mode: 'mute' });
  assert.equal(await outcome(request(mute.url, { signal: AbortSignal.abort() })), 'not_sent aborted');
  assert.equal(mute.seen.connections, 0);

  const connecting = new AbortController();
  const handshake = outcome(request(mute.url.replace('http:', 'https:'), { signal: connecting.signal }));
  await connection(mute);
  connecting.abort();
  assert.equal(await handshake, 'not_sent aborted');

  const bank = await server();
  const waiting = new AbortController();
  bank.script(() => waiting.abort());
  assert.equal(await outcome(request(bank.url, { signal: waiting.signal })), 'failed aborted -');
  if (!bank.sockets[0]!.destroyed) await once(bank.sockets[0]!, 'close');
});

test('a header or address that cannot be sent is a bug of the caller, and no connection stays behind', async () => {
  const bank = await server();
  await assert.rejects(send(request(bank.url, { headers: { 'x-a': 'b\r\nc: d' } })));
  if (bank.sockets[0] && !bank.sockets[0].destroyed) await once(bank.sockets[0], 'close');
  await assert.rejects(send(request('not an address')));
  assert.equal(bank.seen.requests, 0);
});

test('two hundred calls at once get each its own answer', async () => {
  const bank = await server();
  bank.script((socket, { body }) => setImmediate(() => socket.write(jsonAnswer(body))));
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => outcome(request(bank.url, { body: `{"n":${i}}` }))),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 200 }, (_, i) => `answer 200 {"n":${i}}`),
  );
});
