/**
 * A year and a month of subscriptions while the power fails again and again: API, worker, PostgreSQL and the sandbox are killed in one
 * moment in the midst of a clock that walks, in real processes. Walked to its end, every due date was charged on its day and once.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import { type Json, Merchant, type Reply } from '../support/merchant.ts';
import { Payer } from '../support/payer.ts';
import type { BookRow } from '../support/sandbox-control.ts';
import { declinesCharges } from '../support/test-cards.ts';
import { checkFindings } from './processes/check-command.ts';
import { drawsOf } from './seeded-world/draws.ts';
import { clockAhead, type Ready, WholeServer } from './whole-server.ts';

const STEADY = '4000000000000077';
const NEVER_AGAIN = declinesCharges('visa', '41');
const MONTH_ENDS = [
  ...['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30', '2026-07-31', '2026-08-31', '2026-09-30'],
  ...['2026-10-31', '2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28'],
];

const seed = process.env.TENDER_SEED ?? String(randomInt(1_000_000_000));
const draws = drawsOf(seed);
const server = new WholeServer('fixed:60');
/** So that the series begin on 31 January, 12:00 in Johannesburg. */
let aheadMs = Date.UTC(2026, 0, 31, 10) - Date.now();
let ready: Ready;
before(async () => {
  ready = await server.start(aheadMs);
});
after(() => server.remove());

const merchant = () => new Merchant(ready.api_url, ready.secret_key, ready.public_key);

async function subscribed(card: string): Promise<Json> {
  const session = await merchant().createSession({
    type: 'first_in_series',
    options: {
      customer: { name: 'Thandi' },
      mandate_options: { type: 'scheduled', recurrence: { type: 'monthly' }, time_zone: 'Africa/Johannesburg' },
      subscription_options: {},
    },
  });
  await new Payer(ready.api_url).pays(session, { number: card, expiry: '12/30' });
  const paid = await merchant().session(session.id);
  assert.equal(paid.payment_outcome, 'paid');
  return (await merchant().call('GET', `/collect/subscriptions/${paid.subscription_id}`)).body;
}

const clock = async (): Promise<number> => Date.parse((await merchant().call('GET', '/collect/test/clock')).body.now);

const advances = (to: string) => merchant().call('POST', '/collect/test/clock/advance', { to }, { key: null });

/** Walks there, and kills everything once the book has so many more rows; each time a new server walks on. */
async function walksTo(to: string, kills: readonly number[]): Promise<number> {
  let killed = 0;
  for (const rows of kills) {
    const enough = (await server.book()).length + rows;
    let answer: Reply<Json> | undefined;
    const walking = advances(to).then(
      (reply) => {
        answer = reply;
      },
      () => undefined,
    );
    while ((await server.book()).length < enough) {
      assert.equal(answer?.text, undefined, 'it is killed before it has walked there');
      await pause(5);
    }
    killed += server.kill();
    await walking;
    // Who died held the clock for a minute.
    aheadMs += MINUTE + 5_000;
    ready = await server.start(aheadMs);
    assert.ok((await clock()) < Date.parse(to));
  }
  const reply = await advances(to);
  assert.equal(reply.status, 200, reply.text);
  return killed;
}

/** The charges of a subscription, oldest first: those the bank answered, and those that were on their way and never arrived. */
async function chargesOf({ id }: Json): Promise<{ answered: string[]; lost: Json[] }> {
  const { body } = await merchant().call('GET', `/collect/payment_sessions?subscription_id=${id}&limit=100`);
  const charges: Json[] = body.data.filter(({ type }: Json) => type === 'next_in_series').reverse();
  const isLost = ({ last_payment_error }: Json) => last_payment_error?.decline_code === 'processor_unavailable';
  const inWords = ({ created_at, payment_outcome, due_date }: Json) => {
    const localDay = new Date(Date.parse(created_at) + 2 * HOUR).toISOString().slice(0, 10);
    return `${localDay} ${payment_outcome} for ${due_date}`;
  };
  return { answered: charges.filter((one) => !isLost(one)).map(inWords), lost: charges.filter(isLost) };
}

/** Oldest first. */
const dueDatesOf = async ({ id }: Json): Promise<Json[]> =>
  (await merchant().call('GET', `/collect/subscriptions/${id}/charges?limit=100`)).body.data.reverse();

async function rowsOf(subscription: Json): Promise<BookRow[]> {
  const { body } = await merchant().call('GET', `/collect/payments?subscription_id=${subscription.id}&limit=100`);
  const payments = new Set(body.data.filter((one: Json) => one.initiator === 'merchant').map((one: Json) => one.id));
  return (await server.book()).filter((row) => payments.has(row.reference));
}

function countsOf(rows: readonly BookRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

test(`13 months from 31 January, killed five times on the way: nothing is charged twice or left out (TENDER_SEED=${seed})`, async () => {
  const steady = await subscribed(STEADY);
  const never = await subscribed(NEVER_AGAIN);
  let killed = await walksTo('2026-05-15T10:00:00Z', [draws.between(1, 2), 1]);
  await server.arm({ kind: 'decline', params: { code: '51' }, match: { last4: '0077' }, times: 2 });
  killed += await walksTo('2027-03-01T10:00:00Z', [draws.between(1, 2), draws.between(1, 3), draws.between(2, 5)]);
  console.log(`TENDER_SEED=${seed}: five strikes, ${killed} processes killed`);

  const { answered, lost } = await chargesOf(steady);
  assert.deepEqual(
    answered,
    MONTH_ENDS.flatMap((date) =>
      date === '2026-05-31'
        ? ['2026-05-31 unpaid', '2026-06-01 unpaid', '2026-06-03 paid'].map((line) => `${line} for ${date}`)
        : [`${date} paid for ${date}`],
    ),
  );
  const rows = await rowsOf(steady);
  assert.deepEqual(countsOf(rows), { approved: 13, declined: 2 });
  assert.ok(rows.every((row) => row.arrivals === 1));
  assert.deepEqual(
    rows.filter((row) => lost.some(({ payment_id }) => payment_id === row.reference)),
    [],
  );
  assert.ok((await dueDatesOf(steady)).every(({ status }) => status === 'paid'));

  const stopped = await chargesOf(never);
  assert.deepEqual(stopped.answered, ['2026-02-28 unpaid for 2026-02-28']);
  assert.deepEqual(countsOf(await rowsOf(never)), { declined: 1 });
  const [first, ...later] = await dueDatesOf(never);
  assert.equal(first.status, 'unpaid');
  assert.deepEqual(
    later.map(({ due_date, status, violations }) => [due_date, status, violations.at(-1).code]),
    MONTH_ENDS.slice(1).map((date) => [date, 'skipped', 'network_rule_never']),
  );
});

test('each end was told once, and the checker finds nothing', async () => {
  const sessions = (await merchant().call('GET', '/collect/payment_sessions?limit=100')).body.data;
  const told = new Map<string, number>();
  for (const { type, data } of await merchant().events()) {
    if (type !== 'payment.succeeded' && type !== 'payment.failed') continue;
    told.set(data.id, (told.get(data.id) ?? 0) + 1);
  }
  assert.deepEqual([told.size, Math.max(...told.values())], [sessions.length, 1]);
  const place = { PATH: process.env.PATH, TENDER_DATA_DIR: server.folder };
  assert.deepEqual(await checkFindings({ ...place, ...clockAhead(aheadMs) }), []);
});
