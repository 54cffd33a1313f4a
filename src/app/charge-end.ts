/**
 * What the end of a charge without the payer means for its mandate: it counts or gives back what it took, and the last one that was
 * agreed ends the mandate. Adds to the transaction of the outcome.
 */
import { accepted, type Decision } from '../domain/errors.ts';
import { endMandate, isCompleted, looksAtUsage, type Mandate, mayComplete, revokeMandate } from '../domain/mandate.ts';
import { chargeAfter } from '../domain/mandate-usage.ts';
import type { Payment } from '../domain/payment.ts';
import { must } from '../lib/assert.ts';
import { findMandateFacts } from '../store/charge-facts.ts';
import { findMandateCharge, saveCharge } from '../store/mandate-usage.ts';
import { findActiveOfSeries, findMandate } from '../store/mandates.ts';
import type { Changes } from './apply.ts';
import { reachOf } from './charge-judgement.ts';
import type { Context } from './context.ts';
import { addMandateEnd } from './ending-mandates.ts';
import type { ChargeInFlight } from './in-flight.ts';

/** What a charge's end is for its mandate. */
export type ChargeEnd = Parameters<typeof chargeAfter>[1];

/**
 * The charge succeeded. When it was the last that was agreed, the end of its mandate is answered, for the caller to tell between the
 * two things that its subscription tells.
 */
export async function countCharge(
  context: Context,
  changes: Changes,
  { payment, under }: ChargeInFlight,
): Promise<Decision<Mandate> | undefined> {
  if (under === undefined) return undefined;
  const after = chargeAfter(under.charge, countedAs(payment));
  if (!mayComplete(under.mandate)) {
    changes.also((tx) => saveCharge(tx, { before: under.charge, after }, { kept: looksAtUsage(under.mandate) }));
    return undefined;
  }
  const asked = { mandateId: under.mandate.id, ...reachOf(context) };
  const facts = must(await findMandateFacts(context.database, context.tenant.id, asked), 'a mandate that was charged');
  const { mandate, usage } = facts;
  // The last of the agreed charges is known by the sums, so they must not move meanwhile.
  changes.also((tx) => saveCharge(tx, { before: under.charge, after }, { kept: true, version: usage.version }));
  const others = usage.instalments.filter((one) => one.state === 'counted' && one.number !== after.instalment);
  const counted = { count: usage.counted.count + 1, instalments: others.length + 1 };
  if (!isCompleted(mandate, counted)) return undefined;
  // The card may have been replaced while the charge was under way: then the mandate that goes on is the one that is complete.
  const goesOn = mandate.statusReason === 'replaced' ? await activeMandateOfSeries(context, mandate) : mandate;
  const decision = goesOn && endMandate(goesOn, 'completed', context.at);
  return decision?.unchanged ? undefined : decision;
}

function activeMandateOfSeries({ database }: Context, { tenantId, seriesId }: Mandate) {
  return findActiveOfSeries(database, tenantId, seriesId);
}

/** The charge was declined, is unknown, or is known again to be under way. */
export function moveCharge(changes: Changes, { under }: ChargeInFlight, end: ChargeEnd): void {
  if (under === undefined) return;
  const after = chargeAfter(under.charge, end);
  if (after.state === under.charge.state && after.unknown === under.charge.unknown) return;
  changes.also((tx) => saveCharge(tx, { before: under.charge, after }, { kept: looksAtUsage(under.mandate) }));
}

/**
 * Part or all of what was authorised went back, or did not after all: what counts is what is left. Of the first payment of a series
 * nothing counts; but one voided whole by the merchant, nothing captured, takes its mandate with it.
 */
export async function recountCharge(
  context: Context,
  changes: Changes,
  { payment, byCall }: { payment: Payment; byCall: boolean },
): Promise<void> {
  const { mandateId } = payment;
  if (mandateId === undefined) return;
  const { database, tenant } = context;
  const mandate = must(await findMandate(database, tenant.id, mandateId), 'the mandate of a payment');
  if (payment.initiator === 'customer') {
    if (!byCall || payment.paidMinor > 0 || payment.voidedMinor < payment.authorisedMinor) return;
    if (mandate.status !== 'active' || mandate.paymentId !== payment.id) return;
    const decision = accepted(revokeMandate(mandate, 'first_payment_voided', context.at));
    return addMandateEnd(context, changes, { decision });
  }
  const key = { mandateId, paymentId: payment.id };
  const before = must(await findMandateCharge(database, tenant.id, key), 'what a charge takes');
  const after = chargeAfter(before, countedAs(payment));
  if (after.state === before.state && after.countedMinor === before.countedMinor) return;
  changes.also((tx) => saveCharge(tx, { before, after }, { kept: looksAtUsage(mandate) }));
}

function countedAs(payment: Payment): ChargeEnd {
  const { authorisedMinor, voidedMinor, paidMinor } = payment;
  return { kind: 'counted', authorisedMinor, voidedMinor, paidMinor };
}
