/** Judges `checkout_options`, beyond their shape: until when a page may wait, in which language, and where it sends the payer. */
import { DAY, fromIso, MINUTE, plus, type Timestamp, toIso } from '../lib/time.ts';
import type { FieldProblem } from './errors.ts';
import { problemWithReturnUrl, type ReturnRules } from './return-url.ts';

export interface CheckoutFacts {
  at: Timestamp;
  mode: 'test' | 'live';
  /** Where a `return_url` may lead. */
  returnUrlHosts: readonly string[];
  /** The end of the mandate that the page asks for: nobody can agree to it later. */
  latest: Timestamp | undefined;
}

/** What is of another type than its schema says is left to the schema. */
export function checkoutProblems(checkout: Readonly<Record<string, unknown>>, facts: CheckoutFacts): FieldProblem[] {
  const { expires_at: expiresAt, locale, return_url: returnUrl } = checkout;
  return [
    ...(typeof expiresAt === 'string' ? expiryProblems(expiresAt, facts) : []),
    ...(typeof locale === 'string' ? localeProblems(locale) : []),
    ...(typeof returnUrl === 'string'
      ? returnUrlProblems(returnUrl, { mode: facts.mode, hosts: facts.returnUrlHosts })
      : []),
  ];
}

function expiryProblems(text: string, { at, latest }: CheckoutFacts): FieldProblem[] {
  const pointer = '/options/checkout_options/expires_at';
  const expiresAt = fromIso(text);
  if (expiresAt === undefined)
    return [
      { pointer, code: 'invalid_value', detail: 'A time of ISO 8601 with a zone, such as 2026-12-01T12:00:00Z.' },
    ];
  if (expiresAt < plus(at, 5 * MINUTE) || expiresAt > plus(at, 30 * DAY)) {
    return [{ pointer, code: 'out_of_range', detail: 'Between 5 minutes and 30 days from now.' }];
  }
  if (latest !== undefined && expiresAt > latest) {
    const detail = `After the end of mandate_options.validity_period.end_date, ${toIso(latest)}.`;
    return [{ pointer, code: 'conflict', detail }];
  }
  return [];
}

function localeProblems(tag: string): FieldProblem[] {
  try {
    Intl.getCanonicalLocales(tag);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const detail = 'A language tag of BCP 47, such as en-ZA.';
    return [{ pointer: '/options/checkout_options/locale', code: 'invalid_value', detail }];
  }
}

export const RETURN_URL = '/options/checkout_options/return_url';

function returnUrlProblems(url: string, rules: ReturnRules): FieldProblem[] {
  const detail = problemWithReturnUrl(url, rules);
  return detail === undefined ? [] : [{ pointer: RETURN_URL, code: 'invalid_value', detail }];
}
