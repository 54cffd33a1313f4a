/**
 * Reads the settings of the checkout page that a merchant sends: they replace the ones before, so what is absent is the default.
 * Everything that is wrong is told at once.
 */
import { type CheckoutSettings, checkoutSettingsFrom } from './checkout-settings.ts';
import type { FieldProblem } from './errors.ts';
import {
  distinctItems,
  type Field,
  fieldsOf,
  flag,
  integer,
  note,
  present,
  sound,
  text,
  timeZone,
  word,
} from './field-reader.ts';
import { OTHER_METHOD_TYPES, type PaymentMethodType } from './payment-method-types.ts';

export const DECLINE_DETAILS = ['helpful', 'minimal'] as const;
export const FIELD_POLICIES = ['off', 'optional', 'required'] as const;
export const SAVED_CARD_CODES = ['required', 'not_required'] as const;
export const MANDATE_CONSENTS = ['button', 'checkbox'] as const;
export const AFTER_PAYMENTS = ['return', 'receipt'] as const;
export const METHOD_TYPES = ['card', ...OTHER_METHOD_TYPES] as const satisfies readonly PaymentMethodType[];

export const NOTICE_DAYS = { min: 0, max: 60 };
export const LIMIT_RANGES = {
  attempts: { min: 1, max: 20 },
  per_card: { min: 1, max: 10 },
  security_codes: { min: 1, max: 10 },
} as const;
/** So many origins and hosts at most. */
export const MOST_LISTED = { min: 0, max: 50 };

const FIELDS = [
  'decline_detail',
  'name_on_card',
  'collect_email',
  'saved_card_security_code',
  'mandate_consent',
  'notice_days',
  'after_payment',
  'more_time',
  'limits',
  'methods',
  'method_order',
  'allowed_origins',
  'return_url_hosts',
  'default_locale',
  'time_zone',
] as const;

export interface SettingsFacts {
  mode: 'test' | 'live';
  /** Tags of the languages that the page speaks. */
  locales: readonly string[];
}

/** The settings; only to be used without problems. */
export function readCheckoutSettings(
  body: unknown,
  { mode, locales }: SettingsFacts,
): { settings: CheckoutSettings; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const fields = fieldsOf({ pointer: '', value: body, problems }, FIELDS);
  if (fields === undefined) return { settings: checkoutSettingsFrom({}), problems };
  const sent = present<Partial<CheckoutSettings>>({
    declineDetail: word(fields.decline_detail, DECLINE_DETAILS),
    nameOnCard: word(fields.name_on_card, FIELD_POLICIES),
    collectEmail: word(fields.collect_email, FIELD_POLICIES),
    savedCardSecurityCode: word(fields.saved_card_security_code, SAVED_CARD_CODES),
    mandateConsent: word(fields.mandate_consent, MANDATE_CONSENTS),
    noticeDays: integer(fields.notice_days, NOTICE_DAYS),
    afterPayment: word(fields.after_payment, AFTER_PAYMENTS),
    moreTime: flag(fields.more_time),
    methods: readMethods(fields.methods),
    methodOrder: distinctItems(fields.method_order, { min: 0, max: METHOD_TYPES.length }, (item) =>
      word(item, METHOD_TYPES),
    ),
    allowedOrigins: distinctItems(fields.allowed_origins, MOST_LISTED, (item) => readOrigin(item, mode)),
    returnUrlHosts: distinctItems(fields.return_url_hosts, MOST_LISTED, readHost),
    defaultLocale: word(fields.default_locale, locales),
    timeZone: timeZone(fields.time_zone),
  });
  return { settings: checkoutSettingsFrom({ ...sent, limits: readLimits(fields.limits) }), problems };
}

function readLimits(field: Field): Partial<CheckoutSettings['limits']> {
  const fields = fieldsOf(field, ['attempts', 'per_card', 'security_codes']);
  if (fields === undefined) return {};
  return present<Partial<CheckoutSettings['limits']>>({
    attempts: integer(fields.attempts, LIMIT_RANGES.attempts),
    perCard: integer(fields.per_card, LIMIT_RANGES.per_card),
    securityCodes: integer(fields.security_codes, LIMIT_RANGES.security_codes),
  });
}

/** Only what is switched off is kept; a page without any way to pay is a mistake. */
function readMethods(field: Field): CheckoutSettings['methods'] | undefined {
  const fields = fieldsOf(field, METHOD_TYPES);
  if (fields === undefined) return undefined;
  return sound(field, () => {
    const off = METHOD_TYPES.filter((type) => flag(fields[type]) === false);
    if (off.length === METHOD_TYPES.length) note(field, 'conflict', 'At least one way to pay has to stay.');
    return Object.fromEntries(off.map((type) => [type, false]));
  });
}

function readOrigin(field: Field, mode: SettingsFacts['mode']): string | undefined {
  const value = text(field);
  if (value === undefined) return undefined;
  if (mode === 'test' && value === 'http://localhost:*') return value;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const secure = url?.protocol === 'https:' || (mode === 'test' && url?.protocol === 'http:' && isLocal(url.hostname));
  // What the URL parser would write in another way is no origin as browsers send it; and it lets through what would end a word of a policy.
  const plain = /^[a-z]+:\/\/[\w.:[\]-]+$/i.test(value);
  if (url !== undefined && secure && plain && url.origin === value.toLowerCase()) return url.origin;
  const test = mode === 'test' ? ' In test mode also http://localhost:* and localhost with a port.' : '';
  return note(field, 'invalid_value', `An origin: https://, a host, a port if it is not 443, nothing more.${test}`);
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}

/** A host, or the scheme of an app's own addresses with its `://`. */
function readHost(field: Field): string | undefined {
  const value = text(field);
  if (value === undefined) return undefined;
  const host = value.toLowerCase();
  if (
    /^[a-z][a-z0-9+.-]{0,30}:\/\/$/.test(host) &&
    !/^(https?|javascript|data|file|blob|vbscript|wss?|ftp):/.test(host)
  )
    return host;
  const url =
    host.length <= 253 && /^[^\s/\\@:?#]+$/.test(host) && URL.canParse(`https://${host}`)
      ? new URL(`https://${host}`)
      : undefined;
  if (url !== undefined && url.hostname !== '') return url.hostname;
  return note(
    field,
    'invalid_value',
    'A host such as shop.example, without scheme, port and path; or an app’s scheme such as shop://.',
  );
}
