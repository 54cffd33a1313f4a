/**
 * What the first success of a session brings into being beside the payment: the customer, the saved method, and for a series its
 * mandate with the consent behind it and its subscription. Adds to the transaction of the outcome and commits nothing.
 */
import { createCustomer, removePaymentMethod, renewPaymentMethod, savePaymentMethod } from '../domain/customer.ts';
import { accepted, type Decision } from '../domain/errors.ts';
import {
  activateMandate,
  endMandate,
  isInForce,
  looksAtUsage,
  type Mandate,
  type MandateStatusReason,
  revokeMandate,
} from '../domain/mandate.ts';
import { mandateDates } from '../domain/mandate-dates.ts';
import { defaultTerms, type MandateTerms } from '../domain/mandate-terms.ts';
import type { CardDetails } from '../domain/payment.ts';
import type { Session } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import { addDays, startOfDay } from '../lib/calendar.ts';
import type { Outcome } from '../processors/processor.ts';
import { holdCustomer, holdPaymentMethod } from '../store/customers.ts';
import { insertUsage } from '../store/mandate-usage.ts';
import { findMandate, insertConsent } from '../store/mandates.ts';
import type { Changes } from './apply.ts';
import { holdOfClosedCard } from './card-holds.ts';
import type { Context } from './context.ts';
import { addMandateEnd } from './ending-mandates.ts';
import type { ChargeInFlight } from './in-flight.ts';
import type { SavingFacts } from './outcome.ts';
import { createSubscriptionFor, moveSubscription } from './subscription-begin.ts';

interface FirstSuccess {
  now: ChargeInFlight;
  approved: Extract<Outcome, { kind: 'approved' }>;
  saving: SavingFacts;
  card: CardDetails;
}

/** Ids of what now exists. */
export interface Begun {
  customerId: string;
  paymentMethodId: string;
  mandateId?: string;
  subscriptionId?: string;
}

/** Customer, method, mandate and subscription of a success that saves the card, in the order in which they are told. */
export async function beginWithSuccess(context: Context, changes: Changes, success: FirstSuccess): Promise<Begun> {
  const customerId = customerOf(context, changes, success);
  const paymentMethodId = methodOf(context, changes, { ...success, customerId });
  const saved = { customerId, paymentMethodId };
  if (success.now.session.type !== 'first_in_series') return saved;
  return { ...saved, ...(await beginMandate(context, changes, { ...success, ...saved })) };
}

function customerOf(context: Context, changes: Changes, { now, saving }: FirstSuccess): string {
  const { customerId } = now.session;
  if (customerId !== undefined) {
    // A customer who was deleted while the payer was at the bank is not held: what begins is over at once.
    if (!saving.customerDeleted)
      changes.also((tx) => holdCustomer(tx, { tenantId: context.tenant.id, id: customerId }));
    return customerId;
  }
  const id = context.system.ids.next('cus');
  changes.customer(createCustomer({ tenantId: context.tenant.id, id, createdAt: context.at }));
  return id;
}

/** The same card of the same customer stays one method. */
function methodOf(
  context: Context,
  changes: Changes,
  { now, approved, saving, card, customerId }: FirstSuccess & { customerId: string },
): string {
  const { session, attempt } = now;
  const { at, tenant, system } = context;
  const usage = session.type === 'first_in_series' ? 'merchant_initiated' : 'customer_present';
  const tokens = {
    ...(approved.token === undefined ? {} : { processorToken: approved.token }),
    ...(approved.networkTransactionId === undefined ? {} : { networkTransactionId: approved.networkTransactionId }),
  };
  if (saving.method !== undefined) {
    const cardId = attempt.cardId === undefined ? {} : { cardId: attempt.cardId };
    const renewed = renewPaymentMethod(saving.method, { card, usage, ...cardId, ...tokens }, at);
    changes.paymentMethod(renewed);
    if (renewed.unchanged) changes.also((tx) => holdPaymentMethod(tx, renewed.next));
    return saving.method.id;
  }
  const id = system.ids.next('pmt');
  const cardId = must(attempt.cardId, 'the sealed card of a saving attempt');
  const fingerprint = must(attempt.cardFingerprint, 'the fingerprint of a saving attempt');
  const facts = { tenantId: tenant.id, id, customerId, usage, cardId, card, fingerprint, createdAt: at } as const;
  const saved = savePaymentMethod({ ...facts, ...tokens });
  if (!saving.customerDeleted) {
    changes.paymentMethod(saved);
    return id;
  }
  const { next, events } = removePaymentMethod(saved.next, at);
  changes
    .paymentMethod({ next: { ...next, version: 1 }, events: [...saved.events, ...events] })
    .afterwards(() => context.vault.shred(tenant.id, [cardId]));
  return id;
}

type Beginning = FirstSuccess & { customerId: string; paymentMethodId: string };

