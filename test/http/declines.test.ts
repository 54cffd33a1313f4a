/** What banks and networks forbid is never sent: caps, waits, blocks and holds, however often the card is saved. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { DAY, HOUR } from '../../src/lib/time.ts';
import { assertSound } from '../simulation/invariants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Reply } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { alwaysDeclined, declinesCharges, inFamily } from '../support/test-cards.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(async () => {
  try {
    await app.runDue();
    await assertSound(app);
  } finally {
    await app.close();
  }
});
// Each test begins with cards that no bank said no to.
beforeEach(async () => {
  const { status } = await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
  assert.equal(status, 204);
});

function charge(token: Json, amount = 10_000): Promise<Reply<Json>> {
  const { customer_id, payment_method_id, mandate_id } = token;
  return app.merchant.chargeNext(token, { amount, options: { customer_id, payment_method_id, mandate_id } });
}
const mandate = async (token: Json) => (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body;
const sent = async () => (await app.control.book()).length;

async function declined(token: Json, amount?: number): Promise<Json> {
  const { status, body } = await charge(token, amount);
  assert.deepEqual([status, body.payment_outcome], [201, 'unpaid'], JSON.stringify(body));
  return body.last_payment_error;
}

/** The charge is refused by the card's rules alone, and the processor never hears of it. */
async function refused(token: Json, rule: string, amount?: number): Promise<Json> {
  const before = await sent();
  const { status, body } = await charge(token, amount);
  assert.deepEqual([status, body.code, body.rule], [422, 'retry_not_allowed', rule], JSON.stringify(body));
  assert.equal(await sent(), before, 'nothing was sent');
  return body;
}

/** The same for a payer who presses Pay on a page of their own. */
async function refusedOnPage(card: string, session: Record<string, unknown> = {}): Promise<void> {
  const open = await app.merchant.createSession({ amount: 10_000, ...session });
  const before = await sent();
  const page = await app.payer.another().pays(open, card);
  assert.equal(page.state, 'declined_other');
  assert.match(page.html, /Use another card\./);
  assert.match(page.html, /data-decline="not_allowed"/);
  assert.equal(await sent(), before, 'nothing was sent');
  const now = await app.merchant.session(open.id);
  assert.deepEqual([now.status, now.payment_id], ['active', undefined], 'the session can be paid with another card');
  assert.equal((await app.payer.another().pays(open, cards.approved)).state, 'paid');
}

async function paidOnPage(card: string, session: Record<string, unknown> = {}): Promise<void> {
  const open = await app.merchant.createSession({ amount: 10_000, ...session });
  assert.equal((await app.payer.another().pays(open, card)).state, 'paid');
}

const aSeries = { type: 'first_in_series', options: { customer: { name: 'Lerato' } } };

test('the 16th try of one amount with a Visa card in thirty days is never sent, whoever saved the card again', async () => {
  const card = declinesCharges('visa', '51');
  const token = await paidSeries(app, {}, card);
  let error: Json;
  for (let tries = 1; tries <= 15; tries++) error = await declined(token);
  const thirtyDays = new Date(app.clock.now() + 30 * DAY).toISOString();
  assert.deepEqual(error.retry, { allowed: true, after: thirtyDays }, 'the last one says when the next may be');
  const answer = await refused(token, 'visa.reattempts_30d');
  assert.equal(answer.rule_effective_from, '2022-04-01');
  assert.equal(answer.retry_after, thirtyDays);
  assert.deepEqual(
    answer.errors.map(({ pointer, code, limit, used, rule }: Json) => ({ pointer, code, limit, used, rule })),
    [{ pointer: '', code: 'network_rule_cap', limit: 15, used: 15, rule: 'visa.reattempts_30d' }],
  );
  const again = await paidSeries(app, { options: { customer_id: token.customer_id } }, card);
  const other = await paidSeries(app, {}, card);
  assert.notEqual(other.customer_id, token.customer_id);
  for (const saved of [again, other]) await refused(saved, 'visa.reattempts_30d');
  await refusedOnPage(card);
  assert.equal((await declined(other, 9_999)).decline_code, 'insufficient_funds', 'another amount is another count');
  app.clock.advance(30 * DAY - 1);
  await refused(token, 'visa.reattempts_30d');
  app.clock.advance(1);
  await declined(token);
});

