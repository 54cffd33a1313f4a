/** What merchants do with subscriptions. They begin with the first success of their series, in `subscription-begin.ts`. */
import { refusedStop } from '../domain/due-dates.ts';
import { accepted, type Decision, isRejection, missing, Rejected, reject } from '../domain/errors.ts';
import { type Mandate, revokeMandate } from '../domain/mandate.ts';
import {
  resumeSubscription,
  type Subscription,
  type SubscriptionPatch,
  updateSubscription,
} from '../domain/subscription.ts';
import { nextStep, paidInstalments } from '../domain/subscription-pass.ts';
import { type DueDate, dueAfter, dueOn, nextScheduledTime } from '../domain/subscription-plan.ts';
import type { Violation } from '../domain/violation.ts';
import { must } from '../lib/assert.ts';
import { findMandateFacts } from '../store/charge-facts.ts';
import { Stale, Taken } from '../store/database.ts';
import { findMandate } from '../store/mandates.ts';
import type { Page } from '../store/pages.ts';
import { listSubscriptionCharges } from '../store/subscription-charges.ts';
import {
  findSubscription,
  findSubscriptionFacts,
  listSubscriptions,
  type SubscriptionFacts,
  type SubscriptionFilters,
} from '../store/subscriptions.ts';
import { renderSubscription } from '../wire/subscription.ts';
import { Changes } from './apply.ts';
import { judge, reachOf } from './charge-judgement.ts';
import type { Context } from './context.ts';
import { addMandateEnd } from './ending-mandates.ts';
import { type Answer, type IdempotentRequest, once } from './idempotency.ts';
import { addDueDecision, addStop } from './subscription-changes.ts';

/** Throws Rejected with 404 for an unknown id and for another tenant's. */
export async function getSubscription(context: Context, id: string): Promise<Subscription> {
  const subscription = await findSubscription(context.database, context.tenant.id, id);
  if (subscription === undefined) throw new Rejected(missing('subscription_not_found'));
  return subscription;
}

export function pageOfSubscriptions(context: Context, list: { filters: SubscriptionFilters; page: Page }) {
  return listSubscriptions(context.database, context.tenant.id, list);
}

/** Its due dates, newest first. Throws as {@link getSubscription}. */
export async function pageOfDueDates(context: Context, list: { subscriptionId: string; page: Page }) {
  await getSubscription(context, list.subscriptionId);
  return listSubscriptionCharges(context.database, context.tenant.id, list);
}

/**
 * Changes what a merchant may change. Throws Rejected with 404, with 409 on one that is over, with 400 for an amount of instalments, and
 * with 422 `mandate_violation` for an amount that the payer did not agree to.
 */
export function patchSubscription(
  context: Context,
  id: string,
  asked: { patch: SubscriptionPatch; idempotency: IdempotentRequest | undefined },
) {
  return onceOn(context, id, {
    idempotency: asked.idempotency,
    async decide({ subscription }) {
      const decision = accepted(updateSubscription(subscription, asked.patch, context.at));
      const { amountMinor } = asked.patch;
      if (amountMinor !== undefined && amountMinor !== subscription.amountMinor) {
        await refuseForeignAmount(context, subscription, amountMinor);
      }
      return { decision, changes: new Changes(context).subscription(decision) };
    },
  });
}

/** Another amount has to be one that the mandate allows of a charge, whatever was taken of it until now. */
async function refuseForeignAmount(context: Context, subscription: Subscription, amountMinor: number): Promise<void> {
  const pointer = '/amount';
  if (subscription.amountMinor === undefined) {
    const detail = 'The instalments of the mandate say what is charged.';
    const errors = [{ pointer, code: 'not_applicable', detail }];
    throw new Rejected(reject('invalid_request', 'The amount of instalments cannot change.', { errors }));
  }
  const { mandateId, currency } = subscription;
  const facts = await findMandateFacts(context.database, context.tenant.id, { mandateId, ...reachOf(context) });
  const { violations } = judge(context, must(facts, 'the mandate of a subscription'), { amountMinor, currency });
  const broken = violations.filter(isOfTheAmount);
  if (broken.length === 0) return;
  const errors = broken.map(({ code, detail, limit }) => ({
    pointer,
    code,
    detail,
    ...(limit === undefined ? {} : { limit }),
  }));
  const detail = `The payer did not agree to this amount: ${broken[0]?.detail}`;
  throw new Rejected(reject('mandate_violation', detail, { errors, extra: { mandate_id: mandateId } }));
}

function isOfTheAmount({ code, mayHoldFrom }: Violation): boolean {
  if (code === 'period_amount_exceeded') return mayHoldFrom === 'never';
  return code === 'amount_not_exact' || code === 'amount_below_min' || code === 'amount_above_max';
}

/** No new tries from this answer on. Pausing a paused one answers it as it is. Throws Rejected with 404 or 409. */
export function pauseSubscription(context: Context, id: string, idempotency: IdempotentRequest | undefined) {
  return onceOn(context, id, {
    idempotency,
    async decide(facts) {
      const done = refusedStop(facts.subscription, 'paused');
      if (done !== undefined) return unchanged(context, done);
      return stopping(context, facts, { status: 'paused' });
    },
  });
}

