/** Every decision on every status: it is refused, or it goes where the transition table says, one version further. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  attemptTransitions,
  failSettledStep,
  holdAttempt,
  settleAttempt,
  stepTransitions,
} from '../../src/domain/attempt.ts';
import { type Decision, isRejection, type Verdict } from '../../src/domain/errors.ts';
import { EVENT_TYPES } from '../../src/domain/events.ts';
import { mandateTransitions, revokeMandate } from '../../src/domain/mandate.ts';
import {
  closePayment,
  failPaymentAttempt,
  flagPayment,
  holdPayment,
  type Payment,
  paymentTransitions,
  restartPayment,
  succeedPayment,
} from '../../src/domain/payment.ts';
import { failRefund, refundTransitions, succeedRefund } from '../../src/domain/refund.ts';
import {
  cancelSession,
  completeSession,
  expireSession,
  extendSession,
  failSessionAttempt,
  type Session,
  sessionTransitions,
  startSessionAttempt,
  updateSession,
} from '../../src/domain/session.ts';
import { Bug } from '../../src/lib/assert.ts';
import { anySession, attemptIn, DECLINED, LATER, mandateIn, OUTCOMES, paymentIn, refundIn } from './money-objects.ts';

type Versioned = { version: number; tenantId: string; id: string; status: string };
type Table = Readonly<Record<string, readonly string[]>>;

/** The decision's answer; undefined when it was refused, in either way. */
function attempted<T>(decide: () => Verdict<T>): Decision<T> | undefined {
  try {
    const verdict = decide();
    return isRejection(verdict) ? undefined : verdict;
  } catch (error) {
    if (!(error instanceof Bug)) throw error;
    return undefined;
  }
}

function holdsTo<T extends Versioned>(before: T, decision: Decision<T> | undefined, table: Table): void {
  if (decision === undefined) return;
  const { next, events, unchanged } = decision;
  if (unchanged) {
    assert.equal(next, before);
    assert.deepEqual(events, []);
    return;
  }
  assert.equal(next.version, before.version + 1);
  assert.equal(next.id, before.id);
  assert.equal(next.tenantId, before.tenantId);
  if (next.status !== before.status)
    assert.ok(table[before.status]!.includes(next.status), `${before.status} → ${next.status}`);
  for (const type of events) assert.ok((EVENT_TYPES as readonly string[]).includes(type), type);
}

const sessionDecisions: Readonly<Record<string, (session: Session) => Verdict<Session>>> = {
  update: (session) => updateSession(session, { amountMinor: 777 }, LATER),
  describe: (session) => updateSession(session, { description: 'Two tickets' }, LATER),
  start: (session) => startSessionAttempt(session, { paymentId: 'pay_1' }, LATER),
  fail: (session) => failSessionAttempt(session, DECLINED, LATER),
  complete: (session) => completeSession(session, { outcome: 'paid' }, LATER),
  expire: (session) => expireSession(session, LATER),
  cancel: (session) => cancelSession(session, 'merchant', LATER),
  extend: (session) => extendSession(session, LATER),
};

for (const [name, decide] of Object.entries(sessionDecisions)) {
  test(`session, ${name}: refused, or along the table and into a state the database accepts`, () => {
    fc.assert(
      fc.property(anySession, (session) => {
        const decision = attempted(() => decide(session));
        holdsTo(session, decision, sessionTransitions);
        if (decision === undefined) return;
        const { next } = decision;
        assert.ok(OUTCOMES[next.status].includes(next.paymentOutcome), `${next.status}, ${next.paymentOutcome}`);
        assert.equal(next.status === 'active', next.endedAt === undefined);
        assert.equal(next.status === 'cancelled', next.cancelledBy !== undefined || session.status === 'cancelled');
        if (session.status !== 'active') assert.equal(next.status, session.status, 'what is final stays so');
        if (session.paymentOutcome === 'pending' && name !== 'fail' && name !== 'complete')
          assert.equal(next.paymentOutcome, 'pending', 'only its outcome ends an attempt');
      }),
    );
  });
}

const paymentDecisions: Readonly<Record<string, (payment: Payment) => Decision<Payment>>> = {
  restart: (payment) => restartPayment(payment, { amountMinor: payment.amountMinor }, LATER),
  'wait for the payer': (payment) => holdPayment(payment, 'pending_action', LATER),
  'wait for the processor': (payment) => holdPayment(payment, 'processing', LATER),
  fail: (payment) => failPaymentAttempt(payment, DECLINED, LATER),
  succeed: (payment) => succeedPayment(payment, {}, LATER),
  cancel: (payment) => closePayment(payment, 'cancelled', LATER),
  expire: (payment) => closePayment(payment, 'expired', LATER),
  flag: (payment) => flagPayment(payment, { reason: 'contradiction' }, LATER),
};

