/**
 * The facts beside the result in the sandbox processor's answers: card and authentication. They decide nothing about money, so a
 * fact of the wrong form is left out.
 */
import { isObject } from './http-client.ts';
import type { AuthenticationFacts, CardFacts } from './processor.ts';

type CardType = NonNullable<CardFacts['type']>;
const CARD_TYPES: readonly string[] = ['credit', 'debit', 'prepaid'] satisfies CardType[];
type AuthenticationStatus = AuthenticationFacts['status'];
const AUTHENTICATION_STATUSES: readonly string[] = ['Y', 'A', 'N', 'U', 'R', 'C'] satisfies AuthenticationStatus[];

/** `{ card }` with what is known, to be spread into an outcome. */
export function cardFacts(card: unknown): { card?: CardFacts } {
  if (!isObject(card)) return {};
  const scheme = Array.isArray(card.schemes) ? card.schemes[0] : undefined;
  return {
    card: {
      ...(isPlain(scheme) && { scheme }),
      ...(CARD_TYPES.includes(card.type as CardType) && { type: card.type as CardType }),
      ...(isPlain(card.country) && { country: card.country }),
      ...updatedFacts(card.updated),
    },
  };
}

function updatedFacts(updated: unknown): { updated?: NonNullable<CardFacts['updated']> } {
  if (!isObject(updated)) return {};
  const { exp_month: month, exp_year: year, last4 } = updated;
  return {
    updated: {
      ...(isWhole(month, 1, 12) && { expMonth: month }),
      ...(isWhole(year, 2000, 2100) && { expYear: year }),
      ...(typeof last4 === 'string' && /^\d{4}$/.test(last4) && { last4 }),
    },
  };
}

/** `{ authentication }` with what is known, to be spread into an outcome. */
export function authenticationFacts(threeDs: unknown): { authentication?: AuthenticationFacts } {
  if (!isObject(threeDs) || !AUTHENTICATION_STATUSES.includes(threeDs.status as AuthenticationStatus)) return {};
  const { version, eci, flow, transaction_id: transactionId } = threeDs;
  return {
    authentication: {
      status: threeDs.status as AuthenticationStatus,
      ...(isPlain(version) && { version }),
      ...(isPlain(eci) && { eci }),
      ...((flow === 'frictionless' || flow === 'challenge') && { flow }),
      ...(isPlain(transactionId) && { transactionId }),
    },
  };
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value);
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
