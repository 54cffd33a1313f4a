/** Money: an integer of minor units and a currency, never a fraction. */

export interface Money {
  /** Minor units of ISO 4217: ZAR 20.00 is 2000, JPY 20 is 20. */
  readonly amountMinor: number;
  /** ISO 4217 alphabetic code, upper case. */
  readonly currency: string;
}

export const MAX_AMOUNT_MINOR = 999_999_999_999;
