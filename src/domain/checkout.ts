/** Words and numbers of the checkout page that the server decides with: decline classes as the page tells them, and limits. */

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

/** Per session: failed card attempts before cards close; per card: failed attempts and wrong security codes. */
export const CHECKOUT_LIMITS = { attempts: 5, perCard: 3, securityCodes: 3 } as const;

/** An extension of the page, and how many a payer may have. */
export const MORE_TIME = { ms: 15 * 60_000, times: 10 } as const;

/** How long a typed card (sealed) and a half-filled form are kept for the same browser. */
export const KEPT_FOR_MS = 15 * 60_000;
