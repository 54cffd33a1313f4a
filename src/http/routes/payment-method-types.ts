/** The route that says which ways to pay a payment would offer. */
import { Type } from '@sinclair/typebox';
import { methodTypesFor } from '../../app/offered-methods.ts';
import { isCurrency } from '../../domain/currencies.ts';
import { Rejected } from '../../domain/errors.ts';
import { PaymentMethodTypeListSchema, renderMethodType } from '../../wire/payment-method-types.ts';
import { Currency, optional, words } from '../../wire/schema.ts';
import { shapeRejection } from '../errors.ts';
import type { Register } from '../route.ts';

/** Numbers arrive as text. */
const AmountText = Type.String({
  pattern: '^(0|[1-9][0-9]{0,11})$',
  description: 'Minor units, as of a session. Left out: amounts exclude nothing.',
});

export function paymentMethodTypeRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/payment_method_types',
    operationId: 'listPaymentMethodTypes',
    summary: 'List the ways to pay',
    description:
      'What a session of these words would offer, in the order of the page, and every other way to pay with the reasons why not.',
    tag: 'Payment sessions',
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object(
      {
        amount: optional(AmountText),
        currency: optional(Currency()),
        type: optional(words(['one_time', 'first_in_series'], 'Of session. Default one_time.')),
        capture_method: optional(words(['automatic', 'manual'], 'Default automatic.')),
        country: optional(
          Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2 of the payer. Left out: unknown.' }),
        ),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: PaymentMethodTypeListSchema, description: 'Every way to pay there is.' },
    errors: [],
    handle: async ({ context, query }) => {
      const { amount, currency, type = 'one_time', capture_method: captureMethod = 'automatic', country } = query;
      if (currency !== undefined && !isCurrency(currency)) {
        const detail = 'This is not a currency that Tender knows.';
        throw new Rejected(shapeRejection([{ pointer: 'query/currency', code: 'invalid_value', detail }]));
      }
      const amountMinor = amount === undefined ? undefined : Number(amount);
      const answers = await methodTypesFor(context, { amountMinor, currency, type, captureMethod, country });
      return { json: { data: answers.map(renderMethodType) } };
    },
  });
}
