/** What the conformance suite needs of a processor under test, and what its cases share. */
import type { NextAction } from '../../src/domain/next-action.ts';
import type { OtherMethodOrder } from '../../src/domain/payment-method-types.ts';
import type { CallLimits } from '../../src/processors/http-client.ts';
import type {
  Call,
  ChargeOrder,
  ClearCard,
  Credentials,
  Outcome,
  Processor,
  RawNotification,
} from '../../src/processors/processor.ts';

/** One row of the processor's own book. */
export interface Movement {
  requestKey: string;
  state: 'approved' | 'declined' | 'pending' | 'action_required' | 'failed' | 'closed';
  amountMinor: number | null;
  currency: string | null;
  reversed: boolean;
  arrivals: number;
  /** ISO 8601, of the processor's clock. */
  at: string;
}

export type CardCase =
  | 'approved'
  | 'insufficient_funds'
  | 'challenge'
  | 'challenge_then_declined'
  | 'merchant_needs_payer'
  | 'merchant_revoked';

/** `pay_late`: pays although the time is up. */
export type PayerDecision = 'approve' | 'decline' | 'unknown' | 'abandon' | 'pay_late';

export type MethodCase =
  | 'redirect'
  | 'redirect_later_approved'
  | 'redirect_later_declined'
  | 'code'
  | 'phone'
  | 'phone_approves'
  | 'phone_wrong_pin'
  | 'phone_no_money'
  | 'phone_silent'
  | 'phone_late'
  | 'phone_unannounced'
  | 'voucher';

export interface MethodScript {
  instrument: OtherMethodOrder;
  /** How long the payer has, milliseconds. */
  deadlineMs: number;
  /** When the end comes by itself, milliseconds after the payer has approved, or after the phone was asked. */
  laterMs?: number;
  /** False where nothing can be called back once the payer was asked. */
  reversible: boolean;
  /** True where a payer can pay after the end. */
  late: boolean;
}

export interface Fault {
  kind: string;
  params?: Record<string, unknown>;
  /** The operation it acts on; `charge` if left out. */
  operation?: string;
}

export interface Bench {
  credentials: Credentials;
  processor(limits?: Partial<CallLimits>): Processor;
  card(kind: CardCase): ClearCard;
  /** The next call under `requestKey` meets this fault. */
  arm(requestKey: string, fault: Fault): Promise<void>;
  /** Does what the payer would do about the action of `requestKey`: on its page, in the app, on the phone or at the till. */
  play(action: NextAction, decision: PayerDecision, requestKey?: string): Promise<void>;
  /** An order of a method beyond cards, and what becomes of it; absent for what the processor does not offer. */
  method(kind: MethodCase): MethodScript | undefined;
  /** Moves the processor's clock on; resolves when what fell due has happened. */
  advance(ms: number): Promise<void>;
  /** The whole book as it is now. */
  movements(): Promise<readonly Movement[]>;
  /** Waits until `count` notifications have come that name `requestKey`, or with undefined, that name no key at all. */
  notifications(requestKey: string | undefined, count: number): Promise<readonly RawNotification[]>;
  /** What nobody may ever see, part of every case's check: card numbers and keys. */
  secrets: readonly string[];
  /** Log lines of the connector so far. */
  logged: readonly unknown[];
  close(): Promise<void>;
}

export type Missing = Partial<Record<'pages' | 'reversals' | 'steps', string>>;

export interface RunOptions {
  operation?: 'charge' | 'authorize' | 'verify';
  fault?: Fault;
  limits?: Partial<CallLimits>;
  /** Compare with the book after the call; false only where the case does so itself, for many calls at once. */
  checked?: boolean;
}

/** One charge made, and how to ask about it again. */
export interface Run {
  key: string;
  order: ChargeOrder;
  outcome: Outcome;
  lookup: () => Promise<Outcome | 'not_found'>;
}

export interface Kit {
  name: string;
  /** Parts of the interface that the processor does not have yet, with the reason, for cases to be skipped by name. */
  missing: Missing;
  bench: () => Bench;
  run: (
    order: ChargeOrder,
    about?: RunOptions,
  ) => Promise<{
    key: string;
    order: ChargeOrder;
    outcome: Outcome;
    lookup: () => Promise<Outcome | 'not_found'>;
  }>;
  orderOf: (card: CardCase | ClearCard, changes?: Partial<ChargeOrder>) => ChargeOrder;
  /** An order of a method beyond cards, and its script; undefined where the processor does not offer it. */
  methodOrder: (kind: MethodCase) => { order: ChargeOrder; script: MethodScript } | undefined;
  /** The book's rows under one key. */
  rowsOf: (key: string) => Promise<readonly Movement[]>;
  nextKey: () => string;
  callFor: (requestKey: string) => Call;
  reverse: (key: string, onlyUndecided: boolean) => Promise<string>;
  silent: (...said: unknown[]) => void;
}

/** `kind`, with the part of it that a caller acts on. */
export function brief(outcome: Outcome | 'not_found'): string {
  if (outcome === 'not_found') return outcome;
  if (outcome.kind === 'declined') return `declined ${outcome.stage} ${outcome.code}`;
  return outcome.kind === 'unknown' ? `unknown${outcome.alarm ? ' alarm' : ''}` : outcome.kind;
}
