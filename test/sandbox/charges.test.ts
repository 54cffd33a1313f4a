/** Charging over HTTP: request keys, agreements, tokens, look-ups, and refusals that name their field. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { card, foundTown, orderOf, RETURN_URL } from './merchant.ts';

test('an approved charge answers 201 with its echoes and is one row of the book', async (t) => {
  const { merchant, rows } = await foundTown(t);
  const { status, body } = await merchant.charge('the-key-approved');
  assert.equal(status, 201);
  assert.equal(body.status, 'approved');
  assert.equal(body.request_key, 'the-key-approved');
  assert.deepEqual(body.amount, { value: 2000, currency: 'ZAR' });
  assert.deepEqual(body.captured, { value: 2000, currency: 'ZAR' });
  assert.equal(body.reference, 'order-1');
  assert.deepEqual(body.response, { code: '00', text: 'Approved', cvc: 'match' });
  const [row, ...others] = await rows();
  assert.equal(others.length, 0);
  assert.equal(row?.state, 'approved');
  assert.equal(row?.amount, 2000);
  assert.equal(row?.arrivals, 1);
});

test('authorise reserves for seven days, verify takes nothing and answers 85', async (t) => {
  const { merchant } = await foundTown(t);
  const reserved = (await merchant.charge('the-key-reserve', { intent: 'authorize' })).body;
  assert.deepEqual(reserved.captured, { value: 0, currency: 'ZAR' });
  const days = (Date.parse(reserved.authorization_expires_at) - Date.parse(reserved.created_at)) / 86_400_000;
  assert.equal(Math.round(days), 7);
  const zero = { value: 0, currency: 'ZAR' };
  const verified = (await merchant.charge('the-key-verify', { intent: 'verify', amount: zero })).body;
  assert.equal(verified.response.code, '85');
  assert.deepEqual(verified.approved_amount, zero);
});

test('the same key and body answer the charge as it is now, with another security code too; nothing moves again', async (t) => {
  const { merchant, rows } = await foundTown(t);
  const first = await merchant.charge('the-key-repeat');
  const again = await merchant.charge('the-key-repeat', { method: card('4242424242424242', { cvc: '999' }) });
  assert.equal(again.status, 200);
  assert.equal(again.headers.get('request-key-replayed'), 'true');
  assert.deepEqual(again.body, first.body);
  assert.equal((await rows()).length, 1);
  assert.equal((await rows())[0]?.arrivals, 2);
});

test('the same key with another body answers 422 request_key_reused and moves nothing', async (t) => {
  const { merchant, rows } = await foundTown(t);
  await merchant.charge('the-key-reused');
  const other = await merchant.charge('the-key-reused', { amount: { value: 2001, currency: 'ZAR' } });
  assert.equal(other.status, 422);
  assert.equal(other.body.error.code, 'request_key_reused');
  const otherCard = await merchant.charge('the-key-reused', { method: card('4111111111111111') });
  assert.equal(otherCard.status, 422);
  assert.equal((await rows())[0]?.amount, 2000);
});

test('a key still being decided answers 409 request_in_progress', async (t) => {
  const waiting: (() => void)[] = [];
  const reached = Promise.withResolvers<void>();
  const town = await foundTown(t, {
    latency: 'fixed:50',
    timer: (ms, then) => {
      if (ms === 50) reached.resolve();
      waiting.push(then);
      return () => {};
    },
  });
  const first = town.merchant.charge('the-key-progress');
  await reached.promise;
  const second = await town.merchant.charge('the-key-progress');
  assert.equal(second.status, 409);
  assert.equal(second.body.error.code, 'request_in_progress');
  for (const then of waiting.splice(0)) then();
  assert.equal((await first).status, 201);
});

test('an account that is not idempotent shows a second arrival as a second charge', async (t) => {
  const { merchant, rows, control } = await foundTown(t);
  await merchant.call('PUT', '/v1/account', { body: { idempotent: false } });
  const first = await merchant.charge('the-key-twice');
  const second = await merchant.charge('the-key-twice');
  assert.equal(second.status, 201);
  assert.notEqual(second.body.id, first.body.id);
  assert.equal((await merchant.lookup('the-key-twice')).body.data.length, 2);
  assert.equal((await rows()).length, 2);
  const verdict = (await control('GET', '/book/check')).body;
  assert.deepEqual(verdict.violations.map((found: { rule: string }) => found.rule).sort(), [
    'key_arrived_twice',
    'reference_paid_twice',
  ]);
});

test('a refusal names the field and leaves the key free', async (t) => {
  const { merchant } = await foundTown(t);
  const cases: [Record<string, unknown>, string][] = [
    [{ intent: 'steal' }, 'intent'],
    [{ amount: { value: 0, currency: 'ZAR' } }, 'amount.value'],
    [{ amount: { value: 1.5, currency: 'ZAR' } }, 'amount.value'],
    [{ amount: { value: 5, currency: 'zar' } }, 'amount.currency'],
    [{ intent: 'verify' }, 'amount.value'],
    [{ reference: 'x'.repeat(65) }, 'reference'],
    [{ return_url: 'javascript:alert(1)' }, 'return_url'],
    [{ surprise: true }, 'surprise'],
    [{ method: { type: 'card', number: '4242' } }, 'method.number'],
    [{ method: card('4242424242424242', { exp_year: new Date().getUTCFullYear() + 21 }) }, 'method.exp_year'],
    [{ method: card('4242424242424242', { cvc: '12' }) }, 'method.cvc'],
    [{ method: { type: 'token', token: 'T-NOBODY' } }, 'method.token'],
    [{ agreement: { use: 'none', type: 'recurring' } }, 'agreement'],
    [{ three_ds: { preference: 'often' } }, 'three_ds.preference'],
  ];
  for (const [changes, field] of cases) {
    const { status, body } = await merchant.charge('the-key-refused', changes);
    assert.equal(status, 400, field);
    assert.equal(body.error.code, 'invalid_request');
    assert.equal(body.error.field, field);
  }
  assert.equal((await merchant.charge('the-key-refused')).status, 201);
});

test('without a key, with a wrong key, or with too much to say nothing is done', async (t) => {
  const { merchant, sandbox } = await foundTown(t);
  assert.equal((await merchant.call('POST', '/v1/charges', { body: orderOf() })).body.error.field, 'Request-Key');
  assert.equal((await merchant.charge('short')).status, 400);
  const stranger = await fetch(`${sandbox.url}/v1/charges`, { headers: { 'merchant-key': 'mk_wrong' } });
  assert.equal(stranger.status, 401);
  const large = await merchant.charge('the-key-large', { reference: 'x'.repeat(70_000) });
  assert.equal(large.status, 413);
  assert.equal((await fetch(`${sandbox.url}/book`)).status, 401);
});

test('an initial charge earns a token and an id with which the merchant may charge alone', async (t) => {
  const { merchant } = await foundTown(t);
  const agreement = { use: 'initial', type: 'recurring' };
  const first = (await merchant.charge('the-key-initial', { agreement })).body;
  assert.match(first.token, /^T-[0-9A-HJKMNP-TV-Z]{16}$/);
  assert.match(first.network_transaction_id, /^0\d+$/);
  const method = { type: 'token', token: first.token };
  const next = { use: 'subsequent', type: 'recurring', network_transaction_id: first.network_transaction_id };
  const alone = { initiator: 'merchant', method, agreement: next };
  assert.equal((await merchant.charge('the-key-alone-1', alone)).body.status, 'approved');
  const { cvc: _cvc, ...byNumber } = card('4242424242424242');
  assert.equal((await merchant.charge('the-key-alone-2', { ...alone, method: byNumber })).body.status, 'approved');
  const external = { ...next, network_transaction_id: 'ext-elsewhere' };
  assert.equal((await merchant.charge('the-key-alone-3', { ...alone, agreement: external })).body.status, 'approved');
});

test('an agreement that does not fit is refused: unknown id, another account, card or type', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const first = (await merchant.charge('the-key-agreed', { agreement: { use: 'initial', type: 'recurring' } })).body;
  const next = { use: 'subsequent', type: 'recurring', network_transaction_id: first.network_transaction_id };
  const alone = { initiator: 'merchant', method: { type: 'token', token: first.token }, agreement: next };
  const codeOf = async (key: string, changes: Record<string, unknown>, who = merchant) =>
    (await who.charge(key, { ...alone, ...changes })).body.error?.code;
  const { cvc: _cvc, ...otherCard } = card('4111111111111111');
  const { cvc: _cvc2, ...sameCard } = card('4242424242424242');
  assert.equal(
    await codeOf('the-key-a1', { agreement: { ...next, network_transaction_id: '0999' } }),
    'agreement_unknown',
  );
  assert.equal(await codeOf('the-key-a2', { agreement: { ...next, type: 'unscheduled' } }), 'agreement_mismatch');
  assert.equal(await codeOf('the-key-a3', { method: otherCard }), 'agreement_mismatch');
  const other = await town.openAccount('other shop');
  assert.equal(await codeOf('the-key-a4', { method: sameCard }, other), 'agreement_unknown');
  assert.equal(await codeOf('the-key-a5', { agreement: { use: 'none' } }), 'invalid_request');
  assert.equal(await codeOf('the-key-a6', { method: card('4242424242424242') }), 'invalid_request');
});

test('charges are found by id, by key and in pages of a hundred, oldest first, and by nobody else', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const made = await Promise.all(
    Array.from({ length: 105 }, (_, i) => merchant.charge(`the-key-page-${i}`, { reference: `order-${i}` })),
  );
  const first = made[0]!.body;
  assert.deepEqual((await merchant.call('GET', `/v1/charges/${first.id}`)).body, first);
  assert.deepEqual((await merchant.lookup('the-key-page-0')).body, { data: [first] });
  assert.deepEqual((await merchant.lookup('the-key-nobody')).body, { data: [] });
  const page = (await merchant.call('GET', '/v1/charges')).body;
  const rest = (await merchant.call('GET', `/v1/charges?cursor=${page.next_cursor}`)).body;
  assert.equal(page.data.length, 100);
  assert.equal(rest.data.length, 5);
  assert.equal(rest.next_cursor, undefined);
  const other = await town.openAccount('other shop');
  assert.equal((await other.call('GET', `/v1/charges/${first.id}`)).status, 404);
  assert.deepEqual((await other.lookup('the-key-page-0')).body, { data: [] });
});

test('the same name is the same account, and return_url is kept exactly as given', async (t) => {
  const town = await foundTown(t);
  const again = await town.openAccount('shop');
  assert.equal(again.id, town.merchant.id);
  assert.equal(again.key, town.merchant.key);
  const { body } = await again.charge('the-key-return', { method: card('4000000000003220') });
  const answer = await fetch(body.action.acs_url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ decision: 'approve' }),
  });
  assert.equal(answer.headers.get('location'), RETURN_URL);
});

test('the same seed and keys make the same book but for times', async (t) => {
  const tell = async () => {
    const { merchant, rows } = await foundTown(t, { seed: 'the same' });
    for (const [i, number] of ['4242424242424242', '4000000000009995', '4000000000003220'].entries()) {
      await merchant.charge(`the-key-seed-${i}`, { method: card(number) });
    }
    return (await rows()).map(({ at: _at, ...row }) => row);
  };
  assert.deepEqual(await tell(), await tell());
});
