/**
 * A success that is told after its attempt ended as failed: payer and merchant were told so, and another try may have been paid since.
 * The money goes back at once: undone by key, or, where the way to pay cannot be called back, by one refund. See docs/decisions/0021.
 */
import type { Attempt } from '../domain/attempt.ts';
import type { Review } from '../domain/payment.ts';
import { METHOD_CAPABILITIES } from '../domain/payment-methods.ts';
import type { Outcome } from '../processors/processor.ts';
import type { Context } from './context.ts';
import { type Calling, callingAbout } from './processor-access.ts';

type Approved = Extract<Outcome, { kind: 'approved' }>;

/** What became of the money. `refund` is still to be sent, under a key that is used once: write it down before. */
export type GivenBack = { money: string; done?: true } | { refund: { requestKey: string } };

/**
 * Undoes the charge by its key. Where that is refused, looks whether it was refunded already; and if not, says that it has to be. `seen` is
 * the review as it stands: a refund that it names was sent, and is never sent again.
 */
export async function giveBackByKey(context: Context, attempt: Attempt, seen: Review | undefined): Promise<GivenBack> {
  const calling = await callingAbout(context, attempt);
  const reversal = await calling.processor.reverse?.({ onlyUndecided: false }, calling.call);
  if (reversal?.kind !== 'refused') return { money: reversal?.kind ?? 'this processor cannot give it back by key' };
  if (METHOD_CAPABILITIES[attempt.method?.type ?? 'card'].supports.refunds === 'none') return { money: 'refused' };
  const requestKey = keyOfReturn(attempt);
  const order = { operation: 'refund', money: moneyOf(attempt), reference: attempt.reference } as const;
  const lookup = await calling.processor.lookup(order, { ...calling.call, requestKey });
  if (lookup.kind === 'found') return told(lookup.outcome);
  if (lookup.kind === 'unknown') return { money: 'the refund could not be asked about' };
  return namesKey(seen, requestKey) ? { money: 'a refund was sent and did not arrive' } : { refund: { requestKey } };
}

/** Sends the refund, once: the caller has written down that it is sent. */
export async function refundLateSuccess(
  context: Context,
  attempt: Attempt,
  { approved, requestKey }: { approved: Approved; requestKey: string },
): Promise<GivenBack> {
  const { processor, call }: Calling = await callingAbout(context, attempt);
  const money = moneyOf(attempt);
  const order = { chargeRef: approved.ref, charge: money, reference: attempt.reference, money };
  return told(await processor.refund(order, { ...call, requestKey }));
}

/** The key of the one refund that gives a late success back. */
function keyOfReturn(attempt: Attempt): string {
  return `back-${attempt.id}`;
}

function namesKey(review: Review | undefined, requestKey: string): boolean {
  return (review?.evidence ?? []).some((one) => (one as { request_key?: string }).request_key === requestKey);
}

function moneyOf({ amountMinor, currency }: Attempt) {
  return { amountMinor, currency };
}

function told(outcome: Outcome): GivenBack {
  switch (outcome.kind) {
    case 'approved':
      return { money: 'refunded', done: true };
    case 'pending':
      return { money: 'a refund is on its way' };
    case 'declined':
      return { money: 'the refund was declined' };
    default:
      return { money: 'a refund was sent, its end is not known' };
  }
}
