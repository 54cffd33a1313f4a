/**
 * What may follow a success: captures, voids and refunds, and the end of an authorisation that nobody used. Decides what is
 * allowed, and what each beginning and each end does to the amounts of the payment.
 *
 *   authorised = paid + voided + what remains reserved
 *   paid       = refunded + refunds on their way + what can still be refunded
 */
import { assert } from '../lib/assert.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Decision, Rejection } from './errors.ts';
import { reject } from './errors.ts';
import type { EventType } from './events.ts';
import { endOf, type Payment, type PaymentError } from './payment.ts';
import { METHOD_CAPABILITIES } from './payment-methods.ts';

export type StepKind = 'capture' | 'void' | 'refund';

/** A capture, void or refund of `amountMinor` minor units. */
export interface Step {
  kind: StepKind;
  amountMinor: number;
}

/** What is authorised and neither captured nor released, minor units. */
export function reservedMinor(payment: Payment): number {
  return payment.authorisedMinor - payment.paidMinor - payment.voidedMinor;
}

/** What is captured and neither refunded nor on its way back, minor units. */
export function refundableMinor(payment: Payment): number {
  return payment.paidMinor - payment.refundedMinor - payment.refundingMinor;
}

/** A step with the attempt that asked the processor for it. */
export interface TakenStep extends Step {
  attemptId: string;
}

/** What is asked for, and what stands in the way beside the payment itself. */
export interface StepRequest {
  /** Absent: all that remains. */
  amountMinor?: number | undefined;
  /** A capture or void is under way, its end not known. */
  stepOpen: boolean;
}

/** The capture that may be sent, or why none may. */
export function planCapture(payment: Payment, asked: StepRequest, at: Timestamp): Step | Rejection {
  if (payment.status !== 'succeeded' || payment.captureMethod === 'automatic' || payment.intent !== 'payment')
    return reject('payment_not_capturable', notReserved(payment));
  if (asked.stepOpen) return reject('payment_in_progress', underWay(payment));
  const remaining = reservedMinor(payment);
  if (hasLapsed(payment, at)) return reject('authorisation_expired', expired(payment));
  if (remaining === 0) return reject('payment_not_capturable', `Nothing is left to capture: ${held(payment)}.`);
  const amountMinor = asked.amountMinor ?? remaining;
  if (amountMinor > remaining) {
    return reject(
      'capture_exceeds_authorised_amount',
      `A capture of ${sum(payment, amountMinor)} is more than what remains: ${held(payment)}.`,
    );
  }
  return { kind: 'capture', amountMinor };
}

/** The void of all that remains, or why there is none. */
export function planVoid(payment: Payment, asked: Pick<StepRequest, 'stepOpen'>, at: Timestamp): Step | Rejection {
  if (payment.status !== 'succeeded' || payment.captureMethod === 'automatic' || payment.intent !== 'payment')
    return reject('payment_not_voidable', notReserved(payment));
  if (asked.stepOpen) return reject('payment_in_progress', underWay(payment));
  if (hasLapsed(payment, at)) return reject('authorisation_expired', expired(payment));
  const remaining = reservedMinor(payment);
  if (remaining > 0) return { kind: 'void', amountMinor: remaining };
  return payment.voidedMinor > 0
    ? reject('payment_already_voided', `What was left has been released: ${held(payment)}.`)
    : reject('nothing_to_void', `Everything was captured: ${held(payment)}. Refund it instead.`);
}

/** The refund that may be sent, or why none may. */
export function planRefund(payment: Payment, asked: Pick<StepRequest, 'amountMinor'>): Step | Rejection {
  const remaining = refundableMinor(payment);
  if (payment.paidMinor === 0)
    return reject(
      'payment_not_refundable',
      `Nothing was paid: ${sum(payment, 0)} of ${sum(payment, payment.amountMinor)}.`,
    );
  if (remaining === 0) return reject('payment_not_refundable', `Nothing is left to refund: ${given(payment)}.`);
  const { refunds } = METHOD_CAPABILITIES[payment.method?.type ?? 'card'].supports;
  if (refunds === 'none') {
    return reject(
      'payment_not_refundable',
      'A voucher was paid in cash, and the processor cannot give that back: pay the customer back in another way.',
    );
  }
  if (refunds === 'full' && asked.amountMinor !== undefined && asked.amountMinor < remaining) {
    return reject(
      'payment_not_refundable',
      `This way to pay gives back the whole payment or nothing: refund ${sum(payment, remaining)}, or leave out \`amount\`.`,
      { errors: [{ pointer: '/amount', code: 'out_of_range', detail: 'Only the whole payment can be refunded.' }] },
    );
  }
  const amountMinor = asked.amountMinor ?? remaining;
  if (amountMinor > remaining) {
    return reject(
      'refund_exceeds_paid_amount',
      `A refund of ${sum(payment, amountMinor)} is more than what remains: ${given(payment)}.`,
    );
  }
  return { kind: 'refund', amountMinor };
}

/**
 * The step is about to be sent. The payment's face stays as it is; its version rises, so that nothing else is decided on what
 * stood before, and a refund reserves its amount.
 */
