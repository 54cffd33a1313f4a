/**
 * Card numbers, security codes, keys and names that exist nowhere else are put wherever a client can put something; then every row of
 * the request log is searched for them.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createApiKey } from '../../src/app/tenants.ts';
import { luhnDigit } from '../../src/lib/luhn.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
before(async () => {
  app = await testApp({ requestLog: true });
});
after(() => app.close());

const words: string[] = [];

function noted(word: string): string {
  assert.ok(typeof word === 'string' && word.length > 5, `no canary: ${word}`);
  words.push(word);
  return word;
}

/** A number of one of the brands, in one of the ways people write them. */
function card(): string {
  const start = ['42420', '51234', '60110', '22230'][words.length % 4] as string;
  const payload = `${start}${String(randomInt(1e10)).padStart(10, '0')}`;
  const number = payload + luhnDigit(payload);
  words.push(number, number.replace(/(.{4})(?=.)/g, '$1 '), number.replace(/(.{4})(?=.)/g, '$1-'));
  return words.at(-1 - (words.length % 3)) as string;
}

/** Six digits: no code is so long, and no other number of a row has so many by chance and these. */
const code = noted(String(randomInt(100_000, 1_000_000)));
const email = () => noted(`nobody${randomInt(1e9)}@example.com`);
const name = () => noted(`Canary ${randomInt(1e9)}`);
/** A part of an address, which may be a permission. */
const path = () => noted(`canary${randomInt(1e9)}`);
const secretKey = () => noted(`sk_live_${'Ab3'.repeat(14)}${randomInt(1e6)}`);

/** Every form in which something may be typed where it does not belong. */
function* misuse(): Generator<() => Promise<unknown>> {
  const { merchant } = app;
  const create = '/collect/payment_sessions';
  const valid = { amount: 200, currency: 'ZAR' };
  for (const field of [
    'external_reference',
    'description',
    'type',
    'currency',
    'amount',
    'cvc',
    'x',
    'options',
    'metadata',
  ])
    for (const word of [card, secretKey, email])
      yield () => merchant.call('POST', create, { ...valid, [field]: word() });
  yield () => merchant.call('POST', create, { ...valid, external_reference: card().replaceAll(/\D/g, '') });
  yield () =>
    merchant.call('POST', create, {
      ...valid,
      cvc: Number(code),
      security_code: code,
      card: { number: card(), cvc: code },
    });
  yield () =>
    merchant.call('POST', create, { ...valid, metadata: { [card()]: 'a', note: card(), who: name(), type: code } });
  yield () => merchant.call('POST', create, { ...valid, [card()]: 1, [`x${card()}`]: 2, [email()]: 3 });
  yield () => merchant.call('POST', create, { ...valid, amount: Number(card().replaceAll(/\D/g, '')) });
  yield () => merchant.call('POST', create, valid, { key: card() });
  yield () => merchant.call('POST', create, valid, { key: `order ${secretKey()} ${email()}` });
  yield () => merchant.call('POST', create, undefined, { raw: `{"amount": "${card()}", "cvc": ${code}` });
  yield () =>
    merchant.call('POST', create, {
      ...valid,
      options: { customer: { name: name(), email: email(), phone: '+27 82 123 4567' } },
    });
  yield () => merchant.call('POST', '/collect/customers', { name: name(), email: email(), external_reference: card() });
  yield () => merchant.call('PATCH', `${create}/ps_${'0'.repeat(24)}`, { description: card() });
  for (const word of [card, secretKey, email, name]) {
    yield () => merchant.call('GET', `/collect/payments/${encodeURIComponent(word())}`);
    yield () => merchant.call('GET', `/collect/nowhere/${encodeURIComponent(word())}?a=${encodeURIComponent(word())}`);
    for (const filter of ['external_reference', 'status', 'cursor', 'customer_id', 'created_after', 'unknown'])
      yield () =>
        merchant.call(
          'GET',
          `/collect/payments?${filter}=${encodeURIComponent(word())}&${encodeURIComponent(word())}=1`,
        );
  }
}

/** What the server itself hands out and only the one who asked may have. */
async function secretsHandedOut(): Promise<void> {
  const hook = await app.merchant.call('POST', '/collect/webhook_endpoints', {
    url: `https://example.com/${path()}?t=${path()}`,
  });
  noted(hook.body.secret);
  const embedded = await app.merchant.createSession({
    options: {
      checkout_options: {
        presentation_mode: { mode: 'embedded_inline' },
        return_url: `https://shop.example/${path()}`,
      },
    },
  });
  noted(embedded.client_token);
  noted(embedded.checkout_session_id);
  const paid = await paidSeries(app, { options: { customer: { name: name(), email: email() } } });
  words.push(cards.approved, paid.checkout_session_id);
  await app.merchant.call('GET', `/collect/mandates/${paid.mandate_id}/evidence`);
  await app.merchant.call('GET', `/collect/customers/${paid.customer_id}`);
  await app.merchant.call('GET', `/collect/events?limit=100`);
  const preview = await app.merchant.call('POST', '/collect/branding/preview', { display_name: name() });
  if (preview.status === 201 || preview.status === 200) noted(String(preview.body.url).split('/').at(-1) as string);
}

test('nothing that could be spent or names a person stands in the request log, wherever it was put', async () => {
  words.push(app.merchant.secretKey, app.merchant.publicKey);
  await secretsHandedOut();
  let asked = 0;
  for (const ask of misuse()) {
    await ask();
    asked += 1;
  }
  await app.merchant.call('GET', '/collect/payments', undefined, { bearer: app.merchant.publicKey });
  const revoked = await createApiKey(app.program.app, { id: app.tenantId, mode: 'test' }, 'secret');
  await app.merchant.call('GET', '/collect/payments', undefined, { bearer: noted(revoked.key) });
  await app.program.requestLog!.flush();
  const rows = await app.database.query<{ row: string }>('select row_to_json(r)::text as row from request_logs r');
  assert.ok(asked > 60 && rows.length > asked, `${rows.length} rows`);
  const all = rows.map(({ row }) => row).join('\n');
  for (const word of words) {
    for (const text of [word, encodeURIComponent(word), Buffer.from(word).toString('hex'), word.toLowerCase()])
      assert.ok(
        !all.includes(text),
        `${rows.find(({ row }) => row.includes(text))?.row.slice(0, 1_500)} holds ${word}`,
      );
  }
  // The search finds what is there.
  assert.ok(all.includes(app.tenantId) && all.includes('"status":404') && all.includes('invalid_request'));
});
