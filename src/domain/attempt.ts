/** The attempt: one outbound operation that can move money. Written before the call, asked for until its end is known. */
import { assert } from '../lib/assert.ts';
import { DAY, HOUR, MINUTE, plus, SECOND, type Timestamp } from '../lib/time.ts';
import type { NextAction } from './next-action.ts';
import type { CardDetails } from './payment.ts';
import type { OtherMethodDetails } from './payment-method-types.ts';
import type { StepKind } from './payment-steps.ts';
import type { Metadata } from './session.ts';

/** What begins a payment, and the steps that may follow its success. */
export type AttemptKind = 'charge' | 'authorise' | 'verify' | StepKind;
export type AttemptStatus = 'sent' | 'action_required' | 'pending' | 'unknown' | 'succeeded' | 'declined';

export interface AttemptDecline {
  code: string;
  class: string;
  stage: 'issuer' | 'processor' | 'not_sent';
  response?: string;
  advice?: string;
  reason?: string;
  /** No further try with this card in the payer's presence. */
  final?: boolean;
}

export interface Attempt {
  tenantId: string;
  id: string;
  version: number;
  sessionId: string;
  paymentId: string;
  kind: AttemptKind;
  status: AttemptStatus;
  amountMinor: number;
  currency: string;
  /** Permanent: the processor never sees it twice for two different things. */
  requestKey: string;
  processor: string;
  processorRef?: string;
  reference: string;
  initiator: 'customer' | 'merchant';
  /** The rendering of the page that made it; one key, at most one attempt. */
  attemptKey?: string;
  browser?: string;
  idempotencyKey?: string;
  /** The sealed card in the vault, when one was kept. */
  cardId?: string;
  cardFingerprint?: string;
  card?: CardDetails;
  /** Of an attempt that was not made with a card. */
  method?: OtherMethodDetails;
  paymentMethodId?: string;
  mandateId?: string;
  /** What the merchant says about a capture. */
  externalReference?: string;
  metadata?: Metadata;
  /** Success saves the card. */
  saves: boolean;
  consent?: unknown;
  nextAction?: NextAction;
  /** Until when the payer can do it; of a pending attempt when its end is expected. */
  actionExpiresAt?: Timestamp;
  decline?: AttemptDecline;
  /** What we saw when the outcome was unknown or odd, newest last. */
  evidence?: unknown[];
  sentAt: Timestamp;
  settledAt?: Timestamp;
  nextSyncAt?: Timestamp;
  syncCount: number;
  /** The payer gave up the action; the processor is being asked to close it. */
  leaving: boolean;
  createdAt: Timestamp;
}

export const attemptTransitions = {
  sent: ['action_required', 'pending', 'unknown', 'succeeded', 'declined'],
  action_required: ['pending', 'unknown', 'succeeded', 'declined'],
  pending: ['action_required', 'unknown', 'succeeded', 'declined'],
  unknown: ['action_required', 'pending', 'succeeded', 'declined'],
  succeeded: [],
  declined: [],
} as const satisfies Record<AttemptStatus, readonly AttemptStatus[]>;

/** Of a capture, void or refund: a bank may take back what it had reported as done. */
export const stepTransitions = {
  ...attemptTransitions,
  succeeded: ['declined'],
} as const satisfies Record<AttemptStatus, readonly AttemptStatus[]>;

/** When to ask about an open attempt: after the n-th time without an end; then daily for seven days. */
const ASK_AFTER_MS = [2 * SECOND, 10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR] as const;
const DAILY_ASKS = 7;

/** A call that is still running may take this long; only then the worker asks in its place. */
export const CALL_GRACE_MS = 27 * SECOND;

export function isOpen(attempt: Attempt): boolean {
  return attempt.settledAt === undefined;
}

/** True once every scheduled question has been asked without an end: people have to look. */
export function isExhausted(syncCount: number): boolean {
  return syncCount >= ASK_AFTER_MS.length + DAILY_ASKS;
}

/** The next time to ask, counted from `at`; after the schedule is used up still daily, for a person may be waiting. */
export function nextAskAt(syncCount: number, at: Timestamp): Timestamp {
  return plus(at, ASK_AFTER_MS[syncCount] ?? DAY);
}

/** The attempt as it is written before the call. */
export function createAttempt(
  facts: Omit<Attempt, 'version' | 'status' | 'syncCount' | 'leaving' | 'nextSyncAt' | 'createdAt'>,
): Attempt {
  const nextSyncAt = plus(facts.sentAt, CALL_GRACE_MS);
  return { ...facts, version: 1, status: 'sent', syncCount: 0, leaving: false, nextSyncAt, createdAt: facts.sentAt };
}

/** The attempt goes on: no end is known yet. */
export function holdAttempt(
  attempt: Attempt,
  status: 'action_required' | 'pending' | 'unknown' | 'sent',
  patch: Partial<Attempt> & { nextSyncAt: Timestamp },
): Attempt {
  assert(isOpen(attempt), 'a settled attempt stays as it is');
  if (status !== attempt.status) assertMove(attempt.status, status);
  return { ...attempt, ...patch, status, version: attempt.version + 1 };
}

/** The end of the attempt is known. */
export function settleAttempt(
  attempt: Attempt,
  status: 'succeeded' | 'declined',
  patch: Partial<Attempt>,
  at: Timestamp,
): Attempt {
  assert(isOpen(attempt), 'an attempt is settled once');
  assertMove(attempt.status, status);
  const { nextSyncAt: _, nextAction: __, ...rest } = attempt;
  return { ...rest, ...patch, status, settledAt: at, version: attempt.version + 1 };
}

/** True for captures, voids and refunds: what follows a success. */
export function isStep(attempt: Attempt): attempt is Attempt & { kind: StepKind } {
  return attempt.kind === 'capture' || attempt.kind === 'void' || attempt.kind === 'refund';
}

/** A step that was reported as done has failed after all. */
export function failSettledStep(
  attempt: Attempt & { kind: StepKind },
  decline: AttemptDecline,
  at: Timestamp,
): Attempt {
  const allowed: readonly AttemptStatus[] = stepTransitions[attempt.status];
  assert(
    attempt.status === 'succeeded' && allowed.includes('declined'),
    'only what was reported as done fails after all',
  );
  return { ...attempt, decline, status: 'declined', settledAt: at, version: attempt.version + 1 };
}

/** An open void that released more than was expected: it names no amount, so all that was reserved is one it may have met. */
export function widenVoid(attempt: Attempt, amountMinor: number): Attempt {
  assert(attempt.kind === 'void' && isOpen(attempt), 'only the amount of an open void is an expectation');
  return { ...attempt, amountMinor, version: attempt.version + 1 };
}

function assertMove(from: AttemptStatus, to: AttemptStatus): void {
  const allowed: readonly AttemptStatus[] = attemptTransitions[from];
  assert(allowed.includes(to), `an attempt cannot go from ${from} to ${to}`);
}
