/**
 * What an answer means for a due date: the mandate's rules forbid the try, the bank declined it, or it never left. Pure; the app writes
 * what is decided here.
 */
import { instantOf, localDateOf } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import { type DueDecision, type DueSubject, giveUpDue, passOver, retryDue } from './due-dates.ts';
import { type Answered, mayRetry, type NextTry, nextAfterUnsent, nextTry } from './dunning.ts';
import type { Evaluation } from './mandate-rules.ts';
import type { MandateTerms } from './mandate-terms.ts';
import type { PaymentError } from './payment.ts';
import { isFinal, type Subscription } from './subscription.ts';
import type { SubscriptionCharge } from './subscription-charge.ts';
import { type DueDate, planEndsAt } from './subscription-plan.ts';
import type { ViolationCode } from './violation.ts';

/** Rules that only time mends: a due date waits for them. */
const WAITS: readonly ViolationCode[] = ['too_soon', 'day_not_allowed', 'retry_too_soon', 'network_rule_wait'];
/** Rules about bank and card: whoever they stop is in arrears. */
const ARREARS: readonly ViolationCode[] = [
  'open_attempt_unknown',
  'card_expired',
  'charge_on_hold',
  'network_rule_never',
  'network_rule_wait',
  'network_rule_cap',
];

/**
 * The mandate forbids the try. Where only time is in the way, and not for longer than until the next due date, it waits; else nothing is
 * charged this time. `bound` is the next due date, `nextDue` where the schedule goes on.
 */
export function refusedByMandate(
  subject: DueSubject,
  refusal: Pick<Evaluation, 'violations' | 'nextAllowedAt'> & {
    bound: DueDate | undefined;
    nextDue: DueDate | 'none' | undefined;
  },
  at: Timestamp,
): DueDecision {
  const { subscription, due } = subject;
  const { violations, nextAllowedAt, bound, nextDue } = refusal;
  const arrears = violations.some(({ code }) => ARREARS.includes(code));
  const why = { reason: 'not_allowed', violations, arrears, nextDue } as const;
  if (nextAllowedAt !== undefined && violations.every(({ code }) => WAITS.includes(code))) {
    const { timeZone, scheduledTime } = subscription.plan;
    const onTime = instantOf(localDateOf(nextAllowedAt, timeZone), scheduledTime, timeZone);
    const retryAt = Math.max(onTime, nextAllowedAt) as Timestamp;
    if (isWithin(subscription, retryAt, bound)) return retryDue(subject, { ...why, retryAt, declined: false }, at);
  }
  if ('status' in due) return giveUpDue(subject, { ...why, end: afterAll(subscription) }, at);
  return passOver(subject, { ...why, status: 'skipped' }, at);
}

export interface DeclinedTry {
  answer: Answered;
  /** Nothing left for the processor: no bank was asked. */
  unsent: boolean;
  error: PaymentError;
  /** Of the mandate. */
  retry: MandateTerms['retry'];
  /** The decline ended the mandate. */
  revoked: boolean;
  /** Charges under the mandate are stopped by it. */
  held: boolean;
  /** The subscription went on with another card while the try was under way. */
  replaced: boolean;
}

const OF_THE_OLD_CARD: readonly Answered['effect'][] = ['never', 'stop', 'authenticate', 'fix_data'];

