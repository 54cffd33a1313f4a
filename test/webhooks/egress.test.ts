/**
 * The guard on the way out, tried with the corpus against the real `send`. What counts is the socket: not one connection is begun
 * to an address that is refused, however it is written and whatever a name resolves to.
 */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import dns from 'node:dns';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, createServer, isIP, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { addressJudge, problemWithWebhookUrl } from '../../src/domain/webhook-url.ts';
import { isPublicAddress } from '../../src/lib/addresses.ts';
import { send } from '../../src/outbound.ts';
import type { OutboundResult } from '../../src/system.ts';
import { BLOCKS, DISGUISED, NAMES, PUBLIC, UNREADABLE } from './egress-corpus.ts';

const OWN = new Set(['93.184.215.14', '2606:2800:21f:cb07::1']);
type Judge = (address: string) => boolean;
const live = addressJudge({ mode: 'live', allowLoopback: true }, OWN);
const testing = addressJudge({ mode: 'test', allowLoopback: true }, OWN);
const closed = addressJudge({ mode: 'test', allowLoopback: false }, OWN);

/** Addresses that a socket was told to connect to since this began. */
function watchSockets(t: TestContext): string[] {
  const begun: string[] = [];
  const watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.once('connectionAttempt', (address: string) => void begun.push(address));
  };
  subscribe('net.client.socket', watch);
  t.after(() => void unsubscribe('net.client.socket', watch));
  return begun;
}

/** The machine's resolver answers as told; names that were not told are looked up as ever. */
function resolveAs(t: TestContext, answers: ReadonlyMap<string, () => readonly string[]>): { asked: string[] } {
  const real = dns.lookup;
  const asked: string[] = [];
  const told = (name: string, _options: unknown, done: (error: null, found: object[]) => void): void => {
    asked.push(name);
    const found = answers.get(name)?.() ?? assert.fail(`nobody told what ${name} is`);
    setImmediate(() =>
      done(
        null,
        found.map((address) => ({ address, family: isIP(address.replace(/%.*/, '')) || 4 })),
      ),
    );
  };
  Object.assign(dns, { lookup: told });
  syncBuiltinESMExports();
  t.after(() => {
    Object.assign(dns, { lookup: real });
    syncBuiltinESMExports();
  });
  return { asked };
}

const sent = (url: string, allowAddress: Judge): Promise<OutboundResult> =>
  send({
    method: 'POST',
    url,
    headers: {},
    body: '{}',
    connectTimeoutMs: 2_000,
    totalTimeoutMs: 2_000,
    maxAnswerBytes: 100,
    allowAddress,
  });

const words = (result: OutboundResult): string =>
  result.kind === 'answer' ? `answer ${result.status}` : `${result.kind} ${result.why}`;

