/** Every decision about a subscription and its due dates, on every status: refused, or along the tables, and counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeclineCode, followUp } from '../../src/domain/decline.ts';
import { afterDecline, refusedByMandate, tryOnceMore } from '../../src/domain/due-answers.ts';
import {
  beginTry,
  type DueDecision,
  type DueSubject,
  giveUpDue,
  passOver,
  payDue,
  refusedStop,
  retryDue,
  stopSubscription,
} from '../../src/domain/due-dates.ts';
import { isRejection } from '../../src/domain/errors.ts';
import {
  createSubscription,
  nextChargeAt,
  resumeSubscription,
  type Subscription,
  type SubscriptionStatus,
  subscriptionTransitions,
  updateSubscription,
  wakesAt,
} from '../../src/domain/subscription.ts';
import { type DueStatus, dueDateTransitions, type SubscriptionCharge } from '../../src/domain/subscription-charge.ts';
import { dueAfter, dueOn } from '../../src/domain/subscription-plan.ts';
import type { Violation, ViolationCode } from '../../src/domain/violation.ts';
import { Bug } from '../../src/lib/assert.ts';
import { DAY, plus } from '../../src/lib/time.ts';
import { BEGAN, DECLINE, dueIn, INSTALMENTS, local, PLAN, subscriptionIn } from './subscription-objects.ts';

const STATUSES = Object.keys(subscriptionTransitions) as SubscriptionStatus[];
const DUE_STATUSES = Object.keys(dueDateTransitions) as DueStatus[];
const AT = local('2026-02-28', '10:00');

const subject = (subscription: Subscription, due: SubscriptionCharge): DueSubject & { due: SubscriptionCharge } => ({
  subscription,
  due,
  othersUnfinished: false,
});

type Decide = (on: DueSubject & { due: SubscriptionCharge }) => DueDecision;
const decisions: Readonly<Record<string, { to: DueStatus; decide: Decide }>> = {
  begin: { to: 'open', decide: (on) => beginTry(on, { sessionId: 'ps_9', paymentId: 'pay_9' }, AT) },
  pay: { to: 'paid', decide: (on) => payDue(on, { sessionId: 'ps_9', paymentId: 'pay_9', byTry: true }, AT) },
  retry: {
    to: 'retrying',
    decide: (on) => retryDue(on, { reason: 'declined', retryAt: plus(AT, DAY), declined: true, arrears: true }, AT),
  },
  'give up': { to: 'unpaid', decide: (on) => giveUpDue(on, { reason: 'retries_exhausted', arrears: true }, AT) },
};

for (const [name, { to, decide }] of Object.entries(decisions)) {
  test(`due date, ${name}: on each status refused or along both tables, one version further, counted where it stands`, () => {
    for (const status of STATUSES) {
      for (const dueStatus of DUE_STATUSES) {
        const countable = { paid: 5, unpaid: 5, skipped: 5, missed: 5 };
        const before = subscriptionIn(status, { counts: countable });
        const allowed: readonly DueStatus[] = dueDateTransitions[dueStatus];
        const waitsOn = dueStatus === 'retrying' && to === 'retrying';
        const run = () => decide(subject(before, dueIn(dueStatus)));
        if (!allowed.includes(to) && !waitsOn) {
          assert.throws(run, Bug, `${dueStatus} → ${to}`);
          continue;
        }
        const { subscription, charge } = run();
        const { next, events } = subscription;
        assert.equal(charge.status, to);
        assert.equal(charge.version, 3);
        assert.equal(charge.nextAttemptAt !== undefined, to === 'retrying');
        assert.equal(next.version, before.version + 1);
        if (next.status !== status)
          assert.ok((subscriptionTransitions[status] as readonly string[]).includes(next.status));
        assert.equal(next.currentCharge?.status, to);
        const sum = (counts: Subscription['counts']) => Object.values(counts).reduce((a, b) => a + b, 0);
        const counted = (one: DueStatus) => (one in countable ? 1 : 0);
        assert.equal(sum(next.counts) - sum(before.counts), counted(to) - counted(dueStatus));
        if (name === 'begin') assert.deepEqual(events, [], 'a try that begins is told by its end');
        else assert.ok(events.includes('subscription.updated'));
        assert.equal(events.includes('subscription.ended'), next.endedAt !== undefined && before.endedAt === undefined);
      }
    }
  });
}

test('past due with a decline, active with the next due date that is paid; a pause remembers', () => {
  const declined = decisions['give up']!.decide(subject(subscriptionIn('active'), dueIn('open'))).subscription.next;
  assert.equal(declined.status, 'past_due');
  assert.equal(declined.pastDueSince, AT);
  const paid = decisions.pay!.decide(subject(declined, dueIn('open'))).subscription.next;
  assert.equal(paid.status, 'active');
  assert.equal(paid.pastDueSince, undefined);
  const paused = subscriptionIn('paused');
  const inPause = decisions['give up']!.decide(subject(paused, dueIn('open'))).subscription.next;
  assert.equal(inPause.status, 'paused');
  const resumed = resumeSubscription(inPause, { nextDue: dueAfter(PLAN, AT), unfinished: false }, AT);
  assert.ok(!isRejection(resumed));
  assert.equal(resumed.next.status, 'past_due');
});

const declinedWith = (
  code: DeclineCode,
  subscription: Subscription,
  due = dueIn('open', { attempts: 0 }),
  more: { revoked?: boolean; held?: boolean; replaced?: boolean; unsent?: boolean } = {},
) =>
  afterDecline(
    subject(subscription, due),
    {
      answer: followUp(code),
      unsent: false,
      revoked: false,
      held: false,
      replaced: false,
      error: DECLINE,
      retry: undefined,
      ...more,
    },
    local('2026-02-28'),
  );

/** As the intent left it: the schedule has moved on. */
const begun = (status: SubscriptionStatus = 'active', more: Partial<Subscription> = {}) =>
  subscriptionIn(status, { nextDue: dueOn(PLAN, '2026-03-31'), ...more });