const paymentStatuses = Object.keys(paymentTransitions) as (keyof typeof paymentTransitions)[];

for (const [name, decide] of Object.entries(paymentDecisions)) {
  test(`payment, ${name}: on each of ${paymentStatuses.length} statuses refused or along the table, its sums right`, () => {
    for (const status of paymentStatuses) {
      for (const initiator of ['customer', 'merchant'] as const) {
        for (const captureMethod of ['automatic', 'manual'] as const) {
          const payment = paymentIn(status, { initiator, captureMethod });
          const decision = attempted(() => decide(payment));
          holdsTo(payment, decision, paymentTransitions);
          if (decision === undefined || decision.next.status === status) continue;
          const { next } = decision;
          assert.equal(next.authorisedMinor, next.status === 'succeeded' ? next.amountMinor : 0);
          assert.equal(next.paidMinor, captureMethod === 'automatic' ? next.authorisedMinor : 0);
          assert.equal(next.succeededAt !== undefined, next.status === 'succeeded');
        }
      }
    }
  });
}

const attemptStatuses = Object.keys(attemptTransitions) as (keyof typeof attemptTransitions)[];

test('attempt: each status goes where the table says and nowhere else, and a settled one goes nowhere', () => {
  for (const from of attemptStatuses) {
    for (const to of attemptStatuses) {
      const attempt = attemptIn(from);
      const decision = attempted(() => ({
        next:
          to === 'succeeded' || to === 'declined'
            ? settleAttempt(attempt, to, {}, LATER)
            : holdAttempt(attempt, to, { nextSyncAt: LATER }),
        events: [],
      }));
      const allowed: readonly string[] = attemptTransitions[from];
      // An open attempt may be held where it is: a further question without an end.
      const stays = from === to && attempt.settledAt === undefined;
      assert.equal(decision !== undefined, allowed.includes(to) || stays, `${from} → ${to}`);
      holdsTo(attempt, decision, attemptTransitions);
      if (decision === undefined) continue;
      assert.equal(decision.next.settledAt !== undefined, to === 'succeeded' || to === 'declined');
      assert.equal(decision.next.nextSyncAt === undefined, decision.next.settledAt !== undefined);
    }
  }
});

test('step: only what succeeded can fail after all', () => {
  for (const from of attemptStatuses) {
    const step = { ...attemptIn(from), kind: 'refund' as const };
    const failed = attempted(() => ({
      next: failSettledStep(step, { code: 'generic_decline', class: 'soft_opaque', stage: 'issuer' }, LATER),
      events: [],
    }));
    assert.equal(failed?.next.status, from === 'succeeded' ? 'declined' : undefined, from);
    holdsTo(step, failed, stepTransitions);
  }
});

test('refund: each status goes where the table says and nowhere else', () => {
  for (const from of Object.keys(refundTransitions) as (keyof typeof refundTransitions)[]) {
    const refund = refundIn(from);
    for (const to of ['succeeded', 'failed'] as const) {
      const decision = attempted(() =>
        to === 'succeeded' ? succeedRefund(refund, LATER) : failRefund(refund, 'generic_decline', LATER),
      );
      const allowed: readonly string[] = refundTransitions[from];
      assert.equal(decision !== undefined, allowed.includes(to), `${from} → ${to}`);
      holdsTo(refund, decision, refundTransitions);
    }
  }
});

test('mandate: revoked once, kept revoked, and an ended one is refused', () => {
  for (const status of Object.keys(mandateTransitions) as (keyof typeof mandateTransitions)[]) {
    const mandate = mandateIn(status);
    const decision = attempted(() => revokeMandate(mandate, 'merchant_request', LATER));
    holdsTo(mandate, decision, mandateTransitions);
    assert.equal(decision?.next.status, status === 'ended' ? undefined : 'revoked');
  }
});

test('final statuses lead nowhere, and every status named in a table has a row in it', () => {
  for (const table of [
    sessionTransitions,
    paymentTransitions,
    attemptTransitions,
    stepTransitions,
    refundTransitions,
    mandateTransitions,
  ] as Table[]) {
    for (const targets of Object.values(table))
      for (const target of targets) assert.ok(table[target] !== undefined, target);
  }
  for (const final of ['completed', 'expired', 'cancelled'] as const) assert.deepEqual(sessionTransitions[final], []);
  for (const final of ['succeeded', 'failed', 'cancelled', 'expired'] as const)
    assert.deepEqual(paymentTransitions[final], []);
  for (const final of ['succeeded', 'declined'] as const) assert.deepEqual(attemptTransitions[final], []);
  assert.deepEqual([stepTransitions.declined, refundTransitions.failed], [[], []]);
});
