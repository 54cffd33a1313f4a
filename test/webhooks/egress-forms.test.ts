/**
 * The guard on the way out, from three more sides: public addresses are really dialled (at a telephone that is not connected), one
 * address is judged the same in all its spellings, and what can be known early is refused when the endpoint is made.
 */
import assert from 'node:assert/strict';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import fc from 'fast-check';
import { addressJudge, problemWithWebhookUrl } from '../../src/domain/webhook-url.ts';
import { isLoopback, isPublicAddress } from '../../src/lib/addresses.ts';
import { send } from '../../src/outbound.ts';
import { testApp } from '../support/app.ts';
import { BLOCKS, DISGUISED, PUBLIC, UNREADABLE } from './egress-corpus.ts';

const live = addressJudge({ mode: 'live', allowLoopback: false }, new Set());
const asHost = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** In place of TCP and TLS: notes who would be called, and reaches nobody. */
function deadTelephone(t: TestContext): string[] {
  const dialled: string[] = [];
  const dial = ({ host }: { host: string }): net.Socket => {
    dialled.push(host);
    const socket = new net.Socket();
    setImmediate(() => socket.destroy(Object.assign(new Error('no line'), { code: 'ENETUNREACH' })));
    return socket;
  };
  const real = { net: net.connect, tls: tls.connect };
  Object.assign(net, { connect: dial });
  Object.assign(tls, { connect: dial });
  t.after(() => {
    Object.assign(net, { connect: real.net });
    Object.assign(tls, { connect: real.tls });
  });
  return dialled;
}

test('each public address is dialled once, each first and last address of a block never', async (t) => {
  const dialled = deadTelephone(t);
  const blocked = BLOCKS.flatMap(([first, last]) => [first, last] as string[]);
  for (const address of [...blocked, ...PUBLIC]) {
    const limits = { connectTimeoutMs: 5_000, totalTimeoutMs: 5_000, maxAnswerBytes: 100 };
    const url = `https://${asHost(address)}/`;
    const result = await send({ method: 'POST', url, headers: {}, ...limits, allowAddress: live });
    assert.equal(result.kind, 'not_sent');
    const why = blocked.includes(address) ? 'address_not_allowed' : 'connect_refused';
    assert.equal('why' in result && result.why, why, address);
  }
  const canonical = (address: string) => new URL(`https://${asHost(address)}/`).hostname.replace(/^\[|\]$/g, '');
  t.diagnostic(`${blocked.length} refused, 0 dialled; ${PUBLIC.length} public, ${dialled.length} dialled`);
  assert.deepEqual(dialled, PUBLIC.map(canonical));
});

const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 });
const prefixed = fc
  .tuple(fc.constantFrom(0x2001, 0x2002, 0x2606, 0x2a00, 0xfc00, 0xfe80, 0x64, 0), groups)
  .map(([first, rest]) => [first, ...rest.slice(1)]);

/** All spellings of one address that `net.isIP` takes: long, padded, capitals, with dots, and every way to leave out zeros. */
function spellings(address: readonly number[]): string[] {
  const short = address.map((group) => group.toString(16));
  const [high, low] = [address[6]!, address[7]!];
  const dotted = [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const written = [short.join(':'), address.map((group) => group.toString(16).padStart(4, '0')).join(':')];
  written.push(`${short.slice(0, 6).join(':')}:${dotted}`);
  for (let from = 0; from < 8; from++) {
    for (let to = from + 1; to <= 8 && address[to - 1] === 0; to++) {
      written.push(`${short.slice(0, from).join(':')}::${short.slice(to).join(':')}`);
    }
  }
  return written.flatMap((one) => [one, one.toUpperCase()]);
}

test('an IPv6 address is judged the same in every spelling, also by the URL it stands in', () => {
  fc.assert(
    fc.property(fc.oneof(groups, prefixed), (address) => {
      const all = spellings(address);
      const judged = new Set(all.map((one) => `${isPublicAddress(one)} ${isLoopback(one)}`));
      assert.equal(judged.size, 1, all.join(' '));
      const rules = { mode: 'live', allowLoopback: false } as const;
      const byUrl = new Set(all.map((one) => problemWithWebhookUrl(`https://[${one}]/`, rules) === undefined));
      assert.deepEqual([...byUrl], [isPublicAddress(all[0]!)], all[0]);
    }),
    { numRuns: 1_000 },
  );
});

test('an endpoint whose address is known to be refused is not made: 422 that names the field', async (t) => {
  const app = await testApp();
  t.after(() => app.close());
  const hosts = [...BLOCKS.flatMap(([first, last]) => [asHost(first), asHost(last)]), ...DISGUISED, ...UNREADABLE];
  const others = ['ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'http://example.com/'];
  others.push('https://user:word@example.com/', 'https://user@example.com/', 'https://example.com@127.0.0.1/');
  const refused = [...hosts.map((host) => `https://${host}/hooks`), ...others].filter(
    (url) => problemWithWebhookUrl(url, { mode: 'test', allowLoopback: true }) !== undefined,
  );
  for (const url of refused) {
    const { status, body } = await app.merchant.call('POST', '/collect/webhook_endpoints', { url });
    // Text with U+0000 is no text for the database: it is refused before anybody asks where it leads.
    const expected = url.includes('\u0000') ? [400, 'invalid_request'] : [422, 'webhook_url_not_allowed'];
    assert.deepEqual([status, body.code], expected, url);
    assert.equal(body.errors[0].pointer, '/url', url);
  }
  t.diagnostic(`${refused.length} of ${hosts.length + others.length} refused at the front door in test mode`);
  assert.ok(refused.length >= 120);
  const { body } = await app.merchant.call('GET', '/collect/webhook_endpoints');
  assert.deepEqual(body.data, []);
});
