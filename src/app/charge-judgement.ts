/** Holds a charge without the payer against its mandate: what it is decided on, and how far back that is read. */
import type { WatchedCard } from '../domain/card-rules.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import type { Mandate } from '../domain/mandate.ts';
import { type AskedCharge, type Evaluation, evaluate } from '../domain/mandate-rules.ts';
import type { MandateUsage } from '../domain/mandate-usage.ts';
import { addDays, localDateOf } from '../lib/calendar.ts';
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

/** How far back usage has to be read for a charge at the time of the context. */
export function reachOf({ tenant, at }: Context): UsageReach {
  const { catchUpDays } = tenant.settings;
  // A day more than the zone can differ, and the newest occurrence beside those that are still collected.
  return { since: addDays(localDateOf(at, 'UTC'), -(catchUpDays + 2)), reach: catchUpDays + 2 };
}

/** Holds a charge against every rule. */
export function judge(
  context: Context,
  { mandate, usage, method, watched }: Chargeable,
  asked: AskedCharge,
): Evaluation {
  const { scheme, expMonth, expYear } = method.card;
  const firstPayment = { amountMinor: mandate.firstPaidMinor, at: mandate.firstPaidAt };
  const card = { scheme, expMonth, expYear, ...(watched === undefined ? {} : { watched }) };
  return evaluate({ mandate, usage, firstPayment, card, settings: context.tenant.settings }, asked, context.at);
}
