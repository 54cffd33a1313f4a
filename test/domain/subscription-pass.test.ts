/** What one look at a subscription does next: oldest first, one thing at a time, for recurrences and for instalments. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payDue } from '../../src/domain/due-dates.ts';
import type { Subscription } from '../../src/domain/subscription.ts';
import type { SubscriptionCharge } from '../../src/domain/subscription-charge.ts';
import { nextStep, type PassStep, subjectOf } from '../../src/domain/subscription-pass.ts';
import {
  dueAfter,
  dueAfterDate,
  dueOn,
  nextInstalment,
  nextScheduledTime,
} from '../../src/domain/subscription-plan.ts';
import type { Timestamp } from '../../src/lib/time.ts';
import { dueIn, INSTALMENTS, local, PLAN, subscriptionIn } from './subscription-objects.ts';

const DAILY = { ...PLAN, recurrence: { type: 'daily', intervalCount: 1 } } as const;

function step(subscription: Subscription, charges: readonly SubscriptionCharge[], at: Timestamp): PassStep {
  return nextStep({ subscription, charges, catchUpDays: 35 }, at);
}

/** What a step is, in one line. */
function said(one: PassStep): string {
  switch (one.kind) {
    case 'try':
      return `try ${one.subject.due.dueDate}, then ${one.nextDue === 'none' ? 'none' : (one.nextDue?.date ?? 'as before')}`;
    case 'told':
      return `${one.decision.charge.dueDate} ${one.decision.charge.status} (${one.decision.charge.reason})`;
    case 'moved':
      return `on to ${one.decision.next.nextDue?.date ?? 'none'}`;
    default:
      return one.kind;
  }
}

test('nothing is done before its time, and the due date is tried at its time', () => {
  const subscription = subscriptionIn('active');
  assert.equal(said(step(subscription, [], (local('2026-02-28') - 1) as Timestamp)), 'rest');
  assert.equal(said(step(subscription, [], local('2026-02-28'))), 'try 2026-02-28, then 2026-03-31');
  assert.equal(said(step(subscriptionIn('cancelled'), [], local('2026-05-01'))), 'rest');
});

test('a retry is tried at its time; while a try is under way nothing else is', () => {
  const waiting = subscriptionIn('past_due', { nextDue: dueOn(PLAN, '2026-03-31'), retryAt: local('2026-03-01') });
  assert.equal(said(step(waiting, [dueIn('retrying')], local('2026-03-01'))), 'try 2026-02-28, then as before');
  assert.equal(said(step(waiting, [dueIn('open')], local('2026-04-01'))), 'wait');
});

test('a newer due date takes over from a retry: that one is given up first, and told', () => {
  const waiting = subscriptionIn('past_due', { nextDue: dueOn(PLAN, '2026-03-31'), retryAt: local('2026-03-30') });
  const at = local('2026-03-31');
  const first = step(waiting, [dueIn('retrying')], at);
  assert.equal(said(first), '2026-02-28 unpaid (superseded)');
  assert.ok(first.kind === 'told');
  const { subscription, charge } = first.decision;
  assert.deepEqual(subscription.events, ['subscription.payment_failed', 'subscription.updated']);
  assert.equal(said(step(subscription.next, [charge], at)), 'try 2026-03-31, then 2026-04-30');
});

test('after downtime every due date has its turn; one that is too late is missed while a newer one is due', () => {
  const down = subscriptionIn('active', { plan: DAILY, nextDue: dueOn(DAILY, '2026-02-01') });
  assert.equal(said(step(down, [], local('2026-02-04'))), 'try 2026-02-01, then 2026-02-02');
  assert.equal(
    said(step(down, [], local('2026-03-08'))),
    'try 2026-02-01, then 2026-02-02',
    '35 days late is collected',
  );
  assert.equal(said(step(down, [], local('2026-03-09'))), '2026-02-01 missed (too_late)');
  const monthly = subscriptionIn('active', { nextDue: dueOn(PLAN, '2026-02-28') });
  assert.equal(said(step(monthly, [], local('2026-04-29'))), '2026-02-28 missed (too_late)');
  const last = { ...PLAN, endDate: '2026-02-28' };
  const only = subscriptionIn('active', { plan: last, nextDue: dueOn(last, '2026-02-28') });
  assert.equal(said(step(only, [], local('2026-04-29'))), 'try 2026-02-28, then none', 'no newer one is due');
});

test('in a pause what falls due is skipped and the schedule goes on; a due date that is paid already is passed', () => {
  const at = local('2026-03-01');
  assert.equal(said(step(subscriptionIn('paused'), [], at)), '2026-02-28 skipped (paused)');
  assert.equal(said(step(subscriptionIn('active'), [dueIn('paid')], at)), 'on to 2026-03-31');
});

