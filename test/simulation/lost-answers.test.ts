/**
 * Answers that are lost, late, unreadable or untrue. Whatever the processor says or fails to say: nobody is charged twice,
 * nobody who was charged is told "failed", and what cannot be known stays openly unknown.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import type { Outbound, OutboundResult } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

/** What stands between Tender and the network: each test sets its own. */
let between: (send: Outbound) => Outbound = impatient;
let app: TestApp;
before(async () => {
  app = await testApp({ wrapSend: (send) => (request) => between(send)(request) });
});
after(() => app.close());
beforeEach(async () => {
  between = impatient;
  await app.control.calm();
  // The notification would tell the truth a moment later; here it is the asking that is tried.
  await app.control.arm({ kind: 'lost_notification', times: 1_000 });
});

/** Time-outs of the network are real time: nobody waits 25 seconds here for what never comes. */
function impatient(send: Outbound): Outbound {
  return (request) => send({ ...request, totalTimeoutMs: 500 });
}

async function paysUnder(fault: Record<string, unknown> | undefined, card: string = cards.approved): Promise<Json> {
  const session = await app.merchant.createSession();
  if (fault !== undefined) await app.control.arm(fault);
  const page = await app.payer.another().pays(session, card);
  return { ...session, page: page.state };
}

async function outcome(session: Json): Promise<string> {
  const now = await app.merchant.session(session.id);
  return `${now.status}, ${now.payment_outcome}`;
}

async function wasReviewed(session: Json): Promise<boolean> {
  const { payment_id } = await app.merchant.session(session.id);
  const told = await app.merchant.events('&type=payment.review_needed');
  return told.some((event) => event.data.id === payment_id);
}

const charged: Record<string, { review: boolean }> = {
  answer_lost: { review: false },
  http_500_after_charge: { review: false },
  http_502_page: { review: false },
  reset_mid_answer: { review: false },
  malformed: { review: true },
  truncated: { review: true },
  oversized: { review: true },
  wrong_amount: { review: true },
  wrong_currency: { review: true },
  wrong_reference: { review: true },
  other_charge: { review: true },
  wrong_status: { review: true },
  missing_field: { review: true },
  redirect: { review: false },
};

for (const [kind, { review }] of Object.entries(charged)) {
  test(`${kind}: charged, first openly unknown, then paid${review ? ', and people were told' : ''}`, async () => {
    const session = await paysUnder({ kind });
    assert.equal(await outcome(session), 'active, pending');
    await untilQuiet(app);
    assert.equal(await outcome(session), 'completed, paid');
    if (review) assert.equal(await wasReviewed(session), true);
    await assertSound(app);
  });
}

for (const kind of ['reset_request', 'http_500_before', 'http_503_before']) {
  test(`${kind}: nothing was charged, nobody is told so before it is proven, and the payer may pay again`, async () => {
    const session = await paysUnder({ kind });
    assert.equal(await outcome(session), 'active, pending');
    app.clock.advance(MINUTE);
    await app.runDue();
    assert.equal(await outcome(session), 'active, pending', 'not proven within the visibility delay');
    await untilQuiet(app);
    assert.equal(await outcome(session), 'active, unpaid');
    assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'paid');
    await assertSound(app);
  });
}

test('rate_limited: a documented refusal is a decline, and the payer may pay again', async () => {
  const session = await paysUnder({ kind: 'rate_limited' });
  assert.equal(await outcome(session), 'active, unpaid');
  assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'paid');
  await assertSound(app);
});

/** An answer that came too late: the request is made and its answer thrown away, as after 25 s. */
function tooLate(send: Outbound): Outbound {
  return async (request) => {
    const result = await send(request);
    if (request.method !== 'POST' || !request.url.endsWith('/v1/charges')) return result;
    const late: OutboundResult = {
      kind: 'failed',
      why: 'response_timeout',
      detail: '25000 ms',
      partial: Buffer.alloc(0),
      latencyMs: 25_000,
    };
    return late;
  };
}

for (const [what, card, end] of [
  ['slow past the limit, charged', cards.approved, 'completed, paid'],
  ['slow past the limit, declined', cards.insufficientFunds, 'active, unpaid'],
] as const) {
  test(`${what}: the truth is found by asking`, async () => {
    between = tooLate;
    const session = await paysUnder(undefined, card);
    assert.equal(await outcome(session), 'active, pending');
    await untilQuiet(app);
    assert.equal(await outcome(session), end);
    await assertSound(app);
  });
}

test('processed_late: what the bank decides half a minute later is what counts', async () => {
  const session = await paysUnder({ kind: 'processed_late', params: { s: 30 } });
  await untilQuiet(app);
  const end = await outcome(session);
  assert.ok(['completed, paid', 'active, unpaid'].includes(end), end);
  await assertSound(app);
});

test('processed_late beyond the visibility delay: the key is closed first, so nothing is charged', async () => {
  const session = await paysUnder({ kind: 'processed_late', params: { s: 3600 } });
  await untilQuiet(app);
  assert.equal(await outcome(session), 'active, unpaid');
  app.clock.advance(2 * HOUR);
  await app.runDue();
  await assertSound(app);
});

for (const s of [30, 300]) {
  test(`not_found_for ${s} s: a charge that cannot be seen yet is never called failed`, async () => {
    await app.control.arm({ kind: 'not_found_for', params: { s } });
    const session = await paysUnder({ kind: 'answer_lost' });
    await untilQuiet(app);
    assert.equal(await outcome(session), 'completed, paid');
    await assertSound(app);
  });
}

test('a charge that becomes visible while its key is about to be closed stays paid in both books', async () => {
  await app.control.arm({ kind: 'not_found_for', params: { s: 190 } });
  const session = await paysUnder({ kind: 'answer_lost' });
  const [attempt] = await app.database.query<{ request_key: string }>(
    'select request_key from attempts where session_id = $1',
    [session.id],
  );
  let raced = false;
  between = (send) => async (request) => {
    if (request.method === 'POST' && request.url.endsWith('/v1/reversals') && !raced) {
      raced = true;
      app.clock.advance(5 * MINUTE);
      await app.payer.another().act(session, 'check');
    }
    return send(request);
  };
  for (let asked = 0; asked < 12 && !raced; asked++) {
    app.clock.advance(15 * SECOND);
    await app.runDue();
  }
  assert.ok(raced, `the key ${attempt?.request_key} was to be closed`);
  await untilQuiet(app);
  assert.equal(await outcome(session), 'completed, paid');
  await assertSound(app);
});

test('forgets: what the processor never finds stays unknown for people to look at, and is never called failed', async () => {
  const session = await paysUnder({ kind: 'answer_lost' }, '4000009801400006');
  for (let days = 0; days < 9; days++) {
    await untilQuiet(app);
    app.clock.advance(DAY);
    await app.runDue();
  }
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'pending');
  assert.equal(await wasReviewed(session), true);
  const charges = (await app.control.charged()).filter((row) => row.currency === 'ZAR');
  assert.ok(charges.length > 0);
  await assertSound(app, { openAllowed: true });
  // Leave the world without open work for the tests that follow.
  await app.database.query(`update attempts set next_sync_at = now() + interval '100 years' where session_id = $1`, [
    session.id,
  ]);
});
