/** Words and numbers of the checkout page that the server decides with: decline classes as the page tells them, and times. */

/** Rows of the page's decline table; each has one text in every language. */
export type DeclineClassOnPage =
  | 'details'
  | 'security_code'
  | 'expired'
  | 'funds'
  | 'limit'
  | 'not_allowed'
  | 'authentication'
  | 'authentication_left'
  | 'busy'
  | 'method_down'
  | 'duplicate'
  | 'bank';

/** An extension of the page, and how many a payer may have. */
export const MORE_TIME = { ms: 15 * 60_000, times: 10 } as const;

/** How long a typed card (sealed) and a half-filled form are kept for the same browser. */
export const KEPT_FOR_MS = 15 * 60_000;
