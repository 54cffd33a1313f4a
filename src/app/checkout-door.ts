/**
 * What the checkout page may ask of the application, and what it is told: the whole border between `web/` and `app/`.
 * `web/` translates forms into {@link PayOrder} and {@link CheckoutView} into HTML; it decides nothing about money.
 */
import type { BrandView } from '../domain/branding.ts';
import type { DeclineClassOnPage } from '../domain/checkout.ts';
import type { CheckoutSettings } from '../domain/checkout-settings.ts';
import type { EmbeddedMode } from '../domain/embedding.ts';
import type { Agreement, MandateDates } from '../domain/mandate-dates.ts';
import type { Money } from '../domain/money.ts';
import type { NextAction } from '../domain/next-action.ts';
import type { OtherMethodDetails, OtherMethodOrder, OtherMethodType } from '../domain/payment-method-types.ts';
import type { LocalDate } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';

export interface MerchantView {
  displayName: string;
  legalName: string;
  support?: { email?: string; phone?: string; url?: string };
  statementName?: string;
}

export interface CardView {
  /** visa, mastercard, amex, … */
  scheme: string;
  last4: string;
  expMonth: number;
  /** Four digits. */
  expYear: number;
}

export interface SavedMethodView extends CardView {
  id: string;
  expired: boolean;
  /** False while an active mandate charges it. */
  removable: boolean;
  /** A decline or limit in this session closed it. */
  closed: boolean;
}

/** A way to pay beyond cards that this session offers, in the order of the page. */
export interface OfferedMethodView {
  type: OtherMethodType;
  /** Choices of its select field: the processor's own names. */
  choices?: readonly { value: string; label: string }[];
  /** It failed a moment ago and stands disabled. */
  down: boolean;
}

/** A way to pay that this session does not offer, and why; shown in test mode. */
export interface LeftOutMethodView {
  type: 'card' | OtherMethodType;
  /** A word of the catalogue of reasons, such as `amount` or `capture_method`. */
  reason: string;
}

/**
 * What a first_in_series page asks the payer to agree to: the very terms that later charges are held against, and the dates that
 * follow from them if the payer agrees now (once completed: from the moment of success).
 */
export interface MandateView extends Agreement, MandateDates {
  firstOccurrence?: LocalDate;
  /** Known after success only. */
  mandateId?: string;
}

/** The card that a completed session saved or was paid with. */
export interface UsedCardView extends CardView {
  id: string;
  /** `in_use`: an active mandate charges it, so it cannot be removed here. */
  state: 'saved' | 'in_use' | 'removed';
}

export interface CheckoutView {
  checkoutId: string;
  sessionId: string;
  /** Grows with every change that a page could show. */
  version: number;
  mode: 'test' | 'live';
  now: Timestamp;
  type: 'one_time' | 'first_in_series';
  money: Money;
  description?: string;
  merchant: MerchantView;
  captureMethod: 'automatic' | 'manual';
  /** `mandate` for first_in_series; for one_time what `save_payment_method` says (amount 0: `always`). */
  saving: 'never' | 'prompt' | 'always' | 'mandate';
  mandate?: MandateView;
  /** BCP 47 tag asked for by the merchant. */
  locale?: string;
  expiresAt: Timestamp;
  /** False after ten extensions, or when the session is not active. */
  moreTimeAllowed: boolean;
  /** The payer asked for more time before, and got it. */
  moreTimeGiven?: true;
  savedMethods: SavedMethodView[];
  usedCard?: UsedCardView;
  /** Cards may be typed and chosen here. */
  cardsOffered: boolean;
  methods: readonly OfferedMethodView[];
  leftOut: readonly LeftOutMethodView[];
  brand: BrandView;
  settings: CheckoutSettings;
  /** The card typed last in this browser, kept sealed for 15 minutes: only its security code is asked again. */
  keptCard?: CardView & { askExpiry: boolean };
  returnUrl?: string;
  /** May be framed by pages of these origins, as a policy spells them; absent: by none. */
  embedding?: { mode: EmbeddedMode; framers: readonly string[] };
  /** Nothing can be paid here: the account was closed (403), or no method fits this session (200). */
  unavailable?: 'account_closed' | 'no_method';
  /** What this browser's form had when it was sent back, kept for 15 minutes. */
  form?: KeptForm;
  situation: Situation;
}

