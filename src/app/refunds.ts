/** What merchants ask about refunds. Making one is a step of its payment: `payment-steps.ts`. */
import { missing, Rejected } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import type { Page } from '../store/pages.ts';
import { findRefund, listRefunds, type RefundFilters } from '../store/refunds.ts';
import type { Context } from './context.ts';

/** Throws Rejected with 404 for an unknown id and for another tenant's. */
export async function getRefund(context: Context, id: string): Promise<Refund> {
  const refund = await findRefund(context.database, context.tenant.id, id);
  if (refund === undefined) throw new Rejected(missing('refund_not_found'));
  return refund;
}

export function pageOfRefunds(context: Context, list: { filters: RefundFilters; page: Page }) {
  return listRefunds(context.database, context.tenant.id, list);
}
