/** The public face of the ledger: every movement of one payment, and where its money stands. */
import { Type } from '@sinclair/typebox';
import type { LedgerEntry } from '../domain/ledger.ts';
import { toIso } from '../lib/time.ts';
import { Currency, Id, Instant, open, words } from './schema.ts';

/** A sum that may be negative: what an account gave. */
function Movement(description: string) {
  return Type.Integer({ description: `${description} Minor units of ISO 4217.` });
}

const Balances = {
  payer: Movement('What the payer gains by it.'),
  held: Movement('What is reserved at the bank by it, or no longer.'),
  collected: Movement('What you gain by it.'),
};

const LedgerEntrySchema = open(
  'LedgerEntry',
  {
    attempt_id: Id('att', 'The attempt that moved it.'),
    kind: words(
      ['charge', 'authorise', 'capture', 'void', 'refund', 'lapse', 'capture_failed', 'void_failed', 'refund_failed'],
      'What moved. `lapse`: the authorisation ran out. `…_failed`: taken back after it had been reported as done.',
    ),
    ...Balances,
    currency: Currency(),
    created_at: Instant('When it was known.'),
  },
  'One movement of money; its three sums are zero together.',
);

export const LedgerSchema = Type.Object({
  data: Type.Array(LedgerEntrySchema),
  balance: open('LedgerBalance', Balances, 'The sums of all entries: zero together.'),
});

export function renderLedger(entries: readonly LedgerEntry[]) {
  const sum = (of: (entry: LedgerEntry) => number): number => entries.reduce((total, entry) => total + of(entry), 0);
  return {
    data: entries.map((entry) => ({
      attempt_id: entry.attemptId,
      kind: entry.kind,
      payer: entry.payerMinor,
      held: entry.heldMinor,
      collected: entry.collectedMinor,
      currency: entry.currency,
      created_at: toIso(entry.createdAt),
    })),
    balance: {
      payer: sum((entry) => entry.payerMinor),
      held: sum((entry) => entry.heldMinor),
      collected: sum((entry) => entry.collectedMinor),
    },
  };
}
