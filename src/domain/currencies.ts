/**
 * Currencies and their minor units after ISO 4217, the only source of "how many decimals" in the program:
 * `Intl` disagrees with the standard for HUF, IDR, IQD, PKR and a dozen more.
 */
import currencyCodes from 'currency-codes';
import { must } from '../lib/assert.ts';

/** Metals, testing and no-currency codes: in the standard, but nothing can be paid in them. */
const NOT_PAYABLE = new Set([
  'XAG',
  'XAU',
  'XPD',
  'XPT',
  'XBA',
  'XBB',
  'XBC',
  'XBD',
  'XDR',
  'XSU',
  'XUA',
  'XTS',
  'XXX',
]);

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  currencyCodes.data.filter((entry) => !NOT_PAYABLE.has(entry.code)).map((entry) => [entry.code, entry.digits]),
);

/** Every code that can be paid in, upper case. */
export const CURRENCY_CODES: readonly string[] = [...EXPONENTS.keys()];

/** True for an ISO 4217 code in upper case that can be paid in. */
export function isCurrency(code: string): boolean {
  return EXPONENTS.has(code);
}

/** Decimals of the major unit: ZAR 2, JPY 0, KWD 3. A {@link Bug} for an unknown code. */
export function exponentOf(currency: string): number {
  return must(EXPONENTS.get(currency), `ISO 4217 currency ${currency}`);
}
