/** What clients were told and may rely on: an answer that was given outlives every crash. */
import type { Json } from '../../support/merchant.ts';

export class Journal {
  /** Ids of objects whose creation was answered. */
  readonly created = new Set<string>();
  /** Sessions that were answered as ended, with how. */
  readonly ended = new Map<string, { status: string; outcome: string }>();
  /** The newest name of each customer whose change was answered. */
  readonly names = new Map<string, string>();
  /** Refunds and steps that were answered as done, by payment: minor units. */
  readonly refunded = new Map<string, number>();
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
}
