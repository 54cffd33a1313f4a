/** Webhooks are believed only when their signature is proven, and every usual mistake is told by name. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Tender, type VerificationFailure, WebhookVerificationError, webhooks } from '../src/tender.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const older = `whsec_${randomBytes(32).toString('base64')}`;
const body = JSON.stringify({
  id: 'evt_1',
  type: 'payment.succeeded',
  data: { id: 'pay_1', amount: 2000 },
  note: 'Zürich – ¥',
});
const nowMs = 1_800_000_000_000;

const failing = (reason: VerificationFailure) => (error: unknown) => {
  assert.ok(error instanceof WebhookVerificationError, String(error));
  assert.equal(error.reason, reason);
  return true;
};

test('what is signed is verified, as text and as bytes, by headers of either kind', async () => {
  const headers = await webhooks.sign(body, secret, { timestampMs: nowMs });
  for (const raw of [body, new TextEncoder().encode(body), new TextEncoder().encode(body).buffer as ArrayBuffer]) {
    const event = await webhooks.verify(raw, headers, secret, { nowMs });
    assert.equal(event.type, 'payment.succeeded');
  }
  assert.ok(await Tender.webhooks.verify(body, new Headers(headers), [older, secret], { nowMs }));
});

test('the reference library verifies what the SDK signs, and the other way round', async () => {
  const headers = await webhooks.sign(body, secret);
  assert.ok(new Webhook(secret).verify(body, headers));
  const at = new Date();
  const signature = new Webhook(secret).sign('evt_2', at, body);
  const theirs = {
    'webhook-id': 'evt_2',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signature,
  };
  assert.ok(await webhooks.verify(body, theirs, secret));
});

test('while a secret is replaced either signature is enough', async () => {
  const [one, two] = [
    await webhooks.sign(body, older, { id: 'evt_1', timestampMs: nowMs }),
    await webhooks.sign(body, secret, { id: 'evt_1', timestampMs: nowMs }),
  ];
  const both = { ...one, 'webhook-signature': `${one['webhook-signature']} ${two['webhook-signature']}` };
  assert.ok(await webhooks.verify(body, both, secret, { nowMs }));
  assert.ok(await webhooks.verify(body, both, older, { nowMs }));
});

test('one changed byte of body, id, time or signature is not believed', async () => {
  const headers = await webhooks.sign(body, secret, { id: 'evt_1', timestampMs: nowMs });
  // The last letter of base64 has bits that mean nothing: the first one has none.
  const signature = headers['webhook-signature'].replace(/^v1,(.)/, (_, first) => (first === 'A' ? 'v1,B' : 'v1,A'));
  const changed = [
    [body.replace('2000', '2001'), headers],
    [body, { ...headers, 'webhook-id': 'evt_2' }],
    [body, { ...headers, 'webhook-timestamp': String(nowMs / 1000 + 1) }],
    [body, { ...headers, 'webhook-signature': signature }],
    [body, { ...headers, 'webhook-signature': 'v1,%%%' }],
  ] as const;
  for (const [text, given] of changed) {
    await assert.rejects(webhooks.verify(text, given, secret, { nowMs }), failing('signature_mismatch'));
  }
});

test('each usual mistake has a reason of its own and says what to do', async () => {
  const headers = await webhooks.sign(body, secret, { timestampMs: nowMs });
  const parsed = JSON.parse(body) as unknown as string;
  await assert.rejects(webhooks.verify(parsed, headers, secret, { nowMs }), failing('body_not_raw'));
  await assert.rejects(webhooks.verify(String(parsed), headers, secret, { nowMs }), failing('body_not_raw'));
  await assert.rejects(webhooks.verify('', headers, secret, { nowMs }), failing('body_empty'));
  await assert.rejects(
    webhooks.verify(JSON.stringify(JSON.parse(body), null, 2), headers, secret, { nowMs }),
    /written again before it came here/,
  );
  await assert.rejects(webhooks.verify(body, headers, older, { nowMs }), failing('signature_mismatch'));
  await assert.rejects(webhooks.verify(body, headers, 'sk_test_abc', { nowMs }), failing('secret_malformed'));
  await assert.rejects(
    webhooks.verify(body, { ...headers, 'webhook-id': undefined }, secret, { nowMs }),
    failing('header_missing'),
  );
  await assert.rejects(
    webhooks.verify(body, { ...headers, 'webhook-timestamp': 'soon' }, secret, { nowMs }),
    failing('header_malformed'),
  );
  await assert.rejects(
    webhooks.verify(body, { ...headers, 'webhook-signature': 'v2,abc' }, secret, { nowMs }),
    failing('header_malformed'),
  );
});

test('five minutes either way are let pass and not a second more', async () => {
  const headers = await webhooks.sign(body, secret, { timestampMs: nowMs });
  const at = (offsetMs: number) => webhooks.verify(body, headers, secret, { nowMs: nowMs + offsetMs });
  assert.ok(await at(300_000));
  assert.ok(await at(-300_000));
  await assert.rejects(at(301_000), failing('too_old'));
  await assert.rejects(at(-301_000), failing('too_new'));
});

test('bytes that only look alike as text are not believed', async () => {
  const marked = JSON.stringify({ id: 'evt_1', type: 'payment.succeeded', note: '\ufffd' });
  const headers = await webhooks.sign(marked, secret, { timestampMs: nowMs });
  const whole = new TextEncoder().encode(marked);
  assert.ok(await webhooks.verify(whole, headers, secret, { nowMs }));
  const withMark = Uint8Array.of(0xef, 0xbb, 0xbf, ...whole);
  const at = whole.indexOf(0xef);
  const broken = Uint8Array.of(...whole.slice(0, at), 0xff, ...whole.slice(at + 3));
  for (const raw of [withMark, broken])
    await assert.rejects(webhooks.verify(raw, headers, secret, { nowMs }), failing('signature_mismatch'));
});
