/**
 * What we say to the sandbox processor: orders become bodies of its HTTP interface. Pure, so that the same order is the
 * same bytes. What the interface does not offer is said here too, before anything is sent.
 */
import { createHash } from 'node:crypto';
import type { OtherMethodOrder } from '../domain/payment-method-types.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { ChargeOrder, KeyOrder, PaymentInstrument, StepOrder, UndoOrder } from './processor.ts';
import { BANKS } from './sandbox-actions.ts';

export type Intent = 'charge' | 'authorize' | 'verify';
export type Step = 'capture' | 'void' | 'refund';

export interface SandboxRequest {
  method: 'GET' | 'POST';
  path: string;
  /** Sent as `Request-Key`; absent for questions. */
  requestKey?: string;
  body?: Record<string, unknown>;
  /** What no evidence may show. */
  secrets: readonly string[];
}

/** The request for `order`, or undefined where the sandbox has no such thing. */
export function chargeRequest(order: ChargeOrder, { intent, requestKey }: { intent: Intent; requestKey: string }) {
  const { money, instrument, agreement, payer } = order;
  const byMerchant = order.initiator === 'merchant';
  if (byMerchant && (agreement?.use !== 'subsequent' || agreement.networkTransactionId === undefined)) return undefined;
  if (!byMerchant && order.returnUrl === undefined) return undefined;
  if ((intent === 'verify') !== (money.amountMinor === 0)) return undefined;
  if (isOther(instrument) && !isPossible(instrument, { order, intent })) return undefined;
  const code = byMerchant ? undefined : instrumentCode(instrument);
  const request: SandboxRequest = {
    method: 'POST',
    path: '/v1/charges',
    requestKey,
    secrets: instrumentSecrets(instrument),
    body: {
      intent,
      amount: { value: money.amountMinor, currency: money.currency },
      reference: order.reference,
      initiator: order.initiator,
      ...(byMerchant ? {} : { return_url: order.returnUrl }),
      ...(agreement && {
        agreement: {
          use: agreement.use,
          type: agreement.type,
          ...(agreement.networkTransactionId && { network_transaction_id: agreement.networkTransactionId }),
        },
      }),
      method: { ...methodOf(instrument), ...(code && { cvc: code }) },
      ...(byMerchant || isOther(instrument) ? {} : { three_ds: { preference: order.authentication } }),
      ...(payer && { payer: payerOf(payer) }),
    },
  };
  return request;
}

function isOther(instrument: PaymentInstrument): instrument is OtherMethodOrder {
  return instrument.type !== 'card' && instrument.type !== 'token';
}

/** Beyond cards a payer pays once, now and in person, at a bank of the list. */
function isPossible(instrument: OtherMethodOrder, { order, intent }: { order: ChargeOrder; intent: Intent }): boolean {
  if (intent !== 'charge' || order.initiator !== 'customer' || order.agreement !== undefined) return false;
  return instrument.type !== 'pay_by_bank' || BANKS.some((bank) => bank.value === instrument.bank);
}

function methodOf(instrument: PaymentInstrument): Record<string, unknown> {
  if (instrument.type === 'token') return { type: 'token', token: instrument.token };
  if (isOther(instrument)) return otherMethodOf(instrument);
  const { number, expMonth, expYear } = instrument.card;
  return { type: 'card', number, exp_month: expMonth, exp_year: expYear };
}

/** Word for word, so that whatever else an order may come to hold does not leave with it. */
function otherMethodOf(instrument: OtherMethodOrder): Record<string, unknown> {
  const { type } = instrument;
  if (type === 'pay_by_bank') return { type, bank: instrument.bank };
  return type === 'mobile_money' ? { type, phone: instrument.phone } : { type };
}

function instrumentCode(instrument: PaymentInstrument): string | undefined {
  if (instrument.type === 'token') return instrument.securityCode;
  return instrument.type === 'card' ? instrument.card.securityCode : undefined;
}

function instrumentSecrets(instrument: PaymentInstrument): string[] {
  const code = instrumentCode(instrument);
  const secrets = code === undefined ? [] : [code];
  if (instrument.type === 'token') return [instrument.token, ...secrets];
  if (instrument.type === 'card') return [instrument.card.number, ...secrets];
  if (instrument.type !== 'mobile_money') return [];
  return [instrument.phone, instrument.phone.replace('+', '')];
}

/** What the payer's browser said, cut to what the interface takes: a long header must not turn a payment away. */
function payerOf(payer: NonNullable<ChargeOrder['payer']>): Record<string, string> {
  const limits = { ip: 64, browser: 512, email: 256 } as const;
  const kept: Record<string, string> = {};
  for (const name of ['ip', 'browser', 'email'] as const) {
    const text = plainText(payer[name] ?? '', limits[name]);
    if (text !== '') kept[name] = text;
  }
  return kept;
}

function plainText(text: string, max: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the interface refuses them
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, max);
}

const STEP_PATHS: Record<Step, string> = { capture: 'captures', void: 'voids', refund: 'refunds' };

/** The request for a step on an existing charge. A void has no amount: it releases all that remains. */
export function stepRequest(
  order: StepOrder,
  { step, requestKey }: { step: Step; requestKey: string },
): SandboxRequest {
  const amount = { value: order.money.amountMinor, currency: order.money.currency };
  const reason = step === 'refund' ? plainText(order.reason ?? '', 256) : '';
  const body = step === 'void' ? {} : { amount, ...(reason !== '' && { reason }) };
  const path = `/v1/charges/${encodeURIComponent(order.chargeRef)}/${STEP_PATHS[step]}`;
  return { method: 'POST', path, requestKey, body, secrets: [] };
}

/** The question what became of a key. */
export function lookupRequest(requestKey: string): SandboxRequest {
  return { method: 'GET', path: `/v1/charges?request_key=${encodeURIComponent(requestKey)}`, secrets: [] };
}

/**
 * The request that undoes or closes a key. Its own key follows from what it undoes, so that repeating the question is a
 * repetition for the sandbox too.
 */
export function reversalRequest(order: UndoOrder, undone: string): SandboxRequest {
  const digest = createHash('sha256').update(`${undone}\n${order.onlyUndecided}`).digest('hex');
  return {
    method: 'POST',
    path: '/v1/reversals',
    requestKey: `undo-${digest.slice(0, 40)}`,
    body: { request_key: undone, ...(order.onlyUndecided ? { only_undecided: true } : {}) },
    secrets: [],
  };
}

/** The account's clock: where it stands, or to be moved forward. */
export function clockRequest(to?: Timestamp): SandboxRequest {
  return to === undefined
    ? { method: 'GET', path: '/v1/clock', secrets: [] }
    : { method: 'POST', path: '/v1/clock', body: { to: toIso(to) }, secrets: [] };
}

/** True for the operations that are steps on a charge and not charges themselves. */
export function isStep(operation: KeyOrder['operation']): operation is Step {
  return operation in STEP_PATHS;
}