export function beginStep(payment: Payment, step: Step): Decision<Payment> {
  const refundingMinor = payment.refundingMinor + (step.kind === 'refund' ? step.amountMinor : 0);
  return { next: { ...payment, refundingMinor, version: payment.version + 1 }, events: [] };
}

/** The processor has done it. */
export function succeedStep(payment: Payment, step: TakenStep, at: Timestamp): Decision<Payment> {
  const { lastPaymentError: _, ...rest } = payment;
  const patch = { ...freed(payment, step), ...counted(payment, step, 1) };
  return ended(changed(rest, patch, at, EVENT_OF_SUCCESS[step.kind]), step);
}

/** The processor has not done it: the amounts stay as they were. */
export function failStep(payment: Payment, step: TakenStep, error: PaymentError, at: Timestamp): Decision<Payment> {
  const patch = { ...freed(payment, step), lastPaymentError: error };
  return ended(changed(payment, patch, at, 'payment.attempt_failed'), step);
}

/** True while nothing stands on the step, which was reported as done: then the payment can be what it was before. */
export function canTakeBack(payment: Payment, step: Step): boolean {
  if (step.kind !== 'refund' && payment.lapsedAt !== undefined) return false;
  const before = { ...payment, ...counted(payment, step, -1) };
  return refundableMinor(before) >= 0;
}

/** A step that was reported as done has failed after all: what it moved is moved back. Only where {@link canTakeBack}. */
export function takeBackStep(payment: Payment, step: TakenStep, error: PaymentError, at: Timestamp): Decision<Payment> {
  assert(canTakeBack(payment, step), 'a step is taken back only while nothing stands on it');
  const patch = { ...counted(payment, step, -1), lastPaymentError: error };
  return ended(changed(payment, patch, at, 'payment.attempt_failed'), step);
}

/** The authorisation has run out: what nobody captured falls back to the payer. */
export function lapseAuthorisation(payment: Payment, at: Timestamp): Decision<Payment> {
  assert(hasLapsed(payment, at) && reservedMinor(payment) > 0, 'only what is reserved and due lapses');
  const patch = { voidedMinor: payment.voidedMinor + reservedMinor(payment), lapsedAt: at };
  return changed(payment, patch, at, 'payment.voided');
}

const COUNTERS = { capture: 'paidMinor', void: 'voidedMinor', refund: 'refundedMinor' } as const;
const EVENT_OF_SUCCESS = { capture: 'payment.captured', void: 'payment.voided', refund: 'payment.refunded' } as const;

function counted(payment: Payment, step: Step, sign: 1 | -1): Partial<Payment> {
  const counter = COUNTERS[step.kind];
  return { [counter]: payment[counter] + sign * step.amountMinor };
}

/** A refund that has an end no longer reserves anything. */
function freed(payment: Payment, step: Step): Partial<Payment> {
  return step.kind === 'refund' ? { refundingMinor: payment.refundingMinor - step.amountMinor } : {};
}

/** With the end of the step in doubt its review ends too. */
function ended({ next, events }: Decision<Payment>, step: TakenStep): Decision<Payment> {
  if (next.review?.attemptId !== step.attemptId) return { next, events };
  const { review, ...rest } = next;
  return { next: rest, events: [...events, ...endOf(review)] };
}

function changed(payment: Payment, patch: Partial<Payment>, at: Timestamp, event: EventType): Decision<Payment> {
  const { lapseDueAt: _, ...next } = { ...payment, ...patch, version: payment.version + 1, updatedAt: at };
  const { authorisationExpiresAt } = next;
  const due = authorisationExpiresAt !== undefined && next.lapsedAt === undefined && reservedMinor(next) > 0;
  return { next: due ? { ...next, lapseDueAt: authorisationExpiresAt } : next, events: [event] };
}

function hasLapsed(payment: Payment, at: Timestamp): boolean {
  if (payment.lapsedAt !== undefined) return true;
  return payment.lapseDueAt !== undefined && at >= payment.lapseDueAt;
}

function sum(payment: Payment, amountMinor: number): string {
  return `${amountMinor} ${payment.currency}`;
}

function held(payment: Payment): string {
  const { authorisedMinor, paidMinor, voidedMinor } = payment;
  const of = `${sum(payment, authorisedMinor)} authorised, ${paidMinor} captured, ${voidedMinor} voided`;
  return `${of}, ${reservedMinor(payment)} left`;
}

function given(payment: Payment): string {
  const { paidMinor, refundedMinor, refundingMinor } = payment;
  const of = `${sum(payment, paidMinor)} paid, ${refundedMinor} refunded, ${refundingMinor} on its way back`;
  return `${of}, ${refundableMinor(payment)} left`;
}

function notReserved(payment: Payment): string {
  if (payment.intent !== 'payment') return `This payment only verified a card: ${held(payment)}.`;
  if (payment.status !== 'succeeded') return `This payment is ${payment.status}, not authorised: ${held(payment)}.`;
  return `This payment was captured when it was paid: ${held(payment)}.`;
}

function underWay(payment: Payment): string {
  return `A capture or void is under way and its end is not known yet: ${held(payment)}. Wait for its event.`;
}

function expired(payment: Payment): string {
  const since = payment.lapsedAt ?? payment.authorisationExpiresAt;
  return `The authorisation ran out${since === undefined ? '' : ` at ${toIso(since)}`}: ${held(payment)}.`;
}