test('a cap counts what the payer tried on pages too, and closes the card there', async () => {
  const card = alwaysDeclined('visa', '05');
  for (let tries = 0; tries < 15; tries += 3) {
    const session = await app.merchant.createSession({ amount: 10_000 });
    const payer = app.payer.another();
    for (let i = 1; i <= 3; i++) {
      const page = await payer.pays(session, card);
      assert.equal(page.state, tries + i === 15 || i === 3 ? 'declined_other' : 'declined');
    }
    const { last_payment_error: error } = await app.merchant.session(session.id);
    assert.equal(error.retry.allowed, tries + 3 < 15);
    // The page itself stops a card after five failures within an hour.
    app.clock.advance(HOUR);
  }
  await refusedOnPage(card);
});

test('after 14 declines with Visa and 9 with Mastercard exactly one of twenty parallel charges is sent', async () => {
  for (const [scheme, declines, rule] of [
    ['visa', 14, 'visa.reattempts_30d'],
    ['mastercard', 9, 'mastercard.declines_24h'],
  ] as const) {
    const card = declinesCharges(scheme, '51');
    const tokens = [await paidSeries(app, {}, card), await paidSeries(app, {}, card)];
    for (let i = 0; i < declines; i++) await declined(tokens[i % 2]);
    const before = await sent();
    const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => charge(tokens[i % 2])));
    assert.equal((await sent()) - before, 1, scheme);
    const rest = replies.filter((reply) => reply.status === 422);
    assert.equal(rest.length, 19);
    for (const reply of rest) assert.deepEqual([reply.body.code, reply.body.rule], ['retry_not_allowed', rule]);
  }
});

const NEVER: [Parameters<typeof declinesCharges>, string][] = [
  ...['04', '07', '12', '14', '15', '41', '43', '46', '57'].map(
    (response): [Parameters<typeof declinesCharges>, string] => [['visa', response], 'visa.never'],
  ),
  [['mastercard', '05', '03'], 'mastercard.advice_never'],
  [['mastercard', '51', '99'], 'mastercard.advice_never'],
  [['jcb', '43'], 'house.hard'],
];

for (const [answer, rule] of NEVER) {
  test(`after ${answer.join(' ')} nothing more is sent with the card, by merchant or payer`, async () => {
    const card = declinesCharges(...answer);
    const token = await paidSeries(app, {}, card);
    const other = await paidSeries(app, {}, card);
    assert.deepEqual((await declined(token)).retry, { allowed: false });
    for (const saved of [token, other]) {
      const { lifted_by, retry_after } = await refused(saved, rule);
      assert.deepEqual([lifted_by, retry_after], ['operator', undefined]);
      const { charge_hold } = await mandate(saved);
      assert.deepEqual([charge_hold.rule, charge_hold.lifted_by], [rule, 'operator']);
    }
    await refusedOnPage(card);
    await refusedOnPage(card, aSeries);
    app.clock.advance(31 * DAY);
    await app.runDue();
    await refused(other, rule);
  });
}

test('suspected fraud and a card of the wrong kind close the card for charges, and for the payer for a day', async () => {
  for (const [response, rule] of [
    ['59', 'house.risk'],
    ['62', 'house.risk'],
    ['39', 'house.product'],
  ] as const) {
    const card = declinesCharges('visa', response);
    const token = await paidSeries(app, {}, card);
    assert.deepEqual((await declined(token)).retry, { allowed: false });
    await refused(token, rule);
    await refusedOnPage(card);
    app.clock.advance(DAY);
    await paidOnPage(card);
    await refused(token, rule);
  }
});

