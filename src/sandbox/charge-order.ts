/**
 * The body of `POST /v1/charges`, read and checked. What comes out holds a card number and a security code for the length
 * of one request; `digest` is all that later tells one body from another, and the security code is not part of it.
 */
import { createHmac } from 'node:crypto';
import type { Preference } from './bank.ts';
import { type CardProfile, findCard } from './cards.ts';
import type { AgreementType, CardOnFile, Intent } from './charge.ts';
import { address, choice, type Fields, invalid, money, object, optionalText, Refusal, text, whole } from './fields.ts';
import { type OtherMethod, readOtherMethod } from './other-methods.ts';

export interface Agreement {
  use: 'none' | 'initial' | 'subsequent';
  type?: AgreementType;
  network_transaction_id?: string;
}

export type Instrument =
  | { kind: 'card'; card: CardOnFile | undefined; hash: string; cvc: 'match' | 'no_match' | 'not_given' }
  | { kind: 'token'; token: string; cvc: 'match' | 'no_match' | 'not_given' }
  | { kind: 'other'; method: OtherMethod; cvc: 'not_given' };

export interface ChargeOrder {
  intent: Intent;
  value: number;
  currency: string;
  reference: string;
  initiator: 'customer' | 'merchant';
  returnUrl?: string;
  agreement: Agreement;
  instrument: Instrument;
  preference: Preference;
  digest: string;
}

const ORDER = new Set([
  'intent',
  'amount',
  'reference',
  'initiator',
  'return_url',
  'agreement',
  'method',
  'three_ds',
  'payer',
]);
const AGREEMENT = new Set(['use', 'type', 'network_transaction_id']);
const THREE_DS = new Set(['preference']);
const PAYER = new Set(['ip', 'browser', 'email']);
const CARD = new Set(['type', 'number', 'exp_month', 'exp_year', 'cvc']);
const TOKEN = new Set(['type', 'token', 'cvc']);
const INTENTS: readonly Intent[] = ['charge', 'authorize', 'verify'];

/** Reads an order. `salt` keys the hashes; `now` bounds expiry dates. Throws {@link Refusal}. */
export function readChargeOrder(body: unknown, salt: string, now: number): ChargeOrder {
  const fields = object(body, 'body', ORDER);
  const intent = choice(fields.intent, 'intent', { of: INTENTS });
  const amount = money(fields.amount, 'amount', intent === 'verify' ? 0 : 1);
  if (intent === 'verify' && amount.value !== 0) throw invalid('amount.value', 'must be 0 for verify');
  const reference = text(fields.reference, 'reference', 64);
  const initiator = choice(fields.initiator, 'initiator', { of: ['customer', 'merchant'] as const });
  const agreement = readAgreement(fields.agreement, initiator);
  const preference = readPreference(fields.three_ds, initiator);
  checkPayer(fields.payer);
  const { instrument, identity } = readInstrument(fields.method, salt, now);
  if (instrument.kind === 'other') checkPossible(instrument.method, { intent, initiator, agreement });
  if (initiator === 'merchant' && instrument.cvc !== 'not_given') {
    throw invalid('method.cvc', 'must be left out when the merchant initiates');
  }
  const returnUrl = readReturnUrl(fields.return_url, initiator);
  const compared = [intent, amount, reference, initiator, returnUrl, agreement, preference, identity, fields.payer];
  return {
    intent,
    value: amount.value,
    currency: amount.currency,
    reference,
    initiator,
    ...(returnUrl !== undefined && { returnUrl }),
    agreement,
    instrument,
    preference,
    digest: keyedHash(salt, JSON.stringify(compared)),
  };
}

/** 128 bits of HMAC-SHA-256, base64url. */
export function keyedHash(salt: string, value: string): string {
  return createHmac('sha256', salt).update(value).digest('base64url').slice(0, 22);
}

function readReturnUrl(value: unknown, initiator: 'customer' | 'merchant'): string | undefined {
  if (initiator === 'customer') return address(value, 'return_url', 1024);
  if (value !== undefined) throw invalid('return_url', 'must be left out when the merchant initiates');
  return undefined;
}

function readAgreement(value: unknown, initiator: 'customer' | 'merchant'): Agreement {
  const fields = value === undefined ? {} : object(value, 'agreement', AGREEMENT);
  const use = choice(fields.use, 'agreement.use', {
    of: ['none', 'initial', 'subsequent'] as const,
    otherwise: 'none',
  });
  const id = optionalText(fields.network_transaction_id, 'agreement.network_transaction_id', 64);
  if (initiator === 'merchant') {
    if (use !== 'subsequent') throw invalid('agreement.use', 'must be subsequent when the merchant initiates');
    if (id === undefined) throw invalid('agreement.network_transaction_id', 'is required when the merchant initiates');
  }
  if (use === 'none') {
    if (fields.type !== undefined || id !== undefined)
      throw invalid('agreement', 'has no other field when use is none');
    return { use };
  }
  const types: readonly AgreementType[] = ['recurring', 'instalment', 'unscheduled', 'card_on_file'];
  const type = choice(fields.type, 'agreement.type', { of: types });
  return { use, type, ...(id !== undefined && { network_transaction_id: id }) };
}

