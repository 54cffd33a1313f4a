/** The bodies that create and change a payment session. What belongs to which type is checked by `domain/session-request`. */
import { Type } from '@sinclair/typebox';
import { MandateOptions, SubscriptionOptions } from './mandate-options-input.ts';
import { Amount, closed, ExternalReferenceInput, Id, MetadataInput, optional, words } from './schema.ts';

const DescriptionInput = Type.String({ maxLength: 500, description: 'Shown to the payer.' });
const CurrencyInput = Type.String({ pattern: '^[A-Za-z]{3}$', description: 'ISO 4217 alphabetic code, in any case.' });

export const CustomerInput = {
  name: optional(Type.String({ minLength: 1, maxLength: 200 })),
  email: optional(Type.String({ maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$', description: 'An e-mail address.' })),
  phone: optional(Type.String({ pattern: '^\\+?[0-9 ()-]{3,32}$', description: 'A phone number.' })),
  external_reference: optional(ExternalReferenceInput),
};

const CheckoutOptions = closed({
  return_url: optional(
    Type.String({ maxLength: 2000, description: 'Where the payer goes afterwards; `session_id` is appended.' }),
  ),
  save_payment_method: optional(
    words(['never', 'prompt', 'always'], 'one_time only: whether the card is saved for the payer.'),
  ),
  locale: optional(Type.String({ maxLength: 35, description: 'BCP 47; default from the browser.' })),
  expires_at: optional(Type.String({ maxLength: 40, description: '5 minutes to 30 days ahead; default 24 hours.' })),
  presentation_mode: optional(
    closed({ mode: words(['redirect', 'embedded_modal', 'embedded_inline'], 'How the page is shown.') }),
  ),
});

const MethodOptions = closed({
  card: optional(
    closed({ capture_method: optional(words(['automatic', 'manual'], 'Manual: authorise now, capture later.')) }),
  ),
});

export const SessionCreateSchema = closed(
  {
    amount: Amount('What is to be paid. 0 verifies and saves a card without taking money.'),
    currency: CurrencyInput,
    type: optional(words(['one_time', 'first_in_series', 'next_in_series'], 'Default one_time.')),
    description: optional(DescriptionInput),
    external_reference: optional(ExternalReferenceInput),
    metadata: optional(MetadataInput),
    options: optional(
      closed({
        customer_id: optional(Id('cus', 'The customer whose session it is.')),
        customer: optional(closed(CustomerInput, { description: 'A new customer, made with the session.' })),
        payment_method_id: optional(Id('pmt', 'next_in_series only: what is charged.')),
        mandate_id: optional(Id('mnd', 'next_in_series only: needed when several mandates fit.')),
        checkout_options: optional(CheckoutOptions),
        payment_method_options: optional(MethodOptions),
        mandate_options: optional(MandateOptions),
        subscription_options: optional(SubscriptionOptions),
      }),
    ),
  },
  {
    title: 'PaymentSessionCreate',
    description: 'What is to be paid, by whom, and how the page behaves.',
    examples: [
      { amount: 200, currency: 'ZAR' },
      {
        amount: 20_000,
        currency: 'ZAR',
        type: 'first_in_series',
        options: { customer: { email: 'thandi@example.com' } },
      },
    ],
  },
);

export const SessionPatchSchema = closed(
  {
    amount: optional(Amount('Only while nothing was attempted.')),
    description: optional(DescriptionInput),
    external_reference: optional(ExternalReferenceInput),
    metadata: optional(MetadataInput),
  },
  { title: 'PaymentSessionUpdate' },
);

export const CustomerCreateSchema = closed(
  { ...CustomerInput, metadata: optional(MetadataInput) },
  { title: 'CustomerCreate' },
);