for (const answer of [
  ['visa', 'R1'],
  ['visa', 'R3'],
  ['mastercard', '05', '21'],
] as Parameters<typeof declinesCharges>[]) {
  test(`${answer.join(' ')} withdraws consent: every mandate of the card is revoked and the payer may pay once only`, async () => {
    const card = declinesCharges(...answer);
    const token = await paidSeries(app, {}, card);
    const other = await paidSeries(app, {}, card);
    const stranger = await paidSeries(app, {}, cards.approved);
    await declined(token);
    for (const saved of [token, other]) {
      const { status, status_reason, charge_hold } = await mandate(saved);
      assert.deepEqual([status, status_reason, charge_hold], ['revoked', 'network_revocation', undefined]);
      assert.equal((await charge(saved)).body.code, 'mandate_not_active');
    }
    assert.equal((await mandate(stranger)).status, 'active');
    await app.runDue();
    const told = (await app.merchant.events()).map((event) => [event.type, event.data?.id]);
    for (const saved of [token, other]) {
      assert.equal(told.filter(([type, id]) => type === 'mandate.revoked' && id === saved.mandate_id).length, 1);
    }
    await paidOnPage(card);
    await refusedOnPage(card, aSeries);
  });
}

test('a stopped payment keeps the mandate and stops its charges', async () => {
  const card = declinesCharges('visa', 'R0');
  const token = await paidSeries(app, {}, card);
  await declined(token);
  await refused(token, 'visa.stop_payment');
  const { status, charge_hold } = await mandate(token);
  assert.deepEqual([status, charge_hold.rule], ['active', 'visa.stop_payment']);
  await paidOnPage(card);
});

test('what a decline sets in motion is told after the payment, in order', async () => {
  const token = await paidSeries(app, {}, declinesCharges('jcb', '41'));
  await app.runDue();
  const before = (await app.merchant.events()).length;
  await declined(token);
  await app.runDue();
  const told = (await app.merchant.events()).slice(before).map((event) => event.type);
  assert.deepEqual(told, [
    'payment_session.created',
    'payment.attempt_failed',
    'payment.failed',
    'payment_session.updated',
    'payment_session.completed',
    'mandate.updated',
  ]);
});

test('advice to wait is kept to the minute, for the same amount with the same card, by merchant and payer', async () => {
  const card = declinesCharges('mastercard', '51', '24');
  const token = await paidSeries(app, {}, card);
  const { retry } = await declined(token);
  assert.deepEqual(
    retry,
    { allowed: true, after: new Date(app.clock.now() + DAY).toISOString() },
    'the house waits longer',
  );
  const answer = await refused(token, 'mastercard.advice_wait');
  assert.equal(answer.retry_after, new Date(app.clock.now() + HOUR).toISOString());
  assert.equal(answer.rule_effective_from, '2023-10-09');
  assert.equal(answer.errors[0].code, 'network_rule_wait');
  await refusedOnPage(card);
  app.clock.advance(HOUR - 1);
  await refused(token, 'mastercard.advice_wait');
  app.clock.advance(1);
  await declined(token);
});

test('a charge that needs its payer is held until that customer pays with that card', async () => {
  const card = inFamily('visa', '93', '009');
  const first = await app.merchant.createSession(aSeries);
  const payer = app.payer.another();
  await payer.pays(first, card);
  await payer.decidesAtBank(first, 'approve');
  const token = await app.merchant.session(first.id);
  const error = await declined(token);
  assert.deepEqual(
    [error.decline_code, error.class, error.retry],
    ['authentication_required', 'authentication_required', { allowed: false }],
  );
  const { lifted_by, errors } = await refused(token, 'house.needs_customer');
  assert.deepEqual([lifted_by, errors[0].code], ['customer_present_success', 'charge_on_hold']);
  const approves = async (options: Record<string, unknown>) => {
    const session = await app.merchant.createSession({ amount: 5_000, options });
    const browser = app.payer.another();
    await browser.pays(session, card);
    await browser.decidesAtBank(session, 'approve');
    assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
  };
  await approves({ customer: { name: 'Somebody else' } });
  await refused(token, 'house.needs_customer');
  await approves({ customer_id: token.customer_id });
  assert.equal((await mandate(token)).charge_hold, undefined);
  await declined(token);
});

test('wrong data hold every mandate of the method, until the payer enters the card anew', async () => {
  const card = declinesCharges('visa', '82');
  const token = await paidSeries(app, {}, card);
  const sibling = await paidSeries(app, { options: { customer_id: token.customer_id } }, card);
  assert.equal(sibling.payment_method_id, token.payment_method_id);
  const elsewhere = await paidSeries(app, {}, card);
  assert.equal((await declined(token)).class, 'data');
  for (const held of [token, sibling]) assert.equal((await mandate(held)).charge_hold.rule, 'house.needs_new_data');
  assert.equal((await mandate(elsewhere)).charge_hold, undefined);
  await paidOnPage(card, {
    options: { customer_id: token.customer_id, checkout_options: { save_payment_method: 'always' } },
  });
  for (const held of [token, sibling]) assert.equal((await mandate(held)).charge_hold, undefined);
});

