/** Payments to capture, void and refund, and what the processor's book says of each. */
import type { TestApp } from './app.ts';
import type { Json } from './merchant.ts';
import { cards } from './payer.ts';
import type { BookRow } from './sandbox-control.ts';

export const manual = { payment_method_options: { card: { capture_method: 'manual' } } };

/** A payment of 20000 minor units, authorised and not captured. */
export async function reservedPayment(app: TestApp, card: string = cards.approved): Promise<Json> {
  const session = await app.merchant.createSession({ options: manual });
  await app.payer.another().pays(session, card);
  return app.merchant.payment((await app.merchant.session(session.id)).payment_id);
}

/** A payment of 20000 minor units, captured when it was paid. */
export async function paidPayment(app: TestApp, card: string = cards.approved): Promise<Json> {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, card);
  return app.merchant.payment((await app.merchant.session(session.id)).payment_id);
}

/** The four sums of a payment. */
export function amounts(payment: Json): Record<'authorised' | 'paid' | 'voided' | 'refunded', number> {
  return {
    authorised: payment.authorised_amount,
    paid: payment.paid_amount,
    voided: payment.voided_amount,
    refunded: payment.refunded_amount,
  };
}

/** What arrived at the processor after the charge: its captures, voids and refunds of this payment. */
export async function stepRows(app: TestApp, payment: Json): Promise<BookRow[]> {
  const rows = await app.control.book();
  return rows.filter(
    (row) => row.reference === payment.reconciliation_reference && ['capture', 'void', 'refund'].includes(row.kind),
  );
}
