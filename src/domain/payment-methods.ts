/**
 * The ways to pay as data, one record each, and the one function that says which of them a session offers and why each other one is
 * left out. The page, the API and the transaction that writes an attempt all ask here, so they cannot differ.
 */
import { MINUTE, plus, type Timestamp } from '../lib/time.ts';
import type { CheckoutSettings } from './checkout-settings.ts';
import type { MandateTerms } from './mandate-terms.ts';
import { OTHER_METHOD_TYPES, type OtherMethodType, type PaymentMethodType } from './payment-method-types.ts';
import type { CaptureMethod, PresentationMode } from './session.ts';

/** A field of a method's panel; `name` is also the name in the form, `words` where its texts stand in the catalogue. */
export interface MethodField {
  name: 'pay_by_bank_bank' | 'mobile_money_phone';
  kind: 'select' | 'tel';
  words: 'bank' | 'phone';
  autocomplete?: 'tel';
}

export interface MethodCapability {
  type: PaymentMethodType;
  /** What the payer goes through; decides the screen. */
  flow: 'direct' | 'redirect' | 'qr' | 'push' | 'details' | 'sheet';
  /** How long a result may take: at once, minutes, days. */
  result: 'sync' | 'short_async' | 'long_async';
  /** When a success cannot be taken back by the payer's side any more. */
  final: 'on_authorise' | 'on_settle' | 'revocable';
  /** Whether a payer may give up what was begun: always, until it was sent, never. */
  abandonable: 'yes' | 'until_sent' | 'no';
  reusable: 'no' | 'customer_present' | 'merchant_initiated';
  /** Which mandates a `merchant_initiated` method may be charged under. */
  mandateTypes?: readonly MandateTerms['type'][];
  supports: {
    currencies: '*' | readonly string[];
    /** ISO 3166-1 alpha-2 of the payer's country. */
    countries: '*' | readonly string[];
    /** Minor units, inclusive, by currency; a currency that is not named has no bounds. */
    amounts?: Readonly<Record<string, { minMinor?: number; maxMinor?: number }>>;
    zeroAmount: boolean;
    manualCapture: boolean;
    refunds: 'partial' | 'full' | 'none';
  };
  needs: readonly ('https' | 'return_url')[];
  fields: readonly MethodField[];
}

const EVERYWHERE = { currencies: '*', countries: '*', zeroAmount: false, manualCapture: false } as const;

export const METHOD_CAPABILITIES: Readonly<Record<PaymentMethodType, MethodCapability>> = {
  card: {
    type: 'card',
    flow: 'direct',
    result: 'sync',
    final: 'on_settle',
    abandonable: 'yes',
    reusable: 'merchant_initiated',
    mandateTypes: ['scheduled', 'on_demand', 'installment'],
    supports: { ...EVERYWHERE, zeroAmount: true, manualCapture: true, refunds: 'partial' },
    needs: [],
    fields: [],
  },
  pay_by_bank: {
    type: 'pay_by_bank',
    flow: 'redirect',
    result: 'short_async',
    final: 'on_settle',
    abandonable: 'yes',
    reusable: 'no',
    supports: { ...EVERYWHERE, refunds: 'partial' },
    needs: ['return_url'],
    fields: [{ name: 'pay_by_bank_bank', kind: 'select', words: 'bank' }],
  },
  wallet_qr: {
    type: 'wallet_qr',
    flow: 'qr',
    result: 'short_async',
    final: 'on_authorise',
    abandonable: 'yes',
    reusable: 'no',
    supports: { ...EVERYWHERE, refunds: 'partial' },
    needs: [],
    fields: [],
  },
  mobile_money: {
    type: 'mobile_money',
    flow: 'push',
    result: 'short_async',
    final: 'on_authorise',
    abandonable: 'until_sent',
    reusable: 'no',
    supports: { ...EVERYWHERE, refunds: 'full' },
    needs: [],
    fields: [{ name: 'mobile_money_phone', kind: 'tel', words: 'phone', autocomplete: 'tel' }],
  },
  voucher: {
    type: 'voucher',
    flow: 'details',
    result: 'long_async',
    final: 'on_settle',
    abandonable: 'yes',
    reusable: 'no',
    supports: { ...EVERYWHERE, refunds: 'none' },
    needs: [],
    fields: [],
  },
};

/** Why a way to pay is left out; `series` and `amount_zero` of what a session is, the others of what its words say. */
export const LEFT_OUT_REASONS = [
  'disabled',
  'processor',
  'currency',
  'country',
  'amount',
  'amount_zero',
  'capture_method',
  'series',
  'return_url',
  'https',
] as const;

