/**
 * What every connector to a processor must do, and the contract in prose.
 *
 * - **One call, one request.** A call makes at most one HTTP request, and nothing below us sends it again: no retry layer,
 *   no redirects, no pipelining. The request key is the attempt's, committed to the database before the call.
 * - **Values, not exceptions.** A connector never throws for what the processor or the network did.
 * - **`approved`** only for a complete, well-formed answer whose amount, currency, reference, request key and, if known,
 *   processor id equal what was sent, with a status word we know.
 * - **`declined`** at stage `issuer` when the bank or its authentication said no; `processor` for a documented refusal that
 *   moved nothing; `not_sent` when the operation is outside the capabilities or no byte of the request left.
 * - **`unknown`** for everything else. `alarm` is true for every answer that is whole but unreadable or contradicts the
 *   question. In doubt unknown: nobody is told "failed".
 * - **Asking.** Recovery asks by {@link Processor.lookup} and never posts a card again. `not_found` proves nothing within
 *   `capabilities.visibilityDelayMs` after the last byte; after it, {@link Processor.reverse} closes the key.
 * - **Evidence** holds status, sizes, times, phase and the first 2 KiB of the scrubbed body; no card number, security
 *   code or key is in any value, error or log line.
 */
import type { DeclineCode } from '../domain/decline.ts';
import type { Money } from '../domain/money.ts';
import type { NextAction } from '../domain/next-action.ts';
import type { OtherMethodOrder, OtherMethodType, PaymentMethodType } from '../domain/payment-method-types.ts';
import type { Timestamp } from '../lib/time.ts';

export interface Capabilities {
  /** ISO 4217 codes, or `*` for every currency Tender knows. */
  currencies: '*' | readonly string[];
  /** How often, in milliseconds after its last byte, a charge that did arrive may still be invisible to `lookup`. */
  visibilityDelayMs: number;
  intents: readonly ('charge' | 'authorize' | 'verify')[];
  steps: readonly ('capture' | 'void' | 'refund')[];
  /** Ways to pay that it can take; anything else is answered as not supported, unsent. */
  methods: readonly PaymentMethodType[];
  /** What the payer chooses from, for methods with such a field: `value` goes into the order, `label` is a name as it stands. */
  choices?: Readonly<Partial<Record<OtherMethodType, readonly { value: string; label: string }[]>>>;
  partialCapture: boolean;
  partialRefund: boolean;
  /** True when successes carry a network transaction id that later merchant-initiated charges must present. */
  networkTransactionIds: boolean;
}

/** Credentials and switches of one merchant account at the processor; the shape belongs to the connector. */
export type Credentials = Readonly<Record<string, string>>;

export interface Call {
  /** Unique for ever, 8–64 printable ASCII characters: the attempt's `request_key`. */
  requestKey: string;
  credentials: Credentials;
  signal?: AbortSignal;
}

/** A card in clear. It lives for one call and must reach no log, error or evidence. */
export interface ClearCard {
  number: string;
  expMonth: number;
  /** Four digits. */
  expYear: number;
  /** Never stored anywhere; absent for merchant-initiated charges. */
  securityCode?: string;
  /** As it is printed on the card, where the merchant has it asked for; for processors that take it. Never stored. */
  holderName?: string;
}

export type PaymentInstrument =
  | { type: 'card'; card: ClearCard }
  | { type: 'token'; token: string; securityCode?: string }
  | OtherMethodOrder;

export interface Agreement {
  use: 'initial' | 'subsequent';
  type: 'recurring' | 'instalment' | 'unscheduled' | 'card_on_file';
  /** From the first success of the series; required for `subsequent` where the processor gives one. */
  networkTransactionId?: string;
}

export interface ChargeOrder {
  money: Money;
  /** The payment's reconciliation reference: the same for every attempt of one payment. */
  reference: string;
  initiator: 'customer' | 'merchant';
  instrument: PaymentInstrument;
  /** Where the payer comes back to; required when `initiator` is `customer`. */
  returnUrl?: string;
  agreement?: Agreement;
  /** `challenge` asks for one; `none` wants none. */
  authentication: 'auto' | 'challenge' | 'none';
  payer?: { ip?: string; browser?: string; email?: string };
}

/** A verification moves no money: the amount is 0. */
export type VerifyOrder = ChargeOrder;

export interface StepOrder {
  /** The processor's reference of the charge the step belongs to. */
  chargeRef: string;
  /** What was asked of the charge, for the echo check. */
  charge: Money;
  reference: string;
  /** The amount of this step. A void releases all that remains. */
  money: Money;
  reason?: string;
}

/** What we asked when the key was first used, so that a look-up can be checked like an answer. */
export interface KeyOrder {
  operation: 'charge' | 'authorize' | 'verify' | 'capture' | 'void' | 'refund';
  money: Money;
  reference: string;
  /** Known if an answer ever named it. */
  ref?: string;
}

export interface UndoOrder {
  /** Close the key if nothing has been decided, but leave a success alone. For a payer who gives up an action. */
  onlyUndecided: boolean;
}

