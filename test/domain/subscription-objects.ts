/** Subscriptions and due dates to decide on: monthly from 31 January 2026, midnight in Johannesburg, unless said otherwise. */
import { NO_TRIES } from '../../src/domain/dunning.ts';
import type { PaymentError } from '../../src/domain/payment.ts';
import type { Subscription, SubscriptionStatus } from '../../src/domain/subscription.ts';
import type { DueStatus, SubscriptionCharge } from '../../src/domain/subscription-charge.ts';
import { dueOn, type SubscriptionPlan } from '../../src/domain/subscription-plan.ts';
import { instantOf } from '../../src/lib/calendar.ts';

export const ZONE = 'Africa/Johannesburg';
export const local = (date: string, time = '00:00') => instantOf(date, time, ZONE);
export const BEGAN = local('2026-01-31', '12:00');

export const PLAN: SubscriptionPlan = {
  recurrence: { type: 'monthly', intervalCount: 1 },
  anchorDate: '2026-01-31',
  firstDate: '2026-01-31',
  timeZone: ZONE,
  scheduledTime: '00:00',
  dunning: { retryDays: [1, 3, 5, 7], onExhausted: 'continue' },
};

/** Three of 100 on the last days of February, March and April. */
export const INSTALMENTS: SubscriptionPlan = (() => {
  const { recurrence: _, ...plan } = PLAN;
  const dates = ['2026-02-28', '2026-03-31', '2026-04-30'];
  return { ...plan, instalments: dates.map((dueDate, place) => ({ number: place + 1, dueDate, amountMinor: 100 })) };
})();

export function subscriptionIn(status: SubscriptionStatus, more: Partial<Subscription> = {}): Subscription {
  const plan = more.plan ?? PLAN;
  const final = status === 'cancelled' || status === 'ended';
  return Object.freeze({
    tenantId: 'tnt_1',
    id: 'sub_1',
    version: 3,
    status,
    customerId: 'cus_1',
    paymentMethodId: 'pmt_1',
    mandateId: 'mnd_1',
    sessionId: 'ps_1',
    ...(plan.instalments === undefined ? { amountMinor: 20_000 } : {}),
    currency: 'ZAR',
    plan,
    ...(final ? {} : { nextDue: dueOn(plan, '2026-02-28') }),
    counts: { paid: 0, unpaid: 0, skipped: 0, missed: 0 },
    createdAt: BEGAN,
    updatedAt: BEGAN,
    ...(status === 'paused' ? { pausedFrom: 'active' as const, pausedAt: BEGAN } : {}),
    ...(status === 'cancelled' ? { cancelledAt: BEGAN, statusReason: 'merchant_request' as const } : {}),
    ...(status === 'ended' ? { endedAt: BEGAN, statusReason: 'period_over' as const } : {}),
    ...more,
  });
}

export function dueIn(status: DueStatus, more: Partial<SubscriptionCharge> = {}): SubscriptionCharge {
  const dueDate = more.dueDate ?? '2026-02-28';
  return Object.freeze({
    tenantId: 'tnt_1',
    subscriptionId: 'sub_1',
    dueDate,
    version: 2,
    status,
    dueAt: local(dueDate),
    amountMinor: 20_000,
    attempts: 0,
    dunning: { ...NO_TRIES, tries: 1 },
    ...(status === 'retrying' ? { nextAttemptAt: local('2026-03-01') } : {}),
    ...(status === 'open' || status === 'paid' ? { sessionId: 'ps_2', paymentId: 'pay_2' } : {}),
    createdAt: local(dueDate),
    updatedAt: local(dueDate),
    ...more,
  });
}

export const DECLINE: PaymentError = {
  errorCode: 'payment_declined',
  declineCode: 'insufficient_funds',
  class: 'soft_funds',
  message: 'There was not enough money.',
  retry: { allowed: true },
  at: BEGAN,
};