/** A mandate of its own, or one that takes over from the mandate whose card is replaced. */
async function beginMandate(context: Context, changes: Changes, beginning: Beginning) {
  const { session, attempt } = beginning.now;
  const { replacesMandateId } = session.options;
  const old =
    replacesMandateId === undefined
      ? undefined
      : must(await findMandate(context.database, context.tenant.id, replacesMandateId), 'the mandate to replace');
  const lapsed = old && lapsedMandate(old, context.at);
  const before = lapsed?.next ?? old;
  const mandate = before === undefined ? firstMandate(context, beginning) : nextMandate(context, beginning, before);
  const subscriptionId = before === undefined ? subscriptionIdOf(context, session) : subscriptionLeftBy(before);
  const closed = await holdOfClosedCard(context, changes, beginning.now);
  const whole = { ...mandate, ...closed, ...(subscriptionId === undefined ? {} : { subscriptionId }) };
  const decision = withItsEnd(activateMandate(whole), { at: context.at, old: before, gone: goneMeanwhile(beginning) });
  changes.mandate(decision);
  if (before === undefined && looksAtUsage(mandate)) changes.also((tx) => insertUsage(tx, mandate));
  changes.also((tx) =>
    insertConsent(tx, {
      tenantId: context.tenant.id,
      mandateId: mandate.id,
      evidence: attempt.consent ?? {},
      acceptedAt: attempt.createdAt,
    }),
  );
  if (lapsed !== undefined) await addMandateEnd(context, changes, { decision: lapsed });
  else if (old?.status === 'active') changes.mandate(accepted(revokeMandate(old, 'replaced', context.at)));
  if (subscriptionId !== undefined) {
    const begun = { mandate: decision.next, session, subscriptionId };
    if (old === undefined) await createSubscriptionFor(context, changes, begun);
    else await moveSubscription(context, changes, begun);
  }
  return { mandateId: mandate.id, ...(subscriptionId === undefined ? {} : { subscriptionId }) };
}

/** What a mandate needs may have been taken away while its payer was at the bank. */
function goneMeanwhile({ saving }: FirstSuccess): MandateStatusReason | undefined {
  if (saving.customerDeleted) return 'customer_deleted';
  return saving.method?.status === 'removed' ? 'payment_method_removed' : undefined;
}

/** The end of a mandate whose last day has passed before anybody wrote that: there is nothing left to take over. */
function lapsedMandate(old: Mandate, at: Context['at']): Decision<Mandate> | undefined {
  return old.status === 'active' && !isInForce(old, at) ? endMandate(old, 'expired', at) : undefined;
}

/** What goes on with another card. Of a final mandate it is over as well, or went on with the card of another page. */
function subscriptionLeftBy({ status, subscriptionId }: Mandate): string | undefined {
  return status === 'active' ? subscriptionId : undefined;
}

function subscriptionIdOf(context: Context, session: Session): string | undefined {
  return session.options.subscription === undefined ? undefined : context.system.ids.next('sub');
}

type MandateFacts = Parameters<typeof activateMandate>[0];

function firstMandate(context: Context, beginning: Beginning): MandateFacts {
  const { session } = beginning.now;
  const { at, system, tenant } = context;
  const terms = session.options.mandate ?? defaultTerms({ ...session, timeZone: tenant.settings.timeZone });
  const id = system.ids.next('mnd');
  const { subscription } = session.options;
  const agreed = subscription === undefined ? { terms } : { terms, subscription };
  return {
    ...ofSession(context, beginning, id),
    seriesId: id,
    terms,
    ...mandateDates(agreed, { at, amountMinor: session.amountMinor }),
    firstPaidAt: at,
    firstPaidMinor: session.amountMinor,
    ...endOf(terms),
  };
}

/** The old terms, series, dates and usage: only the card and its consent are new, and what the merchant says anew. */
function nextMandate(context: Context, beginning: Beginning, old: Mandate): MandateFacts {
  const { seriesId, terms, instalments, firstDate, firstPaidAt, firstPaidMinor, anchorDate, endsAt } = old;
  const { description, externalReference, metadata } = old;
  return {
    ...(description === undefined ? {} : { description }),
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(metadata === undefined ? {} : { metadata }),
    ...ofSession(context, beginning, context.system.ids.next('mnd')),
    seriesId,
    replacesMandateId: old.id,
    terms,
    ...(instalments === undefined ? {} : { instalments }),
    firstDate,
    firstPaidAt,
    firstPaidMinor,
    anchorDate,
    ...(endsAt === undefined ? {} : { endsAt }),
  };
}

function ofSession(context: Context, { now, approved, customerId, paymentMethodId }: Beginning, id: string) {
  const { description, externalReference, metadata, id: sessionId } = now.session;
  return {
    tenantId: context.tenant.id,
    id,
    customerId,
    paymentMethodId,
    sessionId,
    paymentId: now.payment.id,
    ...(description === undefined ? {} : { description }),
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(approved.networkTransactionId === undefined ? {} : { networkTransactionId: approved.networkTransactionId }),
    createdAt: context.at,
  };
}

/** The start of the local day after the last one. */
function endOf({ endDate, timeZone }: MandateTerms): Pick<MandateFacts, 'endsAt'> {
  return endDate === undefined ? {} : { endsAt: startOfDay(addDays(endDate, 1), timeZone) };
}

/**
 * A success after the last day begins and ends the mandate at once; one that replaces a mandate that has become final meanwhile takes
 * its end. Both are told, in one version each.
 */
function withItsEnd(
  begun: Decision<Mandate>,
  { at, old, gone }: { at: Context['at']; old: Mandate | undefined; gone: MandateStatusReason | undefined },
): Decision<Mandate> {
  const mandate = begun.next;
  let ended: Decision<Mandate> | undefined;
  if (old?.status === 'revoked') ended = accepted(revokeMandate(mandate, old.statusReason ?? 'merchant_request', at));
  else if (old?.status === 'ended')
    ended = endMandate(mandate, old.statusReason === 'completed' ? 'completed' : 'expired', at);
  else if (gone !== undefined) ended = accepted(revokeMandate(mandate, gone, at));
  else if (!isInForce(mandate, at)) ended = endMandate(mandate, 'expired', at);
  if (ended === undefined) return begun;
  // One row, one version: it is born with its end, and both events say so.
  return { next: { ...ended.next, version: 1 }, events: [...begun.events, ...ended.events] };
}
