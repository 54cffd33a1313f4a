/** The ways to pay beyond cards: what an order of each holds, and what may be kept and shown of it afterwards. */

export const OTHER_METHOD_TYPES = ['pay_by_bank', 'wallet_qr', 'mobile_money', 'voucher'] as const;

export type OtherMethodType = (typeof OTHER_METHOD_TYPES)[number];
export type PaymentMethodType = 'card' | OtherMethodType;

/** What the payer chose and typed; lives for one request. */
export type OtherMethodOrder =
  /** `bank`: the id of a bank in the method's list. */
  | { type: 'pay_by_bank'; bank: string }
  | { type: 'wallet_qr' }
  /** `phone`: E.164, such as `+27821234567`. */
  | { type: 'mobile_money'; phone: string }
  | { type: 'voucher' };

/** What is kept of it: never the whole phone number. */
export type OtherMethodDetails =
  | { type: 'pay_by_bank'; bank: string }
  | { type: 'wallet_qr' }
  | { type: 'mobile_money'; phoneEnding: string }
  | { type: 'voucher' };
