/**
 * Everything that locks a mandate, at the same instant on two servers: charges, revocations, passes, declines that reach every mandate of
 * a card, the end of a customer. Whoever is first, the others find it done or are refused, and nobody ever waits in a circle.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Reply } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { act, subscriptionOf } from '../support/subscriptions.ts';
import { assertSound } from './invariants.ts';
import { doesDuty } from './races-sight.ts';

/** TENDER_ROUNDS sets both; `npm run prove` asks for a thousand. */
const asked = process.env.TENDER_ROUNDS;
const ROUNDS = Number(asked ?? 200);
const KNOTS = Number(asked ?? 40);
const AT_ONCE = 8;

let app: TestApp;
let second: TestApp;
before(async () => {
  app = await testApp({ connections: 8 });
  second = await testApp({ on: app, connections: 8 });
});
after(async () => {
  await second.stop();
  await app.close();
});

const at = (n: number) => (n % 2 === 0 ? app : second).merchant;

function charge(n: number, { customer_id, payment_method_id, mandate_id }: Json, amount = 1_000): Promise<Reply<Json>> {
  const options = { customer_id, payment_method_id, mandate_id };
  return at(n).chargeNext({ customer_id, payment_method_id }, { amount, options });
}

/** Waits that went in a circle since this database exists: PostgreSQL counts them, also those that were tried again and went well. */
async function deadlocks(): Promise<number> {
  const [row] = await app.database.query<{ deadlocks: number }>(
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  );
  return row!.deadlocks;
}

function assertServed(replies: readonly Reply<Json>[]): void {
  for (const { status, text } of replies) assert.ok(status < 500, text);
}

async function paidCharges({ mandate_id }: Json): Promise<number> {
  const rows = await app.database.query(`select 1 from mandate_charges where mandate_id = $1 and state = 'counted'`, [
    mandate_id,
  ]);
  return rows.length;
}

/** After so many looks at it: so the charges are now this far, now that. */
async function revokesAfter(looks: number, { mandate_id }: Json): Promise<Reply<Json>> {
  for (let n = 0; n < looks; n++) await at(n).call('GET', `/collect/mandates/${mandate_id}`);
  return at(looks).call('POST', `/collect/mandates/${mandate_id}/revoke`, {});
}

test(`${ROUNDS} times a revocation among charges: each charge is before it or not at all, and nobody waits in a circle`, async () => {
  let told = 0;
  let refused = 0;
  for (let done = 0; done < ROUNDS; done += AT_ONCE) {
    const mandate_options = { period_limits: { period: 'month', max_count: 2 } };
    const options = { customer: { name: 'Thandi' }, mandate_options };
    const tokens = await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, ROUNDS - done) }, () => paidSeries(app, { options })),
    );
    const rounds = tokens.map(async (token, n) => {
      const [revoked, ...charges] = await Promise.all([
        revokesAfter(n % 4, token),
        ...[1, 2, 3].map((more) => charge(n + more, token)),
      ]);
      assertServed([revoked, ...charges]);
      assert.equal(revoked.status, 200);
      const paid = charges.filter(({ status }) => status === 201).length;
      told += paid;
      refused += charges.length - paid;
      for (const { status, body } of charges)
        if (status !== 201) assert.match(body.code, /^mandate_(not_active|violation)$/);
      assert.equal(await paidCharges(token), paid);
      assert.equal((await charge(n, token)).body.code, 'mandate_not_active');
    });
    await Promise.all(rounds);
  }
  console.log(`${ROUNDS} revocations, ${told} charges before them, ${refused} refused`);
  assert.ok(told > 0 && refused > 0, 'both happened');
  await assertSound(app);
  assert.equal(await deadlocks(), 0);
});

/** A customer of one card with three mandates, the last with a subscription that is due. */
async function knot(): Promise<Json[]> {
  const first = await paidSeries(app, {
    options: { customer: { name: 'Sipho' }, mandate_options: { max_occurrences: 3 } },
  });
  const { customer_id } = first;
  const limited = { period_limits: { period: 'week', max_amount: 30_000 } };
  const recurrence = { type: 'daily' };
  const daily = { type: 'scheduled', recurrence, amount: 1_000 };
  const next = await paidSeries(app, { options: { customer_id, mandate_options: limited } });
  const last = await paidSeries(app, { options: { customer_id, mandate_options: daily, subscription_options: {} } });
  const { next_charge_at } = await subscriptionOf(app, last.subscription_id);
  app.clock.advance(Date.parse(next_charge_at) - app.clock.now());
  return [first, next, last];
}

/** What may come in between, each known to take several locks. */
const BLOWS: readonly ((tokens: readonly Json[]) => Promise<Reply<Json>>)[] = [
  ([{ customer_id }]) => app.merchant.call('DELETE', `/collect/customers/${customer_id}`),
  ([{ payment_method_id }]) => second.merchant.call('DELETE', `/collect/payment_methods/${payment_method_id}`),
  ([, { mandate_id }]) => app.merchant.call('POST', `/collect/mandates/${mandate_id}/revoke`, {}),
  ([, , { subscription_id }]) => act(second, subscription_id, 'cancel'),
  ([, , { subscription_id }]) => act(app, subscription_id, 'pause'),
];

/** Bank answers to one of the charges, each reaching all mandates of the card. */
const ANSWERS = ['R1', '41', '1A', '51'];

test(`${KNOTS} knots of three mandates, their card, its customer and a due date: all come loose, and nobody waits in a circle`, async () => {
  for (let round = 0; round < KNOTS; round++) {
    await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
    await app.control.calm();
    const tokens = await knot();
    const code = ANSWERS[round % ANSWERS.length];
    await app.control.arm({ kind: 'decline', params: { code }, match: { initiator: 'merchant' }, times: 2 });
    const blow = BLOWS[round % BLOWS.length]!;
    const struck = async () => {
      for (let looks = 0; looks < round % 3; looks++) await app.merchant.session(tokens[0].id);
      return blow(tokens);
    };
    const [replies] = await Promise.all([
      Promise.all([...tokens.flatMap((token, n) => [charge(n, token), charge(n + 1, token)]), struck()]),
      doesDuty(app, 'charge for subscriptions'),
      doesDuty(second, 'charge for subscriptions'),
    ]);
    assertServed(replies);
    // An answer of the bank that withdraws consent may end the subscription before it can be paused.
    const struckAt = replies.at(-1)!;
    assert.ok(struckAt.status < 300 || struckAt.body.code === 'subscription_not_active', struckAt.text);
    await act(app, tokens[2].subscription_id, 'cancel');
  }
  await assertSound(app);
  assert.equal(await deadlocks(), 0);
});
