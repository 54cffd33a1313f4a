/** An invariant that cannot fail proves nothing: each is broken on purpose, in a transaction that is rolled back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { bookDifferences, STATEMENTS, violations } from './invariants.ts';

let app: TestApp;
let client: pg.Client;
before(async () => {
  app = await testApp();
  client = new pg.Client({ connectionString: app.database.url });
  await client.connect();
  await app.payer.another().pays(await app.merchant.createSession(), cards.approved);
  const declined = await app.merchant.createSession();
  await app.payer.another().pays(declined, cards.declined);
  const first = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  await app.payer.another().pays(first, cards.approved);
  await app.merchant.chargeNext(await app.merchant.session(first.id));
  await app.runDue();
});
after(async () => {
  await client.end();
  await app.close();
});

const aSuccess = `(select id from attempts where status = 'succeeded' and initiator = 'customer' limit 1)`;
const noChecks = (table: string) => `do $$ declare c text; begin
  for c in select conname from pg_constraint where conrelid = '${table}'::regclass and contype = 'c'
  loop execute 'alter table ${table} drop constraint ' || quote_ident(c); end loop; end $$`;

/** What breaks each rule. */
const breaks: Readonly<Record<string, string[]>> = {
  'a session has at most one success': [
    'drop index attempts_one_success',
    `insert into attempts select (jsonb_populate_record(a, '{"id": "att_twice", "request_key": "att_twice", "attempt_key": "t"}')).*
     from attempts a where id = ${aSuccess}`,
  ],
  'a success completes its session and its payment': [
    noChecks('payment_sessions'),
    `update payment_sessions set status = 'active' where status = 'completed'`,
  ],
  'a session that says it was paid has a success': [
    noChecks('attempts'),
    `update attempts set status = 'declined' where id = ${aSuccess}`,
  ],
  'a payment that succeeded has a success': [
    noChecks('attempts'),
    `update attempts set status = 'declined' where id = ${aSuccess}`,
  ],
  'a session is pending exactly while an attempt is open': [
    `update payment_sessions set payment_outcome = 'pending' where status = 'active'`,
  ],
  'nothing final has an open attempt': [
    noChecks('attempts'),
    `update attempts set status = 'unknown', settled_at = null where id = ${aSuccess}`,
  ],
  'payment and session end together': [`update payments set status = 'cancelled' where status = 'draft'`],
  'attempt, payment and session speak of one sum': [`update attempts set amount = amount + 1 where id = ${aSuccess}`],
  'a payment holds exactly what was asked for': [
    `update payments set paid_amount = paid_amount - 1 where status = 'succeeded'`,
  ],
  'every version of a session was told': [`delete from events where type = 'payment_session.created'`],
  'the newest event of a payment with a result is of its newest version': [`update payments set version = version + 1`],
  'every event has its number': ['update events set sequence = null where sequence = 3'],
  'numbers run from one without a hole': ['delete from events where sequence = 3'],
  'numbers follow versions': [
    'drop index events_in_order',
    `update events set sequence = 1000 - sequence where type like 'payment_session%'`,
  ],
  'no idempotency key is left unfinished': ['update idempotency_keys set status = null, body = null'],
  'an active mandate began with a success': [
    noChecks('attempts'),
    `update attempts set status = 'declined' where status = 'succeeded'`,
  ],
  'a first_in_series success has its mandate and its consent': ['delete from mandate_consents'],
  'charges keep to their mandate': [`update attempts set currency = 'EUR' where initiator = 'merchant'`],
  'a saved card can be opened': ['delete from vault.cards'],
};

test('the world of these tests is sound to begin with', async () => {
  assert.deepEqual(await violations(app), []);
});

for (const [rule, statement] of Object.entries(STATEMENTS)) {
  test(`broken on purpose, it is noticed: ${rule}`, async () => {
    const breaking = breaks[rule];
    assert.ok(breaking, 'a rule without a way to break it');
    await client.query('begin');
    try {
      assert.equal((await client.query(statement)).rows.length, 0);
      for (const text of breaking) await client.query(text);
      assert.notEqual((await client.query(statement)).rows.length, 0);
    } finally {
      await client.query('rollback');
    }
  });
}

test('broken on purpose, it is noticed: our book is the processor’s book', async () => {
  const change = async (text: string, back: string, expected: RegExp) => {
    await app.database.query(text);
    assert.match((await bookDifferences(app)).join('\n'), expected);
    await app.database.query(back);
    assert.deepEqual(await bookDifferences(app), []);
  };
  const [attempt] = await app.database.query<{ id: string }>(`select id from attempts where id = ${aSuccess}`);
  const one = `where id = '${attempt!.id}'`;
  await change(
    `update attempts set amount = amount + 1 ${one}`,
    `update attempts set amount = amount - 1 ${one}`,
    /took 20000 ZAR, recorded are 20001 ZAR/,
  );
  await change(
    `update attempts set status = 'declined' ${one}`,
    `update attempts set status = 'succeeded' ${one}`,
    /was charged and is recorded as declined/,
  );
  await change(
    `update attempts set request_key = 'lost_key' ${one}`,
    `update attempts set request_key = id ${one}`,
    /of which there is no record[\s\S]*succeeded here and not at the processor/,
  );
});
