/**
 * The only caller of processors. Request, worker, payer's return and notification all end in {@link recordOutcome}, so
 * recovery after a crash is the ordinary path, taken later.
 *
 *   1. intent   one transaction: session, payment, attempt (`sent`) and their events     → the operation that starts it
 *   2. call     no transaction, one request, its key already committed                   → {@link sendAttempt}
 *   3. outcome  one transaction: attempt, payment, session, what a success brings, events → {@link recordOutcome}
 */
import { type Attempt, CALL_GRACE_MS, isOpen } from '../domain/attempt.ts';
import { flagPayment } from '../domain/payment.ts';
import { must, unreachable } from '../lib/assert.ts';
import { plus, type Timestamp } from '../lib/time.ts';
import type {
  Call,
  ChargeOrder,
  Evidence,
  Lookup,
  Outcome,
  Processor,
  Reversal,
  UnknownOutcome,
} from '../processors/processor.ts';
import { findAttempt, saveAttempt } from '../store/attempts.ts';
import { findCustomer, findMethodByFingerprint, findPaymentMethod } from '../store/customers.ts';
import { Stale, Taken } from '../store/database.ts';
import { findPayment } from '../store/payments.ts';
import { findSession } from '../store/sessions.ts';
import { Changes } from './apply.ts';
import { type Context, contextFor } from './context.ts';
import {
  actionChanges,
  approvedChanges,
  declinedChanges,
  type InFlight,
  pendingChanges,
  type Recorded,
  type SavingFacts,
  unknownChanges,
} from './outcome.ts';
import { processorOf } from './processor-access.ts';

/** Sends a written attempt, once, and records what came back. The attempt must be committed; its key was never used before. */
export async function sendAttempt(
  context: Context,
  now: InFlight,
  send: { order: ChargeOrder; saving?: SavingFacts },
): Promise<InFlight> {
  const { processor, credentials } = await processorOf(context, now.attempt.processor);
  const call: Call = { requestKey: now.attempt.requestKey, credentials };
  const outcome = await operate(processor, now.attempt.kind, { order: send.order, call });
  return recordOutcome(laterContext(context), now, { outcome, saving: send.saving });
}

/**
 * Asks the processor what became of an open attempt and records the answer. Safe to call at any time, by anyone, any number
 * of times; an attempt whose own call may still be running is left to it.
 */
export async function askAbout(context: Context, attemptId: string): Promise<InFlight | undefined> {
  const now = await load(context, attemptId);
  if (now === undefined) return undefined;
  const { attempt } = now;
  if (!isOpen(attempt)) return now;
  if (attempt.status === 'sent' && context.at < plus(attempt.sentAt, CALL_GRACE_MS)) return now;
  const { processor, credentials } = await processorOf(context, attempt.processor);
  const call: Call = { requestKey: attempt.requestKey, credentials };
  if (attempt.leaving) return closeAction(laterContext(context), now, { processor, call });
  const lookup = await processor.lookup(lookupOrder(attempt), call);
  return record(laterContext(context), now, { lookup, processor, call });
}

/**
 * Asks once more about a settled attempt of which the processor seems to say something else now. What is recorded stays; a
 * contradiction is shown to people, and a success recorded as declined is given back.
 */
export async function askAgain(context: Context, attemptId: string): Promise<void> {
  const now = await load(context, attemptId);
  if (now === undefined || isOpen(now.attempt)) return;
  const { processor, credentials } = await processorOf(context, now.attempt.processor);
  const call: Call = { requestKey: now.attempt.requestKey, credentials };
  const lookup = await processor.lookup(lookupOrder(now.attempt), call);
  if (lookup.kind === 'found') await recordOutcome(laterContext(context), now, { outcome: lookup.outcome });
}

/** The payer gives up an open action: the processor is asked to close what is undecided, and until it confirms nothing is said. */
export async function leaveAction(context: Context, attemptId: string): Promise<void> {
  const now = await load(context, attemptId);
  if (now === undefined || now.attempt.status !== 'action_required') return;
  const leaving: Attempt = { ...now.attempt, leaving: true, version: now.attempt.version + 1 };
  try {
    await new Changes(context).also((tx) => saveAttempt(tx, leaving)).commit();
  } catch (error) {
    if (error instanceof Stale) return;
    throw error;
  }
  const { processor, credentials } = await processorOf(context, leaving.processor);
  await closeAction(
    laterContext(context),
    { ...now, attempt: leaving },
    { processor, call: { requestKey: leaving.requestKey, credentials } },
  );
}

async function record(
  context: Context,
  now: InFlight,
  asked: { lookup: Lookup; processor: Processor; call: Call },
): Promise<InFlight> {
  const { lookup, processor, call } = asked;
  const { attempt } = now;
  switch (lookup.kind) {
    case 'unknown':
      if (lookup.giveBack && processor.reverse !== undefined)
        return giveBack(context, now, { lookup, processor, call });
      return recordOutcome(context, now, { outcome: lookup });
    case 'found': {
      const overdue = attempt.actionExpiresAt !== undefined && context.at >= attempt.actionExpiresAt;
      if (lookup.outcome.kind === 'action_required' && overdue) return closeAction(context, now, { processor, call });
      return recordOutcome(context, now, { outcome: lookup.outcome });
    }
    case 'not_found':
      return recordAbsence(context, now, { processor, call, evidence: lookup.evidence });
    default:
      return unreachable(lookup);
  }
}

