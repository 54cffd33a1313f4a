/**
 * The last line: what may never be is refused by the database itself, whatever the code above it forgets to ask. Each row here
 * is a true one, copied with one thing about it changed.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

/** Copies the newest attempt of a session under another id, with `changes`, and answers what the database said to it. */
async function copyAttempt(session: Json, changes: Record<string, unknown>): Promise<string> {
  try {
    await app.database.query(
      `insert into attempts select (jsonb_populate_record(a, $2)).* from attempts a
       where session_id = $1 order by id desc limit 1`,
      [session.id, { id: 'att_copy', request_key: 'att_copy', attempt_key: null, ...changes }],
    );
    return 'taken';
  } catch (error) {
    return String((error as { constraint?: string }).constraint);
  }
}

test('a second open attempt on one payment is refused by the database itself, of whatever kind but a refund', async () => {
  const session = await app.merchant.createSession();
  await app.payer.pays(session, cards.challenge);
  for (const status of ['sent', 'action_required', 'pending', 'unknown'])
    for (const kind of ['charge', 'authorise', 'verify', 'capture', 'void'])
      assert.equal(await copyAttempt(session, { status, kind }), 'attempts_one_open', `${status} ${kind}`);
});

test('a second success of one payment and a second use of a request key are refused by the database itself', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.approved);
  for (const kind of ['charge', 'authorise', 'verify'])
    assert.equal(await copyAttempt(session, { kind }), 'attempts_one_success', kind);
  const [first] = await app.database.query<{ request_key: string }>(
    'select request_key from attempts where session_id = $1',
    [session.id],
  );
  const again = { kind: 'capture', request_key: first!.request_key };
  assert.equal(await copyAttempt(session, again), 'attempts_tenant_id_request_key_key');
});

test('the owner of the tables may read and add what payers agreed to, and not change it', async () => {
  const owner = `owner_${app.tenantId.toLowerCase()}`;
  // As one transaction: whatever the last statement comes to, nothing of this stays.
  const asOwner = (statement: string) =>
    app.database.query(`create role ${owner}; alter table mandate_consents owner to ${owner}; set local role ${owner};
      ${statement}; do $$ begin raise exception 'done' using errcode = 'TE001'; end $$`);
  await assert.rejects(asOwner('select 1 from mandate_consents'), { code: 'TE001' });
  await assert.rejects(asOwner(`update mandate_consents set evidence = '{}'`), { code: '42501' });
});
