/** What merchants do with mandates. They come into being with the first success of a series, in `first-success.ts`. */
import { type CheckRequest, readCheck } from '../domain/check-request.ts';
import { accepted, isRejection, missing, Rejected } from '../domain/errors.ts';
import {
  endMandate,
  isInForce,
  looksAtUsage,
  type Mandate,
  type MandateStatusReason,
  revokeMandate,
} from '../domain/mandate.ts';
import type { Evaluation } from '../domain/mandate-rules.ts';
import { windowOf } from '../domain/schedule.ts';
import { must } from '../lib/assert.ts';
import { localDateOf } from '../lib/calendar.ts';
import { findMandateFacts } from '../store/charge-facts.ts';
import { Stale } from '../store/database.ts';
import { chargesOfSeries, sumsOfCharges } from '../store/mandate-usage.ts';
import { findConsent, findMandate, listMandates, type MandateFilters } from '../store/mandates.ts';
import type { Page } from '../store/pages.ts';
import { findPayment } from '../store/payments.ts';
import { type MandateDetails, renderMandate } from '../wire/mandate.ts';
import { Changes } from './apply.ts';
import { judge, reachOf } from './charge-judgement.ts';
import type { Context } from './context.ts';
import { addMandateEnd } from './ending-mandates.ts';
import { type IdempotentRequest, once } from './idempotency.ts';

/** Throws Rejected with 404 for an unknown id and for another tenant's. */
export async function getMandate(context: Context, id: string): Promise<Mandate> {
  const mandate = await findMandate(context.database, context.tenant.id, id);
  if (mandate === undefined) throw new Rejected(missing('mandate_not_found'));
  return mandate;
}

/** The mandate with what was taken under it and what the payer agreed to. Throws as {@link getMandate}. */
export async function getMandateDetails(
  context: Context,
  id: string,
): Promise<{ mandate: Mandate; details: MandateDetails }> {
  const { database, tenant, at } = context;
  const [facts, consent] = await Promise.all([mandateFacts(context, id), findConsent(database, tenant.id, id)]);
  const { mandate } = facts;
  const { terms, anchorDate, seriesId } = mandate;
  const sums = looksAtUsage(mandate) ? {} : await sumsOfCharges(database, tenant.id, seriesId);
  const usage = { ...facts.usage, ...sums };
  const today = localDateOf(at, terms.timeZone);
  const windows = terms.periodLimits.map((limit) => windowOf(limit, anchorDate, today));
  return { mandate, details: { usage, windows, ...(consent === undefined ? {} : { consent }) } };
}

async function mandateFacts(context: Context, mandateId: string) {
  const asked = { mandateId, ...reachOf(context) };
  const facts = await findMandateFacts(context.database, context.tenant.id, asked);
  if (facts === undefined) throw new Rejected(missing('mandate_not_found'));
  return facts;
}

export function pageOfMandates(context: Context, list: { filters: MandateFilters; page: Page }) {
  return listMandates(context.database, context.tenant.id, list);
}

/**
 * Whether a charge would be allowed at an instant, with what was taken until now. Reserves, writes and promises nothing. Throws Rejected
 * with 404, and with 400 for an instant that is not within the next five years.
 */
export async function checkMandate(context: Context, id: string, body: CheckRequest): Promise<Evaluation> {
  const asked = readCheck(body, context.at);
  if (isRejection(asked)) throw new Rejected(asked);
  const facts = await mandateFacts(context, id);
  return judge({ ...context, at: asked.at }, facts, { amountMinor: asked.amountMinor, currency: asked.currency });
}

/** How many charges the evidence of a mandate names; older ones are in the list of payments. */
const EVIDENCE_CHARGES = 1_000;

/** Everything that shows what was agreed and what was charged, for a dispute. Throws as {@link getMandate}. */
export async function evidenceOf(context: Context, id: string) {
  const { database, tenant } = context;
  const mandate = await getMandate(context, id);
  const first = mandate.replacesMandateId === undefined ? mandate : await getMandate(context, mandate.seriesId);
  const [consent, payment, charges] = await Promise.all([
    findConsent(database, tenant.id, id),
    findPayment(database, tenant.id, first.paymentId),
    chargesOfSeries(database, tenant.id, { seriesId: mandate.seriesId, limit: EVIDENCE_CHARGES + 1 }),
  ]);
  return {
    mandate,
    consent: must(consent, 'the consent of a mandate'),
    firstPayment: must(payment, 'the first payment of a series'),
    charges: charges.slice(0, EVIDENCE_CHARGES),
    more: charges.length > EVIDENCE_CHARGES,
  };
}

/** Nothing is charged under it any more, from this commit on. Revoking twice is the same as once. */
export function revokeMandateById(
  context: Context,
  id: string,
  asked: { reason: MandateStatusReason; idempotency: IdempotentRequest | undefined },
) {
  const answer = (mandate: Mandate) => ({
    status: 200,
    body: JSON.stringify(renderMandate(mandate, { mode: context.tenant.mode })),
  });
  return once(context, asked.idempotency, {
    async work(key) {
      for (let tries = 1; ; tries++) {
        const decision = accepted(revokeMandate(await getMandate(context, id), asked.reason, context.at));
        const result = answer(decision.next);
        const changes = new Changes(context);
        await addMandateEnd(context, changes, { decision });
        try {
          await changes.also(key.keep(result)).commit();
          return result;
        } catch (error) {
          if (!(error instanceof Stale) || tries === TRIES) throw error;
        }
      }
    },
    report: async () => answer(await getMandate(context, id)),
  });
}

/** Ends a mandate whose last day has passed. Does nothing when it no longer is so. */
export async function endDueMandate(context: Context, id: string): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    const mandate = await findMandate(context.database, context.tenant.id, id);
    if (mandate?.status !== 'active' || isInForce(mandate, context.at)) return false;
    const changes = new Changes(context);
    await addMandateEnd(context, changes, { decision: endMandate(mandate, 'expired', context.at) });
    try {
      await changes.commit();
      return true;
    } catch (error) {
      if (!(error instanceof Stale) || tries === TRIES) throw error;
    }
  }
}

const TRIES = 50;
