/**
 * Thirteen months of subscriptions, driven by the clock: every due date is charged on its day and once, a month that is declined is
 * recovered, a card that says never again is left alone, and no downtime, no processor out of reach and no lost answer changes that.
 */
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { DAY, HOUR, MINUTE } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import {
  act,
  dueDatesOf,
  dueLines,
  lastNumber,
  paidSubscription,
  runUntil,
  subscriptionOf,
  toldOf,
} from '../support/subscriptions.ts';
import { assertSound } from './invariants.ts';

/** False: nobody listens at the processor's address. */
let reachable = true;
let started: TestApp | undefined;

async function worldAt(startsAtMs: number): Promise<TestApp> {
  started = await testApp({
    startsAtMs,
    wrapSend: (send) => async (request) =>
      reachable ? send(request) : { kind: 'not_sent', why: 'connect_refused', detail: 'nobody listens', latencyMs: 1 },
  });
  return started;
}

afterEach(async () => {
  reachable = true;
  const app = started;
  started = undefined;
  if (app === undefined) return;
  try {
    await assertSound(app);
  } finally {
    await app.close();
  }
});
after(() => started?.close());

/** From one due instant of any subscription to the next, and no further than `iso`. */
async function runThrough(app: TestApp, iso: string): Promise<void> {
  for (;;) {
    const [row] = await app.database.query<{ at: number | null }>(
      'select extract(epoch from min(next_charge_at)) * 1000 as at from subscriptions',
    );
    const at = row?.at === null || row === undefined ? undefined : Number(row.at);
    if (at === undefined || at > Date.parse(iso)) break;
    await runUntil(app, new Date(Math.max(at, app.clock.now())).toISOString());
  }
  await runUntil(app, iso);
}

/** When each charge of the subscription was made, and whether it was paid. */
async function chargesOf(app: TestApp, id: string): Promise<string[]> {
  const sessions: Json[] = [];
  let cursor = '';
  for (;;) {
    const page = await app.merchant.call('GET', `/collect/payment_sessions?subscription_id=${id}&limit=100${cursor}`);
    sessions.push(...page.body.data);
    const next = page.headers.get('next-cursor');
    if (next === null) break;
    cursor = `&cursor=${next}`;
  }
  return sessions
    .filter(({ type }) => type === 'next_in_series')
    .reverse()
    .map(({ created_at, payment_outcome, due_date, attempt_number }) => {
      const time = created_at.slice(11, 16) === '22:00' ? '' : ` ${created_at.slice(11, 16)}`;
      return `${localDay(created_at)}${time} ${payment_outcome} for ${due_date}#${attempt_number}`;
    });
}

/** Johannesburg is two hours ahead all year. */
const localDay = (iso: string) => new Date(Date.parse(iso) + 2 * HOUR).toISOString().slice(0, 10);

const MONTHLY = { type: 'scheduled', recurrence: { type: 'monthly' }, time_zone: 'Africa/Johannesburg' };
const MONTH_ENDS = [
  ...['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30', '2026-07-31', '2026-08-31', '2026-09-30'],
  ...['2026-10-31', '2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28'],
];

test('13 months from 31 January: each on the last day, one recovered by dunning, and a card that says never is left alone', async () => {
  const app = await worldAt(Date.UTC(2026, 0, 31, 10));
  const card = { number: '4000000000000077', expiry: '12/30' };
  const steady = await paidSubscription(app, { mandate_options: MONTHLY, card });
  const lost = await paidSubscription(app, {
    mandate_options: MONTHLY,
    card: { number: '4000056655665556', expiry: '12/30' },
  });
  await runThrough(app, '2026-05-01T00:00:00Z');
  await app.control.arm({ kind: 'decline', params: { code: '51' }, match: { last4: '0077' }, times: 2 });
  await app.control.arm({ kind: 'decline', params: { code: '41' }, match: { last4: '5556' }, times: 1 });
  const from = await lastNumber(app);
  await runThrough(app, '2026-06-10T00:00:00Z');
  assert.deepEqual(
    (await toldOf(app, steady, from)).filter((type) => type.startsWith('subscription.')),
    [
      'subscription.payment_failed',
      'subscription.updated',
      'subscription.payment_failed',
      'subscription.updated',
      'subscription.updated',
    ],
  );
  await runThrough(app, '2027-03-01T00:00:00Z');

  const expected = MONTH_ENDS.flatMap((date) =>
    date === '2026-05-31'
      ? ['2026-05-31 unpaid', '2026-06-01 unpaid', '2026-06-03 paid'].map((line, n) => `${line} for ${date}#${n + 1}`)
      : [`${date} paid for ${date}#1`],
  );
  assert.deepEqual(await chargesOf(app, steady.id), expected);
  assert.deepEqual(
    (await dueLines(app, steady.id)).map((line) => line.slice(0, 15)),
    MONTH_ENDS.map((date) => `${date} paid`),
  );
  const now = await subscriptionOf(app, steady.id);
  assert.deepEqual(
    [now.status, now.counts, now.next_due_date],
    ['active', { paid: 13, unpaid: 0, skipped: 0, missed: 0 }, '2027-03-31'],
  );

  assert.deepEqual(await chargesOf(app, lost.id), [
    ...MONTH_ENDS.slice(0, 3).map((date) => `${date} paid for ${date}#1`),
    '2026-05-31 unpaid for 2026-05-31#1',
  ]);
  const left = await subscriptionOf(app, lost.id);
  assert.deepEqual([left.status, left.counts], ['past_due', { paid: 3, unpaid: 1, skipped: 9, missed: 0 }]);
  assert.ok((await dueDatesOf(app, lost.id)).at(-1).violations.some(({ code }: Json) => code === 'network_rule_never'));
  assert.equal((await app.control.charged()).length, 2 + 13 + 3, 'the first payments and what was due');
});

