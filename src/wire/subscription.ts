/** The public face of a subscription and of its due dates. */
import { Type } from '@sinclair/typebox';
import { type CurrentCharge, nextChargeAt, type Subscription } from '../domain/subscription.ts';
import type { SubscriptionCharge } from '../domain/subscription-charge.ts';
import { toIso } from '../lib/time.ts';
import { RecurrenceSchema, renderRecurrence } from './mandate.ts';
import { renderViolation, ViolationSchema } from './mandate-answers.ts';
import { PaymentErrorSchema, renderPaymentError } from './payment-error.ts';
import { Amount, Currency, Id, Instant, MetadataSchema, Mode, open, optional, words } from './schema.ts';

const Day = (description: string) => Type.String({ format: 'date', description });
const Count = (description: string) => Type.Integer({ minimum: 0, description });

export const SUBSCRIPTION_STATUSES = ['active', 'past_due', 'paused', 'cancelled', 'ended'] as const;

/** What subscription and list of due dates say of one due date. */
const dueDateFields = {
  due_date: Day('The local date it fell due.'),
  status: words(
    ['open', 'paid', 'retrying', 'unpaid', 'skipped', 'missed'],
    'Under way, paid, to be tried again, given up, not collected this time, or too late to be collected.',
  ),
  attempts: Count('Tries that were answered.'),
  next_attempt_at: optional(Instant('When it is tried again.')),
  reason: optional(Type.String({ description: 'Why it is not paid, or not yet.' })),
  violations: optional(Type.Array(ViolationSchema, { description: 'The rules of the mandate that forbid it.' })),
  last_payment_error: optional(PaymentErrorSchema),
  payment_session_id: optional(Id('ps', 'The session of its newest try.')),
};

export const SubscriptionSchema = open(
  'Subscription',
  {
    id: Id('sub', 'The subscription.'),
    mode: Mode(),
    status: words(SUBSCRIPTION_STATUSES, 'The last two are final.'),
    status_reason: optional(
      words(
        [
          'merchant_request',
          'customer_request',
          'mandate_revoked',
          'retries_exhausted',
          'period_over',
          'mandate_ended',
        ],
        'Why it came to its end, or was paused by itself.',
      ),
    ),
    customer_id: Id('cus', 'Who is charged.'),
    payment_method_id: Id('pmt', 'What is charged.'),
    mandate_id: Id('mnd', 'What the payer agreed to.'),
    payment_session_id: Id('ps', 'The session that began it.'),
    amount: optional(Amount('Of each due date that has not begun; instalments bring their own.', 1)),
    currency: Currency(),
    recurrence: optional(RecurrenceSchema),
    time_zone: Type.String({ description: 'IANA zone of every date here.' }),
    scheduled_time: Type.String({ description: 'Time of day of a charge, HH:MM.' }),
    active_period: optional(
      Type.Object({ start_date: optional(Day('First day.')), end_date: optional(Day('Last day.')) }),
    ),
    dunning: Type.Object({
      retry_days: Type.Array(Type.Integer({ minimum: 1 }), { description: 'Days after the due date.' }),
      on_exhausted: words(['continue', 'pause', 'cancel'], 'What follows a due date that was given up.'),
    }),
    next_due_date: optional(Day('The oldest due date that nothing was done about.')),
    next_charge_at: optional(
      Instant('When it charges next: the next due date or the next retry. Not while it is paused.'),
    ),
    counts: Type.Object(
      {
        paid: Count('Paid.'),
        unpaid: Count('Given up.'),
        skipped: Count('Not collected.'),
        missed: Count('Too late to be collected.'),
      },
      { description: 'How many due dates stand like this now.' },
    ),
    current_charge: optional(Type.Object(dueDateFields, { description: 'The newest due date that was touched.' })),
    description: optional(Type.String()),
    external_reference: optional(Type.String()),
    metadata: optional(MetadataSchema),
    paused_at: optional(Instant('Since when it is paused.')),
    past_due_since: optional(Instant('Since when a due date is not paid.')),
    cancelled_at: optional(Instant('When it was cancelled.')),
    ended_at: optional(Instant('When it ended.')),
    created_at: Instant('When the first payment succeeded.'),
    updated_at: Instant('When it last changed.'),
  },
  'What we charge by ourselves under a mandate.',
);

export const SubscriptionChargeSchema = open(
  'SubscriptionCharge',
  {
    ...dueDateFields,
    amount: Amount('What is due.', 1),
    instalment_number: optional(Type.Integer({ minimum: 1, description: 'The instalment.' })),
    due_at: Instant('When it fell due.'),
    payment_id: optional(Id('pay', 'The payment of its newest try, or the charge of yours that paid it.')),
    created_at: Instant('When it was first touched.'),
    updated_at: Instant('When it last changed.'),
  },
  'One due date of a subscription.',
);

/** The subscription as API answers and events show it. */
export function renderSubscription(subscription: Subscription, options: { mode: 'test' | 'live' }) {
  const { plan, nextDue, currentCharge, pausedAt, pastDueSince, cancelledAt, endedAt } = subscription;
  const { startDate, endDate, dunning } = plan;
  const next = nextChargeAt(subscription);
  return {
    id: subscription.id,
    mode: options.mode,
    status: subscription.status,
    status_reason: subscription.statusReason,
    customer_id: subscription.customerId,
    payment_method_id: subscription.paymentMethodId,
    mandate_id: subscription.mandateId,
    payment_session_id: subscription.sessionId,
    amount: subscription.amountMinor,
    currency: subscription.currency,
    recurrence: plan.recurrence && renderRecurrence(plan.recurrence),
    time_zone: plan.timeZone,
    scheduled_time: plan.scheduledTime,
    active_period:
      startDate === undefined && endDate === undefined ? undefined : { start_date: startDate, end_date: endDate },
    dunning: { retry_days: dunning.retryDays, on_exhausted: dunning.onExhausted },
    next_due_date: nextDue?.date,
    next_charge_at: next && toIso(next),
    counts: subscription.counts,
    current_charge: currentCharge && renderDueDate(currentCharge),
    description: subscription.description,
    external_reference: subscription.externalReference,
    metadata: subscription.metadata,
    paused_at: pausedAt && toIso(pausedAt),
    past_due_since: pastDueSince && toIso(pastDueSince),
    cancelled_at: cancelledAt && toIso(cancelledAt),
    ended_at: endedAt && toIso(endedAt),
    created_at: toIso(subscription.createdAt),
    updated_at: toIso(subscription.updatedAt),
  };
}

export function renderSubscriptionCharge(charge: SubscriptionCharge) {
  return {
    ...renderDueDate(charge),
    amount: charge.amountMinor,
    instalment_number: charge.instalment,
    due_at: toIso(charge.dueAt),
    payment_id: charge.paymentId,
    created_at: toIso(charge.createdAt),
    updated_at: toIso(charge.updatedAt),
  };
}

function renderDueDate(charge: CurrentCharge) {
  const { dueDate, status, attempts, nextAttemptAt, reason, violations, lastPaymentError, sessionId } = charge;
  return {
    due_date: dueDate,
    status,
    attempts,
    next_attempt_at: nextAttemptAt && toIso(nextAttemptAt),
    reason,
    violations: violations?.map(renderViolation),
    last_payment_error: lastPaymentError && renderPaymentError(lastPaymentError),
    payment_session_id: sessionId,
  };
}
