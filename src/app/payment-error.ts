/** Why an attempt did not succeed, in the normal form that sessions, payments and events show. */
import type { WatchedCard } from '../domain/card-rules.ts';
import { declineSpec, merchantMessage, methodMessage, type RetryAdvice, retryAfterDecline } from '../domain/decline.ts';
import { consequencesOf, networkAnswer } from '../domain/holds.ts';
import type { PaymentError } from '../domain/payment.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Outcome } from '../processors/processor.ts';
import { findWatchedCard } from '../store/cards.ts';
import { cardKeyOf, cardRulesAgainst, cardTryOf, countedFrom, networkOf } from './card-watch.ts';
import type { Context } from './context.ts';
import type { ChargeInFlight } from './in-flight.ts';

type Declined = Extract<Outcome, { kind: 'declined' }>;

/** The error of a declined attempt. Reads what is known about the card if the decline counts: it may be the last one allowed. */
export async function paymentErrorOf(context: Context, now: ChargeInFlight, declined: Declined): Promise<PaymentError> {
  return {
    errorCode: declined.stage === 'not_sent' ? 'processor_unavailable' : 'payment_declined',
    declineCode: declined.code,
    class: declineSpec(declined.code).class,
    message: now.attempt.method === undefined ? merchantMessage(declined.code) : methodMessage(declined.code),
    retry: await retryOf(context, now, declined),
    at: context.at,
  };
}

async function retryOf(context: Context, now: ChargeInFlight, declined: Declined): Promise<RetryAdvice> {
  const { attempt, session } = now;
  const { at } = context;
  const network = networkOf(attempt);
  const advice = retryAfterDecline({
    code: declined.code,
    ...(declined.stage === 'issuer' ? { answer: networkAnswer({ network, raw: declined.raw, at }) } : {}),
    initiator: attempt.initiator,
    startsSeries: session.type === 'first_in_series',
    at,
  });
  const { counts } = consequencesOf({ ...declined, network, initiator: attempt.initiator, at });
  // Without a card there is nothing to count on.
  if (!counts || attempt.method !== undefined) return advice;
  const known = await findWatchedCard(context.database, cardKeyOf(attempt));
  return withCardRules(context, now, { advice, known });
}

/** The next try of the same, held against what is known about the card once this decline is part of it. */
function withCardRules(
  context: Context,
  now: ChargeInFlight,
  { advice, known }: { advice: RetryAdvice; known: WatchedCard | undefined },
): RetryAdvice {
  const { attempt } = now;
  const earlier = (known?.declines ?? []).filter((decline) => decline.attemptId !== attempt.id);
  const declines = [...earlier, countedFrom(attempt, { at: context.at, open: false })];
  const card = { version: 0, blocks: known?.blocks ?? [], declines };
  const ends = cardRulesAgainst(context, card, cardTryOf(now)).map((broken) => broken.mayHoldFrom);
  if (ends.length === 0) return advice;
  if (ends.some((end) => typeof end !== 'number')) return { allowed: false };
  const after = Math.max(advice.after ?? 0, ...(ends as number[])) as Timestamp;
  // A payer on the page cannot wait; a merchant's next charge can.
  return { allowed: attempt.initiator === 'merchant' && advice.allowed, after };
}
