/** What merchants do with mandates. They come into being with the first success of a series, in `outcome.ts`. */
import { accepted, missing, Rejected } from '../domain/errors.ts';
import { type Mandate, type RevocationReason, revokeMandate } from '../domain/mandate.ts';
import { Stale } from '../store/database.ts';
import { findMandate, listMandates, type MandateFilters } from '../store/mandates.ts';
import type { Page } from '../store/pages.ts';
import { renderMandate } from '../wire/mandate.ts';
import { Changes } from './apply.ts';
import type { Context } from './context.ts';
import { type IdempotentRequest, once } from './idempotency.ts';

/** Throws Rejected with 404 for an unknown id and for another tenant's. */
export async function getMandate(context: Context, id: string): Promise<Mandate> {
  const mandate = await findMandate(context.database, context.tenant.id, id);
  if (mandate === undefined) throw new Rejected(missing('mandate_not_found'));
  return mandate;
}

export function pageOfMandates(context: Context, list: { filters: MandateFilters; page: Page }) {
  return listMandates(context.database, context.tenant.id, list);
}

/** Nothing is charged under it any more, from this commit on. Revoking twice is the same as once. */
export function revokeMandateById(
  context: Context,
  id: string,
  asked: { reason: RevocationReason; idempotency: IdempotentRequest | undefined },
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
        try {
          await new Changes(context).mandate(decision).also(key.keep(result)).commit();
          return result;
        } catch (error) {
          if (!(error instanceof Stale) || tries === TRIES) throw error;
        }
      }
    },
    report: async () => answer(await getMandate(context, id)),
  });
}

const TRIES = 20;
