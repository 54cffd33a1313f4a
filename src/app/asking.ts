/**
 * Asks processors what became of attempts, and has them close what nobody will decide any more. Every answer ends in
 * `settle.ts`, like the answer to the call itself.
 */
import { type Attempt, CALL_GRACE_MS, isOpen, widenVoid } from '../domain/attempt.ts';
import { mayLeave } from '../domain/payment-methods.ts';
import { reservedMinor } from '../domain/payment-steps.ts';
import { must, unreachable } from '../lib/assert.ts';
import { plus } from '../lib/time.ts';
import type { Evidence, Lookup, Outcome, Reversal, UnknownOutcome } from '../processors/processor.ts';
import { listAttempts, saveAttempt } from '../store/attempts.ts';
import { Stale } from '../store/database.ts';
import { Changes } from './apply.ts';
import type { Context } from './context.ts';
import { type InFlight, isStepInFlight, loadInFlight } from './in-flight.ts';
import { type Calling, callingAbout } from './processor-access.ts';
import { laterContext, recordOutcome } from './settle.ts';

/**
 * Asks the processor what became of an open attempt and records the answer. Safe to call at any time, by anyone, any number
 * of times; an attempt whose own call may still be running is left to it.
 */
export async function askAbout(context: Context, attemptId: string): Promise<InFlight | undefined> {
  const now = await loadInFlight(context, attemptId);
  if (now === undefined) return undefined;
  const { attempt } = now;
  if (!isOpen(attempt)) return now;
  if (attempt.status === 'sent' && context.at < plus(attempt.sentAt, CALL_GRACE_MS)) return now;
  if (await capturesLookedAt(context, attempt)) return askAbout(context, attemptId);
  const calling = await callingAbout(context, attempt);
  if (attempt.leaving) return closeAction(laterContext(context), now, calling);
  const lookup = await calling.processor.lookup(lookupOrder(attempt), calling.call);
  const doubtful = lookup.kind === 'unknown' && lookup.why === 'contradiction';
  if (doubtful && (await releasedAll(context, now, calling))) return askAbout(context, attemptId);
  return record(laterContext(context), now, { lookup, ...calling });
}

/**
 * A void releases whatever remains at the processor. When its end is in doubt a capture may have failed there without our
 * hearing of it, and then the void is for more than we asked. Answers whether one had.
 */
async function capturesLookedAt(context: Context, attempt: Attempt): Promise<boolean> {
  if (attempt.kind !== 'void' || attempt.status !== 'unknown') return false;
  const attempts = () => listAttempts(context.database, context.tenant.id, attempt.paymentId);
  const captured = (list: readonly Attempt[]) =>
    list.filter(({ kind, status }) => kind === 'capture' && status === 'succeeded');
  const before = captured(await attempts());
  for (const capture of before) await askAgain(context, capture.id);
  return before.length > 0 && captured(await attempts()).length < before.length;
}

/**
 * The sum of a void is not the one we expected: is it all that is reserved by now? Then that is what it released, and the
 * attempt says so. Any other sum stays a contradiction.
 */
async function releasedAll(context: Context, { attempt, payment }: InFlight, calling: Calling): Promise<boolean> {
  const all = reservedMinor(payment);
  if (attempt.kind !== 'void' || all === attempt.amountMinor) return false;
  const wide = widenVoid(attempt, all);
  const lookup = await calling.processor.lookup(lookupOrder(wide), calling.call);
  if (lookup.kind !== 'found' || lookup.outcome.kind !== 'approved') return false;
  await new Changes(context).also((tx) => saveAttempt(tx, wide)).commit();
  return true;
}

/**
 * Asks once more about a settled attempt of which the processor seems to say something else now. What is recorded stays; a
 * contradiction is shown to people, and a success recorded as declined is given back.
 */
export async function askAgain(context: Context, attemptId: string): Promise<void> {
  const now = await loadInFlight(context, attemptId);
  if (now === undefined || isOpen(now.attempt)) return;
  const { processor, call } = await callingAbout(context, now.attempt);
  const lookup = await processor.lookup(lookupOrder(now.attempt), call);
  if (lookup.kind === 'found') await recordOutcome(laterContext(context), now, { outcome: lookup.outcome });
}

/** The payer gives up an open action, where the method allows it: the processor is asked to close what is undecided, and until it confirms nothing is said. */
export async function leaveAction(context: Context, attemptId: string): Promise<void> {
  const now = await loadInFlight(context, attemptId);
  if (now === undefined || isStepInFlight(now) || now.attempt.status !== 'action_required') return;
  if (!mayLeave(now.attempt.method?.type ?? 'card')) return;
  const leaving: Attempt = { ...now.attempt, leaving: true, version: now.attempt.version + 1 };
  try {
    await new Changes(context).also((tx) => saveAttempt(tx, leaving)).commit();
  } catch (error) {
    if (error instanceof Stale) return;
    throw error;
  }
  await closeAction(laterContext(context), { ...now, attempt: leaving }, await callingAbout(context, leaving));
}

async function record(context: Context, now: InFlight, asked: Calling & { lookup: Lookup }): Promise<InFlight> {
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
  asked: Calling & { evidence: Evidence },
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
  asked: Calling & { lookup: UnknownOutcome },
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
async function closeAction(context: Context, now: InFlight, asked: Calling): Promise<InFlight> {
  const { processor, call } = asked;
  const evidence: Evidence = {
    operation: 'reverse',
    latencyMs: 0,
    bytes: 0,
    detail: 'this processor cannot close an action',
  };
  if (processor.reverse === undefined)
    return recordOutcome(context, now, { outcome: { kind: 'unknown', why: 'timeout', alarm: true, evidence } });
  return closeKey(context, now, { processor, call, evidence, code: unfinished(now.attempt) });
}

type Unfinished = 'authentication_abandoned' | 'approval_declined' | 'approval_timeout';

/** The word for an action that nobody finished. */
function unfinished({ method, leaving }: Attempt): Unfinished {
  if (method === undefined) return 'authentication_abandoned';
  return leaving ? 'approval_declined' : 'approval_timeout';
}

/**
 * Has the processor close a key under which nothing was decided. Only what is undecided: somebody else may learn of a
 * success at this very moment and record it, and giving that money back would leave a paid session without its payment.
 */
async function closeKey(
  context: Context,
  now: InFlight,
  asked: Calling & { evidence: Evidence; code: 'processor_unavailable' | Unfinished },
): Promise<InFlight> {
  const { processor, call, evidence, code } = asked;
  const reverse = must(processor.reverse, 'a processor that can close a key');
  const reversal = await reverse.call(processor, { onlyUndecided: true }, call);
  // Refused: there is something under the key that cannot be undone by key, such as a capture.
  if (!['kept', 'nothing_to_reverse', 'refused'].includes(reversal.kind)) {
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
function afterReversal(reversal: Reversal, code: 'processor_unavailable' | Unfinished, evidence: Evidence): Outcome {
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