/**
 * Charges go on with the next due date. What fell due in the pause is written down as skipped before; an instalment that did is still
 * owed, and is collected at the next time of day. Throws Rejected with 404 or 409.
 */
export function resumePausedSubscription(context: Context, id: string, idempotency: IdempotentRequest | undefined) {
  return onceOn(context, id, {
    idempotency,
    async decide(found) {
      const facts = await withPauseWritten(context, found);
      const { subscription, charges } = facts;
      const nextDue = dueAfterPause(context, facts);
      const unfinished = charges.some(({ status }) => status === 'open');
      const decision = accepted(resumeSubscription(subscription, { nextDue, unfinished }, context.at));
      return { decision, changes: new Changes(context).subscription(decision) };
    },
  });
}

/** The worker may not have come to what fell due in the pause. */
async function withPauseWritten(context: Context, found: SubscriptionFacts): Promise<SubscriptionFacts> {
  let facts = found;
  while (facts.subscription.status === 'paused') {
    const step = nextStep({ ...facts, catchUpDays: context.tenant.settings.catchUpDays }, context.at);
    if (step.kind !== 'told') break;
    await addDueDecision(new Changes(context), step.decision).commit();
    facts = await subscriptionFacts(context, found.subscription.id);
  }
  return facts;
}

function dueAfterPause(context: Context, { subscription, charges }: SubscriptionFacts): DueDate | undefined {
  const { plan } = subscription;
  const paid = paidInstalments(charges);
  const owed = plan.instalments?.find(({ number }) => !paid.has(number));
  if (owed === undefined) return dueAfter(plan, context.at);
  const due = dueOn(plan, owed.dueDate);
  return due.at > context.at ? due : { date: due.date, at: nextScheduledTime(plan, context.at) };
}

export interface CancelAsked {
  reason: 'merchant_request' | 'customer_request';
  /** Default: true unless the mandate is on demand. */
  revokeMandate?: boolean | undefined;
}

/** Nothing more is charged by itself, and under the mandate nothing at all if it is revoked with it. Throws Rejected with 404 or 409. */
export function cancelSubscription(
  context: Context,
  id: string,
  asked: CancelAsked & { idempotency: IdempotentRequest | undefined },
) {
  const { reason, idempotency } = asked;
  return onceOn(context, id, {
    idempotency,
    async decide(facts) {
      const { subscription } = facts;
      const done = refusedStop(subscription, 'cancelled');
      if (done !== undefined) return unchanged(context, done);
      const found = await findMandate(context.database, context.tenant.id, subscription.mandateId);
      const mandate = must(found, 'the mandate of a subscription');
      const changes = new Changes(context);
      if (mandate.status === 'active' && (asked.revokeMandate ?? isRevokedWithIt(mandate))) {
        const decision = accepted(revokeMandate(mandate, reason, context.at));
        await addMandateEnd(context, changes, { decision, but: subscription.id });
      }
      return stopping(context, facts, { status: 'cancelled', reason }, changes);
    },
  });
}

function isRevokedWithIt({ terms }: Mandate): boolean {
  return terms.type !== 'on_demand';
}

interface Decided {
  decision: Decision<Subscription>;
  changes: Changes;
}

function unchanged(context: Context, verdict: NonNullable<ReturnType<typeof refusedStop>>): Decided {
  if (isRejection(verdict)) throw new Rejected(verdict);
  return { decision: verdict, changes: new Changes(context) };
}

function stopping(
  context: Context,
  facts: SubscriptionFacts,
  stop: { status: 'paused' } | { status: 'cancelled'; reason: CancelAsked['reason'] },
  changes = new Changes(context),
): Decided {
  return { decision: addStop(changes, facts, { ...stop, at: context.at }), changes };
}

async function subscriptionFacts(context: Context, id: string): Promise<SubscriptionFacts> {
  const facts = await findSubscriptionFacts(context.database, context.tenant.id, { id });
  if (facts === undefined) throw new Rejected(missing('subscription_not_found'));
  return facts;
}

/** Every failed try means that another writer was faster, mostly a pass that charges. */
const TRIES = 20;

/** Reads, decides and writes, at most once for the request's key. */
function onceOn(
  context: Context,
  id: string,
  change: { idempotency: IdempotentRequest | undefined; decide(facts: SubscriptionFacts): Promise<Decided> },
) {
  const answer = (subscription: Subscription): Answer => ({
    status: 200,
    body: JSON.stringify(renderSubscription(subscription, context.tenant)),
  });
  return once(context, change.idempotency, {
    async work(key) {
      for (let tries = 1; ; tries++) {
        try {
          const { decision, changes } = await change.decide(await subscriptionFacts(context, id));
          const result = answer(decision.next);
          await changes.also(key.keep(result)).commit();
          return result;
        } catch (error) {
          if (!wasOvertaken(error) || tries === TRIES) throw error;
        }
      }
    },
    report: async () => answer(await getSubscription(context, id)),
  });
}

/** Another writer was faster with the subscription or one of its due dates: look again and decide again. */
export function wasOvertaken(error: unknown): boolean {
  return error instanceof Stale || (error instanceof Taken && error.constraint === 'subscription_charges_pkey');
}
