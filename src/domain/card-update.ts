/** What an issuer's updater reports about a saved card: a new expiry date, or a new number of which only the end is known. */
import type { Timestamp } from '../lib/time.ts';
import type { PaymentMethod } from './customer.ts';
import type { Decision } from './errors.ts';

export interface CardNews {
  expMonth?: number;
  expYear?: number;
  /** Of a new number. */
  last4?: string;
  /** Stands for the card at the processor from now on. */
  token?: string;
}

/**
 * The method as the processor knows it now. A new number comes as a token, so the number sealed here is of no more use, and what
 * banks said about it no longer counts: the method's own id takes the place of the fingerprint. A new number without a token
 * could not be charged and is left aside.
 */
export function updateByProcessor(method: PaymentMethod, news: CardNews, at: Timestamp): Decision<PaymentMethod> {
  const expMonth = news.expMonth ?? method.card.expMonth;
  const expYear = news.expYear ?? method.card.expYear;
  const renumbered = isNewNumber(method, news);
  const sameExpiry = expMonth === method.card.expMonth && expYear === method.card.expYear;
  if (method.status !== 'active' || (sameExpiry && !renumbered)) return { next: method, events: [], unchanged: true };
  const { cardId, ...rest } = method;
  const token = news.token === undefined ? {} : { processorToken: news.token };
  const card = { ...method.card, expMonth, expYear };
  const next: PaymentMethod = renumbered
    ? { ...rest, ...token, card: { ...card, last4: news.last4 ?? card.last4 }, fingerprint: method.id }
    : { ...rest, ...(cardId === undefined ? {} : { cardId }), ...token, card };
  return { next: { ...next, version: method.version + 1, updatedAt: at }, events: ['payment_method.updated'] };
}

function isNewNumber(method: PaymentMethod, { last4, token }: CardNews): boolean {
  return last4 !== undefined && token !== undefined && token !== method.processorToken;
}
