/** What becomes of a session: changes, cancelling, running out of time, and what each state refuses. */
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

const DAY = 86_400_000;
const patch = (id: string, body: unknown) => app.merchant.call('PATCH', `/collect/payment_sessions/${id}`, body);
const cancel = (id: string) => app.merchant.call('POST', `/collect/payment_sessions/${id}/cancel`, undefined);

async function eventTypes(id: string): Promise<string[]> {
  await app.runDue();
  return (await app.merchant.events(`&object_id=${id}`)).map((event) => event.type);
}

/** 409 with the code, and with what the session has become. */
function refusedAs(reply: { status: number; body: Json }, code: string, state: [string, string]): void {
  assert.equal(reply.status, 409, JSON.stringify(reply.body));
  assert.equal(reply.body.code, code);
  assert.deepEqual([reply.body.payment_session_status, reply.body.payment_outcome], state);
}

test('a merchant changes amount, description, reference and metadata while nothing was attempted', async () => {
  const session = await app.merchant.createSession({ metadata: { a: '1' }, description: 'Old' });
  app.clock.advance(1_000);
  const change = { amount: 700, description: 'New', external_reference: 'r-1', metadata: { b: '2' } };
  const reply = await patch(session.id, change);
  assert.equal(reply.status, 200);
  const updated_at = new Date(app.clock.now()).toISOString();
  assert.deepEqual(reply.body, { ...session, ...change, updated_at }, 'metadata is replaced as a whole');
  assert.deepEqual(await app.merchant.session(session.id), reply.body);
  assert.deepEqual(await eventTypes(session.id), ['payment_session.created', 'payment_session.updated']);
});

test('a change that changes nothing is answered and tells no event', async () => {
  const session = await app.merchant.createSession({ metadata: { a: '1', b: '2' } });
  for (const same of [{}, { amount: 20_000 }, { metadata: { b: '2', a: '1' } }]) {
    assert.deepEqual((await patch(session.id, same)).body, session);
  }
  assert.deepEqual((await patch(session.id, undefined)).body, session);
  assert.deepEqual(await eventTypes(session.id), ['payment_session.created']);
});

test('a change names every field it cannot accept, and changes nothing', async () => {
  const session = await app.merchant.createSession();
  const reply = await patch(session.id, { amount: -1, currency: 'USD', metadata: { k: 1 }, description: 7 });
  assert.equal(reply.status, 400);
  assert.deepEqual(reply.body.errors.map((error: Json) => error.pointer).sort(), [
    '/amount',
    '/currency',
    '/description',
    '/metadata/k',
  ]);
  assert.deepEqual(await app.merchant.session(session.id), session);
});

test('the amount is locked once a payment was attempted; the words may still change', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.declined);
  refusedAs(await patch(session.id, { amount: 1 }), 'amount_locked', ['active', 'unpaid']);
  assert.equal((await patch(session.id, { description: 'Still here' })).status, 200);
  const paid = await paidSeries(app);
  refusedAs(await patch(paid.id, { amount: 1 }), 'amount_locked', ['completed', 'paid']);
  assert.equal((await patch(paid.id, { metadata: { sent: 'yes' } })).body.metadata.sent, 'yes');
});

test('an amount never turns a verification into a payment or back', async () => {
  for (const [from, to] of [
    [0, 100],
    [100, 0],
  ]) {
    const session = await app.merchant.createSession({ amount: from });
    const reply = await patch(session.id, { amount: to });
    assert.equal(reply.status, 422);
    assert.equal(reply.body.code, 'amount_out_of_range');
    assert.equal((await app.merchant.session(session.id)).amount, from);
  }
});

test('a cancelled session is final; cancelling it again answers it as it is', async () => {
  const session = await app.merchant.createSession();
  const first = await cancel(session.id);
  assert.equal(first.status, 200);
  assert.deepEqual([first.body.status, first.body.payment_outcome], ['cancelled', 'unpaid']);
  app.clock.advance(1_000);
  const second = await cancel(session.id);
  assert.equal(second.status, 200);
  assert.equal(second.text, first.text);
  refusedAs(await patch(session.id, { amount: 1 }), 'payment_session_not_active', ['cancelled', 'unpaid']);
  assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'cancelled');
  assert.deepEqual(await eventTypes(session.id), [
    'payment_session.created',
    'payment_session.updated',
    'payment_session.cancelled',
  ]);
});

