/**
 * What a merchant asks for when creating a session: the rules that a schema cannot say. Takes the body as it came (snake_case,
 * shape already checked) and answers either a request in our words or every problem at once.
 */
import { fromIso, HOUR, plus, type Timestamp } from '../lib/time.ts';
import { checkoutProblems, RETURN_URL } from './checkout-options.ts';
import { isCurrency } from './currencies.ts';
import type { CustomerFields } from './customer.ts';
import { type FieldProblem, type Rejection, reject } from './errors.ts';
import { MONEY, present } from './field-reader.ts';
import { readSeriesOptions, type SeriesAsked, type SeriesReading } from './series-options.ts';
import type { Metadata, PresentationMode, SavePaymentMethod, Session, SessionOptions, SessionType } from './session.ts';
import type { TenantSettings } from './settings.ts';

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

/** Who asks, and when. */
export interface RequestFacts {
  at: Timestamp;
  mode: 'test' | 'live';
  settings: TenantSettings;
  /** Of the checkout settings. */
  returnUrlHosts: readonly string[];
}

/** Reads the body at `at`. A `return_url` that may not be used has a code of its own, unless there is more to mend. */
export function readSessionRequest(body: SessionBody, facts: RequestFacts): SessionRequest | Rejection {
  const { problems, series } = judge(body, facts);
  const [first] = problems;
  if (problems.length === 1 && first?.pointer === RETURN_URL) {
    return reject('return_url_not_allowed', first.detail, { errors: problems });
  }
  if (problems.length > 0) return invalid(problems);
  return requestFrom(body, { type: body.type ?? 'one_time', at: facts.at, series });
}

/**
 * Everything wrong with the body that its schema cannot say. The shape need not be right: what has it is judged, the rest is left
 * to the schema, so that a merchant learns of all problems at once.
 */
export function sessionProblems(body: unknown, facts: RequestFacts): FieldProblem[] {
  return judge(body, facts).problems;
}

function judge(body: unknown, facts: RequestFacts): { problems: FieldProblem[]; series: SeriesReading | undefined } {
  const fields = fieldsIn(body);
  const options = fieldsIn(fields.options);
  const type = fields.type ?? 'one_time';
  const checkout = fieldsIn(options.checkout_options);
  const series = type === 'first_in_series' ? readSeries(fields, options, facts) : undefined;
  const problems = [
    ...(isSessionType(type) ? groupProblems(options, type) : []),
    ...amountAndCurrency(fields),
    ...checkoutProblems(checkout, { ...facts, latest: series?.endsAt }),
    ...(series?.problems ?? []),
  ];
  return { problems, series };
}

function readSeries(fields: Fields, options: Fields, { at, settings }: RequestFacts): SeriesReading {
  const { amount, currency } = fields;
  const known = typeof amount === 'number' && Number.isInteger(amount) && amount >= 0 && amount <= MONEY.max;
  return readSeriesOptions(seriesAsked(options), {
    amountMinor: known ? amount : undefined,
    currency: typeof currency === 'string' ? currency.toUpperCase() : undefined,
    at,
    settings,
  });
}

function seriesAsked(options: Fields): SeriesAsked {
  return present<SeriesAsked>({
    mandateOptions: options.mandate_options,
    subscriptionOptions: options.subscription_options,
  });
}

/**
 * The options of a session under another amount: what was sent about the series is read again, so that limits taken from the
 * amount follow it. A {@link Rejection} that names every option that no longer holds.
 */
