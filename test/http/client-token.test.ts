/** Embedded presentation modes in the API: which sessions take them, and the token that the shop's page gets. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { clientTokenHolds, clientTokenOf } from '../../src/app/client-token.ts';
import { type Context, contextFor } from '../../src/app/context.ts';
import { claimsHold, clientClaims, framersOf } from '../../src/domain/embedding.ts';
import { HOUR, MINUTE, plus } from '../../src/lib/time.ts';
import { findSession } from '../../src/store/sessions.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app?.close());

const path = '/collect/payment_sessions';
const embedded = (mode = 'embedded_modal') => ({ options: { checkout_options: { presentation_mode: { mode } } } });

function claimsOf(token: string): Json {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString());
}

async function asWritten(session: Json, over: Partial<Context> = {}) {
  const tenant = await app.program.identities.tenant(app.tenantId);
  const context = { ...contextFor(app.program.app, tenant!), ...over };
  const found = await findSession(app.program.app.database, app.tenantId, session.id);
  return { context, found: found! };
}

test('an embedded session answers a token with its claims, and any other session none', async () => {
  const session = await app.merchant.createSession(embedded('embedded_inline'));
  const [header] = session.client_token.split('.');
  const read = JSON.parse(Buffer.from(header, 'base64url').toString());
  assert.deepEqual({ ...read, kid: typeof read.kid }, { alg: 'HS256', typ: 'JWT', kid: 'string' });
  assert.deepEqual(claimsOf(session.client_token), {
    iss: app.url,
    aud: 'tender-checkout',
    sub: session.id,
    ckt: session.checkout_session_id,
    url: session.session_url,
    mode: 'test',
    presentation: 'embedded_inline',
    origins: ['http://localhost:*'],
    iat: Math.floor(Date.parse(session.created_at) / 1000),
    exp: Math.floor(Date.parse(session.expires_at) / 1000),
  });
  assert.equal((await app.merchant.createSession()).client_token, undefined);
  assert.equal((await app.merchant.createSession(embedded('redirect'))).client_token, undefined);
});

test('a repeated create, a read and a list answer the same token', async () => {
  const key = randomUUID();
  const first = await app.merchant.call('POST', path, { amount: 200, currency: 'ZAR', ...embedded() }, { key });
  app.clock.advance(MINUTE);
  const again = await app.merchant.call('POST', path, { amount: 200, currency: 'ZAR', ...embedded() }, { key });
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.text, first.text);
  assert.equal((await app.merchant.session(first.body.id)).client_token, first.body.client_token);
  const [listed] = (await app.merchant.call('GET', `${path}?limit=1`)).body.data;
  assert.equal(listed.client_token, first.body.client_token);
});

test('events do not carry the token', async () => {
  const session = await app.merchant.createSession(embedded());
  await app.runDue();
  const told = (await app.merchant.events())
    .map((event) => JSON.stringify(event))
    .filter((text) => text.includes(session.id));
  assert.ok(told.length > 0);
  assert.doesNotMatch(told.join('\n'), /client_token/);
});

test('a public key gets the token of the session it made', async () => {
  const session = await app.merchant.createSession(embedded(), { bearer: app.merchant.publicKey });
  assert.equal(claimsOf(session.client_token).sub, session.id);
  const read = await app.merchant.call('GET', `${path}/${session.id}`, undefined, { bearer: app.merchant.publicKey });
  assert.equal(read.body.client_token, session.client_token);
});

test('a first_in_series page may be embedded, a charge without a page may not', async () => {
  const first = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' }, ...embedded().options },
  });
  assert.equal(claimsOf(first.client_token).presentation, 'embedded_modal');
  const token = { customer_id: `cus_${'0'.repeat(24)}`, payment_method_id: `pmt_${'0'.repeat(24)}` };
  const refused = await app.merchant.chargeNext(token, { options: { ...token, ...embedded().options } });
  assert.equal(refused.status, 400);
  assert.deepEqual(
    refused.body.errors.map(({ pointer, code }: Json) => `${pointer} ${code}`),
    ['/options/checkout_options not_applicable'],
  );
});

test('the origins of a token follow the settings at once', async () => {
  const session = await app.merchant.createSession(embedded());
  const origins = ['https://shop.example', 'http://localhost:8080'];
  await app.merchant.call('PUT', '/collect/checkout_settings', { allowed_origins: origins });
  assert.deepEqual(claimsOf((await app.merchant.session(session.id)).client_token).origins, origins);
  await app.merchant.call('PUT', '/collect/checkout_settings', {});
});

test('a token is good for its session alone: another session, tenant, page address or master key refuses it', async () => {
  const [one, two] = [await app.merchant.createSession(embedded()), await app.merchant.createSession(embedded())];
  const { context, found } = await asWritten(one);
  const holds = (over: Partial<Context> = {}, token = one.client_token) =>
    clientTokenHolds({ ...context, ...over }, found, token);
  assert.equal(clientTokenOf(context, found), one.client_token);
  assert.ok(holds());
  assert.equal(holds({}, two.client_token), false, 'of another session');
  assert.equal(holds({ checkoutUrl: 'https://pay.example' }), false, 'another issuer');
  assert.equal(holds({ tenant: { ...context.tenant, id: `tnt_${'0'.repeat(24)}` } }), false, 'another tenant');
  assert.equal(holds({ clientTokenKeys: [Buffer.alloc(32, 9)] }), false, 'another master key');
  assert.ok(holds({ clientTokenKeys: [Buffer.alloc(32, 9), ...context.clientTokenKeys] }), 'an earlier master key');
  assert.equal(holds({}, `${one.client_token.slice(0, -3)}AAA`), false, 'changed');
});

test('a token ends with the session: later when the payer got more time, never while a payment is under way', async () => {
  const { context, found } = await asWritten(await app.merchant.createSession(embedded()));
  const facts = { issuer: app.url, mode: 'test' as const };
  const claims = { ...clientClaims(found, { ...facts, framers: [] })! };
  const at = (ms: number, session = found) => claimsHold(claims, session, { ...facts, at: plus(context.at, ms) });
  assert.deepEqual([at(0), at(24 * HOUR - 1000), at(24 * HOUR)], [true, true, false]);
  assert.equal(at(-MINUTE), false, 'from the future');
  const extended = { ...found, expiresAt: plus(found.expiresAt!, 15 * MINUTE) };
  assert.deepEqual([at(24 * HOUR, extended), at(24 * HOUR + 15 * MINUTE, extended)], [true, false]);
  assert.ok(at(25 * HOUR, { ...found, paymentOutcome: 'pending' }));
  for (const [name, value] of [
    ['aud', 'tender'],
    ['iss', 'https://elsewhere.example'],
    ['exp', undefined],
    ['iat', '1'],
    ['mode', 'live'],
    ['presentation', 'embedded_inline'],
  ] as const) {
    assert.equal(claimsHold({ ...claims, [name]: value }, found, { ...facts, at: context.at }), false, name);
  }
});

test('who may frame: this machine in test mode until somebody is listed, nobody in live mode', () => {
  assert.deepEqual(framersOf({ allowedOrigins: [] }, 'test'), ['http://localhost:*']);
  assert.deepEqual(framersOf({ allowedOrigins: [] }, 'live'), []);
  const listed = ['https://shop.example', 'https://shop.example:8443', 'http://[::1]:3000'];
  assert.deepEqual(framersOf({ allowedOrigins: [...listed, 'https://a;sandbox', "https://b'"] }, 'live'), listed);
});
