/**
 * Do both books agree? What the API says of each payment is held against what the bank wrote down before it answered, and the bank's
 * verdict on itself is asked too. Where the two differ the bank is right.
 */
import type { Payment } from '../../../sdk/src/tender.ts';
import type { Bank, BookRow } from './bank.ts';

export interface BooksCompared {
  rows: BookRow[];
  /** A sentence for each difference; empty when the books agree. */
  differences: string[];
}

/** Rows of these payments and every difference. A payment with a review is not compared: that the truth is open is what it says. */
export async function compareBooks(bank: Bank, payments: readonly Payment[], after = 0): Promise<BooksCompared> {
  const references = new Set(payments.map((payment) => payment.reconciliation_reference));
  const rows = (await bank.book(after)).filter(({ reference }) => reference !== null && references.has(reference));
  const differences = payments.flatMap((payment) => differencesOf(payment, rows));
  const ours = new Set(rows.flatMap((row) => [row.request_key, row.charge_ref]));
  const { violations } = await bank.check();
  for (const { rule, subject, detail } of violations)
    if (ours.has(subject)) differences.push(`The bank's own check: ${rule}, ${detail}.`);
  return { rows, differences };
}

function differencesOf(payment: Payment, all: readonly BookRow[]): string[] {
  if (payment.review !== undefined) return [];
  const rows = all.filter(({ reference }) => reference === payment.reconciliation_reference);
  const sum = (...kinds: string[]): number =>
    rows
      .filter(({ kind, state, reversed }) => kinds.includes(kind) && state === 'approved' && !reversed)
      .reduce((total, { amount }) => total + (amount ?? 0), 0);
  const { id, authorised_amount, paid_amount, refunded_amount, currency } = payment;
  const pairs = [
    ['authorised', sum('charge', 'authorize'), authorised_amount],
    ['taken', sum('charge', 'capture'), paid_amount],
    ['given back', sum('refund'), refunded_amount],
  ] as const;
  return pairs
    .filter(([, bank, tender]) => bank !== tender)
    .map(
      ([what, bank, tender]) =>
        `${id}: ${what}, by the bank ${bank} and by Tender ${tender} (minor units of ${currency}).`,
    );
}