export function optionsAtAmount(
  session: Session,
  amountMinor: number,
  { at, settings }: Pick<RequestFacts, 'at' | 'settings'>,
): SessionOptions | Rejection {
  const { options, currency } = session;
  if (session.type !== 'first_in_series' || options.replacesMandateId !== undefined) return options;
  const series = readSeriesOptions(options.seriesAsked ?? {}, { amountMinor, currency, at, settings });
  return series.problems.length > 0 ? invalid(series.problems) : { ...options, ...series.terms };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function isSessionType(value: unknown): value is SessionType {
  return value === 'one_time' || value === 'first_in_series' || value === 'next_in_series';
}

/** Options that do not belong to the type, and those that the type demands. */
function groupProblems(options: Fields, type: SessionType): FieldProblem[] {
  const misplaced = NOT_FOR[type]
    .filter((path) => path.reduce<unknown>((below, name) => fieldsIn(below)[name], options) !== undefined)
    .map((path) => ({
      pointer: `/options/${path.join('/')}`,
      code: 'not_applicable',
      detail: `This option does not belong to ${type}.`,
    }));
  return [...misplaced, ...missingOptions(options, type)];
}

const NOT_FOR: Readonly<Record<SessionType, readonly (readonly string[])[]>> = {
  one_time: [['payment_method_id'], ['mandate_id'], ['mandate_options'], ['subscription_options']],
  first_in_series: [['payment_method_id'], ['mandate_id'], ['checkout_options', 'save_payment_method']],
  next_in_series: [['customer'], ['checkout_options'], ['mandate_options'], ['subscription_options']],
};

function missingOptions(options: Fields, type: SessionType): FieldProblem[] {
  const { customer_id: customerId, customer, payment_method_id: methodId } = options;
  const problems: FieldProblem[] = [];
  const need = (name: string, detail: string) =>
    problems.push({ pointer: `/options/${name}`, code: 'required', detail });
  if (type === 'next_in_series') {
    if (customerId === undefined)
      need('customer_id', 'A next_in_series charge needs the customer whose method is charged.');
    if (methodId === undefined) need('payment_method_id', 'A next_in_series charge needs the saved payment method.');
  } else if (customerId !== undefined && customer !== undefined) {
    const detail = 'Send customer_id or customer, not both.';
    problems.push({ pointer: '/options/customer', code: 'conflict', detail });
  } else if (type === 'first_in_series' && customerId === undefined && customer === undefined) {
    need('customer_id', 'A first_in_series session needs a customer: customer_id, or customer with its fields.');
  }
  return problems;
}

function amountAndCurrency(fields: Fields): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { amount, currency, type } = fields;
  if (typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency) && !isCurrency(currency.toUpperCase())) {
    const detail = `${currency.toUpperCase()} is not a currency of ISO 4217 that can be paid in.`;
    problems.push({ pointer: '/currency', code: 'invalid_value', detail });
  }
  if (type === 'next_in_series' && amount === 0) {
    const detail = 'A next_in_series charge is at least 1: only a page can verify a card.';
    problems.push({ pointer: '/amount', code: 'out_of_range', detail });
  }
  return problems;
}

/** What was read beside the body itself. */
interface Read {
  type: SessionType;
  at: Timestamp;
  series: SeriesReading | undefined;
}

function requestFrom(body: SessionBody, facts: Read): SessionRequest {
  const options = body.options ?? {};
  const checkout = options.checkout_options ?? {};
  const request: SessionRequest = {
    type: facts.type,
    // JSON knows -0, money does not.
    amountMinor: body.amount + 0,
    currency: body.currency.toUpperCase(),
    options: {
      captureMethod: options.payment_method_options?.card?.capture_method ?? 'automatic',
      // An amount of 0 exists to save a card, whatever the option says; a series always saves.
      savePaymentMethod:
        facts.type === 'one_time' && body.amount > 0 ? (checkout.save_payment_method ?? 'never') : 'always',
      presentationMode: checkout.presentation_mode?.mode ?? 'redirect',
      ...facts.series?.terms,
    },
  };
  const asked = seriesAsked(options as Fields);
  if (facts.series !== undefined && Object.keys(asked).length > 0) request.options.seriesAsked = asked;
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
    const usual = plus(facts.at, DEFAULT_LIFE_MS);
    // Nobody can agree to a mandate after its last day.
    const latest = Math.min(usual, facts.series?.endsAt ?? usual) as Timestamp;
    request.expiresAt = (checkout.expires_at && fromIso(checkout.expires_at)) || latest;
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
