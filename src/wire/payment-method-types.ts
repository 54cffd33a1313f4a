/** The public JSON of the ways to pay: what a tenant can offer for a payment, the facts about each, and why one is left out. */
import { Type } from '@sinclair/typebox';
import { OTHER_METHOD_TYPES } from '../domain/payment-method-types.ts';
import { LEFT_OUT_REASONS, type LeftOutReason, type MethodCapability } from '../domain/payment-methods.ts';
import { Amount, listOf, open, optional, words } from './schema.ts';

export const PAYMENT_METHOD_TYPES = ['card', ...OTHER_METHOD_TYPES] as const;

/** A way to pay as it stands for one question. */
export interface MethodAnswer {
  capability: MethodCapability;
  reasons: readonly LeftOutReason[];
  choices?: readonly { value: string; label: string }[];
}

const FieldSchema = Type.Object(
  {
    name: Type.String({ description: 'Its name in the form of the checkout page.' }),
    kind: words(['select', 'tel'], 'What the payer does: chooses from a list, or types a phone number.'),
    choices: optional(
      Type.Array(Type.Object({ value: Type.String(), label: Type.String() }), {
        description: 'What a `select` offers.',
      }),
    ),
  },
  { description: 'What the payer fills in.' },
);

const LimitsSchema = Type.Record(
  Type.String(),
  Type.Object({ min: optional(Amount('The least.')), max: optional(Amount('The most.')) }),
  { description: 'Bounds of the amount, inclusive, by currency. Absent: none.' },
);

const listOrAll = (description: string) =>
  Type.Union([Type.Literal('*'), Type.Array(Type.String())], { description: `${description} \`*\`: all.` });

export const PaymentMethodTypeSchema = open(
  'PaymentMethodType',
  {
    type: words(PAYMENT_METHOD_TYPES, 'The way to pay.'),
    available: Type.Boolean({ description: 'A session like the one asked about would offer it.' }),
    reasons: Type.Array(words(LEFT_OUT_REASONS, 'Why not.'), {
      description: 'Every reason why not; empty if available.',
    }),
    flow: words(
      ['direct', 'redirect', 'qr', 'push', 'details', 'sheet'],
      'What the payer goes through: nothing more, another page, a code to scan, a question on the phone, details to pay with elsewhere, a sheet of the device.',
    ),
    result: words(['sync', 'short_async', 'long_async'], 'When the result is known: at once, in minutes, in days.'),
    final: words(
      ['on_authorise', 'on_settle', 'revocable'],
      'When the payer’s side cannot take it back any more: once approved, once settled, never.',
    ),
    abandonable: words(
      ['yes', 'until_sent', 'no'],
      'Whether the payer may choose another way once it was begun. `until_sent`: no, and an approval may come late.',
    ),
    reusable: words(
      ['no', 'customer_present', 'merchant_initiated'],
      'Whether it can be saved, and charged without the payer.',
    ),
    currencies: listOrAll('ISO 4217 codes it takes.'),
    countries: listOrAll('ISO 3166-1 alpha-2 of payers it serves.'),
    amounts: optional(LimitsSchema),
    zero_amount: Type.Boolean({ description: 'It can be saved without a payment.' }),
    manual_capture: Type.Boolean({ description: 'It can be reserved now and captured later.' }),
    refunds: words(['partial', 'full', 'none'], 'What can be given back: any part, only the whole payment, nothing.'),
    fields: Type.Array(FieldSchema),
  },
  'A way to pay: whether it fits, and the facts about it.',
);

export const PaymentMethodTypeListSchema = listOf(PaymentMethodTypeSchema);

export function renderMethodType({ capability, reasons, choices }: MethodAnswer) {
  const { supports } = capability;
  return {
    type: capability.type,
    available: reasons.length === 0,
    reasons,
    flow: capability.flow,
    result: capability.result,
    final: capability.final,
    abandonable: capability.abandonable,
    reusable: capability.reusable,
    currencies: supports.currencies,
    countries: supports.countries,
    amounts:
      supports.amounts &&
      Object.fromEntries(
        Object.entries(supports.amounts).map(([currency, { minMinor, maxMinor }]) => [
          currency,
          { min: minMinor, max: maxMinor },
        ]),
      ),
    zero_amount: supports.zeroAmount,
    manual_capture: supports.manualCapture,
    refunds: supports.refunds,
    fields: capability.fields.map(({ name, kind }) => ({
      name,
      kind,
      ...(kind === 'select' ? { choices: choices ?? [] } : {}),
    })),
  };
}