test('a decline is tried again on the next retry day, told as a failed payment', () => {
  const { subscription, charge } = declinedWith('insufficient_funds', begun());
  assert.deepEqual(subscription.events, ['subscription.payment_failed', 'subscription.updated']);
  assert.equal(charge.nextAttemptAt, local('2026-03-01'));
  assert.equal(charge.attempts, 1);
  assert.equal(nextChargeAt(subscription.next), local('2026-03-01'));
  assert.equal(subscription.next.status, 'past_due');
});

test('what follows a due date that was given up is the dunning plan: continue, pause or cancel', () => {
  const ends = {
    continue: ['past_due', undefined],
    pause: ['paused', 'retries_exhausted'],
    cancel: ['cancelled', 'retries_exhausted'],
  };
  for (const [onExhausted, [status, reason]] of Object.entries(ends)) {
    const plan = { ...PLAN, dunning: { retryDays: [], onExhausted: onExhausted as 'continue' } };
    const { subscription, charge } = declinedWith('insufficient_funds', begun('active', { plan }));
    assert.deepEqual([charge.status, charge.reason], ['unpaid', 'retries_exhausted']);
    assert.deepEqual([subscription.next.status, subscription.next.statusReason], [status, reason]);
  }
});

test('a code that stops gives the due date up at once; one that revokes the mandate cancels the subscription', () => {
  const stopped = declinedWith('lost_card', begun());
  assert.deepEqual([stopped.charge.status, stopped.charge.reason], ['unpaid', 'declined']);
  assert.equal(stopped.subscription.next.status, 'past_due');
  const held = declinedWith('lost_card', begun(), undefined, { held: true });
  assert.deepEqual([held.charge.status, held.charge.reason], ['unpaid', 'charge_on_hold']);
  const revoked = declinedWith('revocation_of_authorization', begun(), undefined, { revoked: true });
  assert.deepEqual(revoked.subscription.events, [
    'subscription.payment_failed',
    'subscription.updated',
    'subscription.ended',
  ]);
  assert.deepEqual(
    [revoked.subscription.next.status, revoked.subscription.next.statusReason],
    ['cancelled', 'mandate_revoked'],
  );
  assert.equal(wakesAt(revoked.subscription.next), undefined);
});

