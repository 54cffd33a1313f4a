/** What was taken under a mandate, as far as its rules look: running sums and bounded lists, never the history. */
import type { LocalDate } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Window } from './schedule.ts';

/** How many charges, and how much, minor units. */
export interface Taken {
  count: number;
  amountMinor: number;
}

export type ChargeState = 'open' | 'counted' | 'released';

/** A charge under a mandate: what it takes of the limits, from its intent to its end. */
export interface MandateCharge {
  tenantId: string;
  seriesId: string;
  paymentId: string;
  mandateId: string;
  subscriptionId?: string;
  /** The due date of the subscription that it was made for. */
  dueDate?: LocalDate;
  /** The date of the recurrence that it takes (`scheduled`). */
  occurrence?: LocalDate;
  /** The number of the instalment that it pays. */
  instalment?: number;
  /** The date whose windows it takes from. */
  effectiveDate: LocalDate;
  startedAt: Timestamp;
  amountMinor: number;
  /** Authorised and not voided; 0 unless counted. */
  countedMinor: number;
  state: ChargeState;
  /** Open, and nobody knows what became of it. */
  unknown: boolean;
  /** Released by a decline. */
  declined: boolean;
  /** One for each period limit of the terms, in their order. */
  windows: readonly Window[];
}

/** What the rules look at, of a whole series. Every list is bounded, however long the history. */
export interface MandateUsage {
  /** Of the row that serialises charges. */
  version: number;
  counted: Taken;
  open: Taken;
  /** The newest windows something was charged in, as far back as a charge may reach. `limit` is the place in the terms. */
  windows: readonly (Window & { limit: number; used: Taken })[];
  /** Of the newest open or counted charge. */
  lastChargeAt?: Timestamp;
  /** Occurrences with an open or counted charge, newest first. */
  usedOccurrences: readonly LocalDate[];
  /** Instalments with an open or counted charge. */
  instalments: readonly { number: number; state: 'open' | 'counted'; paymentId: string }[];
  /** The latest charges, newest first: what `retry` counts. Only read where the terms have it. */
  recent: readonly Pick<
    MandateCharge,
    'startedAt' | 'amountMinor' | 'occurrence' | 'instalment' | 'state' | 'declined'
  >[];
  /** Charges nobody knows the end of. */
  unknown: readonly Pick<MandateCharge, 'amountMinor' | 'occurrence' | 'instalment'>[];
}

export const NOTHING_TAKEN: MandateUsage = {
  version: 1,
  counted: { count: 0, amountMinor: 0 },
  open: { count: 0, amountMinor: 0 },
  windows: [],
  usedOccurrences: [],
  instalments: [],
  recent: [],
  unknown: [],
};

/** The charge after its payment has an end, or has none yet: authorised is enough to count, whole voids give everything back. */
export function chargeAfter(
  charge: MandateCharge,
  end:
    | { kind: 'counted'; authorisedMinor: number; voidedMinor: number; paidMinor: number }
    | { kind: 'declined' }
    | { kind: 'not_sent' }
    | { kind: 'unknown' }
    | { kind: 'open' },
): MandateCharge {
  switch (end.kind) {
    case 'counted': {
      const left = end.authorisedMinor - end.voidedMinor;
      if (left === 0 && end.paidMinor === 0) {
        return { ...charge, state: 'released', countedMinor: 0, unknown: false, declined: false };
      }
      return { ...charge, state: 'counted', countedMinor: left, unknown: false, declined: false };
    }
    case 'declined':
      return { ...charge, state: 'released', countedMinor: 0, unknown: false, declined: true };
    case 'not_sent':
      // Nobody was asked: it is no try that `retry` counts.
      return { ...charge, state: 'released', countedMinor: 0, unknown: false, declined: false };
    case 'unknown':
      return { ...charge, unknown: true };
    case 'open':
      return { ...charge, unknown: false };
  }
}
