/** Captures, voids and refunds in any order and with any amounts: the sums of a payment and its ledger always agree. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Attempt } from '../../src/domain/attempt.ts';
import { isRejection } from '../../src/domain/errors.ts';
import { entryOfLapse, entryOfLateFailure, entryOfSuccess, type LedgerEntry } from '../../src/domain/ledger.ts';
import { flagPayment, type Payment } from '../../src/domain/payment.ts';
import {
  beginStep,
  canTakeBack,
  failStep,
  lapseAuthorisation,
  planCapture,
  planRefund,
  planVoid,
  refundableMinor,
  reservedMinor,
  type StepKind,
  succeedStep,
  type TakenStep,
  takeBackStep,
} from '../../src/domain/payment-steps.ts';
import { DAY, plus } from '../../src/lib/time.ts';
import { attemptIn, DECLINED, LATER, NOW, paymentIn } from './money-objects.ts';

const EXPIRES = plus(NOW, 7 * DAY);

function authorised(): Payment {
  return paymentIn('succeeded', {
    captureMethod: 'manual',
    paidMinor: 0,
    authorisationExpiresAt: EXPIRES,
    lapseDueAt: EXPIRES,
  });
}

interface World {
  payment: Payment;
  open: TakenStep[];
  done: TakenStep[];
  ledger: LedgerEntry[];
  next: number;
}

type Move = { does: StepKind | 'succeed' | 'fail' | 'take back' | 'lapse'; pick: number; amountMinor: number };

function attemptOf(step: TakenStep): Attempt & { kind: StepKind } {
  const facts = { id: step.attemptId, amountMinor: step.amountMinor };
  return { ...attemptIn('sent', facts), kind: step.kind };
}

function plan(world: World, { does, amountMinor }: Move) {
  const stepOpen = world.open.some((step) => step.kind !== 'refund');
  if (does === 'capture') return planCapture(world.payment, { amountMinor, stepOpen }, LATER);
  return does === 'void' ? planVoid(world.payment, { stepOpen }, LATER) : planRefund(world.payment, { amountMinor });
}

function begin(world: World, move: Move): void {
  const step = plan(world, move);
  if (isRejection(step)) return;
  world.payment = beginStep(world.payment, step).next;
  world.open.push({ ...step, attemptId: `att_${world.next++}` });
}

function end(world: World, { does, pick }: Move): void {
  const list = does === 'take back' ? world.done : world.open;
  const [step] = list.splice(pick % Math.max(list.length, 1), 1);
  if (step === undefined) return;
  if (does === 'succeed') {
    world.payment = succeedStep(world.payment, step, LATER).next;
    world.ledger.push(entryOfSuccess(attemptOf(step), LATER)!);
    world.done.push(step);
  } else if (does === 'fail') {
    world.payment = failStep(world.payment, step, DECLINED, LATER).next;
  } else if (canTakeBack(world.payment, step)) {
    world.payment = takeBackStep(world.payment, step, DECLINED, LATER).next;
    world.ledger.push(entryOfLateFailure(attemptOf(step), LATER));
  }
}

function lapse(world: World): void {
  const { payment } = world;
  if (payment.lapseDueAt === undefined || world.open.some((step) => step.kind !== 'refund')) return;
  world.ledger.push(entryOfLapse(attemptIn('succeeded'), reservedMinor(payment), EXPIRES));
  world.payment = lapseAuthorisation(payment, EXPIRES).next;
}

const kinds = ['capture', 'void', 'refund', 'succeed', 'fail', 'take back', 'lapse'] as const;
const moves = fc.array(
  fc.record({ does: fc.constantFrom(...kinds), pick: fc.nat(9), amountMinor: fc.integer({ min: 1, max: 25_000 }) }),
  { maxLength: 40 },
);

test('whatever is captured, voided, refunded, failed or taken back: no sum is ever exceeded and the ledger agrees', () => {
  fc.assert(
    fc.property(moves, (list) => {
      const authorise = attemptIn('succeeded', { id: 'att_0', kind: 'authorise' });
      const world: World = {
        payment: authorised(),
        open: [],
        done: [],
        ledger: [entryOfSuccess(authorise, NOW)!],
        next: 1,
      };
      for (const move of list) {
        if (move.does === 'lapse') lapse(world);
        else if (move.does === 'capture' || move.does === 'void' || move.does === 'refund') begin(world, move);
        else end(world, move);
        holds(world);
      }
    }),
    { numRuns: 2_000 },
  );
});

function holds({ payment, open, ledger }: World): void {
  const { authorisedMinor, paidMinor, voidedMinor, refundedMinor, refundingMinor } = payment;
  assert.equal(authorisedMinor, 20_000);
  assert.ok(Math.min(paidMinor, voidedMinor, refundedMinor, refundingMinor) >= 0);
  assert.ok(reservedMinor(payment) >= 0 && refundableMinor(payment) >= 0);
  assert.equal(refundingMinor, total(open.filter((step) => step.kind === 'refund').map((step) => step.amountMinor)));
  assert.equal(total(ledger.map((entry) => entry.heldMinor)), reservedMinor(payment));
  assert.equal(total(ledger.map((entry) => entry.collectedMinor)), paidMinor - refundedMinor);
  for (const entry of ledger) assert.equal(entry.payerMinor + entry.heldMinor + entry.collectedMinor, 0);
  assert.equal(payment.lapseDueAt !== undefined, reservedMinor(payment) > 0 && payment.lapsedAt === undefined);
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

test('only the end of the attempt in doubt ends a review', () => {
  const flagged = flagPayment(authorised(), { reason: 'timeout', attemptId: 'att_1' }, NOW).next;
  const step = { kind: 'capture', amountMinor: 100 } as const;
  assert.ok(succeedStep(flagged, { ...step, attemptId: 'att_2' }, LATER).next.review);
  assert.equal(succeedStep(flagged, { ...step, attemptId: 'att_1' }, LATER).next.review, undefined);
  assert.equal(failStep(flagged, { ...step, attemptId: 'att_1' }, DECLINED, LATER).next.review, undefined);
});

test('a step on which something stands is not taken back', () => {
  const refunded = { ...authorised(), paidMinor: 5_000, refundedMinor: 4_000 };
  assert.equal(canTakeBack(refunded, { kind: 'capture', amountMinor: 2_000 }), false);
  assert.equal(canTakeBack(refunded, { kind: 'capture', amountMinor: 1_000 }), true);
  const lapsed = { ...authorised(), paidMinor: 5_000, voidedMinor: 15_000, lapsedAt: EXPIRES };
  assert.equal(canTakeBack(lapsed, { kind: 'capture', amountMinor: 5_000 }), false);
});
