/** An attempt with the objects its end will change, as they stood at one moment. */
import { type Attempt, isStep } from '../domain/attempt.ts';
import type { Mandate } from '../domain/mandate.ts';
import type { MandateCharge } from '../domain/mandate-usage.ts';
import type { Payment } from '../domain/payment.ts';
import type { StepKind, TakenStep } from '../domain/payment-steps.ts';
import type { Refund } from '../domain/refund.ts';
import type { Session } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import { findAttempt } from '../store/attempts.ts';
import type { Database } from '../store/database.ts';
import { findMandateCharge } from '../store/mandate-usage.ts';
import { findMandate } from '../store/mandates.ts';
import { findPayment } from '../store/payments.ts';
import { findRefundOfAttempt } from '../store/refunds.ts';
import { findSession } from '../store/sessions.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';

/** A charge, authorisation or verification: its end is the end of its session, or lets the payer try again. */
export interface ChargeInFlight {
  attempt: Attempt;
  payment: Payment;
  session: Session;
  /** Of a charge without the payer: the mandate, and what the charge takes of it. */
  under?: { mandate: Mandate; charge: MandateCharge };
  /** The intent asserted that no bank had said no to the card: then a success has nothing to tidy up. */
  unwatched?: true;
}

/** A capture, void or refund of a payment that succeeded. */
export interface StepInFlight {
  attempt: Attempt & { kind: StepKind };
  payment: Payment;
  /** What a refund was asked as. */
  refund?: Refund;
}

export type InFlight = ChargeInFlight | StepInFlight;

/** What is to be written, and what will stand once it is. */
export interface Recorded<Now extends InFlight = InFlight> {
  changes: Changes;
  next: Now;
}

export function isStepInFlight(now: InFlight): now is StepInFlight {
  return isStep(now.attempt);
}

/** The step as the payment's decisions know it. */
export function stepOf({ attempt }: StepInFlight): TakenStep {
  return { kind: attempt.kind, amountMinor: attempt.amountMinor, attemptId: attempt.id };
}

/**
 * Reads an attempt and what belongs to it; undefined for an unknown id. Several reads are several moments: when the attempt
 * has changed behind the others, another asker has just settled it, and all are read again.
 */
export async function loadInFlight(context: Context, attemptId: string): Promise<InFlight | undefined> {
  const { database, tenant } = context;
  let attempt = await findAttempt(database, tenant.id, attemptId);
  while (attempt !== undefined) {
    const now = await around(context, attempt);
    const again = await findAttempt(database, tenant.id, attemptId);
    if (again?.version === attempt.version) return now;
    attempt = again;
  }
  return undefined;
}

async function around({ database, tenant }: Context, attempt: Attempt): Promise<InFlight> {
  const [payment, session, refund] = await Promise.all([
    findPayment(database, tenant.id, attempt.paymentId),
    isStep(attempt) ? undefined : findSession(database, tenant.id, attempt.sessionId),
    attempt.kind === 'refund' ? findRefundOfAttempt(database, tenant.id, attempt.id) : undefined,
  ]);
  const its = must(payment, 'the payment of an attempt');
  if (isStep(attempt)) return { attempt, payment: its, ...(refund && { refund }) };
  const under = its.initiator === 'merchant' ? { under: await findUnder(database, its) } : {};
  return { attempt, payment: its, session: must(session, 'the session of an attempt'), ...under };
}

async function findUnder(database: Database, { tenantId, id, mandateId }: Payment) {
  const chargedUnder = must(mandateId, 'the mandate of a charge without the payer');
  const [mandate, charge] = await Promise.all([
    findMandate(database, tenantId, chargedUnder),
    findMandateCharge(database, tenantId, { mandateId: chargedUnder, paymentId: id }),
  ]);
  return { mandate: must(mandate, 'a mandate that was charged'), charge: must(charge, 'what a charge takes') };
}
