/** The public JSON of how a tenant's checkout pages behave. */
import { Type } from '@sinclair/typebox';
import type { CheckoutSettings } from '../domain/checkout-settings.ts';
import {
  AFTER_PAYMENTS,
  DECLINE_DETAILS,
  FIELD_POLICIES,
  LIMIT_RANGES,
  MANDATE_CONSENTS,
  METHOD_TYPES,
  MOST_LISTED,
  NOTICE_DAYS,
  SAVED_CARD_CODES,
} from '../domain/checkout-settings-request.ts';
import { closed, open, optional, words } from './schema.ts';

const Limit = (name: keyof typeof LIMIT_RANGES, description: string) => {
  const { min, max } = LIMIT_RANGES[name];
  return Type.Integer({ minimum: min, maximum: max, description });
};
const limits = {
  attempts: Limit('attempts', 'Failed tries with cards before a page closes them. Default 5.'),
  per_card: Limit('per_card', 'Failed tries of one card on one page. Default 3.'),
  security_codes: Limit('security_codes', 'Wrong security codes of one card on one page. Default 3.'),
};
const method = Type.Boolean();
const methods = Object.fromEntries(METHOD_TYPES.map((type) => [type, method])) as Record<
  (typeof METHOD_TYPES)[number],
  typeof method
>;
const List = (description: string) =>
  Type.Array(Type.String({ maxLength: 300 }), { maxItems: MOST_LISTED.max, description });

const fields = {
  decline_detail: words(
    DECLINE_DETAILS,
    '`minimal`: the page gives no reason that a thief could learn from; the API still does. Default helpful.',
  ),
  name_on_card: words(FIELD_POLICIES, 'Whether the page asks for it. Default off.'),
  collect_email: words(FIELD_POLICIES, 'Whether the page asks for one, where the customer has none. Default off.'),
  saved_card_security_code: words(
    SAVED_CARD_CODES,
    'Whether a saved card asks for its security code. Default required.',
  ),
  mandate_consent: words(
    MANDATE_CONSENTS,
    'How a payer agrees to later charges: by the button, or by a box above it. Default button.',
  ),
  after_payment: words(AFTER_PAYMENTS, '`receipt`: the payer stays on it, and returns by the button. Default return.'),
  more_time: Type.Boolean({
    description: 'False where something is held for the payer for a fixed time. Default true.',
  }),
  method_order: Type.Array(words(METHOD_TYPES, 'A type of payment method.'), {
    maxItems: METHOD_TYPES.length,
    description: 'In which order other ways to pay than cards stand. Default: ours.',
  }),
  allowed_origins: List(
    'Origins whose pages may frame an embedded page. Default none; in test mode http://localhost:*.',
  ),
  return_url_hosts: List(
    'Hosts that a `return_url` may name, or schemes of apps such as `shop://`. Default none: then live mode takes no `return_url`, test mode any.',
  ),
  default_locale: Type.String({
    maxLength: 35,
    description: 'The language of the page where neither payer nor session asks for one. Default en.',
  }),
  time_zone: Type.String({
    maxLength: 64,
    description: 'IANA name of the zone in which the page tells times. Default UTC.',
  }),
};
const noticeDays = Type.Integer({
  minimum: NOTICE_DAYS.min,
  maximum: NOTICE_DAYS.max,
  description:
    'Days before the amount or the dates of a mandate change that you promise to tell the payer. Absent: no promise.',
});

export const CheckoutSettingsInput = closed(
  {
    decline_detail: optional(fields.decline_detail),
    name_on_card: optional(fields.name_on_card),
    collect_email: optional(fields.collect_email),
    saved_card_security_code: optional(fields.saved_card_security_code),
    mandate_consent: optional(fields.mandate_consent),
    notice_days: optional(noticeDays),
    after_payment: optional(fields.after_payment),
    more_time: optional(fields.more_time),
    limits: optional(
      closed({
        attempts: optional(limits.attempts),
        per_card: optional(limits.per_card),
        security_codes: optional(limits.security_codes),
      }),
    ),
    methods: optional(
      closed({
        card: optional(methods.card),
        pay_by_bank: optional(methods.pay_by_bank),
        wallet_qr: optional(methods.wallet_qr),
        mobile_money: optional(methods.mobile_money),
        voucher: optional(methods.voucher),
      }),
    ),
    method_order: optional(fields.method_order),
    allowed_origins: optional(fields.allowed_origins),
    return_url_hosts: optional(fields.return_url_hosts),
    default_locale: optional(fields.default_locale),
    time_zone: optional(fields.time_zone),
  },
  {
    title: 'CheckoutSettingsReplacement',
    examples: [{ name_on_card: 'optional', return_url_hosts: ['shop.example'], time_zone: 'Africa/Johannesburg' }],
  },
);

const LocaleSchema = open(
  'CheckoutLocale',
  {
    tag: Type.String({ description: 'BCP 47.' }),
    name: Type.String({ description: 'The language in itself.' }),
    reviewed: Type.Object(
      { page: Type.Boolean(), mandate: Type.Boolean() },
      {
        description:
          'Whether a native speaker has read the page, and the text of mandates. While the latter was not, the English text stands beneath it.',
      },
    ),
  },
  'A language of the page.',
);

export const CheckoutSettingsSchema = open(
  'CheckoutSettings',
  {
    ...fields,
    notice_days: optional(noticeDays),
    limits: Type.Object(limits),
    methods: Type.Object(methods, { description: 'What is false is not offered, whatever the processor supports.' }),
    locales: Type.Array(LocaleSchema, { description: 'Read only: what the page speaks.' }),
  },
  'How the checkout pages of an account behave; test and live apart.',
);

export interface LocaleFacts {
  tag: string;
  name: string;
  reviewed: { page: boolean; mandate: boolean };
}

export function renderCheckoutSettings(settings: CheckoutSettings, locales: readonly LocaleFacts[]) {
  return {
    decline_detail: settings.declineDetail,
    name_on_card: settings.nameOnCard,
    collect_email: settings.collectEmail,
    saved_card_security_code: settings.savedCardSecurityCode,
    mandate_consent: settings.mandateConsent,
    notice_days: settings.noticeDays,
    after_payment: settings.afterPayment,
    more_time: settings.moreTime,
    limits: {
      attempts: settings.limits.attempts,
      per_card: settings.limits.perCard,
      security_codes: settings.limits.securityCodes,
    },
    methods: Object.fromEntries(METHOD_TYPES.map((type) => [type, settings.methods[type] !== false])),
    method_order: settings.methodOrder,
    allowed_origins: settings.allowedOrigins,
    return_url_hosts: settings.returnUrlHosts,
    default_locale: settings.defaultLocale,
    time_zone: settings.timeZone,
    locales: locales.map(({ tag, name, reviewed }) => ({
      tag,
      name,
      reviewed: { page: reviewed.page, mandate: reviewed.mandate },
    })),
  };
}
