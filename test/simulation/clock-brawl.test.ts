/**
 * Five clients on two servers do what they like to one customer's agreements at the same moment: charge, put another card on, pause,
 * revoke, and move the clock by days. Nobody is answered 500, nobody waits in a circle, and afterwards every book agrees.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Reply } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { act, paidSubscription } from '../support/subscriptions.ts';
import { assertSound } from './invariants.ts';
import { drawsOf } from './seeded-world/draws.ts';

const ROUNDS = Number(process.env.TENDER_ROUNDS ?? 3);
const DEEDS_EACH = 5;
const DAY_S = 86_400;

let app: TestApp;
let second: TestApp;
before(async () => {
  app = await testApp({ startsAtMs: Date.UTC(2026, 0, 31, 12), connections: 8 });
  second = await testApp({ on: app, connections: 8 });
});
after(async () => {
  await second.stop();
  await app.close();
});

const EXPIRY = '12/35';
const TERMS = {
  type: 'scheduled',
  recurrence: { type: 'daily' },
  max_occurrences: 9,
  period_limits: [
    { period: 'day', max_count: 2 },
    { period: 'week', max_count: 5, window: { mode: 'cycle' } },
    { period: 'month', max_amount: 150_000 },
    { period: 'year', max_count: 8, max_amount: 160_000 },
  ],
  retry: { max_attempts: 3 },
};

type Deed = (at: TestApp, subscription: Json) => Promise<Reply<Json> | undefined>;

const charges: Deed = (at, { customer_id, payment_method_id, mandate_id }) =>
  at.merchant.chargeNext(
    { customer_id, payment_method_id },
    { options: { customer_id, payment_method_id, mandate_id } },
  );

/** The payer puts another card on it. */
const replaces: Deed = async (at, { customer_id, mandate_id }) => {
  const mandate_options = { replaces_mandate_id: mandate_id };
  const body = { type: 'first_in_series', amount: 0, currency: 'ZAR', options: { customer_id, mandate_options } };
  const session = await at.merchant.call('POST', '/collect/payment_sessions', body);
  if (session.status === 201)
    await at.payer.another().pays(session.body, { number: cards.frictionless, expiry: EXPIRY });
  return session;
};

const DEEDS: Readonly<Record<string, { weight: number; does: Deed }>> = {
  charge: { weight: 4, does: charges },
  replace: { weight: 2, does: replaces },
  clock: {
    weight: 3,
    does: (at) => at.merchant.call('POST', '/collect/test/clock/advance', { seconds: DAY_S }, { key: null }),
  },
  pause: { weight: 1, does: (at, { id }) => act(at, id, 'pause') },
  resume: { weight: 2, does: (at, { id }) => act(at, id, 'resume') },
  change: {
    weight: 1,
    does: (at, { id }) => at.merchant.call('PATCH', `/collect/subscriptions/${id}`, { amount: 19_000 }),
  },
  look: { weight: 1, does: (at, { mandate_id }) => at.merchant.call('GET', `/collect/mandates/${mandate_id}`) },
  revoke: {
    weight: 0.3,
    does: (at, { mandate_id }) => at.merchant.call('POST', `/collect/mandates/${mandate_id}/revoke`),
  },
};

const seeds = process.env.TENDER_SEED ? [process.env.TENDER_SEED] : [String(Date.now() % 1_000_000)];

for (const seed of seeds) {
  test(`five clients, two servers and a clock that jumps: nobody fails and nothing is charged twice (TENDER_SEED=${seed})`, async () => {
    const answers: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round++) {
      const draws = drawsOf(`${seed}/${round}`);
      const card = { number: cards.approved, expiry: EXPIRY };
      const subscription = await paidSubscription(app, { mandate_options: TERMS, card });
      const client = async (n: number): Promise<void> => {
        const own = draws.fork(String(n));
        for (let deed = 0; deed < DEEDS_EACH; deed++) {
          const at = n % 2 === 0 ? app : second;
          const { name, does } = own.weighted(Object.entries(DEEDS).map(([name, one]) => ({ name, ...one })));
          const now = (await at.merchant.call('GET', `/collect/subscriptions/${subscription.id}`)).body;
          const reply = await does(at, now);
          const said = `${name} ${reply?.status} ${reply?.body.code ?? ''}`;
          answers[said] = (answers[said] ?? 0) + 1;
          const busy = reply?.body.code === 'service_unavailable' && name === 'clock';
          assert.ok(reply === undefined || reply.status < 500 || busy, `${name}: ${reply?.text}`);
        }
      };
      await Promise.all([0, 1, 2, 3, 4].map(client));
      await assertSound(app, { openAllowed: true });
    }
    const loud = [...app.logs, ...second.logs].map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
    assert.deepEqual(loud, []);
    const [{ deadlocks }] = (await app.database.query(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    )) as [{ deadlocks: number }];
    assert.equal(deadlocks, 0);
    console.log(`TENDER_SEED=${seed}:`, answers);
  });
}
