/**
 * What a merchant asks for when creating a session: the rules that a schema cannot say. Takes the body as it came (snake_case,
 * shape already checked) and answers either a request in our words or every problem at once.
 */
import { DAY, fromIso, HOUR, MINUTE, plus, type Timestamp } from '../lib/time.ts';
import { isCurrency } from './currencies.ts';
import type { CustomerFields } from './customer.ts';
import { type FieldProblem, type Rejection, reject } from './errors.ts';
import { problemWithReturnUrl } from './return-url.ts';
import type { Metadata, PresentationMode, SavePaymentMethod, SessionOptions, SessionType } from './session.ts';

/** The body of `POST /collect/payment_sessions`. */
export interface SessionBody {
  amount: number;
  currency: string;
  type?: SessionType;
  description?: string;
  external_reference?: string;
  metadata?: Metadata;
  options?: {
    customer_id?: string;
    customer?: { name?: string; email?: string; phone?: string; external_reference?: string };
    payment_method_id?: string;
    mandate_id?: string;
    checkout_options?: {
      return_url?: string;
      save_payment_method?: SavePaymentMethod;
      locale?: string;
      expires_at?: string;
      presentation_mode?: { mode: PresentationMode };
    };
    payment_method_options?: { card?: { capture_method?: 'automatic' | 'manual' } };
    mandate_options?: unknown;
    subscription_options?: unknown;
  };
}

export interface SessionRequest {
  type: SessionType;
  amountMinor: number;
  currency: string;
  description?: string;
  externalReference?: string;
  metadata?: Metadata;
  customerId?: string;
  newCustomer?: CustomerFields;
  paymentMethodId?: string;
  mandateId?: string;
  returnUrl?: string;
  options: SessionOptions;
  /** Customer-present sessions only. */
  expiresAt?: Timestamp;
}

const DEFAULT_LIFE_MS = 24 * HOUR;

/** Reads the body at `at`. A wrong shape of `return_url` alone is its own code, as merchants look for it. */
export function readSessionRequest(
  body: SessionBody,
  facts: { at: Timestamp; mode: 'test' | 'live' },
): SessionRequest | Rejection {
  const type = body.type ?? 'one_time';
  const currency = body.currency.toUpperCase();
  const problems = [...groupProblems(body, type), ...fieldProblems(body, { type, currency, at: facts.at })];
  if (problems.length > 0) return invalid(problems);
  const checkout = body.options?.checkout_options;
  const badUrl = checkout?.return_url === undefined ? undefined : problemWithReturnUrl(checkout.return_url, facts.mode);
  if (badUrl !== undefined) {
    const error = { pointer: '/options/checkout_options/return_url', code: 'invalid_value', detail: badUrl };
    return reject('return_url_not_allowed', badUrl, { errors: [error] });
  }
  return requestFrom(body, { type, currency, at: facts.at });
}

/** Options that do not belong to the type, and those that the type demands. */
export function groupProblems(body: SessionBody, type: SessionType): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const options = body.options ?? {};
  const not = (pointer: string) =>
    problems.push({ pointer, code: 'not_applicable', detail: `This option does not belong to ${type}.` });
  const need = (pointer: string, detail: string) => problems.push({ pointer, code: 'required', detail });
  if (type === 'next_in_series') {
    if (options.checkout_options !== undefined) not('/options/checkout_options');
    if (options.customer !== undefined) not('/options/customer');
    if (options.customer_id === undefined)
      need('/options/customer_id', 'A next_in_series charge needs the customer whose method is charged.');
    if (options.payment_method_id === undefined)
      need('/options/payment_method_id', 'A next_in_series charge needs the saved payment method.');
  } else {
    if (options.payment_method_id !== undefined) not('/options/payment_method_id');
    if (options.mandate_id !== undefined) not('/options/mandate_id');
    if (options.customer_id !== undefined && options.customer !== undefined) {
      problems.push({
        pointer: '/options/customer',
        code: 'conflict',
        detail: 'Send customer_id or customer, not both.',
      });
    }
  }
  if (type === 'first_in_series') {
    if (options.customer_id === undefined && options.customer === undefined) {
      need(
        '/options/customer_id',
        'A first_in_series session needs a customer: customer_id, or customer with its fields.',
      );
    }
    if (options.checkout_options?.save_payment_method !== undefined)
      not('/options/checkout_options/save_payment_method');
  } else {
    if (options.mandate_options !== undefined) not('/options/mandate_options');
    if (options.subscription_options !== undefined) not('/options/subscription_options');
  }
  return problems;
}