test('thirty cancels at once cancel once and answer the same', async () => {
  const session = await app.merchant.createSession();
  const replies = await Promise.all(Array.from({ length: 30 }, () => cancel(session.id)));
  assert.deepEqual([...new Set(replies.map((reply) => reply.status))], [200]);
  assert.equal(new Set(replies.map((reply) => reply.text)).size, 1);
  assert.equal((await eventTypes(session.id)).length, 3);
});

test('ten changes at once all count', async () => {
  const session = await app.merchant.createSession();
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, i) => patch(session.id, { description: `change ${i}` })),
  );
  assert.deepEqual([...new Set(replies.map((reply) => reply.status))], [200]);
  assert.equal((await eventTypes(session.id)).length, 11);
});

test('cancelling after a decline cancels the payment too', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.declined);
  const { body } = await cancel(session.id);
  assert.equal(body.status, 'cancelled');
  assert.equal((await app.merchant.payment(body.payment_id)).status, 'cancelled');
});

test('cancelling takes no fields', async () => {
  const session = await app.merchant.createSession();
  const url = `/collect/payment_sessions/${session.id}/cancel`;
  const reply = await app.merchant.call('POST', url, { reason: 'x' });
  assert.equal(reply.status, 400);
  assert.deepEqual(
    reply.body.errors.map((error: Json) => [error.pointer, error.code]),
    [['/reason', 'unknown_field']],
  );
  assert.equal((await app.merchant.call('POST', url, {})).status, 200);
});

test('a paid session can no longer be cancelled', async () => {
  const paid = await paidSeries(app);
  refusedAs(await cancel(paid.id), 'payment_session_not_active', ['completed', 'paid']);
});

test('a session with an attempt in flight is neither cancelled nor expired', async () => {
  const session = await app.merchant.createSession({
    options: { checkout_options: { expires_at: new Date(app.clock.now() + 300_000).toISOString() } },
  });
  const payer = app.payer.another();
  assert.equal((await payer.pays(session, cards.challenge)).state, 'three_ds');
  refusedAs(await cancel(session.id), 'payment_in_progress', ['active', 'pending']);
  refusedAs(await patch(session.id, { amount: 1 }), 'amount_locked', ['active', 'pending']);
  app.clock.advance(301_000);
  await app.runDue();
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'pending');
  assert.equal((await payer.decidesAtBank(session, 'approve')).state, 'paid', 'the attempt is settled first');
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
});

test('a session whose time ran out expires, and is neither paid nor cancelled nor changed after that', async () => {
  const session = await app.merchant.createSession();
  app.clock.advance(DAY - 1);
  await app.runDue();
  assert.equal((await app.merchant.session(session.id)).status, 'active');
  app.clock.advance(1);
  await app.runDue();
  const expired = await app.merchant.session(session.id);
  assert.deepEqual([expired.status, expired.payment_outcome], ['expired', 'unpaid']);
  refusedAs(await cancel(session.id), 'payment_session_not_active', ['expired', 'unpaid']);
  refusedAs(await patch(session.id, { amount: 1 }), 'payment_session_not_active', ['expired', 'unpaid']);
  assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'expired');
  assert.deepEqual((await eventTypes(session.id)).slice(1), ['payment_session.updated', 'payment_session.expired']);
});

test('a session is over when its time is, even before the worker has written it', async () => {
  for (const act of [cancel, (id: string) => patch(id, { amount: 1 })]) {
    const session = await app.merchant.createSession();
    app.clock.advance(DAY);
    refusedAs(await act(session.id), 'payment_session_not_active', ['expired', 'unpaid']);
    assert.equal((await app.merchant.session(session.id)).status, 'expired');
  }
});

test('a decline is told in the normal form, on the session and on its payment, until the next success', async () => {
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  await payer.pays(session, cards.insufficientFunds);
  const declined = await app.merchant.session(session.id);
  assert.deepEqual(declined.last_payment_error, {
    error_code: 'payment_declined',
    decline_code: 'insufficient_funds',
    class: 'soft_funds',
    message:
      'Your bank declined the payment because there was not enough money available. Use another card or add money.',
    retry: { allowed: true },
    timestamp: declined.updated_at,
  });
  const payment = await app.merchant.payment(declined.payment_id);
  assert.deepEqual(payment.last_payment_error, declined.last_payment_error);
  assert.equal(payment.status, 'draft');
  await payer.pays(session, cards.approved);
  const paid = await app.merchant.session(session.id);
  assert.equal('last_payment_error' in paid, false);
  assert.equal('last_payment_error' in (await app.merchant.payment(paid.payment_id)), false);
});
