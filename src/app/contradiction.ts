/**
 * What happens when a processor says something else about an attempt that already has its end. What is recorded stays, except
 * where banks do change their mind by rule: a capture, void or refund that was reported as done may fail after all.
 */
import { type Attempt, failSettledStep } from '../domain/attempt.ts';
import { entryOfLateFailure } from '../domain/ledger.ts';
import { flagPayment, noteInReview } from '../domain/payment.ts';
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
import { giveBackByKey, refundLateSuccess } from './late-success.ts';
import { declineOf, stepError } from './step-outcome.ts';

const TRIES = 100;

type Settled = Extract<Outcome, { kind: 'approved' | 'declined' }>;

/** Holds an outcome against a settled attempt: nothing if they agree, else taken back, given back or shown to people. */
export async function noteContradiction(context: Context, settled: InFlight, outcome: Outcome): Promise<void> {
  let now = settled;
  for (let tries = 1; ; tries++) {
    if (outcome.kind !== 'approved' && outcome.kind !== 'declined') return;
    if ((outcome.kind === 'approved' ? 'succeeded' : 'declined') === now.attempt.status) return;
    try {
      const changes =
        outcome.kind === 'declined' && isStepInFlight(now) && canTakeBack(now.payment, stepOf(now))
          ? await takenBack(context, now, outcome)
          : await shown(context, now, outcome);
      await changes?.commit();
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

/** What people are shown, and the money of a late success on its way back. */
async function shown(context: Context, now: InFlight, outcome: Settled): Promise<Changes | undefined> {
  const { attempt, payment } = now;
  const said = outcome.kind === 'approved' ? 'succeeded' : 'declined';
  const back =
    outcome.kind === 'approved' && !isStepInFlight(now)
      ? await giveBackByKey(context, attempt, payment.review)
      : { money: 'not touched' };
  if ('refund' in back) return refunded(context, now, { outcome, requestKey: back.refund.requestKey });
  if ('done' in back) return backAlready(context, now, back.money);
  warn(context, now, { told: said, money: back.money });
  return new Changes(context).payment(
    flagPayment(payment, doubtAbout(attempt, { told: said, money: back.money }), context.at),
  );
}

/** It was refunded before. People who still look because of it are told, once. */
function backAlready(context: Context, { attempt, payment }: InFlight, money: string): Changes | undefined {
  const { review } = payment;
  if (review?.attemptId !== attempt.id) return undefined;
  if ((review.evidence ?? []).some((one) => (one as Seen).money === money)) return undefined;
  const known = doubtAbout(attempt, { told: 'succeeded', money });
  return new Changes(context).payment(noteInReview(payment, known, context.at));
}

/**
 * A refund moves money, so it is written down before it is sent, by whoever is first; what became of it is added. It is no refund of this
 * payment, which took nothing: it stands in the review alone.
 */
async function refunded(
  context: Context,
  now: InFlight,
  { outcome, requestKey }: { outcome: Settled; requestKey: string },
): Promise<Changes | undefined> {
  const { attempt, payment } = now;
  if (outcome.kind !== 'approved') return undefined;
  const asked = { told: 'succeeded', money: 'a refund is being sent', request_key: requestKey } as const;
  warn(context, now, asked);
  const begun = noteInReview(payment, doubtAbout(attempt, asked), context.at);
  await new Changes(context).payment(begun).commit();
  const back = await refundLateSuccess(context, attempt, { approved: outcome, requestKey });
  const money = 'money' in back ? back.money : asked.money;
  const known = doubtAbout(attempt, { told: 'succeeded', money, request_key: requestKey });
  const after = (await loadInFlight(context, attempt.id)) ?? now;
  return new Changes(context).payment(noteInReview(after.payment, known, context.at));
}

interface Seen {
  told: 'succeeded' | 'declined';
  money: string;
  request_key?: string;
}

function doubtAbout(attempt: Attempt, seen: Seen) {
  return { reason: 'contradiction', attemptId: attempt.id, evidence: [{ recorded: attempt.status, ...seen }] };
}

function warn(context: Context, { attempt }: InFlight, { told, money }: Seen): void {
  context.system.log.error(
    { attempt: attempt.id, recorded: attempt.status, told, money },
    'the processor contradicts a settled attempt',
  );
}
