/** Mandates at the front door: what they say, how they end, and that nothing is charged after that. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const path = '/collect/mandates';
const ids = (reply: { body: Json }): string[] => reply.body.data.map((one: Json) => one.id);
const revoke = (id: string, body?: unknown) => app.merchant.call('POST', `${path}/${id}/revoke`, body);

test('a mandate says who agreed to what, and what it began with', async () => {
  const words = { description: 'Box of books', external_reference: 'sub-1', metadata: { plan: 'monthly' } };
  const token = await paidSeries(app, { amount: 9_900, ...words });
  const { body } = await app.merchant.call('GET', `${path}/${token.mandate_id}`);
  assert.deepEqual(body, {
    id: token.mandate_id,
    mode: 'test',
    status: 'active',
    type: 'on_demand',
    customer_id: token.customer_id,
    payment_method_id: token.payment_method_id,
    payment_session_id: token.id,
    initial_payment_id: token.payment_id,
    currency: 'ZAR',
    amount: { min: 1, max: 9_900 },
    time_zone: 'UTC',
    anchor_date: '2026-11-22',
    consent: { ...body.consent, action: 'button', locale: 'en', accepted_at: body.created_at },
    usage: { counted: { count: 0, amount: 0 }, open: { count: 0, amount: 0 }, period_limits: [] },
    ...words,
    created_at: body.created_at,
    updated_at: body.created_at,
  });
});

test('a mandate that began with an amount of 0 has no ceiling and says so', async () => {
  const token = await paidSeries(app, { amount: 0 });
  const { body } = await app.merchant.call('GET', `${path}/${token.mandate_id}`);
  assert.deepEqual([body.amount, body.unlimited], [{ min: 1 }, true]);
  assert.equal((await app.merchant.chargeNext(token, { amount: 999_999 })).body.payment_outcome, 'paid');
});

test('a first payment that fails, or is still open, makes no mandate', async () => {
  const options = { customer: { name: 'A' } };
  const session = await app.merchant.createSession({ type: 'first_in_series', options });
  const list = () => app.merchant.call('GET', `${path}?customer_id=${session.customer_id}`);
  const payer = app.payer.another();
  await payer.pays(session, cards.declined);
  assert.deepEqual(ids(await list()), []);
  await payer.pays(session, cards.challenge);
  assert.deepEqual(ids(await list()), []);
  await payer.decidesAtBank(session, 'approve');
  assert.deepEqual(ids(await list()), [(await app.merchant.session(session.id)).mandate_id]);
});

test('mandates are listed newest first and found by customer, method and status', async () => {
  const other = { ...app, merchant: await app.otherMerchant() };
  const find = async (query: string) => ids(await other.merchant.call('GET', `${path}?${query}`));
  const first = await paidSeries(other);
  const second = await paidSeries(other);
  await other.merchant.call('POST', `${path}/${first.mandate_id}/revoke`);
  assert.deepEqual(await find(''), [second.mandate_id, first.mandate_id]);
  assert.deepEqual(await find('status=active'), [second.mandate_id]);
  assert.deepEqual(await find('status=revoked'), [first.mandate_id]);
  assert.deepEqual(await find('status=ended'), []);
  assert.deepEqual(await find(`customer_id=${first.customer_id}`), [first.mandate_id]);
  assert.deepEqual(await find(`payment_method_id=${second.payment_method_id}`), [second.mandate_id]);
  const page = await other.merchant.call('GET', `${path}?limit=1`);
  const next = await other.merchant.call('GET', `${path}?limit=1&cursor=${page.headers.get('next-cursor')}`);
  assert.deepEqual([...ids(page), ...ids(next)], [second.mandate_id, first.mandate_id]);
});

test('a mandate is revoked with a reason, once, and told once', async () => {
  for (const [body, reason] of [
    [undefined, 'merchant_request'],
    [{}, 'merchant_request'],
    [{ reason: 'customer_request' }, 'customer_request'],
  ] as const) {
    const { mandate_id } = await paidSeries(app);
    const first = await revoke(mandate_id, body);
    assert.equal(first.status, 200);
    assert.deepEqual([first.body.status, first.body.status_reason], ['revoked', reason]);
    assert.equal(first.body.revoked_at, new Date(app.clock.now()).toISOString());
    app.clock.advance(1_000);
    const again = await revoke(mandate_id, { reason: 'merchant_request' });
    assert.equal(again.status, 200);
    assert.equal(again.text, first.text);
    await app.runDue();
    const events = await app.merchant.events(`&object_id=${mandate_id}`);
    assert.deepEqual(
      events.map((event) => event.type),
      ['mandate.activated', 'mandate.revoked'],
    );
    assert.deepEqual(events.at(-1).data, first.body);
  }
});

test('a reason that nobody gives is refused, and the mandate stays', async () => {
  const { mandate_id } = await paidSeries(app);
  const reply = await revoke(mandate_id, { reason: 'network_revocation' });
  assert.equal(reply.status, 400);
  assert.equal(reply.body.errors[0].pointer, '/reason');
  assert.equal((await app.merchant.call('GET', `${path}/${mandate_id}`)).body.status, 'active');
});

test('revoking and charging at once: a charge comes before the revocation or not at all', async () => {
  let both = { paid: 0, refused: 0 };
  for (let round = 0; round < 12; round++) {
    const token = await paidSeries(app);
    const before = (await app.control.charged()).length;
    const charges = () => Array.from({ length: 3 }, () => app.merchant.chargeNext(token, { amount: 1 }));
    // In every other round the first charge is through before the revocation sets out: so both ends are met, however the machine runs.
    const early = round % 2 === 0 ? charges() : [];
    if (early.length > 0) await Promise.race(early);
    const revoked = revoke(token.mandate_id);
    const replies = await Promise.all([...early, ...charges()]);
    const { body: mandate } = await revoked;
    assert.equal(mandate.status, 'revoked');
    const paid = replies.filter((reply) => reply.status === 201);
    for (const reply of replies) {
      if (reply.status === 201) assert.equal(reply.body.payment_outcome, 'paid');
      else assert.equal(reply.body.code, 'mandate_not_active');
    }
    assert.equal((await app.control.charged()).length, before + paid.length, 'what was refused was not sent');
    assert.equal((await app.merchant.chargeNext(token)).body.code, 'mandate_not_active');
    both = { paid: both.paid + paid.length, refused: both.refused + replies.length - paid.length };
  }
  assert.ok(both.paid > 0 && both.refused > 0, `both ends were met: ${JSON.stringify(both)}`);
});