/** The true state of the session; exactly one holds. Screen names are chosen from it by one pure function in `web/`. */
export type Situation =
  | { kind: 'open' }
  | {
      kind: 'declined';
      class: DeclineClassOnPage;
      card?: CardView;
      /** Of a try that was not made with a card. */
      method?: OtherMethodDetails;
      sameCardAllowed: boolean;
      nothingCharged: boolean;
      at: Timestamp;
      /** Closed unsent, for its failures on other pages. */
      byTries?: true;
    }
  /** `here`: from this address, whatever was tried on this page. */
  | { kind: 'too_many_tries'; at: Timestamp; here?: true }
  | { kind: 'processing'; attemptId: string; since: Timestamp }
  | { kind: 'three_ds'; attemptId: string; acsUrl: string; creq: string; methodUrl?: string; expiresAt: Timestamp }
  /** The payer has to do something elsewhere; every kind of {@link NextAction} but `three_ds`. */
  | {
      kind: 'action';
      attemptId: string;
      since: Timestamp;
      action: Exclude<NextAction, { type: 'three_ds' }>;
      method?: OtherMethodDetails;
      expiresAt: Timestamp;
      /** False where what was sent cannot be called back. */
      mayLeave: boolean;
    }
  /** The processor has it and will tell later. */
  | { kind: 'on_its_way'; attemptId: string; since: Timestamp; expectBy?: Timestamp }
  /** Sent, and nobody knows yet what became of it. */
  | { kind: 'unknown'; attemptId: string; since: Timestamp }
  | {
      kind: 'completed';
      outcome: 'paid' | 'reserved' | 'verified';
      at: Timestamp;
      card?: CardView;
      method?: OtherMethodDetails;
      reference: string;
      /** What the merchant gave back of it since. */
      refundedMinor?: number;
      reservedUntil?: Timestamp;
    }
  | { kind: 'expired'; at: Timestamp; lastTryDeclined: boolean; nothingCharged: boolean }
  | { kind: 'cancelled'; by: 'payer' | 'merchant'; at: Timestamp };

export type TypedCard = { number: string; expMonth: number; expYear: number; securityCode: string; name?: string };

/** Proof of what the payer saw and did; stored with the attempt, never changed. */
export interface ConsentEvidence {
  text: string;
  /** SHA-256 hex of the UTF-8 text. */
  textHash: string;
  locale: string;
  catalogueVersion: string;
  reviewed: boolean;
  /** `button` when pressing Pay was the consent, `checkbox` when a box was ticked. */
  action: 'button' | 'checkbox';
  buttonLabel: string;
  seen: string;
  /** The same for programs: the values that the text was made from. */
  terms: AgreedValues;
  /** The server's time when the page that was agreed to was made, ISO 8601. */
  at: string;
  ip?: string;
  userAgent?: string;
}

export interface AgreedValues {
  amountMinor: number;
  currency: string;
  captureMethod: 'automatic' | 'manual';
  mandate?: Omit<MandateView, 'mandateId'>;
}

export interface PayOrder {
  /** 128 random bits of one rendering of the page: one key, at most one attempt. */
  attemptKey: string;
  /** What this rendering asked for: nothing else is ever charged by it. */
  money: Money;
  instrument:
    | { type: 'card'; card: TypedCard }
    /** The kept card of this browser; expiry only when it was asked again. */
    | { type: 'kept_card'; securityCode?: string; expMonth?: number; expYear?: number }
    | { type: 'saved'; paymentMethodId: string; securityCode?: string }
    | OtherMethodOrder;
  /** The payer ticked the box (prompt), or the page said it would be saved (always, mandate, amount 0). */
  save: boolean;
  /** Present when something is saved. */
  consent?: ConsentEvidence;
  payer: { ip?: string; browser?: string; email?: string };
  /** Digest of the browser cookie; absent when cookies are blocked: then no card is kept. */
  browser?: string;
}