export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** What a session is about. What is absent excludes nothing. */
export interface MethodQuestion {
  amountMinor?: number | undefined;
  currency?: string | undefined;
  type: 'one_time' | 'first_in_series';
  mandateType?: MandateTerms['type'] | undefined;
  captureMethod: CaptureMethod;
  country?: string | undefined;
  presentationMode?: PresentationMode | undefined;
  hasReturnUrl?: boolean;
  /** False on plain http, as on this machine. */
  https?: boolean;
}

/** What holds for the tenant. */
export interface MethodRules {
  settings: Pick<CheckoutSettings, 'methods' | 'methodOrder'>;
  /** Absent: no processor takes anything for this tenant. */
  processor?: { methods: readonly PaymentMethodType[]; currencies: '*' | readonly string[] } | undefined;
  /** When each method last failed because it does not work. */
  failedAt?: Partial<Record<PaymentMethodType, Timestamp>>;
  /** The records; others in tests. */
  capabilities?: Readonly<Record<PaymentMethodType, MethodCapability>>;
}

export interface OfferedMethod {
  type: PaymentMethodType;
  /** It failed a moment ago and stands disabled. */
  down: boolean;
}

/** Every reason that holds, in the order of the list. */
export interface LeftOutMethod {
  type: PaymentMethodType;
  reasons: readonly LeftOutReason[];
}

/** A method that does not work is not offered again for this long. */
export const DOWN_FOR_MS = 5 * MINUTE;

/** What a session offers at `at`, in the order of the page, and all the rest with its reasons. Together they are all there is. */
export function offeredMethods(
  question: MethodQuestion,
  rules: MethodRules,
  at: Timestamp,
): { offered: OfferedMethod[]; leftOut: LeftOutMethod[] } {
  const { settings, failedAt = {}, capabilities = METHOD_CAPABILITIES } = rules;
  const offered: OfferedMethod[] = [];
  const leftOut: LeftOutMethod[] = [];
  for (const type of orderOnPage(settings.methodOrder)) {
    const reasons = reasonsAgainst(capabilities[type], question, rules);
    const failed = failedAt[type];
    if (reasons.length > 0) leftOut.push({ type, reasons });
    else offered.push({ type, down: failed !== undefined && at < plus(failed, DOWN_FOR_MS) });
  }
  return { offered, leftOut };
}

/** All ways to pay: those that were given a place, then the rest, then cards. */
export function orderOnPage(methodOrder: readonly PaymentMethodType[]): readonly PaymentMethodType[] {
  return [...new Set<PaymentMethodType>([...methodOrder, ...OTHER_METHOD_TYPES, 'card'])];
}

/** True for what is not a card. */
export function isOtherMethod(type: string): type is OtherMethodType {
  return (OTHER_METHOD_TYPES as readonly string[]).includes(type);
}

/** Whether a payer may give up an action of this method that is open: by then it was sent. */
export function mayLeave(type: PaymentMethodType): boolean {
  return METHOD_CAPABILITIES[type].abandonable === 'yes';
}

function reasonsAgainst(method: MethodCapability, question: MethodQuestion, rules: MethodRules): LeftOutReason[] {
  const { settings, processor } = rules;
  const { supports, needs } = method;
  const { currency, country } = question;
  const embedded = question.presentationMode !== undefined && question.presentationMode !== 'redirect';
  const holds: Record<LeftOutReason, boolean> = {
    disabled: settings.methods[method.type] === false,
    processor: processor === undefined || !processor.methods.includes(method.type),
    currency:
      currency !== undefined &&
      !(takes(supports.currencies, currency) && (processor === undefined || takes(processor.currencies, currency))),
    country: country !== undefined && !takes(supports.countries, country),
    amount: isOutOfBounds(supports.amounts, question),
    amount_zero: question.amountMinor === 0 && !supports.zeroAmount,
    capture_method: question.captureMethod === 'manual' && !supports.manualCapture,
    series: question.type === 'first_in_series' && !mayBeChargedLater(method, question.mandateType),
    return_url: embedded && question.hasReturnUrl === false && needs.includes('return_url'),
    https: question.https === false && needs.includes('https'),
  };
  return LEFT_OUT_REASONS.filter((reason) => holds[reason]);
}

function takes(list: '*' | readonly string[], one: string): boolean {
  return list === '*' || list.includes(one);
}

function isOutOfBounds(
  bounds: MethodCapability['supports']['amounts'],
  { amountMinor, currency }: MethodQuestion,
): boolean {
  const own = currency === undefined ? undefined : bounds?.[currency];
  // Zero has a reason of its own.
  if (own === undefined || amountMinor === undefined || amountMinor === 0) return false;
  const { minMinor = 0, maxMinor = Number.MAX_SAFE_INTEGER } = own;
  return amountMinor < minMinor || amountMinor > maxMinor;
}

function mayBeChargedLater({ reusable, mandateTypes }: MethodCapability, type: MandateTerms['type'] | undefined) {
  if (reusable !== 'merchant_initiated') return false;
  return type === undefined || mandateTypes === undefined || mandateTypes.includes(type);
}
