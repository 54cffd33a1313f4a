/**
 * Servers and PostgreSQL are killed under load again and again, in real processes with full durability. Then our book is the
 * processor's book, is what the merchant was told, is what clients were answered; and a world that was tampered with is told
 * from one that is sound. `npm run prove` runs the same loop for as long as asked.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { type Judge, runKillLoop, strikesFor } from './processes/kill-loop.ts';
import { drawsOf } from './seeded-world/draws.ts';

const KILLS = 6;
const DATABASE_KILLS = 1;

test('after 6 kill -9 of servers and one of PostgreSQL under load nothing is lost, doubled or untold', async () => {
  const seed = process.env.KILL_LOOP_SEED ?? randomBytes(4).toString('hex');
  let tampered: string[] = [];
  let dueDates = 0;
  const result = await runKillLoop({
    seed,
    kills: KILLS,
    databaseKills: DATABASE_KILLS,
    paceMs: 1_000,
    async afterwards(judge) {
      const [row] = await judge.world.query<{ n: number }>(
        `select count(distinct due_date)::int as n from subscription_charges where status = 'paid'`,
      );
      dueDates = row!.n;
      tampered = await findingsAfterTampering(judge);
    },
  });
  const { violations, kills, databaseKills, flows, inFlight, broken, told, stillOpen, ms } = result;
  console.log(
    `KILL_LOOP_SEED=${seed}: ${kills} + ${databaseKills} kills in ${Math.round(ms / 1000)} s, ${flows} flows, ${inFlight} ` +
      `under way at the kills, ${broken} broken lines, ${told} webhooks, ${stillOpen} payers never came back from their bank`,
  );
  assert.deepEqual(violations, []);
  assert.deepEqual({ kills, databaseKills }, { kills: KILLS, databaseKills: DATABASE_KILLS });
  assert.ok(inFlight > KILLS && broken > KILLS, 'the kills came while there was work');
  for (const [what, sentence] of Object.entries(TAMPERING)) {
    // A seed may draw a world of fewer than two due dates: then the one spoils the other.
    if (sentence.ofDueDates && dueDates < 2) continue;
    assert.ok(
      tampered.some((finding) => sentence.found.test(finding)),
      `${what} is not noticed: ${tampered.join('\n')}`,
    );
  }
});

/** What the judge must notice, each done to the world that was just found sound. */
const TAMPERING: Readonly<Record<string, { sql?: string; found: RegExp; ofDueDates?: true }>> = {
  'a charge recorded as declined': {
    sql: `update attempts set status = 'declined' where id = (select min(id) from attempts where status = 'succeeded')`,
    found: /was done and is recorded as declined/,
  },
  'a charge of which we have no record': {
    sql: `update attempts set request_key = 'another' where id = (select max(id) from attempts where status = 'succeeded')`,
    found: /of which there is no record/,
  },
  'an amount that is not the processor’s': {
    sql: `update payments set paid_amount = paid_amount - 1 where paid_amount > refunded_amount`,
    found: /, the processor moved /,
  },
  'an answer that is taken back': {
    sql: `delete from idempotency_keys; update payment_sessions set payment_outcome = 'reserved' where payment_outcome = 'paid'`,
    found: /was answered as completed paid and is completed reserved/,
  },
  'a due date that was charged and is not paid': {
    sql: `update subscription_charges set status = 'skipped' where due_date in (select min(due_date) from subscription_charges where status = 'paid')`,
    found: /is skipped and was charged 1 times/,
    ofDueDates: true,
  },
  'a due date that was left out': {
    sql: 'delete from subscription_charges where due_date in (select max(due_date) from subscription_charges)',
    found: /left out \d{4}-/,
    ofDueDates: true,
  },
  'a limit that was passed': {
    sql: `update mandates set terms = (terms::jsonb || '{"maxOccurrences":1}')::json`,
    found: /allows 1 charges and was charged/,
  },
  'an event that was never told': { found: /was never told/ },
  'an event that was told and is gone': { found: /there is no such event/ },
};

async function findingsAfterTampering({ world, again }: Judge): Promise<string[]> {
  for (const { sql } of Object.values(TAMPERING)) if (sql !== undefined) await world.query(sql);
  const [first] = world.log.told;
  const rest = world.log.told.filter((one) => one.id !== first!.id);
  world.log.told.splice(0, world.log.told.length, ...rest, { ...first!, id: 'evt_phantom' });
  return again();
}

test('a seed decides which processes die together and in which order, and adds up to the kills that were asked for', () => {
  const wanted = { kills: 60, databaseKills: 10 };
  const strikes = strikesFor(drawsOf('a seed'), wanted);
  assert.deepEqual(strikesFor(drawsOf('a seed'), wanted), strikes);
  assert.notDeepEqual(strikesFor(drawsOf('another'), wanted), strikes);
  assert.equal(
    strikes.reduce((sum, { servers }) => sum + servers, 0),
    60,
  );
  assert.equal(strikes.filter(({ database }) => database).length, 10);
  assert.ok(strikes.some(({ database, servers }) => database && servers > 0));
});