export type PayResult =
  /** The attempt was made, or one existed already, or the session is not payable: the page shows which. */
  | { kind: 'see_page'; after?: CheckoutView }
  /** Our own failure, proven to lie before anything was sent and no earlier send under this key: nothing was charged. */
  | { kind: 'not_sent' }
  /** Nothing was sent: these fields need the payer. `key` is a catalogue key such as `payment_method.gone`. */
  | { kind: 'refused'; errors: { name: string; key: string }[] }
  /** Nothing was sent: a rule closes this card for this payment. `after` is the page as it is then. */
  | { kind: 'closed'; card: ClosedCard; after: CheckoutView }
  /** Nothing was sent: too many failures from this address. Cards are closed for it until then. */
  | { kind: 'braked'; cardsClosedUntil: Timestamp; after: CheckoutView };

/** A card that this browser's last press was refused for. */
export interface ClosedCard {
  card: CardView;
  /** If it was a saved one. */
  paymentMethodId?: string;
  /** It failed too often in this account lately, on whichever pages. */
  byTries?: true;
}

/** What a form had when it was sent back, without number and code; shown again in the same browser for 15 minutes. */
export interface KeptForm {
  values: Record<string, string>;
  errors: { name: string; key: string; params?: Record<string, string> }[];
  notice?: 'stale' | 'changed' | 'again';
  /** The page shows it as a decline that closes the card, although nothing was sent. */
  closed?: ClosedCard;
  /** Too many failures came from this browser's address: no cards before that instant. */
  cardsClosedUntil?: Timestamp;
}

export interface CheckoutDoor {
  /** The session behind a `ckt_…` id as it is now, or undefined for an unknown or malformed id. Changes nothing. */
  view(checkoutId: string, browser?: string): Promise<CheckoutView | undefined>;
  /**
   * Makes one attempt and returns as soon as the processor answered, at the latest after 10 s (the call goes on).
   * Never more than one open attempt per session and one attempt per key. `seen`, a view of this door, saves reading again.
   */
  pay(checkoutId: string, order: PayOrder, seen?: CheckoutView): Promise<PayResult>;
  /** The payer cancels the session; nothing changes while an attempt is open. */
  cancel(checkoutId: string): Promise<void>;
  /** Gives up an open 3-D Secure action: the processor is asked to close what is undecided. */
  leave(checkoutId: string): Promise<void>;
  /** Asks the processor about the open attempt now, at most every 5 s per attempt. */
  check(checkoutId: string): Promise<void>;
  /** 15 more minutes, ten times at most. */
  moreTime(checkoutId: string): Promise<void>;
  /** Removes a saved method of the session's customer, unless an active mandate uses it. */
  removeSavedMethod(checkoutId: string, paymentMethodId: string): Promise<void>;
  /** The payer came back from the bank: asks the processor. False when the attempt is not of this session. */
  returned(checkoutId: string, attemptId: string): Promise<boolean>;
  /** Resolves with the version as soon as it is greater than `version`, or after `waitMs`. */
  waitForChange(
    checkoutId: string,
    wait: { version: number; waitMs: number; signal?: AbortSignal },
  ): Promise<number | undefined>;
  /**
   * A new card whose number was good while another field was wrong: sealed for 15 minutes for this browser, as after a
   * decline. Without `expMonth` and `expYear` the expiry is asked again. Optional: without it the payer types it again.
   */
  keepTypedCard?(
    checkoutId: string,
    browser: string,
    card: { number: string; expMonth?: number; expYear?: number; name?: string },
  ): Promise<void>;
  /** Whether a `client_token` is ours, of the session that `view` shows, and has not run out. `view` came from this door. */
  clientTokenHolds(view: CheckoutView, token: string): boolean;
  keepForm(checkoutId: string, browser: string, form: KeptForm): Promise<void>;
  dropForm(checkoutId: string, browser: string): Promise<void>;
}
