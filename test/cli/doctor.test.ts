/** `tender doctor` finds each usual mistake of an endpoint and of a server, and nothing where nothing is wrong. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { examineServer, type Finding, skew } from '../../src/cli/doctor.ts';
import { examineEndpoint } from '../../src/cli/doctor-endpoint.ts';
import { testApp } from '../support/app.ts';
import { credulous, type Judges, parsedBody, receiver, right, SECRET, wrongSecret } from './receivers.ts';

async function examined(t: TestContext, judges: Judges): Promise<Finding[]> {
  const { url, close } = await receiver(judges);
  t.after(close);
  return examineEndpoint({ url, secret: SECRET, nowMs: Date.now });
}

function wrong(findings: readonly Finding[]): string[] {
  return findings.filter(({ ok }) => !ok).map(({ name }) => name.replace('endpoint ', ''));
}

test('an endpoint that verifies the raw bytes passes every probe', async (t) => {
  const findings = await examined(t, right);
  assert.equal(findings.length, 5);
  assert.deepEqual(wrong(findings), []);
});

test('an endpoint that verifies a body written again is found by other spacing alone, and told to keep the bytes', async (t) => {
  const findings = await examined(t, parsedBody);
  assert.deepEqual(wrong(findings), ['takes the same event in other spacing']);
  assert.match(findings.find(({ ok }) => !ok)!.fix!, /raw bytes/);
});

test('an endpoint with another secret takes nothing, and is told of the secret', async (t) => {
  const findings = await examined(t, wrongSecret);
  assert.deepEqual(wrong(findings), ['takes a signed event', 'takes the same event in other spacing']);
  assert.match(findings[0]!.fix!, /secret/);
});

test('an endpoint that believes everybody is found by what it should refuse', async (t) => {
  const refused = ['refuses a wrong signature', 'refuses an event without a signature', 'refuses an old signature'];
  assert.deepEqual(wrong(await examined(t, credulous)), refused);
});

test('where nobody answers, one finding says so', async () => {
  const { url, close } = await receiver(right);
  await close();
  const findings = await examineEndpoint({ url, secret: SECRET, nowMs: Date.now });
  assert.deepEqual(
    findings.map(({ ok, detail }) => ({ ok, detail })),
    [{ ok: false, detail: 'connect_refused' }],
  );
});

test('a sound server has no finding; an unknown key, an endpoint that was switched off and a server that is away have one', async (t) => {
  const app = await testApp();
  t.after(() => app.close());
  const { url } = app;
  assert.deepEqual(wrong(await examineServer({ url, key: app.merchant.secretKey }, Date.now)), []);
  assert.deepEqual(wrong(await examineServer({ url, key: `sk_test_${'0'.repeat(49)}` }, Date.now)), [
    'the key is known',
  ]);
  const endpoint = { url: 'http://127.0.0.1:9/', event_types: ['*'], enabled: false };
  assert.equal((await app.merchant.call('POST', '/collect/webhook_endpoints', endpoint)).status, 201);
  const found = wrong(await examineServer({ url, key: app.merchant.secretKey }, Date.now));
  assert.deepEqual(found, ['webhook endpoints are enabled']);
  const away = await examineServer({ url: 'http://127.0.0.1:9', key: app.merchant.secretKey }, Date.now);
  assert.deepEqual(wrong(away), ['server answers']);
});

test('clocks may be half a minute apart, whichever is ahead', () => {
  const at = { sentAt: 1_800_000_000_000, answeredAt: 1_800_000_000_500 };
  const date = (offMs: number) => new Date(at.sentAt + offMs).toUTCString();
  for (const [offMs, ok] of [
    [0, true],
    [20_000, true],
    [-20_000, true],
    [40_000, false],
    [-40_000, false],
  ] as const)
    assert.equal(skew(date(offMs), at).ok, ok, String(offMs));
  assert.match(skew(date(400_000), at).detail, /ahead/);
  assert.match(skew(date(-400_000), at).detail, /behind/);
});