function fieldProblems(
  body: SessionBody,
  facts: { type: SessionType; currency: string; at: Timestamp },
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!isCurrency(facts.currency)) {
    problems.push({
      pointer: '/currency',
      code: 'invalid_value',
      detail: `${facts.currency} is not a currency of ISO 4217.`,
    });
  }
  if (facts.type === 'next_in_series' && body.amount === 0) {
    problems.push({
      pointer: '/amount',
      code: 'out_of_range',
      detail: 'A next_in_series charge is at least 1: only a page can verify a card.',
    });
  }
  const checkout = body.options?.checkout_options;
  if (checkout?.expires_at !== undefined) problems.push(...expiryProblems(checkout.expires_at, facts.at));
  if (checkout?.locale !== undefined && !isLocale(checkout.locale)) {
    problems.push({
      pointer: '/options/checkout_options/locale',
      code: 'invalid_value',
      detail: 'A language tag of BCP 47, such as en-ZA.',
    });
  }
  return problems;
}

function expiryProblems(text: string, at: Timestamp): FieldProblem[] {
  const pointer = '/options/checkout_options/expires_at';
  const expiresAt = fromIso(text);
  if (expiresAt === undefined)
    return [
      { pointer, code: 'invalid_value', detail: 'A time of ISO 8601 with a zone, such as 2026-12-01T12:00:00Z.' },
    ];
  if (expiresAt < plus(at, 5 * MINUTE) || expiresAt > plus(at, 30 * DAY)) {
    return [{ pointer, code: 'out_of_range', detail: 'Between 5 minutes and 30 days from now.' }];
  }
  return [];
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function requestFrom(body: SessionBody, facts: { type: SessionType; currency: string; at: Timestamp }): SessionRequest {
  const options = body.options ?? {};
  const checkout = options.checkout_options ?? {};
  const request: SessionRequest = {
    type: facts.type,
    amountMinor: body.amount,
    currency: facts.currency,
    options: {
      captureMethod: options.payment_method_options?.card?.capture_method ?? 'automatic',
      // An amount of 0 exists to save a card, whatever the option says; a series always saves.
      savePaymentMethod:
        facts.type === 'one_time' && body.amount > 0 ? (checkout.save_payment_method ?? 'never') : 'always',
      presentationMode: checkout.presentation_mode?.mode ?? 'redirect',
    },
  };
  if (checkout.locale !== undefined) request.options.locale = checkout.locale;
  if (body.description !== undefined) request.description = body.description;
  if (body.external_reference !== undefined) request.externalReference = body.external_reference;
  if (body.metadata !== undefined) request.metadata = body.metadata;
  if (options.customer_id !== undefined) request.customerId = options.customer_id;
  if (options.customer !== undefined) request.newCustomer = customerFields(options.customer);
  if (options.payment_method_id !== undefined) request.paymentMethodId = options.payment_method_id;
  if (options.mandate_id !== undefined) request.mandateId = options.mandate_id;
  if (checkout.return_url !== undefined) request.returnUrl = checkout.return_url;
  if (facts.type !== 'next_in_series') {
    request.expiresAt = (checkout.expires_at && fromIso(checkout.expires_at)) || plus(facts.at, DEFAULT_LIFE_MS);
  }
  return request;
}

function customerFields(body: {
  name?: string;
  email?: string;
  phone?: string;
  external_reference?: string;
}): CustomerFields {
  const fields: CustomerFields = {};
  if (body.name !== undefined) fields.name = body.name;
  if (body.email !== undefined) fields.email = body.email;
  if (body.phone !== undefined) fields.phone = body.phone;
  if (body.external_reference !== undefined) fields.externalReference = body.external_reference;
  return fields;
}

/** The 400 that names every field at once. */
export function invalid(errors: FieldProblem[]): Rejection {
  const first = errors[0]!;
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return reject('invalid_request', `${first.pointer || 'The body'}: ${first.detail}${rest}`, { errors });
}
