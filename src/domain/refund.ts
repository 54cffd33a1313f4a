/** The refund: money given back to the payer, as the merchant asked for it. Its attempt says what the processor made of it. */
import { assert } from '../lib/assert.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Decision } from './errors.ts';
import type { Metadata } from './session.ts';

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

export const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer', 'other'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

export interface Refund {
  tenantId: string;
  id: string;
  version: number;
  paymentId: string;
  attemptId: string;
  amountMinor: number;
  currency: string;
  reason?: RefundReason;
  status: RefundStatus;
  /** Why it failed: a decline code. */
  failureCode?: string;
  metadata?: Metadata;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

/** A bank may give a refund back after it had been reported as done; nothing else ends twice. */
export const refundTransitions = {
  pending: ['succeeded', 'failed'],
  succeeded: ['failed'],
  failed: [],
} as const satisfies Record<RefundStatus, readonly RefundStatus[]>;

/** A refund on its way to the processor. */
export function createRefund(facts: Omit<Refund, 'version' | 'status' | 'updatedAt'>): Decision<Refund> {
  return {
    next: { ...facts, version: 1, status: 'pending', updatedAt: facts.createdAt },
    events: ['refund.created'],
  };
}

/** The processor has given the money back. */
export function succeedRefund(refund: Refund, at: Timestamp): Decision<Refund> {
  return moved(refund, 'succeeded', {}, at);
}

/** The processor has not given it back, or could not after all. `failureCode` is a decline code. */
export function failRefund(refund: Refund, failureCode: string, at: Timestamp): Decision<Refund> {
  return moved(refund, 'failed', { failureCode }, at);
}

function moved(refund: Refund, status: RefundStatus, patch: Partial<Refund>, at: Timestamp): Decision<Refund> {
  const allowed: readonly RefundStatus[] = refundTransitions[refund.status];
  assert(allowed.includes(status), `a refund cannot go from ${refund.status} to ${status}`);
  return {
    next: { ...refund, ...patch, status, version: refund.version + 1, updatedAt: at },
    events: ['refund.updated'],
  };
}
