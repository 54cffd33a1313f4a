/**
 * What happens when a processor says something else about an attempt that already has its end. What is recorded stays, except
 * where banks do change their mind by rule: a capture, void or refund that was reported as done may fail after all.
 */
import { type Attempt, failSettledStep } from '../domain/attempt.ts';
import { entryOfLateFailure } from '../domain/ledger.ts';
import { flagPayment } from '../domain/payment.ts';
import { canTakeBack, takeBackStep } from '../domain/payment-steps.ts';
import { failRefund } from '../domain/refund.ts';
import type { Outcome } from '../processors/processor.ts';
import { saveAttempt } from '../store/attempts.ts';
import { Stale } from '../store/database.ts';
import { insertLedgerEntry } from '../store/ledger.ts';
import { Changes } from './apply.ts';
import { recountCharge } from './charge-end.ts';
import type { Context } from './context.ts';
import { type InFlight, isStepInFlight, loadInFlight, type StepInFlight, stepOf } from './in-flight.ts';
import { callingAbout } from './processor-access.ts';
import { declineOf, stepError } from './step-outcome.ts';

const TRIES = 100;

/** Holds an outcome against a settled attempt: nothing if they agree, else taken back, given back or shown to people. */
export async function noteContradiction(context: Context, settled: InFlight, outcome: Outcome): Promise<void> {
  let now = settled;
  for (let tries = 1; ; tries++) {
    const said = outcome.kind === 'approved' ? 'succeeded' : outcome.kind === 'declined' ? 'declined' : undefined;
    if (said === undefined || said === now.attempt.status) return;
    const changes =
      outcome.kind === 'declined' && isStepInFlight(now) && canTakeBack(now.payment, stepOf(now))
        ? await takenBack(context, now, outcome)
        : await shown(context, now, said);
    try {
      await changes.commit();
      return;
    } catch (error) {
      if (!(error instanceof Stale) || tries === TRIES) throw error;
      now = (await loadInFlight(context, now.attempt.id)) ?? now;
    }
  }
}

/** The step failed after all: attempt, amounts, refund and ledger say so together. */
async function takenBack(
  context: Context,
  now: StepInFlight,
  outcome: Extract<Outcome, { kind: 'declined' }>,
): Promise<Changes> {
  const { attempt, payment, refund } = now;
  const { at } = context;
  const failed = failSettledStep(attempt, declineOf(outcome), at);
  const before = takeBackStep(payment, stepOf(now), stepError(attempt.kind, outcome, { at, tookBack: true }), at);
  const changes = new Changes(context)
    .payment(before)
    .also((tx) => saveAttempt(tx, failed))
    .also((tx) => insertLedgerEntry(tx, entryOfLateFailure(attempt, at)));
  if (attempt.kind !== 'refund') await recountCharge(context, changes, { payment: before.next, byCall: false });
  return refund === undefined ? changes : changes.refund(failRefund(refund, outcome.code, at));
}

async function shown(context: Context, now: InFlight, said: 'succeeded' | 'declined'): Promise<Changes> {
  const { attempt, payment } = now;
  const money =
    said === 'succeeded' && !isStepInFlight(now) ? await returnLateSuccess(context, attempt) : 'not touched';
  context.system.log.error(
    { attempt: attempt.id, recorded: attempt.status, told: said, money },
    'the processor contradicts a settled attempt',
  );
  const evidence = [{ recorded: attempt.status, told: said, money }];
  const doubt = { reason: 'contradiction', attemptId: attempt.id, evidence };
  return new Changes(context).payment(flagPayment(payment, doubt, context.at));
}

/** Payer and merchant were told that nothing was charged, and another attempt may have been paid since: it must come true. */
async function returnLateSuccess(context: Context, attempt: Attempt): Promise<string> {
  const { processor, call } = await callingAbout(context, attempt);
  const reversal = await processor.reverse?.({ onlyUndecided: false }, call);
  return reversal?.kind ?? 'this processor cannot give it back by key';
}