test('authentication that failed without a bank’s answer does not count', async () => {
  const card = inFamily('visa', '93', '003');
  for (let tries = 0; tries < 18; tries += 3) {
    const session = await app.merchant.createSession({ amount: 10_000 });
    const payer = app.payer.another();
    for (let i = 0; i < 3; i++) await payer.pays(session, card);
    // Within an hour a page would close the card.
    app.clock.advance(HOUR);
  }
  const session = await app.merchant.createSession({ amount: 10_000 });
  assert.equal((await app.payer.another().pays(session, card)).state, 'declined');
  const [{ watched }] = (await app.database.query('select count(*)::int as watched from card_watch')) as [
    { watched: number },
  ];
  assert.equal(watched, 0);
});

test('the processor’s updater brings a new expiry date: the method is updated and told', async () => {
  const token = await paidSeries(app, {}, inFamily('visa', '95', '009'));
  const { body } = await charge(token);
  assert.equal(body.payment_outcome, 'paid');
  const method = (await app.merchant.call('GET', `/collect/payment_methods/${token.payment_method_id}`)).body;
  assert.deepEqual([method.card.exp_month, method.card.exp_year], [12, 2033]);
  await app.runDue();
  const told = (await app.merchant.events()).filter((event) => event.data?.id === token.payment_method_id);
  assert.deepEqual(
    told.map((event) => event.type),
    ['payment_method.saved', 'payment_method.updated'],
  );
});

test('a new number brings its token: the old number is shredded, and charges go on with the new card', async () => {
  const card = inFamily('visa', '95', '010');
  const token = await paidSeries(app, {}, card);
  const read = async () => (await app.merchant.call('GET', `/collect/payment_methods/${token.payment_method_id}`)).body;
  const before = await read();
  const [row] = await app.database.query<{ card_id: string }>(
    `select card_id from payment_methods where id = '${token.payment_method_id}'`,
  );
  assert.ok(await app.program.app.vault.open(app.tenantId, row!.card_id));
  assert.equal((await charge(token)).body.payment_outcome, 'paid');
  const now = await read();
  assert.notEqual(now.card.last4, before.card.last4);
  assert.equal(now.card.fingerprint, token.payment_method_id);
  assert.equal(await app.program.app.vault.open(app.tenantId, row!.card_id), undefined);
  assert.equal((await charge(token)).body.payment_outcome, 'paid');
  assert.deepEqual((await app.control.check()).violations ?? [], []);
});

test('resetting test cards frees blocked cards and held mandates, and is refused in live mode', async () => {
  const card = declinesCharges('visa', '43');
  const token = await paidSeries(app, {}, card);
  await declined(token);
  await refused(token, 'visa.never');
  for (let i = 0; i < 2; i++) {
    assert.equal((await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null })).status, 204);
  }
  assert.equal((await mandate(token)).charge_hold, undefined);
  await declined(token);
  const { createApiKey } = await import('../../src/app/tenants.ts');
  const [live] = await app.database.query<{ tenant_id: string }>(
    `select tenant_id from tenants where mode = 'live' and account_id = '${app.accountId}'`,
  );
  const { key } = await createApiKey(app.program.app, { id: live!.tenant_id, mode: 'live' }, 'secret');
  const reply = await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { bearer: key, key: null });
  assert.deepEqual([reply.status, reply.body.code], [403, 'test_mode_only']);
});

test('a card that no bank said no to costs a charge no reading and no row', async () => {
  const token = await paidSeries(app);
  assert.equal((await charge(token)).body.payment_outcome, 'paid');
  const [rows] = await app.database.query<{ watched: number; declines: number }>(
    'select (select count(*) from card_watch)::int as watched, (select count(*) from card_declines)::int as declines',
  );
  assert.deepEqual(rows, { watched: 0, declines: 0 });
});
