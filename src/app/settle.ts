/**
 * Sends attempts and records their ends. With `asking.ts` the only caller of processors: request, worker, payer's return and
 * notification all end in {@link recordOutcome}, so recovery after a crash is the ordinary path, taken later.
 *
 *   1. intent   one transaction: payment, attempt (`sent`) and what they begin, with events → the operation that starts it
 *   2. call     no transaction, one request, its key already committed                      → {@link sendAttempt}
 *   3. outcome  one transaction: attempt, payment, what the end brings, events              → {@link recordOutcome}
 */
import { isOpen } from '../domain/attempt.ts';
import { must, unreachable } from '../lib/assert.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Call, ChargeOrder, Outcome, Processor, StepOrder } from '../processors/processor.ts';
import { findCustomer, findMethodByFingerprint, findPaymentMethod } from '../store/customers.ts';
import { Stale, Taken } from '../store/database.ts';
import { type Context, contextFor } from './context.ts';
import { noteContradiction } from './contradiction.ts';
import {
  type ChargeInFlight,
  type InFlight,
  isStepInFlight,
  loadInFlight,
  type Recorded,
  type StepInFlight,
} from './in-flight.ts';
import {
  actionChanges,
  approvedChanges,
  declinedChanges,
  pendingChanges,
  type SavingFacts,
  unknownChanges,
} from './outcome.ts';
import { callingAbout } from './processor-access.ts';
import { stepChanges } from './step-outcome.ts';

/** Sends a written charge, authorisation or verification, once, and records what came back. Its key was never used before. */
export async function sendAttempt(
  context: Context,
  now: ChargeInFlight,
  send: { order: ChargeOrder; saving?: SavingFacts },
): Promise<ChargeInFlight> {
  const { processor, call } = await callingAbout(context, now.attempt);
  const outcome = await chargeBy(processor, now, { order: send.order, call });
  return recordOutcome(laterContext(context), now, { outcome, saving: send.saving });
}

/** Sends a written capture, void or refund, once, and records what came back. */
export async function sendStep(context: Context, now: StepInFlight, order: StepOrder): Promise<StepInFlight> {
  const { processor, call } = await callingAbout(context, now.attempt);
  const outcome = await processor[now.attempt.kind](order, call);
  return recordOutcome(laterContext(context), now, { outcome });
}

function chargeBy(
  processor: Processor,
  { attempt }: ChargeInFlight,
  { order, call }: { order: ChargeOrder; call: Call },
): Promise<Outcome> {
  if (attempt.kind === 'charge') return processor.charge(order, call);
  return attempt.kind === 'authorise' ? processor.authorize(order, call) : processor.verify(order, call);
}

/** What is known now, and what is to be written beside it. */
export interface Learned {
  outcome: Outcome;
  saving?: SavingFacts | undefined;
  /** When "not found" will be proof. */
  provableAt?: Timestamp;
}

/** Every failed try means that another writer was faster, so a crowd of refunds of one payment gets through. */
const TRIES = 100;

/**
 * Writes an outcome, whoever learned it. Another writer that was faster is not an error: the outcome is held against what
 * stands now. A late or repeated outcome changes nothing; one that contradicts a settled attempt is shown to people.
 */
export async function recordOutcome<Now extends InFlight>(
  context: Context,
  known: Now,
  learned: Learned,
): Promise<Now> {
  let now: InFlight = known;
  let saving = learned.saving;
  for (let tries = 1; ; tries++) {
    if (!isOpen(now.attempt)) {
      await noteContradiction(context, now, learned.outcome);
      return now as Now;
    }
    try {
      const { changes, next } = await outcomeChanges(context, now, { ...learned, saving });
      await changes.commit();
      context.metrics.attempts.add({ kind: now.attempt.kind, outcome: learned.outcome.kind });
      context.nudge.tap(`session:${now.attempt.sessionId}`);
      return next as Now;
    } catch (error) {
      if (!(error instanceof Stale || error instanceof Taken) || tries === TRIES) throw error;
      now = must(await loadInFlight(context, now.attempt.id), 'an attempt that was written');
      saving = undefined;
    }
  }
}

/** What an outcome changes, held against an open attempt as it was read. Commits nothing. */
export async function outcomeChanges(context: Context, now: InFlight, learned: Learned): Promise<Recorded> {
  const { outcome } = learned;
  if (isStepInFlight(now)) return stepChanges(context, now, learned);
  switch (outcome.kind) {
    case 'approved': {
      const saving = learned.saving ?? (now.attempt.saves ? await savingFacts(context, now) : {});
      return approvedChanges(context, now, outcome, saving);
    }
    case 'declined':
      return declinedChanges(context, now, outcome);
    case 'action_required':
      return actionChanges(context, now, outcome);
    case 'pending':
      return pendingChanges(context, now, outcome);
    case 'unknown':
      return unknownChanges(context, now, outcome, learned.provableAt);
    default:
      return unreachable(outcome);
  }
}

async function savingFacts(context: Context, now: ChargeInFlight): Promise<SavingFacts> {
  const { tenant, database } = context;
  const { session, attempt } = now;
  const { customerId } = session;
  const { paymentMethodId, cardFingerprint: fingerprint } = attempt;
  if (customerId === undefined) return {};
  const [customer, method] = await Promise.all([
    findCustomer(database, tenant.id, customerId),
    paymentMethodId !== undefined
      ? findPaymentMethod(database, tenant.id, paymentMethodId)
      : fingerprint && findMethodByFingerprint(database, tenant.id, { customerId, fingerprint }),
  ]);
  return { customerDeleted: customer === undefined, ...(method ? { method } : {}) };
}

/** Time has passed during the call: what is recorded now bears the time of now. */
export function laterContext(context: Context): Context {
  return contextFor(context, context.tenant);
}