const paid = (date: string, number: number) => dueIn('paid', { dueDate: date, instalment: number, amountMinor: 100 });
const owing = (nextDue: string, at: Timestamp) =>
  subscriptionIn('active', { plan: INSTALMENTS, nextDue: { date: nextDue, at } });

test('instalments: the lowest that is not paid comes first, however old', () => {
  const late = local('2026-04-30');
  const fresh = owing('2026-02-28', local('2026-02-28'));
  assert.equal(said(step(fresh, [], local('2026-02-28'))), 'try 2026-02-28, then 2026-03-31');
  assert.equal(said(step(fresh, [], late)), 'try 2026-02-28, then none', 'never missed, never superseded');
  const second = owing('2026-03-31', local('2026-03-31'));
  assert.equal(said(step(second, [paid('2026-02-28', 1)], local('2026-03-31'))), 'try 2026-03-31, then 2026-04-30');
});

test('instalments: one that was given up is taken up again when the next falls due, with a new round of retries', () => {
  const given = dueIn('unpaid', {
    instalment: 1,
    reason: 'retries_exhausted',
    dunning: { tries: 5, spaced: 2, hourUsed: true },
  });
  const at = local('2026-03-31');
  const again = step(owing('2026-03-31', at), [given], at);
  assert.equal(said(again), '2026-02-28 retrying (taken_up_again)');
  assert.ok(again.kind === 'told');
  const { subscription, charge } = again.decision;
  assert.deepEqual(charge.dunning, { tries: 5, spaced: 0, from: '2026-03-31' });
  assert.deepEqual([charge.nextAttemptAt, subscription.next.nextDue?.date], [at, '2026-04-30']);
  assert.equal(said(step(subscription.next, [charge], at)), 'try 2026-02-28, then as before');
});

test('instalments: at most one a local day, at the time of day', () => {
  const at = local('2026-03-31', '09:00');
  const next = nextInstalment(INSTALMENTS, new Set([1]), at);
  assert.deepEqual(next, { date: '2026-03-31', at: local('2026-04-01') });
  assert.deepEqual(nextInstalment(INSTALMENTS, new Set([1, 2]), at), dueOn(INSTALMENTS, '2026-04-30'));
  assert.equal(nextInstalment(INSTALMENTS, new Set([1, 2, 3]), at), undefined);
});

test('instalments: in a pause they stay due, and after the last was given up it waits for people', () => {
  const at = local('2026-03-31');
  const paused = subscriptionIn('paused', { plan: INSTALMENTS, nextDue: dueOn(INSTALMENTS, '2026-03-31') });
  assert.equal(said(step(paused, [], at)), 'on to 2026-04-30');
  const { nextDue: _, ...given } = subscriptionIn('past_due', { plan: INSTALMENTS });
  assert.equal(said(step(given, [dueIn('unpaid', { instalment: 1 })], local('2026-09-01'))), 'rest');
  const rows = [paid('2026-02-28', 1), paid('2026-03-31', 2)];
  const counts = { paid: 2, unpaid: 1, skipped: 0, missed: 0 };
  const owed = dueIn('unpaid', { dueDate: '2026-04-30', instalment: 3 });
  const subject = subjectOf({ subscription: { ...given, counts }, charges: [...rows, owed] }, owed);
  const { next } = payDue(
    subject,
    { sessionId: 'ps_9', paymentId: 'pay_9', byTry: false, nextDue: 'none' },
    at,
  ).subscription;
  assert.deepEqual([next.status, next.statusReason], ['ended', 'period_over'], 'paid by hand');
});

test('dates come from the rule, instants from the zone', () => {
  assert.deepEqual(dueAfterDate(PLAN, '2026-02-28'), { date: '2026-03-31', at: local('2026-03-31') });
  assert.equal(dueAfter(PLAN, local('2026-03-31'))?.date, '2026-04-30', 'strictly later');
  const berlin = { ...DAILY, timeZone: 'Europe/Berlin', scheduledTime: '02:30' };
  assert.equal(
    dueOn(berlin, '2026-03-29').at,
    Date.UTC(2026, 2, 29, 1, 30),
    'a time that is left out moves on by the gap',
  );
  const evening = { ...PLAN, scheduledTime: '18:00' };
  assert.equal(dueAfter(evening, local('2026-02-28', '12:00'))?.date, '2026-02-28', 'later the same day');
  assert.equal(nextScheduledTime(evening, local('2026-02-28', '12:00')), local('2026-02-28', '18:00'));
  assert.equal(nextScheduledTime(PLAN, local('2026-02-28', '12:00')), local('2026-03-01'));
  const ends = { ...PLAN, endDate: '2026-03-30' };
  assert.equal(dueAfterDate(ends, '2026-02-28'), undefined);
});
