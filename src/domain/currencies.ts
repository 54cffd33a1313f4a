/**
 * Currencies and their minor units after ISO 4217, the only source of "how many decimals" in the program:
 * `Intl` disagrees with the standard for HUF, IDR, IQD, PKR and a dozen more.
 */
import { must } from '../lib/assert.ts';
import { EXPONENTS } from './currency-table.ts';

const exponents: ReadonlyMap<string, number> = new Map(Object.entries(EXPONENTS));

/** Every code that can be paid in, upper case, in alphabetical order. Funds, metals and test codes are not among them. */
export const CURRENCY_CODES: readonly string[] = [...exponents.keys()];

/** True for an ISO 4217 code in upper case that can be paid in. */
export function isCurrency(code: string): boolean {
  return exponents.has(code);
}

/** Decimals of the major unit: ZAR 2, JPY 0, KWD 3. A {@link Bug} for an unknown code. */
export function exponentOf(currency: string): number {
  return must(exponents.get(currency), `ISO 4217 currency ${currency}`);
}
