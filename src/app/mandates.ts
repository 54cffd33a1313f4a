/** What merchants do with mandates. They come into being with the first success of a series, in `outcome.ts`. */
import { accepted, Rejected, reject } from '../domain/errors.ts';
import { type Mandate, type RevocationReason, revokeMandate } from '../domain/mandate.ts';
import { Stale } from '../store/database.ts';
import { findMandate, listMandates, type MandateFilters } from '../store/mandates.ts';
import type { Page } from '../store/pages.ts';
import { Changes } from './apply.ts';
import type { Context } from './context.ts';

/** Throws Rejected with 404 for an unknown id and for another tenant's. */
export async function getMandate(context: Context, id: string): Promise<Mandate> {
  const mandate = await findMandate(context.database, context.tenant.id, id);
  if (mandate === undefined) throw new Rejected(reject('mandate_not_found', `There is no mandate ${id}.`));
  return mandate;
}

export function pageOfMandates(context: Context, list: { filters: MandateFilters; page: Page }) {
  return listMandates(context.database, context.tenant.id, list);
}

/** Nothing is charged under it any more, from this commit on. Revoking twice is the same as once. */
export async function revokeMandateById(context: Context, id: string, reason: RevocationReason): Promise<Mandate> {
  for (let tries = 1; ; tries++) {
    const decision = accepted(revokeMandate(await getMandate(context, id), reason, context.at));
    try {
      await new Changes(context).mandate(decision).commit();
      return decision.next;
    } catch (error) {
      if (!(error instanceof Stale) || tries === 20) throw error;
    }
  }
}
