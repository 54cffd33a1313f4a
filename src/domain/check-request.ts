/** What a merchant asks when checking a mandate: would this amount be allowed then? */
import { addYears, localDateOf } from '../lib/calendar.ts';
import { fromIso, type Timestamp } from '../lib/time.ts';
import { isCurrency } from './currencies.ts';
import { type FieldProblem, type Rejection, reject } from './errors.ts';

export interface CheckRequest {
  amount: number;
  currency: string;
  /** ISO 8601; default now. */
  at?: string;
}

const YEARS_AHEAD = 5;

/** The question in our words, or 400 with every problem: a currency nobody knows, an instant not within the next five years. */
export function readCheck(
  body: CheckRequest,
  now: Timestamp,
): { amountMinor: number; currency: string; at: Timestamp } | Rejection {
  const currency = body.currency.toUpperCase();
  const at = body.at === undefined ? now : fromIso(body.at);
  const errors: FieldProblem[] = [];
  if (!isCurrency(currency))
    errors.push({ pointer: '/currency', code: 'invalid_value', detail: `${currency} is not a currency of ISO 4217.` });
  if (at === undefined) {
    const detail = 'A time of ISO 8601 with a zone, such as 2026-12-01T12:00:00Z.';
    errors.push({ pointer: '/at', code: 'invalid_value', detail });
  } else if (at < now || localDateOf(at, 'UTC') > addYears(localDateOf(now, 'UTC'), YEARS_AHEAD)) {
    errors.push({ pointer: '/at', code: 'out_of_range', detail: `From now to ${YEARS_AHEAD} years ahead.` });
  }
  if (errors.length > 0 || at === undefined)
    return reject('invalid_request', errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '), {
      errors,
    });
  return { amountMinor: body.amount, currency, at };
}
