/** What a payer typed into the fields of a method beyond cards, read the way a person would read it. Pure. */
import { asciiDigits } from './card-brands.ts';
import type { FieldError, Reading } from './card-input.ts';
import type { OtherMethodDetails, OtherMethodOrder, OtherMethodType } from './payment-method-types.ts';

/** What was typed, by field name; absent fields read as empty. */
export type TypedFields = Readonly<Record<string, string | undefined>>;

const fault = (name: string, reason: string): { error: FieldError } => ({ error: { name, key: `${name}.${reason}` } });

/** The order for a method, or the one thing that is wrong. `choices` are the values that its select field offers now. */
export function readMethodOrder(
  type: OtherMethodType,
  typed: TypedFields,
  choices: readonly string[],
): Reading<OtherMethodOrder> {
  switch (type) {
    case 'pay_by_bank': {
      const bank = typed.pay_by_bank_bank ?? '';
      return choices.includes(bank) ? { value: { type, bank } } : fault('pay_by_bank_bank', 'missing');
    }
    case 'mobile_money': {
      const phone = readPhone(typed.mobile_money_phone ?? '');
      return 'error' in phone ? phone : { value: { type, phone: phone.value } };
    }
    default:
      return { value: { type } };
  }
}

/**
 * A phone number as E.164, from digits of any script with spaces, brackets, dots and dashes between them. `00` in front is read as `+`,
 * and the `(0)` that people leave in is dropped. A number without its country code could be anybody's: it is asked for.
 */
export function readPhone(text: string): Reading<string> {
  const typed = asciiDigits(text).trim();
  if (typed === '') return fault('mobile_money_phone', 'missing');
  const number = typed
    .replaceAll('＋', '+')
    .replace('(0)', '')
    .replace(/[\s().\-‐-―−/]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/^00/, '+');
  return /^\+[1-9]\d{6,14}$/.test(number) ? { value: number } : fault('mobile_money_phone', 'format');
}

/** What may be kept and shown of an order: never the whole phone number. */
export function detailsOf(order: OtherMethodOrder): OtherMethodDetails {
  return order.type === 'mobile_money' ? { type: order.type, phoneEnding: order.phone.slice(-2) } : order;
}