async function listener(t: TestContext): Promise<{ port: number; connections(): number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

const asHost = (address: string): string => (address.includes(':') ? `[${address}]` : address);
const literals = [
  ...BLOCKS.flatMap(([first, last]) => [asHost(first), asHost(last)]),
  ...DISGUISED,
  ...[...OWN].map(asHost),
];

test('no connection is begun to any refused address, in live mode, by http or https, on usual and odd ports', async (t) => {
  const begun = watchSockets(t);
  const { port, connections } = await listener(t);
  let tried = 0;
  for (const host of literals) {
    for (const url of [`https://${host}/`, `http://${host}:${port}/hooks`]) {
      // Some names of this machine are in its resolver and some are not.
      assert.match(words(await sent(url, live)), /^not_sent (address_not_allowed|dns_failed)$/, url);
      assert.ok(problemWithWebhookUrl(url, { mode: 'live', allowLoopback: true }) || isOwn(host), url);
      tried++;
    }
  }
  const distinct = new Set(literals).size;
  t.diagnostic(`${distinct} addresses and spellings, ${tried} requests, ${begun.length} connections begun`);
  assert.ok(distinct >= 130, `${distinct}`);
  assert.deepEqual(begun, []);
  assert.equal(connections(), 0);
  assert.equal(words(await sent(`http://127.0.0.1:${port}/`, testing)), 'answer 204');
  assert.deepEqual(begun, ['127.0.0.1'], 'the watch sees a connection where there is one');
});

const isOwn = (host: string): boolean => OWN.has(host.replace(/^\[|\]$/g, ''));

test('no connection is begun to a name whose addresses are refused, whatever the name and however many there are', async (t) => {
  const begun = watchSockets(t);
  const { asked } = resolveAs(t, new Map(NAMES.map(([name, answers]) => [name, () => answers])));
  for (const [name] of NAMES) {
    assert.equal(words(await sent(`https://${name}/`, live)), 'not_sent address_not_allowed', name);
    assert.equal(words(await sent(`http://${name}:8080/`, closed)), 'not_sent address_not_allowed', name);
  }
  t.diagnostic(`${NAMES.length} names, ${asked.length} look-ups, ${begun.length} connections begun`);
  assert.equal(asked.length, NAMES.length * 2);
  assert.deepEqual(begun, []);
  assert.ok(new Set(literals).size + NAMES.length >= 150);
});

test('of a name with good and bad addresses only a good one is connected to', async (t) => {
  const begun = watchSockets(t);
  const { port } = await listener(t);
  const mixed = ['10.0.0.1', '169.254.169.254', '127.0.0.1', '::1', 'fd00::1'];
  resolveAs(t, new Map([['mixed.shop.example', () => mixed]]));
  const only: Judge = (address) => address === '127.0.0.1';
  assert.equal(words(await sent(`http://mixed.shop.example:${port}/`, only)), 'answer 204');
  assert.deepEqual(begun, ['127.0.0.1']);
});

test('a name that means another address the second time is judged the second time, and looked up once for each request', async (t) => {
  const begun = watchSockets(t);
  const { port } = await listener(t);
  const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254'];
  const { asked } = resolveAs(t, new Map([['rebound.shop.example', () => [answers[asked.length - 1]!]]]));
  const seen: string[] = [];
  for (const _ of answers) seen.push(words(await sent(`http://rebound.shop.example:${port}/`, testing)));
  assert.deepEqual(seen, ['answer 204', 'not_sent address_not_allowed', 'not_sent address_not_allowed']);
  assert.deepEqual(begun, ['127.0.0.1']);
  assert.equal(asked.length, 3);
});

test('in test mode this machine may be reached where the operator says so, and nothing else that is not public', () => {
  for (const [first, last, why] of BLOCKS) {
    for (const address of [first, last]) {
      const loopback = /^127\.|^::1$/.test(address);
      assert.deepEqual(
        [live(address), closed(address), testing(address)],
        [false, false, loopback],
        `${address} ${why}`,
      );
    }
  }
});

test('the neighbours of every block and well-known public addresses may be called', () => {
  assert.ok(PUBLIC.length >= 30);
  for (const address of PUBLIC) assert.equal(live(address), true, address);
});

test('a host that no URL can have is refused when the endpoint is made', () => {
  for (const host of UNREADABLE) {
    for (const scheme of ['https', 'http']) {
      assert.ok(problemWithWebhookUrl(`${scheme}://${host}/`, { mode: 'test', allowLoopback: true }), host);
    }
  }
});

test('of ten thousand random addresses, many beside the borders, none that numbers place in a block is taken for public', () => {
  const blocks = BLOCKS.map(([first, last]) => ({ family: isIP(first), first: number(first), last: number(last) }));
  const inBlock = (address: string) =>
    blocks.some((b) => b.family === isIP(address) && number(address) >= b.first && number(address) <= b.last);
  const near = fc.constantFrom(...BLOCKS).chain(([first, last]) => {
    const bits = isIP(first) === 4 ? 32n : 128n;
    const most = (1n << bits) - 1n;
    const around = fc.bigInt({ min: -3n, max: 3n });
    return fc
      .tuple(fc.constantFrom(number(first), number(last)), around)
      .map(([at, by]) => text(at + by < 0n ? 0n : at + by > most ? most : at + by, Number(bits)));
  });
  const any = fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((n) => text(n, 32)),
    fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((n) => text(n, 128)),
    near,
  );
  fc.assert(
    fc.property(any, (address) => {
      if (inBlock(address)) assert.equal(isPublicAddress(address), false, address);
      assert.equal(isPublicAddress(address.toUpperCase()), isPublicAddress(address));
      // Outside 2000::/3 nothing of IPv6 is routed.
      if (isIP(address) === 6 && number(address) >> 125n !== 1n) assert.equal(isPublicAddress(address), false, address);
    }),
    { numRuns: 10_000 },
  );
});

/** An address as a number, by a way of its own. */
function number(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const whole = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return whole.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function text(value: bigint, bits: number): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((by) => (value >> by) & 255n).join('.');
  return Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - at * 16)) & 65_535n).toString(16)).join(':');
}
