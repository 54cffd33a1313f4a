/** What a payer has to do before a processor can finish: one union, kept on the attempt until its end. */

/** The flow kinds beyond a direct answer; each has one screen of the page. */
export type NextAction =
  /** The bank asks the card's holder; `creq` is posted to `acsUrl`. */
  | { type: 'three_ds'; acsUrl: string; creq: string; methodUrl?: string }
  /** The payer goes to a page of the bank or the wallet, and comes back. */
  | {
      type: 'redirect';
      url: string;
      method: 'GET' | 'POST';
      fields?: Readonly<Record<string, string>>;
      bankName?: string;
    }
  /** A code to scan; `copyText` is the same for typing, `deepLink` opens the app on this device. */
  | { type: 'qr_code'; payload: string; copyText: string; deepLink?: string }
  /** A question on the payer's phone; `destination` is masked: the last two digits. */
  | { type: 'await_approval'; appName: string; destination: string }
  /** A code to pay with at a till. */
  | { type: 'voucher'; code: string; payAt: string; steps: readonly string[] }
  /** Account details to send money to. */
  | { type: 'bank_transfer_details'; lines: readonly { label: string; value: string }[]; reference: string };

export type NextActionType = NextAction['type'];
