/** Which screen tells the truth about a session: one pure, total function over what the application knows. */
import type { CheckoutView, Situation } from '../../app/checkout-door.ts';
import { MINUTE } from '../../lib/time.ts';

/** Those of them that end by themselves. */
const WAITING_STATES = [
  'processing',
  'checking',
  'three_ds',
  'redirect',
  'qr_code',
  'await_approval',
  'voucher',
  'bank_transfer',
  'on_its_way',
] as const;

/** The value of `data-state`; names are a promise to integrators and tests. */
export const PAGE_STATES = [
  'choose',
  'declined',
  'declined_other',
  'too_many_tries',
  ...WAITING_STATES,
  'paid',
  'reserved',
  'verified',
  'expired',
  'cancelled',
  'not_found',
  'not_available',
  'problem',
] as const;

export type PageState = (typeof PAGE_STATES)[number];

/** For this long after the end the page takes the payer back to the shop by itself. */
const FRESH_FOR_MS = 30 * MINUTE;

/** The screen for a session, or for none. */
export function stateOf(view: CheckoutView | undefined): PageState {
  if (!view) return 'not_found';
  if (view.unavailable) return 'not_available';
  const situation = endedByNow(view);
  switch (situation.kind) {
    case 'completed':
      return situation.outcome;
    case 'cancelled':
    case 'expired':
    case 'three_ds':
    case 'on_its_way':
    case 'processing':
    case 'too_many_tries':
      return situation.kind;
    case 'action':
      return situation.action.type === 'bank_transfer_details' ? 'bank_transfer' : situation.action.type;
    case 'unknown':
      return 'checking';
    case 'declined':
      return situation.sameCardAllowed ? 'declined' : 'declined_other';
    case 'open':
      return 'choose';
  }
}

/**
 * The situation as the clock has it: a page nobody is paying on ends at `expiresAt`, also before the sweep wrote it.
 * An open attempt keeps its own screen past the end.
 */
export function endedByNow(view: CheckoutView): Situation {
  const { situation } = view;
  const idle = situation.kind === 'open' || situation.kind === 'declined' || situation.kind === 'too_many_tries';
  if (!idle || view.now < view.expiresAt) return situation;
  const nothingCharged = situation.kind === 'open' || (situation.kind === 'declined' && situation.nothingCharged);
  return { kind: 'expired', at: view.expiresAt, lastTryDeclined: situation.kind !== 'open', nothingCharged };
}

/** Whether the page shows the pay form. Too many tries close cards alone. */
export function hasForm(view: CheckoutView): boolean {
  const state = stateOf(view);
  if (state === 'too_many_tries') return view.methods.length > 0;
  return state === 'choose' || state === 'declined' || state === 'declined_other';
}

/** Whether cards can be chosen on it. */
export function offersCards(view: CheckoutView): boolean {
  return view.cardsOffered && view.situation.kind !== 'too_many_tries';
}

const WAITING: ReadonlySet<PageState> = new Set(WAITING_STATES);

/** States that end by themselves when the processor answers. */
export function isWaiting(state: PageState): boolean {
  return WAITING.has(state);
}

/** States of a completed session. */
export function isCompleted(state: PageState): state is 'paid' | 'reserved' | 'verified' {
  return state === 'paid' || state === 'reserved' || state === 'verified';
}

/** Completed so long ago that whoever opens the page is told that it was done before. */
export function isLongDone(view: CheckoutView): boolean {
  return view.situation.kind === 'completed' && view.now - view.situation.at >= FRESH_FOR_MS;
}

/** Whether the page goes back to the shop by itself: after success or the payer's own cancelling, while that is fresh. */
export function returnsByItself(view: CheckoutView): boolean {
  const { situation } = view;
  const ended = situation.kind === 'completed' || (situation.kind === 'cancelled' && situation.by === 'payer');
  if (view.settings.afterPayment === 'receipt' && situation.kind === 'completed') return false;
  return ended && view.returnUrl !== undefined && view.now - situation.at < FRESH_FOR_MS;
}