test('a try that was under way is settled after a pause, a cancellation or an end, and not tried again', () => {
  for (const status of ['paused', 'cancelled', 'ended'] as const) {
    const { subscription, charge } = declinedWith('insufficient_funds', begun(status));
    assert.deepEqual([charge.status, charge.reason], ['unpaid', status]);
    assert.equal(subscription.next.status, status);
    const paid = payDue(
      subject(begun(status), dueIn('open')),
      { sessionId: 'ps_2', paymentId: 'pay_2', byTry: true },
      AT,
    );
    assert.equal(paid.charge.status, 'paid');
    assert.equal(paid.subscription.next.status, status);
  }
});

test('what a bank says of the old card is no reason not to try the one that replaced it meanwhile', () => {
  const lost = declinedWith('lost_card', begun(), undefined, { replaced: true });
  assert.deepEqual([lost.charge.status, lost.charge.reason], ['retrying', 'payment_method_replaced']);
  assert.equal(lost.charge.nextAttemptAt, local('2026-02-28'));
  const ours = declinedWith('format_error', begun(), undefined, { replaced: true });
  assert.deepEqual([ours.charge.status, ours.charge.reason], ['unpaid', 'declined']);
});

test('a try that never left uses no attempt, is no arrears and is told of quietly; after a day it is a decline', () => {
  const soon = declinedWith('processor_unavailable', begun(), undefined, { unsent: true });
  assert.deepEqual(
    [soon.charge.status, soon.charge.reason, soon.charge.attempts],
    ['retrying', 'processor_unavailable', 0],
  );
  assert.equal(soon.charge.nextAttemptAt, plus(local('2026-02-28'), 15 * 60_000));
  assert.deepEqual(soon.subscription.events, ['subscription.updated']);
  assert.equal(soon.subscription.next.status, 'active');
  const since = plus(local('2026-02-28'), -DAY);
  const due = dueIn('open', { dunning: { tries: 20, spaced: 0, unsent: { since, count: 20 } } });
  const late = declinedWith('processor_unavailable', begun(), due, { unsent: true });
  assert.equal(late.charge.reason, 'declined');
  assert.equal(late.subscription.next.status, 'past_due');
  assert.ok(late.subscription.events.includes('subscription.payment_failed'));
});

test('the last due date ends it, paid or not; an instalment that is owed keeps it', () => {
  const last = begun();
  const { nextDue: _, ...over } = last;
  for (const name of ['pay', 'give up'] as const) {
    const { next, events } = decisions[name]!.decide(subject(over, dueIn('open'))).subscription;
    assert.deepEqual([next.status, next.statusReason], ['ended', 'period_over']);
    assert.equal(events.at(-1), 'subscription.ended');
  }
  const waiting = decisions.pay!.decide({ ...subject(over, dueIn('open')), othersUnfinished: true });
  assert.equal(waiting.subscription.next.status, 'active');
  const { nextDue: __, ...owing } = subscriptionIn('active', {
    plan: INSTALMENTS,
    counts: { paid: 1, unpaid: 0, skipped: 0, missed: 0 },
  });
  assert.equal(decisions['give up']!.decide(subject(owing, dueIn('open'))).subscription.next.status, 'past_due');
});

const violation = (code: ViolationCode): Violation => ({ pointer: '', code, detail: code, mayHoldFrom: 'unknown' });