export interface CardFacts {
  scheme?: string;
  type?: 'credit' | 'debit' | 'prepaid';
  country?: string;
  /** New expiry or number from the issuer's updater. */
  updated?: { expMonth?: number; expYear?: number; last4?: string };
}

export interface AuthenticationFacts {
  version?: string;
  status: 'Y' | 'A' | 'N' | 'U' | 'R' | 'C';
  eci?: string;
  flow?: 'frictionless' | 'challenge';
  transactionId?: string;
}

export type UnknownReason =
  | 'timeout'
  | 'reset'
  | 'server_error'
  | 'unreadable'
  | 'too_large'
  | 'redirected'
  | 'unknown_status'
  | 'in_progress'
  | 'key_reused'
  | 'contradiction'
  | 'aborted';

/** What we saw, for people. Every string is scrubbed. */
export interface Evidence {
  operation: string;
  status?: number;
  latencyMs: number;
  bytes: number;
  detail: string;
  /** At most 2 KiB. */
  body?: string;
}

export interface RawAnswer {
  response?: string;
  advice?: string;
  reason?: string;
}

export type Outcome =
  | {
      kind: 'approved';
      ref: string;
      networkTransactionId?: string;
      token?: string;
      card?: CardFacts;
      authentication?: AuthenticationFacts;
      approvalCode?: string;
      expiresAt?: Timestamp;
    }
  | {
      kind: 'declined';
      stage: 'issuer' | 'processor' | 'not_sent';
      code: DeclineCode;
      raw: RawAnswer;
      ref?: string;
      /** Of a new number that the issuer's updater reported. */
      token?: string;
      card?: CardFacts;
      authentication?: AuthenticationFacts;
    }
  | { kind: 'action_required'; ref: string; action: NextAction; expiresAt: Timestamp; card?: CardFacts }
  | { kind: 'pending'; ref: string; expectBy?: Timestamp }
  /** `giveBack`: a success that may not be kept, such as an approval for less than was asked; undone by key. */
  | { kind: 'unknown'; why: UnknownReason; alarm: boolean; evidence: Evidence; ref?: string; giveBack?: true };

export type UnknownOutcome = Extract<Outcome, { kind: 'unknown' }>;

export type Lookup = { kind: 'found'; outcome: Outcome } | { kind: 'not_found'; evidence: Evidence } | UnknownOutcome;

export type Reversal =
  /** `reversed`: a success was given back. `closed`: the key can never be charged any more. `kept`: a success was left alone. */
  | { kind: 'reversed' | 'kept' | 'closed' | 'nothing_to_reverse' | 'refused' | 'not_sent'; evidence: Evidence }
  | UnknownOutcome;

/** Calls about no attempt bear no key. */
export type AccountCall = Omit<Call, 'requestKey'>;

export type ClockStep =
  /** `now` of the processor for this account; `nextDueAt` when it will do something by itself. */
  | { kind: 'at'; now: Timestamp; nextDueAt?: Timestamp }
  /** No answer that says where the clock stands. It may have moved all the same. */
  | { kind: 'unavailable'; evidence: Evidence };

export interface RawNotification {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
  body: string;
  credentials: Credentials;
  now: Timestamp;
}

/** A reason to look, never a result. */
export interface Notice {
  kind: 'notice';
  /** The processor's own id of this notification. */
  id: string;
  requestKey?: string;
  /** Further keys it may be about, where the processor does not say which. */
  otherKeys?: readonly string[];
  ref?: string;
  /** The end it tells of; held against what is recorded, and looked up where they differ. */
  says?: 'succeeded' | 'declined';
}

export interface RejectedNotice {
  kind: 'rejected';
  why: 'malformed' | 'bad_signature' | 'too_old';
}

export interface Processor {
  readonly name: string;
  readonly capabilities: Capabilities;
  charge(order: ChargeOrder, call: Call): Promise<Outcome>;
  authorize(order: ChargeOrder, call: Call): Promise<Outcome>;
  verify(order: VerifyOrder, call: Call): Promise<Outcome>;
  capture(order: StepOrder, call: Call): Promise<Outcome>;
  void(order: StepOrder, call: Call): Promise<Outcome>;
  refund(order: StepOrder, call: Call): Promise<Outcome>;
  lookup(order: KeyOrder, call: Call): Promise<Lookup>;
  /** Absent where a processor cannot undo by key: what stays unknown then goes to the review list. */
  reverse?(order: UndoOrder, call: Call): Promise<Reversal>;
  /**
   * Where a processor for tests has a clock of its own: moves it forward, and answers when everything that fell due on the way has
   * happened and was told for the first time. An instant already past moves nothing. `readClock` only looks.
   */
  advanceClock?(to: Timestamp, call: AccountCall): Promise<ClockStep>;
  readClock?(call: AccountCall): Promise<ClockStep>;
  /** Pure: bytes, headers, secrets and time in; no I/O. */
  parseNotification(raw: RawNotification): Notice | RejectedNotice;
}
