/**
 * Crowds of subscriptions that fall due at one moment, with two workers after them and merchants in between: every due date is charged
 * once, and nothing begins after a pause, a cancellation or a revocation was told. The order is chance; the seed replays the choice.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { act, paidSubscription, subscriptionOf } from '../support/subscriptions.ts';
import { assertSound } from './invariants.ts';
import { doesDuty } from './races-sight.ts';

const CROWD = 16;
const ROUNDS = 3;

let app: TestApp;
let second: TestApp;
before(async () => {
  app = await testApp({ startsAtMs: Date.UTC(2026, 0, 31, 12), connections: 6 });
  second = await testApp({ on: app, connections: 6 });
});
after(async () => {
  await second.stop();
  await app.close();
});

const DAILY = { type: 'scheduled', recurrence: { type: 'daily' } };
const charges = (at: TestApp) => doesDuty(at, 'charge for subscriptions');

/** A small generator of chance: the seed is printed with every failure. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What a merchant may do to a subscription that is charged at the same moment. */
const MEDDLING: readonly ((subscription: Json) => Promise<unknown>)[] = [
  ({ id }) => act(app, id, 'pause'),
  async ({ id }) => {
    await act(app, id, 'pause');
    await act(app, id, 'resume');
  },
  ({ id }) => act(app, id, 'cancel'),
  ({ mandate_id }) => app.merchant.call('POST', `/collect/mandates/${mandate_id}/revoke`),
  ({ payment_method_id }) => app.merchant.call('DELETE', `/collect/payment_methods/${payment_method_id}`),
  ({ id }) => app.merchant.call('PATCH', `/collect/subscriptions/${id}`, { description: 'Another' }),
  ({ customer_id, payment_method_id, mandate_id }) =>
    app.merchant.chargeNext(
      { customer_id, payment_method_id },
      { amount: 20_000, options: { customer_id, payment_method_id, mandate_id } },
    ),
  async () => undefined,
];

const seeds = (
  process.env.TENDER_SEED ? [process.env.TENDER_SEED] : [1, 2].map((n) => `${Date.now() % 100_000}${n}`)
).map(Number);

for (const seed of seeds) {
  test(`a crowd that is due at once, two workers, merchants in between (TENDER_SEED=${seed})`, async () => {
    const random = chance(seed);
    const crowd: Json[] = [];
    for (let n = 0; n < CROWD; n++) crowd.push(await paidSubscription(app, { mandate_options: DAILY }));
    const [{ next_charge_at }] = crowd as [Json];
    app.clock.advance(Date.parse(next_charge_at) - app.clock.now());
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all([
        ...[app, second, app, second].map(charges),
        ...crowd.map((subscription) => MEDDLING[Math.floor(random() * MEDDLING.length)]!(subscription)),
        ...[app, second].map(charges),
      ]);
      await app.runDue();
      app.clock.advance(DAY);
    }
    await app.runDue();
    await assertSound(app);
    assert.deepEqual((await Promise.all(crowd.map(begunTooLate))).flat(), []);
    assert.deepEqual(await miscounted(), []);
    const paid = await Promise.all(crowd.map(async ({ id }) => (await subscriptionOf(app, id)).counts.paid));
    assert.ok(paid.reduce((sum, one) => sum + one, 0) > CROWD / 2, 'most were charged');
    for (const { id } of crowd) await act(app, id, 'cancel');
  });
}

/** Subscriptions that say something else than their due dates: how many there are of each kind, and when the next try is. */
function miscounted(): Promise<unknown[]> {
  return app.database.query(`
    select s.id, s.status, s.paid_count, s.unpaid_count, s.skipped_count, s.missed_count, s.retry_at, c.*
    from subscriptions s cross join lateral (select
      count(*) filter (where status = 'paid') as paid, count(*) filter (where status = 'unpaid') as unpaid,
      count(*) filter (where status = 'skipped') as skipped, count(*) filter (where status = 'missed') as missed,
      count(*) filter (where status in ('open', 'retrying')) as unfinished,
      min(next_attempt_at) as next_attempt_at from subscription_charges c
      where c.tenant_id = s.tenant_id and c.subscription_id = s.id) c
    where (s.paid_count, s.unpaid_count, s.skipped_count, s.missed_count) <> (c.paid, c.unpaid, c.skipped, c.missed)
      or s.retry_at is distinct from c.next_attempt_at or c.unfinished > 1
      or (s.status in ('cancelled', 'ended') and (c.unfinished > 0 or s.next_charge_at is not null))`);
}

/**
 * Tries that began while the subscription was stopped. The order of events of different objects is no proof, for two processes made their
 * ids; but each try takes a version of the subscription, silently: a hole that follows a version which says it is stopped.
 */
async function begunTooLate({ id }: Json): Promise<string[]> {
  const told = await app.database.query<{ version: number; status: string }>(
    `select distinct object_version as version, data ->> 'status' as status from events where object_id = $1 order by 1`,
    [id],
  );
  const [now] = await app.database.query<{ version: number }>('select version from subscriptions where id = $1', [id]);
  return told.flatMap(({ version, status }, place) => {
    const next = told[place + 1]?.version ?? now!.version + 1;
    const stopped = ['paused', 'cancelled', 'ended'].includes(status);
    return stopped && next > version + 1 ? [`a try of ${id} began after it was ${status}`] : [];
  });
}
