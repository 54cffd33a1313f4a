/**
 * Notifications that come twice, late, out of order, forged or untrue: each is at most a reason to look. What was settled
 * stays settled, and a processor that contradicts itself is shown to people.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { DAY, HOUR, MINUTE } from '../../src/lib/time.ts';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { bankCatchesUp, tellsOf } from './bank.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

let between: (send: Outbound) => Outbound = (send) => send;
let app: TestApp;
before(async () => {
  app = await testApp({ wrapSend: (send) => (request) => between(send)(request) });
});
after(() => app.close());
beforeEach(async () => {
  between = (send) => send;
  await app.control.calm();
});

async function outcome(session: Json): Promise<string> {
  const now = await app.merchant.session(session.id);
  return `${now.status}, ${now.payment_outcome}`;
}

async function reviewsOf(session: Json): Promise<number> {
  const [row] = await app.database.query<{ n: number }>(
    `select count(*) as n from events e join payments p on p.tenant_id = e.tenant_id and p.id = e.object_id
     where e.type = 'payment.review_needed' and p.session_id = $1`,
    [session.id],
  );
  return row!.n;
}

/** Until the sandbox has sent everything that its own clock allows. */
async function allNoticesSent(): Promise<void> {
  for (let i = 0; i < 12; i++) {
    app.clock.advance(10 * MINUTE);
    await bankCatchesUp(app);
    await app.runDue();
  }
}

const kinds: Record<string, Record<string, unknown>> = {
  duplicate_notification: { n: 5 },
  late_notification: { s: 3600 },
  lost_notification: {},
  reordered: { s: 5 },
  contradictory_notification: {},
  wrong_amount_notification: {},
  unknown_notification: {},
  forged_notification: {},
  old_notification: {},
  malformed_notification: {},
};

for (const [kind, params] of Object.entries(kinds)) {
  for (const lost of [false, true]) {
    test(`${kind}${lost ? ' after a lost answer' : ''}: paid once, by what the look-up says`, async () => {
      const session = await app.merchant.createSession();
      await app.control.arm({ kind, params, times: 3 });
      if (lost) await app.control.arm({ kind: 'answer_lost' });
      await app.payer.another().pays(session, cards.approved);
      await allNoticesSent();
      await untilQuiet(app);
      assert.equal(await outcome(session), 'completed, paid');
      assert.equal(await reviewsOf(session), 0);
      await assertSound(app);
    });
  }
}

test('a notification that tells of a reversal after success: nothing is undone here, and people are told', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.approved);
  assert.equal(await outcome(session), 'completed, paid');
  between = (send) => async (request) => {
    const result = await send(request);
    if (request.method !== 'GET' || result.kind !== 'answer') return result;
    return {
      ...result,
      body: Buffer.from(result.body.toString('utf8').replace('"status":"approved"', '"status":"reversed"')),
    };
  };
  await sendNotice(session, 'charge.reversed');
  assert.equal(await outcome(session), 'completed, paid');
  assert.equal(await reviewsOf(session), 1);
  await sendNotice(session, 'charge.reversed');
  assert.equal(await reviewsOf(session), 1, 'told once');
  between = (send) => send;
  await assertSound(app);
});

test('a success that appears after the processor had said declined is given back, and people are told', async () => {
  const session = await app.merchant.createSession();
  await app.control.arm({ kind: 'lost_notification', times: 100 });
  await app.control.arm({ kind: 'answer_lost' });
  await app.payer.another().pays(session, cards.approved);
  between = (send) => async (request) => {
    const result = await send(request);
    if (request.method !== 'GET' || result.kind !== 'answer') return result;
    const lie = result.body
      .toString('utf8')
      .replace('"status":"approved"', '"status":"declined"')
      .replace('"response":{"code":"00"', '"response":{"code":"05"');
    return { ...result, body: Buffer.from(lie) };
  };
  app.clock.advance(MINUTE);
  await app.runDue();
  assert.equal(await outcome(session), 'active, unpaid');
  between = (send) => send;
  await sendNotice(session, 'charge.approved');
  assert.equal(await reviewsOf(session), 1);
  const { payment_id } = await app.merchant.session(session.id);
  assert.equal((await app.control.charged()).filter((row) => row.reference === payment_id).length, 0, 'given back');
  assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'paid');
  await assertSound(app);
});

test('partial_approval: less than was asked for is no success; it is given back, and the payer may pay again', async () => {
  const session = await app.merchant.createSession();
  await app.control.arm({ kind: 'lost_notification', times: 100 });
  await app.control.arm({ kind: 'partial_approval', params: { percent: 50 } });
  await app.payer.another().pays(session, cards.approved);
  assert.equal(await outcome(session), 'active, pending');
  assert.equal(await reviewsOf(session), 1);
  await untilQuiet(app);
  assert.equal(await outcome(session), 'active, unpaid');
  await assertSound(app);
  assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'paid');
  await assertSound(app);
});

test('down: nothing leaves, the payer may pay later, and days of silence change nothing that is known', async () => {
  const session = await app.merchant.createSession();
  between = () => async () => ({ kind: 'not_sent', why: 'connect_refused', detail: 'down', latencyMs: 1 });
  await app.payer.another().pays(session, cards.approved);
  assert.equal(await outcome(session), 'active, unpaid');
  between = (send) => send;
  assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'paid');
  app.clock.advance(DAY + HOUR);
  await app.runDue();
  await assertSound(app, { openAllowed: true });
});

/** A rightly signed notification about the session's newest charge. */
async function sendNotice(session: Json, type: string): Promise<void> {
  const [row] = await app.database.query<{ request_key: string }>(
    'select request_key from attempts where session_id = $1 order by id desc limit 1',
    [session.id],
  );
  assert.equal(await tellsOf(app, row!.request_key, type), 204);
}
