/** Makes the table of currencies from the package `currency-codes`, which follows the lists of ISO 4217. */
import currencyCodes from 'currency-codes';

/**
 * In the standard, but nobody is paid in them: accounting units of funds and indexes, next-day dollars, metals, units of
 * account of institutions, and the codes for tests and for "no currency".
 */
export const NOT_PAYABLE: ReadonlySet<string> = new Set([
  ...['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'],
  ...['XAG', 'XAU', 'XPD', 'XPT', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XSU', 'XUA', 'XTS', 'XXX'],
]);

/** Text of `src/domain/currency-table.ts`. */
export function currencyTable(): string {
  const rows = currencyCodes.data
    .filter((entry) => !NOT_PAYABLE.has(entry.code))
    .map((entry) => `  ${entry.code}: ${entry.digits}, // ${entry.currency.trim()}`)
    .sort();
  return `/**
 * Decimals of each currency's major unit after ISO 4217 (list of ${currencyCodes.publishDate}). Made by \`npm run generate\`; do not edit.
 * Funds, index units, metals and test codes are left out: scripts/generated/currency-table.ts names them.
 */
export const EXPONENTS = {
${rows.join('\n')}
} as const satisfies Record<string, 0 | 2 | 3 | 4>;
`;
}
