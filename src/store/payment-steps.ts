/** What captures, voids and refunds are decided on, in one round trip. */
import type { Payment } from '../domain/payment.ts';
import type { Reader } from './database.ts';
import { type PaymentRow, toPayment } from './payments.ts';
import { sql } from './sql.ts';

export interface StepFacts {
  payment: Payment;
  /** The charge or authorisation that succeeded, as the processor knows it. */
  charge?: { attemptId: string; processor: string; processorRef: string; amountMinor: number };
  /** A capture or void is under way. */
  stepOpen: boolean;
}

interface StepRow extends PaymentRow {
  charge_id: string | null;
  charge_processor: string | null;
  charge_ref: string | null;
  charge_amount: number | null;
  step_open: boolean;
}

export async function findStepFacts(
  reader: Reader,
  tenantId: string,
  paymentId: string,
): Promise<StepFacts | undefined> {
  const [row] = await reader.read<StepRow>(sql`
    select p.*, c.id as charge_id, c.processor as charge_processor, c.processor_ref as charge_ref, c.amount as charge_amount,
      exists (select 1 from attempts o where o.tenant_id = p.tenant_id and o.payment_id = p.id and o.kind <> 'refund'
        and o.status in ('sent', 'action_required', 'pending', 'unknown')) as step_open
    from payments p left join attempts c on c.tenant_id = p.tenant_id and c.payment_id = p.id and c.status = 'succeeded'
      and c.kind in ('charge', 'authorise', 'verify')
    where p.tenant_id = ${tenantId} and p.id = ${paymentId}`);
  if (row === undefined) return undefined;
  const { charge_id, charge_processor, charge_ref, charge_amount } = row;
  const facts: StepFacts = { payment: toPayment(row), stepOpen: row.step_open };
  if (charge_id !== null && charge_processor !== null && charge_ref !== null && charge_amount !== null) {
    facts.charge = {
      attemptId: charge_id,
      processor: charge_processor,
      processorRef: charge_ref,
      amountMinor: charge_amount,
    };
  }
  return facts;
}
