/** Holds a charge without the payer against its mandate: what it is decided on, and how far back that is read. */
import type { WatchedCard } from '../domain/card-rules.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import type { Mandate } from '../domain/mandate.ts';
import { type AskedCharge, type Evaluation, evaluate } from '../domain/mandate-rules.ts';
import type { MandateUsage } from '../domain/mandate-usage.ts';
import type { Timestamp } from '../lib/time.ts';
import type { UsageReach } from '../store/mandate-usage.ts';
import type { Context } from './context.ts';

/** What a charge is decided on, as it stood at one moment. */
export interface Chargeable {
  mandate: Mandate;
  usage: MandateUsage;
  method: PaymentMethod;
  /** What is known about its card; absent for one that nobody watches. */
  watched?: WatchedCard;
}

/** How far back usage has to be read: every date that is still collected, and the newest beside them. */
export function reachOf({ tenant }: Context): UsageReach {
  return { reach: tenant.settings.catchUpDays + 2 };
}

/**
 * Holds a charge against every rule. No charge is before the mandate it falls under: where the clock of this process is behind the one
 * that the mandate was written by, that is what it was written by.
 */
export function judge(
  context: Context,
  { mandate, usage, method, watched }: Chargeable,
  asked: AskedCharge,
): Evaluation {
  const { scheme, expMonth, expYear } = method.card;
  const firstPayment = { amountMinor: mandate.firstPaidMinor, at: mandate.firstPaidAt };
  const card = { scheme, expMonth, expYear, ...(watched === undefined ? {} : { watched }) };
  const facts = { mandate, usage, firstPayment, card, settings: context.tenant.settings };
  return evaluate(facts, asked, Math.max(context.at, mandate.createdAt) as Timestamp);
}
