/** What clients were told and may rely on: an answer that was given outlives every crash. */
import type { Json } from '../../support/merchant.ts';

/** In minor units. None of them ever sinks, unless the bank takes back what it had reported as done. */
export interface Amounts {
  paid: number;
  voided: number;
  refunded: number;
}

export class Journal {
  /** Ids of objects whose creation was answered. */
  readonly created = new Set<string>();
  /** Sessions that were answered as ended, with how. */
  readonly ended = new Map<string, { status: string; outcome: string }>();
  /** The newest name of each customer whose change was answered. */
  readonly names = new Map<string, string>();
  /** The highest amounts that answers named for each payment. */
  readonly amounts = new Map<string, Amounts>();
  /** Sessions paid with cards whose bank takes steps back. */
  readonly fickle = new Set<string>();
  /** Due dates that were answered as paid, after the id of their subscription. */
  readonly paidDueDates = new Set<string>();
  /** The latest instant at which the moved clock was answered to stand. */
  clockAt = 0;
  /** What happened how often. */
  readonly counts: Record<string, number> = {};

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  session(session: Json): void {
    this.created.add(session.id);
    if (session.status === 'active') return;
    this.ended.set(session.id, { status: session.status, outcome: session.payment_outcome });
  }

  payment(payment: Json): void {
    if (this.fickle.has(payment.payment_session_id)) return;
    const before = this.amounts.get(payment.id) ?? { paid: 0, voided: 0, refunded: 0 };
    this.amounts.set(payment.id, {
      paid: Math.max(before.paid, payment.paid_amount),
      voided: Math.max(before.voided, payment.voided_amount),
      refunded: Math.max(before.refunded, payment.refunded_amount),
    });
  }
}