function readPreference(value: unknown, initiator: 'customer' | 'merchant'): Preference {
  if (value === undefined) return 'auto';
  const fields = object(value, 'three_ds', THREE_DS);
  const of: readonly Preference[] = ['auto', 'challenge', 'none'];
  const preference = choice(fields.preference, 'three_ds.preference', { of, otherwise: 'auto' });
  if (initiator === 'merchant' && preference === 'challenge') {
    throw invalid('three_ds.preference', 'cannot be challenge when the merchant initiates');
  }
  return preference;
}

function checkPayer(value: unknown): void {
  if (value === undefined) return;
  const fields = object(value, 'payer', PAYER);
  optionalText(fields.ip, 'payer.ip', 64);
  optionalText(fields.browser, 'payer.browser', 512);
  optionalText(fields.email, 'payer.email', 256);
}

/** Beyond cards a payer pays once, now and in person: nothing can be verified, reserved, kept or charged by the merchant. */
function checkPossible(
  { type }: OtherMethod,
  asked: { intent: Intent; initiator: 'customer' | 'merchant'; agreement: Agreement },
): void {
  const refuse = (field: string, what: string): Refusal =>
    new Refusal(422, 'intent_not_supported', { message: `${type} cannot ${what}`, field });
  if (asked.intent !== 'charge') throw refuse('intent', asked.intent);
  if (asked.initiator === 'merchant') throw refuse('initiator', 'be charged by the merchant');
  if (asked.agreement.use !== 'none') throw refuse('agreement.use', 'be part of an agreement');
}

/** The instrument, and the part of it that belongs to the digest. */
function readInstrument(value: unknown, salt: string, now: number): { instrument: Instrument; identity: unknown } {
  const other = readOtherMethod(value);
  if (other !== undefined) {
    return { instrument: { kind: 'other', method: other.method, cvc: 'not_given' }, identity: other.identity };
  }
  const type = typeof value === 'object' && value !== null ? (value as Fields).type : undefined;
  if (type === 'token') {
    const fields = object(value, 'method', TOKEN);
    const token = text(fields.token, 'method.token', 32);
    return { instrument: { kind: 'token', token, cvc: readCvc(fields.cvc) }, identity: token };
  }
  if (type !== 'card')
    throw invalid('method.type', 'must be card, token, pay_by_bank, wallet_qr, mobile_money or voucher');
  return readCard(object(value, 'method', CARD), salt, now);
}

function readCard(fields: Fields, salt: string, now: number): { instrument: Instrument; identity: unknown } {
  const number = fields.number;
  if (typeof number !== 'string' || !/^\d{12,19}$/.test(number))
    throw invalid('method.number', 'must be 12 to 19 digits');
  const month = whole(fields.exp_month, 'method.exp_month', { min: 1, max: 12 });
  const latest = new Date(now).getUTCFullYear() + 20;
  const year = whole(fields.exp_year, 'method.exp_year', { min: 2000, max: latest });
  const given = readCvc(fields.cvc);
  const profile = findCard(number);
  const hash = keyedHash(salt, number);
  const cvc = given === 'match' && profile?.cvcNeverMatches ? 'no_match' : given;
  const card = profile && cardOnFile(profile, { number, month, year, hash, zeroCvc: given === 'no_match' });
  return { instrument: { kind: 'card', card, hash, cvc }, identity: [hash, month, year] };
}

function cardOnFile(
  profile: CardProfile,
  about: { number: string; month: number; year: number; hash: string; zeroCvc: boolean },
): CardOnFile {
  // The one card whose wrong code is forgiven is not forgiven 000, which is wrong on every card.
  const forgiven = about.zeroCvc && profile.behaviour === 'approve_despite_cvc';
  return {
    schemes: profile.schemes,
    type: profile.type,
    country: profile.country,
    bin: about.number.slice(0, 6),
    last4: about.number.slice(-4),
    exp_month: about.month,
    exp_year: about.year,
    hash: about.hash,
    behaviour: forgiven ? 'approve' : profile.behaviour,
    ...(profile.response !== undefined && { response: profile.response }),
    ...(profile.advice !== undefined && { advice: profile.advice }),
    three_ds: profile.threeDs,
  };
}

function readCvc(value: unknown): 'match' | 'no_match' | 'not_given' {
  if (value === undefined) return 'not_given';
  if (typeof value !== 'string' || !/^\d{3,4}$/.test(value)) throw invalid('method.cvc', 'must be 3 or 4 digits');
  return /^0+$/.test(value) ? 'no_match' : 'match';
}