/** The try was declined, or never left. It is tried again as the dunning plan says, unless the answer or the subscription's end forbids it. */
export function afterDecline(
  subject: DueSubject & { due: SubscriptionCharge },
  declined: DeclinedTry,
  at: Timestamp,
): DueDecision {
  const { subscription, due } = subject;
  const { unsent, error, revoked } = declined;
  const { status, plan } = subscription;
  const attempts = due.attempts + (unsent ? 0 : 1);
  const why = { attempts, error };
  if (isFinal(status))
    return giveUpDue(subject, { ...why, reason: status === 'ended' ? 'ended' : 'cancelled', arrears: false }, at);
  if (revoked) {
    const end = { status: 'cancelled', reason: 'mandate_revoked' } as const;
    return giveUpDue(subject, { ...why, reason: 'declined', arrears: true, end }, at);
  }
  if (status === 'paused') return giveUpDue(subject, { ...why, reason: 'paused', arrears: !unsent }, at);

  const again: NextTry = unsent ? nextAfterUnsent(due.dunning, at) : { state: withoutUnsent(due) };
  if (again.at !== undefined && isWithin(subscription, again.at, undefined)) {
    const later = { retryAt: again.at, dunning: again.state, declined: false, arrears: false };
    return retryDue(subject, { ...why, reason: 'processor_unavailable', ...later }, at);
  }
  const answer: Answered = unsent ? { code: 'issuer_not_available', effect: 'wait' } : declined.answer;
  const { dueDate } = due;
  const { scheduledTime, timeZone, dunning } = plan;
  const next = nextTry(
    answer,
    {
      ...{ dueDate, scheduledTime, timeZone, attempts, retryDays: dunning.retryDays, state: again.state },
      ...(declined.retry === undefined ? {} : { retry: declined.retry }),
      nextDueAt: subscription.nextDue?.at,
      endsAt: planEndsAt(plan),
    },
    at,
  );
  const told = { ...why, dunning: next.state, arrears: true };
  if (next.at !== undefined)
    return retryDue(subject, { ...told, reason: 'declined', retryAt: next.at, declined: true }, at);
  if (
    declined.replaced &&
    OF_THE_OLD_CARD.includes(answer.effect) &&
    isWithin(subscription, at, subscription.nextDue)
  ) {
    // What the bank says of the old card is no reason not to try the new one.
    return retryDue(subject, { ...told, reason: 'payment_method_replaced', retryAt: at, declined: true }, at);
  }
  const reason = mayRetry(answer) ? 'retries_exhausted' : declined.held ? 'charge_on_hold' : 'declined';
  return giveUpDue(subject, { ...told, reason, end: afterAll(subscription) }, at);
}

function withoutUnsent({ dunning }: SubscriptionCharge) {
  const { unsent: _, ...state } = dunning;
  return state;
}

/** What the dunning plan asks for when a due date is given up. */
function afterAll({ plan }: Subscription) {
  const { onExhausted } = plan.dunning;
  if (onExhausted === 'continue') return undefined;
  return { status: onExhausted === 'pause' ? 'paused' : 'cancelled', reason: 'retries_exhausted' } as const;
}

function isWithin({ plan }: Subscription, at: Timestamp, bound: DueDate | undefined): boolean {
  const endsAt = planEndsAt(plan);
  return (bound === undefined || at < bound.at) && (endsAt === undefined || at < endsAt);
}

/** Refusals that go when the hold or block behind them goes, or with another card. */
const OF_THE_CARD: readonly ViolationCode[] = ['charge_on_hold', 'network_rule_never', 'card_expired'];

/**
 * What stopped charges is gone: the newest due date is tried at once, if that was what stopped it. Undefined where nothing is to be tried.
 * After a new card an instalment is tried whatever stopped it.
 */
export function tryOnceMore(
  subject: DueSubject & { due: SubscriptionCharge },
  reason: 'hold_lifted' | 'payment_method_replaced',
  at: Timestamp,
): DueDecision | undefined {
  const { subscription, due, othersUnfinished } = subject;
  if (isFinal(subscription.status) || subscription.status === 'paused' || othersUnfinished) return undefined;
  if (due.status !== 'unpaid' && due.status !== 'skipped') return undefined;
  const stopped = due.reason === 'charge_on_hold' || due.violations?.some(({ code }) => OF_THE_CARD.includes(code));
  const owed = reason === 'payment_method_replaced' && due.instalment !== undefined;
  const endsAt = planEndsAt(subscription.plan);
  if ((!stopped && !owed) || (endsAt !== undefined && at >= endsAt)) return undefined;
  return retryDue(subject, { reason, retryAt: at, declined: false, arrears: true }, at);
}