test('a rule that time mends is waited for until the next due date; every other one skips the due date', () => {
  const facts = { bound: dueOn(PLAN, '2026-03-31'), nextDue: dueOn(PLAN, '2026-03-31') };
  const { tenantId, subscriptionId, dueDate, dueAt, amountMinor } = dueIn('open');
  const fresh: DueSubject = {
    subscription: subscriptionIn('active'),
    due: { tenantId, subscriptionId, dueDate, dueAt, amountMinor },
    othersUnfinished: false,
  };
  const at = local('2026-02-28');
  const held = (codes: ViolationCode[], nextAllowedAt?: ReturnType<typeof local>) =>
    refusedByMandate(
      fresh,
      { violations: codes.map(violation), ...(nextAllowedAt === undefined ? {} : { nextAllowedAt }), ...facts },
      at,
    );
  const waits = held(['too_soon', 'day_not_allowed'], local('2026-03-02', '08:00'));
  assert.deepEqual([waits.charge.status, waits.charge.nextAttemptAt], ['retrying', local('2026-03-02', '08:00')]);
  assert.deepEqual(waits.subscription.events, ['subscription.updated']);
  assert.equal(waits.subscription.next.status, 'active');
  assert.equal(held(['network_rule_wait'], local('2026-03-02')).subscription.next.status, 'past_due');
  assert.equal(held(['too_soon'], local('2026-03-31')).charge.status, 'skipped');
  assert.equal(held(['too_soon', 'period_count_exceeded'], local('2026-03-01')).charge.status, 'skipped');
  assert.equal(held(['period_count_exceeded']).subscription.next.status, 'active');
  for (const code of [
    'open_attempt_unknown',
    'card_expired',
    'charge_on_hold',
    'network_rule_never',
    'network_rule_cap',
  ] as const) {
    const { subscription, charge } = held([code]);
    assert.deepEqual([charge.status, charge.reason, charge.violations], ['skipped', 'not_allowed', [violation(code)]]);
    assert.equal(subscription.next.status, 'past_due', code);
    assert.deepEqual(subscription.events, ['subscription.payment_failed', 'subscription.updated']);
  }
  const retried = refusedByMandate(
    subject(begun('past_due'), dueIn('retrying')),
    { violations: [violation('charge_on_hold')], ...facts },
    at,
  );
  assert.equal(retried.charge.status, 'unpaid');
});

test('when a hold goes, the due date that it stopped is tried at once, and no other', () => {
  const stopped = dueIn('unpaid', { reason: 'charge_on_hold' });
  assert.equal(tryOnceMore(subject(begun('past_due'), stopped), 'hold_lifted', AT)?.charge.nextAttemptAt, AT);
  const skipped = dueIn('skipped', { reason: 'not_allowed', violations: [violation('charge_on_hold')] });
  assert.equal(tryOnceMore(subject(begun('past_due'), skipped), 'hold_lifted', AT)?.charge.status, 'retrying');
  const none = [
    dueIn('paid'),
    dueIn('unpaid', { reason: 'superseded' }),
    dueIn('unpaid', { reason: 'declined' }),
    dueIn('unpaid', { reason: 'retries_exhausted' }),
    dueIn('skipped', { reason: 'paused' }),
    dueIn('retrying'),
  ];
  for (const due of none)
    assert.equal(tryOnceMore(subject(begun('past_due'), due), 'hold_lifted', AT), undefined, due.status);
  for (const status of ['paused', 'cancelled', 'ended'] as const)
    assert.equal(tryOnceMore(subject(begun(status), stopped), 'hold_lifted', AT), undefined, status);
  const owed = dueIn('unpaid', { reason: 'retries_exhausted', instalment: 3 });
  assert.ok(tryOnceMore(subject(begun('past_due'), owed), 'payment_method_replaced', AT));
});

test('pause, cancel and end: each on every status, with the retry that was planned given up', () => {
  for (const status of STATUSES) {
    for (const to of ['paused', 'cancelled'] as const) {
      const verdict = refusedStop(subscriptionIn(status), to);
      if (status === to) assert.deepEqual(verdict, { next: subscriptionIn(status), events: [], unchanged: true });
      else if (status === 'cancelled' || status === 'ended')
        assert.ok(isRejection(verdict) && verdict.rejected === 'subscription_not_active');
      else assert.equal(verdict, undefined);
    }
  }
  for (const from of ['active', 'past_due'] as const) {
    const waiting = begun(from, { retryAt: local('2026-03-01') });
    const { subscription, charge } = stopSubscription(waiting, dueIn('retrying'), { status: 'paused', at: AT });
    assert.deepEqual([charge?.status, charge?.reason], ['unpaid', 'paused']);
    assert.deepEqual([subscription.next.status, subscription.next.pausedFrom], ['paused', from]);
    assert.equal(subscription.next.retryAt, undefined);
    assert.equal(nextChargeAt(subscription.next), undefined);
    assert.equal(wakesAt(subscription.next), local('2026-03-31'), 'what falls due in the pause is written down');
  }
});