/**
 * The processor does not know the key. That is proof only once the visibility delay has passed and the key has been closed,
 * so that the request cannot arrive later.
 */
async function recordAbsence(
  context: Context,
  now: InFlight,
  asked: { processor: Processor; call: Call; evidence: Evidence },
): Promise<InFlight> {
  const { processor, call, evidence } = asked;
  const stillUnknown = { kind: 'unknown', why: 'timeout', alarm: false, evidence } as const;
  const visibleBy = plus(now.attempt.sentAt, CALL_GRACE_MS + processor.capabilities.visibilityDelayMs);
  if (context.at < visibleBy || processor.reverse === undefined)
    return recordOutcome(context, now, { outcome: stillUnknown, provableAt: visibleBy });
  return closeKey(context, now, { processor, call, evidence, code: 'processor_unavailable' });
}

/** An approval that may not be kept: once it is given back, nothing was paid and the payer may try again. */
async function giveBack(
  context: Context,
  now: InFlight,
  asked: { lookup: UnknownOutcome; processor: Processor; call: Call },
): Promise<InFlight> {
  const { lookup, processor, call } = asked;
  const reversal = await processor.reverse?.({ onlyUndecided: false }, call);
  const returned = reversal?.kind === 'reversed' || reversal?.kind === 'nothing_to_reverse';
  const outcome: Outcome = returned
    ? { kind: 'declined', stage: 'processor', code: 'processing_error', raw: { reason: 'given_back' } }
    : lookup;
  return recordOutcome(laterContext(context), now, { outcome });
}

/** Closes an action that the payer left or let pass. A success that came first stands. */
async function closeAction(
  context: Context,
  now: InFlight,
  asked: { processor: Processor; call: Call },
): Promise<InFlight> {
  const { processor, call } = asked;
  const evidence: Evidence = {
    operation: 'reverse',
    latencyMs: 0,
    bytes: 0,
    detail: 'this processor cannot close an action',
  };
  if (processor.reverse === undefined)
    return recordOutcome(context, now, { outcome: { kind: 'unknown', why: 'timeout', alarm: true, evidence } });
  return closeKey(context, now, { processor, call, evidence, code: 'authentication_abandoned' });
}

/**
 * Has the processor close a key under which nothing was decided. Only what is undecided: somebody else may learn of a
 * success at this very moment and record it, and giving that money back would leave a paid session without its payment.
 */
async function closeKey(
  context: Context,
  now: InFlight,
  asked: {
    processor: Processor;
    call: Call;
    evidence: Evidence;
    code: 'processor_unavailable' | 'authentication_abandoned';
  },
): Promise<InFlight> {
  const { processor, call, evidence, code } = asked;
  const reverse = must(processor.reverse, 'a processor that can close a key');
  const reversal = await reverse.call(processor, { onlyUndecided: true }, call);
  if (reversal.kind !== 'kept' && reversal.kind !== 'nothing_to_reverse') {
    return recordOutcome(laterContext(context), now, { outcome: afterReversal(reversal, code, evidence) });
  }
  const lookup = await processor.lookup(lookupOrder(now.attempt), call);
  return recordOutcome(laterContext(context), now, { outcome: afterKept(lookup) });
}

/** Something was decided under the key: what it was is asked for. Not finding it now is a contradiction. */
function afterKept(lookup: Lookup): Outcome {
  switch (lookup.kind) {
    case 'found':
      return lookup.outcome;
    case 'unknown':
      return lookup;
    case 'not_found':
      return { kind: 'unknown', why: 'contradiction', alarm: true, evidence: lookup.evidence };
    default:
      return unreachable(lookup);
  }
}

function lookupOrder(attempt: Attempt) {
  return {
    operation: attempt.kind === 'authorise' ? ('authorize' as const) : attempt.kind,
    money: { amountMinor: attempt.amountMinor, currency: attempt.currency },
    reference: attempt.reference,
    ...(attempt.processorRef === undefined ? {} : { ref: attempt.processorRef }),
  };
}

/** Closed and reversed keys moved no money for good; anything else stays unknown. */
function afterReversal(
  reversal: Reversal,
  code: 'processor_unavailable' | 'authentication_abandoned',
  evidence: Evidence,
): Outcome {
  if (reversal.kind === 'closed' || reversal.kind === 'reversed' || reversal.kind === 'nothing_to_reverse') {
    return {
      kind: 'declined',
      stage: code === 'processor_unavailable' ? 'not_sent' : 'issuer',
      code,
      raw: { reason: reversal.kind },
    };
  }
  if (reversal.kind === 'unknown') return reversal;
  return {
    kind: 'unknown',
    why: 'timeout',
    alarm: false,
    evidence: { ...evidence, detail: `reversal answered ${reversal.kind}` },
  };
}

const TRIES = 20;

