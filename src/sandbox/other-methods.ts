/**
 * The ways to pay beyond cards, as data: their banks, deadlines and phones, what an order of each holds and what the payer is told to
 * do. None of them can verify, reserve or be used without the payer; deciding a charge with them stands in `charging.ts`.
 */

import { passesLuhn } from '../lib/luhn.ts';
import { type Chance, digits } from './chance.ts';
import { choice, type Fields, invalid, object } from './fields.ts';

export const OTHER_METHODS = ['pay_by_bank', 'wallet_qr', 'mobile_money', 'voucher'] as const;
export type OtherMethodType = (typeof OTHER_METHODS)[number];

const BANK_IDS = ['prompt', 'patient', 'doubtful'] as const;
export type BankId = (typeof BANK_IDS)[number];

/** All that is kept of it: never a whole phone number. */
export type OtherMethod =
  | { type: 'pay_by_bank'; bank: BankId }
  | { type: 'wallet_qr' }
  | { type: 'mobile_money'; ending: string }
  | { type: 'voucher' };

/** How each bank ends what the payer approved; at once where nothing is said. */
export const BANKS: Readonly<Record<BankId, { name: string; later?: { ms: number; end: 'approved' | 'declined' } }>> = {
  prompt: { name: 'Prompt Bank' },
  patient: { name: 'Patient Bank', later: { ms: 24 * 3_600_000, end: 'approved' } },
  doubtful: { name: 'Doubtful Bank', later: { ms: 2 * 3_600_000, end: 'declined' } },
};

export type ActionDeadlines = Record<'three_ds' | OtherMethodType, number>;

/** Seconds of the account's clock that a payer has, where an account does not set its own. */
export const DEADLINES_S: Readonly<ActionDeadlines> = {
  three_ds: 600,
  pay_by_bank: 900,
  wallet_qr: 900,
  mobile_money: 180,
  voucher: 3 * 86_400,
};

/** Only from the start of the path can a page be told apart from another kind's. */
export const PAGE_PATHS: Readonly<Record<OtherMethodType, string>> = {
  pay_by_bank: 'bank',
  wallet_qr: 'wallet',
  mobile_money: 'phone',
  voucher: 'shop',
};

const MONEY_APP = 'Sandbox Money';

/** How a phone with such an ending answers by itself; `null` for one that never does. Others wait for somebody at their page. */
const PHONES: Readonly<Record<string, PhoneAnswer | null>> = {
  '00': { afterMs: 3_000, from: 'asked', decision: 'approve' },
  '01': { afterMs: 3_000, from: 'asked', decision: 'wrong_pin' },
  '02': { afterMs: 3_000, from: 'asked', decision: 'no_money' },
  '03': null,
  '04': { afterMs: 60_000, from: 'deadline', decision: 'pay_late' },
  '05': { afterMs: 3_000, from: 'asked', decision: 'approve' },
};

interface PhoneAnswer {
  afterMs: number;
  from: 'asked' | 'deadline';
  decision: 'approve' | 'wrong_pin' | 'no_money' | 'pay_late';
}

/** A phone whose approval nobody is told of. */
const TELLS_NOBODY = '05';

const FIELDS: Readonly<Record<OtherMethodType, ReadonlySet<string>>> = {
  pay_by_bank: new Set(['type', 'bank']),
  wallet_qr: new Set(['type']),
  mobile_money: new Set(['type', 'phone']),
  voucher: new Set(['type']),
};

/** Reads the `method` of an order; `identity` is what tells one body from another. Undefined for cards and tokens. */
export function readOtherMethod(value: unknown): { method: OtherMethod; identity: unknown } | undefined {
  const given = typeof value === 'object' && value !== null ? (value as Fields).type : undefined;
  const type = OTHER_METHODS.find((one) => one === given);
  if (type === undefined) return undefined;
  const fields = object(value, 'method', FIELDS[type]);
  switch (type) {
    case 'pay_by_bank': {
      const bank = choice(fields.bank, 'method.bank', { of: BANK_IDS });
      return { method: { type, bank }, identity: [type, bank] };
    }
    case 'mobile_money': {
      const { phone } = fields;
      if (typeof phone !== 'string' || !/^\+[1-9]\d{6,14}$/.test(phone)) {
        throw invalid('method.phone', 'must be a number as E.164 writes it, such as +27821234567');
      }
      return { method: { type, ending: phone.slice(-2) }, identity: [type, phone] };
    }
    default:
      return { method: { type }, identity: [type] };
  }
}

/** When and how the phone answers by itself; undefined where it waits. `byItself` also holds for one that never answers. */
export function phoneAnswer(
  method: OtherMethod,
  times: { asked: number; deadline: number },
): { byItself: boolean; answer?: { due: number; decision: PhoneAnswer['decision'] } } {
  const found = method.type === 'mobile_money' ? PHONES[method.ending] : undefined;
  if (found === undefined) return { byItself: false };
  if (found === null) return { byItself: true };
  return { byItself: true, answer: { due: times[found.from] + found.afterMs, decision: found.decision } };
}

/** True where an approval is told in no notification. */
export function isSilent(method: OtherMethod | undefined): boolean {
  return method?.type === 'mobile_money' && method.ending === TELLS_NOBODY;
}

/**
 * 16 digits that begin with 9 and never pass the Luhn formula, so that nothing takes them for a card number. `taken` tells of codes
 * that another charge has.
 */
export function voucherCode(chance: Chance, subject: string, taken: (code: string) => boolean): string {
  for (let use = 0; ; use++) {
    const front = `9${digits(chance.draw('voucher', subject, use), 0, 14)}`;
    const last = chance.draw('voucher end', subject, use)[0]! % 10;
    const code = `${front}${last}`;
    const safe = passesLuhn(code) ? `${front}${(last + 1) % 10}` : code;
    if (!taken(safe)) return safe;
  }
}

/** The action as the merchant sees it. `page` is the key of the payer's page; `base` the sandbox's own origin. */
export function renderMethodAction(
  method: OtherMethod,
  about: { page: string; base: string },
): Record<string, string | readonly string[]> {
  const url = `${about.base}/${PAGE_PATHS[method.type]}/${about.page}`;
  switch (method.type) {
    case 'pay_by_bank':
      return { type: 'redirect', url };
    case 'wallet_qr':
      return { type: 'qr', payload: url, url };
    case 'mobile_money':
      return { type: 'push', hint: `${MONEY_APP} on the phone ending ${method.ending}` };
    case 'voucher':
      return {
        type: 'voucher',
        code: about.page,
        lines: ['Sandbox Shop', 'Show the code at the till.', 'Pay the amount in cash.', `The till is at ${url}`],
      };
  }
}

/** The method as a charge shows it. */
export function renderMethod(method: OtherMethod): Record<string, string> {
  return method.type === 'pay_by_bank' ? { type: method.type, bank: method.bank } : { type: method.type };
}

/** What the payer meets: the bank, wallet, phone or shop by its name. */
export function placeName(method: OtherMethod): string {
  switch (method.type) {
    case 'pay_by_bank':
      return BANKS[method.bank].name;
    case 'wallet_qr':
      return 'Sandbox Wallet';
    case 'mobile_money':
      return MONEY_APP;
    case 'voucher':
      return 'Sandbox Shop';
  }
}