test('resume leads back to the status before, with the next due date from now; on a running one it changes nothing', () => {
  const nextDue = dueAfter(PLAN, AT);
  for (const status of STATUSES) {
    const verdict = resumeSubscription(subscriptionIn(status), { nextDue, unfinished: false }, AT);
    if (status === 'cancelled' || status === 'ended') assert.ok(isRejection(verdict), status);
    else if (status !== 'paused') assert.ok(!isRejection(verdict) && verdict.unchanged);
    else {
      assert.ok(!isRejection(verdict));
      assert.deepEqual(
        [verdict.next.status, verdict.next.nextDue],
        ['active', { date: '2026-03-31', at: local('2026-03-31') }],
      );
    }
  }
  const over = resumeSubscription(subscriptionIn('paused'), { nextDue: undefined, unfinished: false }, AT);
  assert.ok(!isRejection(over) && over.next.status === 'ended' && over.events.at(-1) === 'subscription.ended');
});

test('another amount holds from the next due date; what is over stays as it is', () => {
  for (const status of STATUSES) {
    const verdict = updateSubscription(subscriptionIn(status), { amountMinor: 9 }, AT);
    assert.equal(isRejection(verdict), status === 'cancelled' || status === 'ended', status);
    if (!isRejection(verdict)) assert.equal(verdict.next.amountMinor, 9);
  }
  const same = updateSubscription(subscriptionIn('active'), { amountMinor: 20_000 }, AT);
  assert.ok(!isRejection(same) && same.unchanged);
});

test('a subscription begins with its first due date; one whose time is over is created and ended at once', () => {
  const { version: _, status: __, nextDue: ___, counts: ____, updatedAt: _____, ...facts } = subscriptionIn('active');
  const begins = createSubscription(facts, 'in_force');
  assert.deepEqual([begins.next.status, begins.next.nextDue?.date], ['active', '2026-02-28']);
  assert.deepEqual(begins.events, ['subscription.created']);
  const over = createSubscription({ ...facts, plan: { ...PLAN, endDate: '2026-02-27' } }, 'in_force');
  assert.deepEqual([over.next.status, over.next.statusReason], ['ended', 'period_over']);
  assert.deepEqual(over.events, ['subscription.created', 'subscription.ended']);
  assert.equal(createSubscription(facts, 'ended').next.statusReason, 'mandate_ended');
  const cancelled = createSubscription(facts, 'revoked').next;
  assert.deepEqual([cancelled.status, cancelled.statusReason], ['cancelled', 'mandate_revoked']);
  assert.equal(over.next.endedAt, BEGAN);
});

test('a due date that is passed over counts and moves the schedule on', () => {
  const { tenantId, subscriptionId, dueDate, dueAt, amountMinor } = dueIn('open');
  const fresh = {
    subscription: subscriptionIn('active'),
    due: { tenantId, subscriptionId, dueDate, dueAt, amountMinor },
    othersUnfinished: false,
  };
  for (const status of ['skipped', 'missed'] as const) {
    const nextDue = dueOn(PLAN, '2026-03-31');
    const { subscription, charge } = passOver(fresh, { status, reason: 'too_late', arrears: false, nextDue }, AT);
    assert.deepEqual([charge.status, charge.version], [status, 1]);
    assert.equal(subscription.next.counts[status], 1);
    assert.deepEqual(subscription.next.nextDue, nextDue);
    assert.deepEqual(subscription.events, ['subscription.payment_failed', 'subscription.updated']);
  }
});