/**
 * Writes an outcome, whoever learned it. Another writer that was faster is not an error: the outcome is held against what
 * stands now. A late or repeated outcome changes nothing; one that contradicts a settled attempt is shown to people.
 */
export async function recordOutcome(
  context: Context,
  known: InFlight,
  learned: { outcome: Outcome; saving?: SavingFacts | undefined; provableAt?: Timestamp },
): Promise<InFlight> {
  let now = known;
  let saving = learned.saving;
  for (let tries = 1; ; tries++) {
    if (!isOpen(now.attempt)) {
      await noteContradiction(context, now, learned.outcome);
      return now;
    }
    if (learned.outcome.kind === 'approved' && now.attempt.saves) saving ??= await savingFacts(context, now);
    try {
      const { changes, next } = changesFor(context, now, { ...learned, saving: saving ?? {} });
      await changes.commit();
      context.nudge.tap(`session:${now.session.id}`);
      return next;
    } catch (error) {
      if (!(error instanceof Stale || error instanceof Taken) || tries === TRIES) throw error;
      now = must(await load(context, now.attempt.id), 'an attempt that was written');
      saving = undefined;
    }
  }
}

function changesFor(
  context: Context,
  now: InFlight,
  learned: { outcome: Outcome; saving: SavingFacts; provableAt?: Timestamp },
): Recorded {
  const { outcome } = learned;
  switch (outcome.kind) {
    case 'approved':
      return approvedChanges(context, now, outcome, learned.saving);
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

async function noteContradiction(context: Context, now: InFlight, outcome: Outcome): Promise<void> {
  const said = outcome.kind === 'approved' ? 'succeeded' : outcome.kind === 'declined' ? 'declined' : undefined;
  if (said === undefined || said === now.attempt.status) return;
  const money = said === 'succeeded' ? await returnLateSuccess(context, now) : 'not touched';
  context.system.log.error(
    { attempt: now.attempt.id, recorded: now.attempt.status, told: said, money },
    'the processor contradicts a settled attempt',
  );
  const doubt = {
    reason: 'contradiction',
    attemptId: now.attempt.id,
    evidence: [{ recorded: now.attempt.status, told: said, money }],
  };
  const flagged = flagPayment(now.payment, doubt, context.at);
  try {
    await new Changes(context).payment(flagged).commit();
  } catch (error) {
    // Another writer changed the payment meanwhile; the next question about this attempt raises it again.
    if (!(error instanceof Stale)) throw error;
  }
}

/** Payer and merchant were told that nothing was charged, and another attempt may have been paid since: it must come true. */
async function returnLateSuccess(context: Context, { attempt }: InFlight): Promise<string> {
  const { processor, credentials } = await processorOf(context, attempt.processor);
  const reversal = await processor.reverse?.({ onlyUndecided: false }, { requestKey: attempt.requestKey, credentials });
  return reversal?.kind ?? 'this processor cannot give it back by key';
}

async function savingFacts(context: Context, now: InFlight): Promise<SavingFacts> {
  const { tenant, database } = context;
  const { session, attempt } = now;
  if (attempt.paymentMethodId !== undefined) {
    return { method: await findPaymentMethod(database, tenant.id, attempt.paymentMethodId) };
  }
  if (session.customerId === undefined || attempt.cardFingerprint === undefined) return {};
  const card = { customerId: session.customerId, fingerprint: attempt.cardFingerprint };
  const [customer, method] = await Promise.all([
    findCustomer(database, tenant.id, session.customerId),
    findMethodByFingerprint(database, tenant.id, card),
  ]);
  return { customer, method };
}

/**
 * Attempt, payment and session as they stood at one moment. Three reads are three moments: when the attempt has changed
 * behind the other two, another asker has just settled it, and all are read again.
 */
async function load(context: Context, attemptId: string): Promise<InFlight | undefined> {
  const { database, tenant } = context;
  let attempt = await findAttempt(database, tenant.id, attemptId);
  while (attempt !== undefined) {
    const [payment, session] = await Promise.all([
      findPayment(database, tenant.id, attempt.paymentId),
      findSession(database, tenant.id, attempt.sessionId),
    ]);
    const again = await findAttempt(database, tenant.id, attemptId);
    if (again?.version === attempt.version) {
      return {
        attempt,
        payment: must(payment, 'the payment of an attempt'),
        session: must(session, 'the session of an attempt'),
      };
    }
    attempt = again;
  }
  return undefined;
}

/** Time has passed during the call: what is recorded now bears the time of now. */
function laterContext(context: Context): Context {
  return contextFor(context, context.tenant);
}

function operate(
  processor: Processor,
  kind: Attempt['kind'],
  { order, call }: { order: ChargeOrder; call: Call },
): Promise<Outcome> {
  switch (kind) {
    case 'charge':
      return processor.charge(order, call);
    case 'authorise':
      return processor.authorize(order, call);
    case 'verify':
      return processor.verify(order, call);
    case 'capture':
    case 'void':
    case 'refund':
      return Promise.resolve({ kind: 'declined', stage: 'not_sent', code: 'not_supported', raw: {} });
    default:
      return unreachable(kind);
  }
}
