/** Routes of what may follow a success: captures, voids, refunds, the ledger that adds them up, and reviews. */
import { Type } from '@sinclair/typebox';
import { takeStep } from '../../app/payment-steps.ts';
import { ledgerOfPayment } from '../../app/payments.ts';
import { resolutionsOfPayment, resolvePayment } from '../../app/reviews.ts';
import { LedgerSchema, renderLedger } from '../../wire/ledger.ts';
import { PaymentSchema } from '../../wire/payment.ts';
import { RefundSchema } from '../../wire/refund.ts';
import { ResolutionListSchema, renderResolution } from '../../wire/resolution.ts';
import { CaptureCreateSchema, RefundCreateSchema, ResolveSchema } from '../../wire/step-input.ts';
import type { Register } from '../route.ts';

const byId = Type.Object({ id: Type.String() });
const tag = 'Payments';

export function paymentStepRoutes(register: Register): void {
  captureRoutes(register);
  moneyBackRoutes(register);
  reviewRoutes(register);
}

function captureRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/payments/:id/captures',
    operationId: 'capturePayment',
    summary: 'Capture all or a part of what is authorised',
    description:
      'Several partial captures are allowed. Answers when the processor has, or after 15 seconds with the payment as it stands: what is not known then follows by event. A declined capture answers 200 too, with unchanged amounts and `last_payment_error`.',
    tag,
    keys: 'secret',
    idempotency: 'required',
    params: byId,
    body: CaptureCreateSchema,
    success: { status: 200, schema: PaymentSchema, description: 'The payment after the capture.' },
    errors: [
      'payment_not_found',
      'payment_not_capturable',
      'capture_exceeds_authorised_amount',
      'authorisation_expired',
      'payment_in_progress',
    ],
    handle: ({ context, params, body, idempotency }) =>
      takeStep(context, 'capture', {
        paymentId: params.id,
        asked: { amountMinor: body.amount, externalReference: body.external_reference, metadata: body.metadata },
        idempotency,
      }),
  });
  register({
    method: 'POST',
    path: '/payments/:id/voids',
    operationId: 'voidPayment',
    summary: 'Release everything that is still reserved',
    description:
      'Has no amount: what was captured stays captured, all the rest goes back. Answers like a capture: a declined void is 200 too.',
    tag,
    keys: 'secret',
    idempotency: 'required',
    params: byId,
    success: { status: 200, schema: PaymentSchema, description: 'The payment after the void.' },
    errors: [
      'payment_not_found',
      'payment_not_voidable',
      'payment_already_voided',
      'nothing_to_void',
      'authorisation_expired',
      'payment_in_progress',
    ],
    handle: ({ context, params, idempotency }) =>
      takeStep(context, 'void', { paymentId: params.id, asked: {}, idempotency }),
  });
}

function moneyBackRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/payments/:id/refunds',
    operationId: 'refundPayment',
    summary: 'Give back all or a part of what was paid',
    description:
      'Several partial refunds are allowed, also side by side. A pending refund keeps its amount reserved; a failed one frees it. The end of a pending one follows by event.',
    tag,
    keys: 'secret',
    idempotency: 'required',
    params: byId,
    body: RefundCreateSchema,
    success: { status: 201, schema: RefundSchema, description: 'The refund, ended or on its way.' },
    errors: ['payment_not_found', 'payment_not_refundable', 'refund_exceeds_paid_amount'],
    handle: ({ context, params, body, idempotency }) =>
      takeStep(context, 'refund', {
        paymentId: params.id,
        asked: { amountMinor: body.amount, reason: body.reason, metadata: body.metadata },
        idempotency,
      }),
  });
  register({
    method: 'GET',
    path: '/payments/:id/ledger',
    operationId: 'getPaymentLedger',
    summary: 'Show every movement of a payment and where its money stands',
    description:
      'Every movement of the money of this payment between its accounts; the movements of one entry sum to zero.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: LedgerSchema, description: 'Entries, oldest first, and their sums.' },
    errors: ['payment_not_found'],
    handle: async ({ context, params }) => ({ json: renderLedger(await ledgerOfPayment(context, params.id)) }),
  });
}

function reviewRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/payments/:id/resolve',
    operationId: 'resolvePayment',
    summary: 'Close the review of a payment',
    description:
      'For payments with a `review`. The processor is asked once more first: what it says by now comes before what you say. Your note is kept for good.',
    tag,
    keys: 'secret',
    idempotency: 'required',
    params: byId,
    body: ResolveSchema,
    success: { status: 200, schema: PaymentSchema, description: 'The payment, without its review.' },
    errors: ['payment_not_found', 'payment_not_in_review', 'review_outcome_mismatch'],
    handle: ({ context, actor, params, body, idempotency }) =>
      resolvePayment(context, actor, {
        paymentId: params.id,
        request: { note: body.note, outcome: body.outcome, processorReference: body.processor_reference },
        idempotency,
      }),
  });
  register({
    method: 'GET',
    path: '/payments/:id/resolutions',
    operationId: 'listPaymentResolutions',
    summary: 'List the closed reviews of a payment, oldest first',
    description: 'What people decided about this payment when the processor could not tell, with their notes.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: ResolutionListSchema, description: 'Who closed which review, with what note.' },
    errors: ['payment_not_found'],
    handle: async ({ context, params }) => ({
      json: { data: (await resolutionsOfPayment(context, params.id)).map(renderResolution) },
    }),
  });
}
