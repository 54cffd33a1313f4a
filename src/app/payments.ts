/** What merchants ask about payments. What may follow a success is in `payment-steps.ts`. */
import type { Attempt } from '../domain/attempt.ts';
import { missing, Rejected } from '../domain/errors.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Payment } from '../domain/payment.ts';
import { listAttempts } from '../store/attempts.ts';
import { listLedgerEntries } from '../store/ledger.ts';
import type { Page } from '../store/pages.ts';
import { findPayment, listPayments, type PaymentFilters } from '../store/payments.ts';
import type { Context } from './context.ts';

/** Throws Rejected with 404 for an unknown id and for another tenant's. */
export async function getPayment(context: Context, id: string): Promise<Payment> {
  const payment = await findPayment(context.database, context.tenant.id, id);
  if (payment === undefined) throw new Rejected(missing('payment_not_found'));
  return payment;
}

export function pageOfPayments(context: Context, list: { filters: PaymentFilters; page: Page }) {
  return listPayments(context.database, context.tenant.id, list);
}

/** Every attempt of a payment, oldest first. */
export async function attemptsOfPayment(context: Context, id: string): Promise<Attempt[]> {
  await getPayment(context, id);
  return listAttempts(context.database, context.tenant.id, id);
}

/** Every movement of a payment's money, oldest first. */
export async function ledgerOfPayment(context: Context, id: string): Promise<LedgerEntry[]> {
  await getPayment(context, id);
  return listLedgerEntries(context.database, context.tenant.id, id);
}
