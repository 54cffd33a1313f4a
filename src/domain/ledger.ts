/**
 * The ledger: where the money of a payment stands. Three accounts for each payment (`payer`, `held`, `collected`) whose sum is
 * always zero; every movement is one entry, and entries are only ever added.
 */
import type { Timestamp } from '../lib/time.ts';
import type { Attempt } from './attempt.ts';

/** What moved. `lapse`: the authorisation ran out. `…_failed`: a step that was reported as done failed after all. */
export type LedgerKind =
  | 'charge'
  | 'authorise'
  | 'capture'
  | 'void'
  | 'refund'
  | 'lapse'
  | 'capture_failed'
  | 'void_failed'
  | 'refund_failed';

/** One movement; what each account gains, in minor units. */
export interface LedgerEntry {
  tenantId: string;
  paymentId: string;
  attemptId: string;
  /** 1 for what the attempt did, 2 for what took it back. */
  number: 1 | 2;
  kind: LedgerKind;
  payerMinor: number;
  heldMinor: number;
  collectedMinor: number;
  currency: string;
  createdAt: Timestamp;
}

type Account = 'payer' | 'held' | 'collected';

/** From which account to which each kind moves money. */
const MOVES: Readonly<Record<LedgerKind, readonly [from: Account, to: Account]>> = {
  charge: ['payer', 'collected'],
  authorise: ['payer', 'held'],
  capture: ['held', 'collected'],
  void: ['held', 'payer'],
  refund: ['collected', 'payer'],
  lapse: ['held', 'payer'],
  capture_failed: ['collected', 'held'],
  void_failed: ['payer', 'held'],
  refund_failed: ['payer', 'collected'],
};

/** The entry of an attempt that succeeded; none for a verification, which moves nothing. */
export function entryOfSuccess(attempt: Attempt, at: Timestamp): LedgerEntry | undefined {
  if (attempt.kind === 'verify') return undefined;
  return entry(attempt, { number: 1, kind: attempt.kind, amountMinor: attempt.amountMinor, at });
}

/** The entry that takes back what a capture, void or refund had done. */
export function entryOfLateFailure(
  attempt: Attempt & { kind: 'capture' | 'void' | 'refund' },
  at: Timestamp,
): LedgerEntry {
  return entry(attempt, { number: 2, kind: `${attempt.kind}_failed`, amountMinor: attempt.amountMinor, at });
}

/** The entry that gives the payer back what an authorisation had reserved and nobody took in time. */
export function entryOfLapse(
  authorisation: Pick<Attempt, 'tenantId' | 'paymentId' | 'id' | 'currency'>,
  amountMinor: number,
  at: Timestamp,
): LedgerEntry {
  return entry(authorisation, { number: 2, kind: 'lapse', amountMinor, at });
}

function entry(
  attempt: Pick<Attempt, 'tenantId' | 'paymentId' | 'id' | 'currency'>,
  of: { number: 1 | 2; kind: LedgerKind; amountMinor: number; at: Timestamp },
): LedgerEntry {
  const [from, to] = MOVES[of.kind];
  const gain = (account: Account): number => (account === from ? -of.amountMinor : account === to ? of.amountMinor : 0);
  return {
    tenantId: attempt.tenantId,
    paymentId: attempt.paymentId,
    attemptId: attempt.id,
    number: of.number,
    kind: of.kind,
    payerMinor: gain('payer'),
    heldMinor: gain('held'),
    collectedMinor: gain('collected'),
    currency: attempt.currency,
    createdAt: of.at,
  };
}