const DAILY = { ...MONTHLY, recurrence: { type: 'daily' } };

test('down for three days on a daily schedule: three charges, each once, oldest first', async () => {
  const app = await worldAt(Date.UTC(2026, 1, 1, 10));
  const { id } = await paidSubscription(app, { mandate_options: DAILY });
  await runUntil(app, '2026-02-04T12:00:00Z');
  assert.deepEqual(await chargesOf(app, id), [
    '2026-02-04 12:00 paid for 2026-02-02#1',
    '2026-02-04 12:00 paid for 2026-02-03#1',
    '2026-02-04 12:00 paid for 2026-02-04#1',
  ]);
  await app.runDue();
  assert.equal((await app.control.charged()).length, 4);
  assert.equal((await subscriptionOf(app, id)).next_due_date, '2026-02-05');
});

test('down for longer than due dates are collected: the oldest are missed and told, the others charged', async () => {
  const app = await worldAt(Date.UTC(2026, 1, 1, 10));
  const { id } = await paidSubscription(app, {
    mandate_options: DAILY,
    card: { number: '4242424242424242', expiry: '12/30' },
  });
  await runUntil(app, '2026-03-11T12:00:00Z');
  const { counts, status } = await subscriptionOf(app, id);
  assert.deepEqual([status, counts], ['active', { paid: 36, unpaid: 0, skipped: 0, missed: 2 }]);
  const [first, second, third] = await dueDatesOf(app, id);
  assert.deepEqual([first.status, first.reason, second.status, third.status], ['missed', 'too_late', 'missed', 'paid']);
});

test('a processor out of reach: after 15 minutes, 30 minutes, then hourly; no attempt is used up, and it is paid in the end', async () => {
  const app = await worldAt(Date.UTC(2026, 0, 31, 10));
  const { id } = await paidSubscription(app, { mandate_options: MONTHLY });
  reachable = false;
  await runThrough(app, '2026-02-28T01:00:00Z');
  const waiting = await subscriptionOf(app, id);
  assert.deepEqual(
    [waiting.status, waiting.current_charge.status, waiting.current_charge.reason],
    ['active', 'retrying', 'processor_unavailable'],
  );
  reachable = true;
  await runThrough(app, '2026-02-28T12:00:00Z');
  assert.deepEqual(
    (await chargesOf(app, id)).map((line) => line.slice(10)),
    ['', ' 22:15', ' 22:45', ' 23:45', ' 00:45', ' 01:45'].map(
      (time, n) => `${time} ${n < 5 ? 'unpaid' : 'paid'} for 2026-02-28#${n + 1}`,
    ),
  );
  const paid = await subscriptionOf(app, id);
  assert.deepEqual([paid.counts.paid, paid.current_charge.attempts], [1, 1]);
  const told = await toldOf(app, paid);
  assert.ok(!told.includes('subscription.payment_failed'), 'no bank said no');
});

test('a processor out of reach for a day counts as a bank that does not answer', async () => {
  const app = await worldAt(Date.UTC(2026, 0, 31, 10));
  const { id } = await paidSubscription(app, { mandate_options: MONTHLY });
  reachable = false;
  await runThrough(app, '2026-02-28T23:00:00Z');
  const late = await subscriptionOf(app, id);
  assert.deepEqual(
    [late.status, late.current_charge.status, late.current_charge.reason],
    ['past_due', 'retrying', 'declined'],
  );
  reachable = true;
  await runThrough(app, '2026-03-02T00:00:00Z');
  assert.deepEqual((await subscriptionOf(app, id)).counts.paid, 1);
});

test('an answer that is lost leaves the due date open until the processor is asked; the next one waits for it', async () => {
  const app = await worldAt(Date.UTC(2026, 1, 1, 10));
  const { id } = await paidSubscription(app, { mandate_options: DAILY });
  await app.control.arm({ kind: 'answer_lost', match: { initiator: 'merchant' } });
  await app.control.arm({ kind: 'lookup_error', times: 20 });
  await runUntil(app, '2026-02-02T22:00:00Z');
  const [open] = await dueDatesOf(app, id);
  assert.deepEqual([open.due_date, open.status], ['2026-02-02', 'open']);
  assert.equal((await dueDatesOf(app, id)).length, 1, 'the third of February waits');
  await app.control.calm();
  for (let hours = 0; hours < 8; hours++) {
    app.clock.advance(HOUR);
    await app.runDue();
  }
  assert.deepEqual(await dueLines(app, id), ['2026-02-02 paid 1', '2026-02-03 paid 1']);
  assert.equal((await app.control.charged()).length, 3);
});

test('a pause or a cancellation that meets a charge: before it or not at all, and nothing is charged afterwards', async () => {
  const app = await worldAt(Date.UTC(2026, 1, 1, 10));
  for (const action of ['pause', 'cancel', 'revoke']) {
    const subscription = await paidSubscription(app, { mandate_options: DAILY });
    const { id, mandate_id } = subscription;
    app.clock.advance(Date.parse(subscription.next_charge_at) - app.clock.now());
    const stopping =
      action === 'revoke' ? app.merchant.call('POST', `/collect/mandates/${mandate_id}/revoke`) : act(app, id, action);
    const [stopped] = await Promise.all([stopping, app.runDue(), app.runDue()]);
    assert.equal(stopped.status, 200, stopped.text);
    await app.runDue();
    const charged = (await chargesOf(app, id)).length;
    assert.ok(charged <= 1);
    app.clock.advance(3 * DAY + MINUTE);
    await app.runDue();
    assert.equal((await chargesOf(app, id)).length, charged, action);
    await act(app, id, 'cancel');
  }
});
