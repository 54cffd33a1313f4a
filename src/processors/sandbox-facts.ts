/**
 * The facts beside the result in the sandbox processor's answers: card, authentication, what the payer has to do. They
 * decide nothing about money, so a fact of the wrong form is left out; only an action that cannot be followed matters.
 */

import type { NextAction } from '../domain/next-action.ts';
import { fromIso, type Timestamp } from '../lib/time.ts';
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

/** The action and its deadline, or undefined if it is none that a payer could be sent to. */
export function readAction(action: unknown): { action: NextAction; expiresAt: Timestamp } | undefined {
  if (!isObject(action) || typeof action.expires_at !== 'string') return undefined;
  const expiresAt = fromIso(action.expires_at);
  if (expiresAt === undefined) return undefined;
  const { type, acs_url: acsUrl, creq, method_url: methodUrl, url } = action;
  if (type === 'three_ds' && isAddress(acsUrl) && typeof creq === 'string' && /^[\w=-]{1,4096}$/.test(creq)) {
    return { action: { type, acsUrl, creq, ...(isAddress(methodUrl) && { methodUrl }) }, expiresAt };
  }
  if (type === 'redirect' && isAddress(url)) return { action: { type, url, method: 'GET' }, expiresAt };
  return undefined;
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value);
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** An http(s) address without user-info: anything else must not reach a payer's browser. */
function isAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 2_048 || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}
