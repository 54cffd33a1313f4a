/**
 * What the page of a series asks its payer to agree to: the terms of the session, dated as if the first payment succeeded now. A
 * page that puts another card on a mandate shows that mandate again, as it is now.
 */
import { type Agreement, firstOccurrenceOf, type MandateDates, mandateDates } from '../domain/mandate-dates.ts';
import { defaultTerms } from '../domain/mandate-terms.ts';
import type { Session } from '../domain/session.ts';
import { isFinal, type Subscription } from '../domain/subscription.ts';
import { must } from '../lib/assert.ts';
import { localDateOf } from '../lib/calendar.ts';
import { findMandateFacts, type MandateWithUsage } from '../store/charge-facts.ts';
import { findSubscription } from '../store/subscriptions.ts';
import { reachOf } from './charge-judgement.ts';
import type { AgreedValues, MandateView } from './checkout-door.ts';
import type { CheckoutFacts } from './checkout-facts.ts';
import type { Context } from './context.ts';

export interface ReplacedMandate extends MandateWithUsage {
  subscription?: Subscription;
}

/** The mandate whose card an open page replaces; undefined for every other page. */
export async function loadReplaced(context: Context, session: Session): Promise<ReplacedMandate | undefined> {
  const mandateId = session.options.replacesMandateId;
  if (mandateId === undefined || session.status === 'completed') return undefined;
  const { database, tenant } = context;
  const found = await findMandateFacts(database, tenant.id, { mandateId, ...reachOf(context) });
  const facts = must(found, 'the mandate to replace');
  const { subscriptionId } = facts.mandate;
  const subscription =
    subscriptionId === undefined ? undefined : await findSubscription(database, tenant.id, subscriptionId);
  return { ...facts, ...(subscription === undefined ? {} : { subscription }) };
}

/** The agreement that a page shows; undefined where nothing may be charged later. */
export function mandateViewOf(facts: CheckoutFacts): MandateView | undefined {
  const { session, replaced } = facts;
  if (session.type !== 'first_in_series') return undefined;
  const view = (replaced && shownAgain(facts.context, replaced)) ?? whatWasShown(facts) ?? shownFirst(facts);
  return { ...view, ...(session.mandateId === undefined ? {} : { mandateId: session.mandateId }) };
}

function shownFirst({ context, session }: CheckoutFacts): MandateView {
  const { tenant, at } = context;
  const { mandate, subscription } = session.options;
  const terms = mandate ?? defaultTerms({ ...session, timeZone: tenant.settings.timeZone });
  const agreed = { terms, ...(subscription === undefined ? {} : { subscription }) };
  const begun = session.status === 'completed' ? (session.endedAt ?? at) : at;
  return dated(agreed, mandateDates(agreed, { at: begun, amountMinor: session.amountMinor }));
}

/** What is left of it: instalments that were paid are not asked for again, and its dates begin with the next. */
function shownAgain({ at }: Context, { mandate, usage, subscription }: ReplacedMandate): MandateView {
  const { terms, firstDate, anchorDate, instalments } = mandate;
  const paid = new Set(usage.instalments.filter(({ state }) => state === 'counted').map(({ number }) => number));
  const unpaid = instalments?.filter(({ number }) => !paid.has(number));
  const dates = { firstDate, anchorDate, ...(unpaid === undefined ? {} : { instalments: unpaid }) };
  const goesOn = subscription !== undefined && !isFinal(subscription.status);
  const agreed = { terms, ...(goesOn ? { subscription: termsOf(subscription) } : {}) };
  return dated(agreed, dates, localDateOf(at, terms.timeZone));
}

function termsOf({ plan, amountMinor }: Subscription): MandateView['subscription'] & object {
  const { startDate, endDate, scheduledTime, dunning } = plan;
  return {
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    scheduledTime,
    dunning,
  };
}

/** After the card was replaced: what its payer agreed to, for the mandate has gone on since. */
function whatWasShown({ session, attempts }: CheckoutFacts): MandateView | undefined {
  if (session.options.replacesMandateId === undefined) return undefined;
  const succeeded = attempts.findLast(({ status }) => status === 'succeeded');
  const evidence = succeeded?.consent as { terms?: AgreedValues } | undefined;
  return evidence?.terms?.mandate;
}

function dated(agreed: Agreement, dates: MandateDates, after?: string): MandateView {
  const firstOccurrence = firstOccurrenceOf(agreed, dates, after);
  return { ...agreed, ...dates, ...(firstOccurrence === undefined ? {} : { firstOccurrence }) };
}
