/** The public face of a mandate. */
import { Type } from '@sinclair/typebox';
import type { Mandate } from '../domain/mandate.ts';
import { type Instalment, isUnlimited, type MandateTerms } from '../domain/mandate-terms.ts';
import type { MandateUsage, Taken } from '../domain/mandate-usage.ts';
import type { PeriodLimit, Recurrence, Window } from '../domain/schedule.ts';
import { toIso } from '../lib/time.ts';
import { Amount, Currency, Id, Instant, MetadataSchema, Mode, open, optional, words } from './schema.ts';

const Day = (description: string) => Type.String({ format: 'date', description });
const Count = (description: string) => Type.Integer({ minimum: 0, description });
/** Minor units; of many charges, so more than any one amount may be. */
const Sum = (description: string) => Type.Integer({ minimum: 0, description });
const Weekday = words(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], 'A day of the week.');

const AmountRange = Type.Object(
  { min: optional(Amount('The least of one charge.', 1)), max: optional(Amount('The most of one charge.', 1)) },
  { description: 'Without `max` there is no ceiling.' },
);

export const RecurrenceSchema = Type.Object(
  {
    type: words(['daily', 'weekly', 'monthly', 'yearly'], 'The unit.'),
    interval_count: Type.Integer({ minimum: 1, description: 'Every so many units, from `anchor_date`.' }),
    on: optional(Type.Object({}, { additionalProperties: true, description: 'Which days of the unit.' })),
  },
  { description: 'The dates on which charges fall due.' },
);

const PeriodLimitSchema = Type.Object(
  {
    period: words(['day', 'week', 'month', 'year'], 'What is counted together.'),
    max_count: optional(Type.Integer({ minimum: 1, description: 'Charges in one period.' })),
    max_amount: optional(Amount('Their sum in one period.', 1)),
    window: Type.Object({}, { additionalProperties: true, description: 'Calendar periods, or cycles from an anchor.' }),
  },
  { description: 'A limit over a period.' },
);

const InstalmentSchema = Type.Object({
  number: Type.Integer({ minimum: 1, description: '1, 2, …' }),
  due_date: Day('Not charged before this local date.'),
  amount: Amount('What is due.', 1),
  status: optional(words(['due', 'open', 'paid'], 'Only where one mandate is asked for.')),
  payment_id: optional(Id('pay', 'What pays it. Only where one mandate is asked for.')),
});

const TakenSchema = (description: string) =>
  Type.Object({ count: Count('Charges.'), amount: Sum('Their sum.') }, { description });

const UsageSchema = Type.Object(
  {
    counted: TakenSchema('Succeeded and not voided.'),
    open: TakenSchema('Under way: reserved until their end is known.'),
    last_charge_at: optional(Instant('When the newest of them began.')),
    period_limits: Type.Array(
      Type.Object({
        period: words(['day', 'week', 'month', 'year'], 'Of the limit.'),
        window_start: Day('First day of the period of today.'),
        window_end: Day('Its last day.'),
        used_count: Count('Charges in it.'),
        used_amount: Sum('Their sum.'),
      }),
      { description: 'One for each period limit, in their order.' },
    ),
  },
  { description: 'What was taken under it, over replaced cards too. Only where one mandate is asked for.' },
);

const ConsentSchema = Type.Object(
  {
    text: Type.String({ description: 'What the payer read.' }),
    text_hash: Type.String({ description: 'SHA-256 of the text in UTF-8, hexadecimal.' }),
    locale: Type.String({ description: 'Its language.' }),
    catalogue_version: Type.String({ description: 'Of the sentences it was made from.' }),
    action: words(['button', 'checkbox'], 'What the payer did.'),
    accepted_at: Instant('When.'),
    ip: optional(Type.String({ description: "The payer's address." })),
    user_agent: optional(Type.String({ description: "The payer's browser." })),
  },
  { description: 'What the payer agreed to and how. Only where one mandate is asked for.' },
);

const ChargeHoldSchema = Type.Object(
  {
    rule: Type.String({ description: 'The rule that stopped charges.' }),
    since: Instant('Since when.'),
    lifted_by: words(['customer_present_success', 'payment_method_update', 'operator'], 'What lets them go on.'),
  },
  { description: 'While charges are stopped.' },
);

export const MandateSchema = open(
  'Mandate',
  {
    id: Id('mnd', 'The mandate.'),
    mode: Mode(),
    status: words(['active', 'revoked', 'ended'], 'The last two are final.'),
    status_reason: optional(Type.String({ description: 'Why it is no longer active.' })),
    type: words(['on_demand', 'scheduled', 'installment'], 'When charges may come.'),
    customer_id: Id('cus', 'Who agreed.'),
    payment_method_id: Id('pmt', 'What is charged.'),
    payment_session_id: Id('ps', 'The session in which the payer agreed.'),
    initial_payment_id: Id('pay', 'The first payment of the series.'),
    subscription_id: optional(Id('sub', 'The subscription that charges it by itself.')),
    replaces_mandate_id: optional(Id('mnd', 'The mandate whose card this one replaced.')),
    currency: Currency(),
    amount: optional(
      Type.Union([Amount('Exactly this each time.', 1), AmountRange], { description: 'Of each charge.' }),
    ),
    unlimited: optional(Type.Boolean({ description: 'True when no maximum was set; left out otherwise.' })),
    recurrence: optional(RecurrenceSchema),
    validity_period: optional(
      Type.Object({ start_date: optional(Day('First day.')), end_date: optional(Day('Last day.')) }),
    ),
    max_occurrences: optional(Type.Integer({ minimum: 1, description: 'How many charges may count.' })),
    period_limits: optional(Type.Array(PeriodLimitSchema)),
    spacing: optional(
      Type.Object({
        min_interval: Type.Object({
          unit: words(['hour', 'day', 'week', 'month'], 'The unit.'),
          count: Type.Integer({ minimum: 1, description: 'How many.' }),
        }),
      }),
    ),
    allowed_days: optional(Type.Array(Weekday)),
    retry: optional(
      Type.Object({
        max_attempts: optional(Type.Integer({ minimum: 1, description: 'Tries of one charge, the first included.' })),
        min_interval_hours: optional(Type.Integer({ minimum: 1, description: 'Between two tries.' })),
      }),
    ),
    total_amount: optional(Amount('The first payment and all instalments together.', 1)),
    terms: optional(
      Type.Object({}, { additionalProperties: true, description: 'The instalments as they were agreed.' }),
    ),
    instalments: optional(Type.Array(InstalmentSchema)),
    time_zone: Type.String({ description: 'IANA zone of every date here.' }),
    anchor_date: Day('What recurrences and cycles count from.'),
    charge_hold: optional(ChargeHoldSchema),
    consent: optional(ConsentSchema),
    usage: optional(UsageSchema),
    description: optional(Type.String()),
    external_reference: optional(Type.String()),
    metadata: optional(MetadataSchema),
    created_at: Instant('When the first payment succeeded.'),
    updated_at: Instant('When it last changed.'),
    revoked_at: optional(Instant('When it was revoked.')),
    ended_at: optional(Instant('When it ended.')),
  },
  'What a payer agreed may be charged without them.',
);

/** The mandate as lists and events show it: what charges take of it changes without an event, so it is not among these fields. */
export function renderMandate(mandate: Mandate, options: { mode: 'test' | 'live' }) {
  return {
    id: mandate.id,
    mode: options.mode,
    status: mandate.status,
    status_reason: mandate.statusReason,
    customer_id: mandate.customerId,
    payment_method_id: mandate.paymentMethodId,
    payment_session_id: mandate.sessionId,
    initial_payment_id: mandate.paymentId,
    subscription_id: mandate.subscriptionId,
    replaces_mandate_id: mandate.replacesMandateId,
    ...renderTerms(mandate.terms),
    instalments: mandate.instalments && renderInstalments(mandate.instalments),
    anchor_date: mandate.anchorDate,
    charge_hold: mandate.chargeHold && {
      rule: mandate.chargeHold.rule,
      since: toIso(mandate.chargeHold.since),
      lifted_by: mandate.chargeHold.liftedBy,
    },
    description: mandate.description,
    external_reference: mandate.externalReference,
    metadata: mandate.metadata,
    created_at: toIso(mandate.createdAt),
    updated_at: toIso(mandate.updatedAt),
    revoked_at: mandate.revokedAt && toIso(mandate.revokedAt),
    ended_at: mandate.endedAt && toIso(mandate.endedAt),
  };
}

/** What is due when. Which of them is paid changes without an event: only the answer about one mandate says it. */
export function renderInstalments(instalments: readonly Instalment[]) {
  return instalments.map(({ number, dueDate, amountMinor }) => ({ number, due_date: dueDate, amount: amountMinor }));
}

/** What was agreed, in the words of `mandate_options`. */
export function renderTerms(terms: MandateTerms) {
  const { amount, startDate, endDate, spacing, retry, instalmentTerms } = terms;
  return {
    type: terms.type,
    currency: terms.currency,
    amount: amount && ('exactMinor' in amount ? amount.exactMinor : { min: amount.minMinor, max: amount.maxMinor }),
    unlimited: isUnlimited(terms) ? true : undefined,
    recurrence: terms.recurrence && renderRecurrence(terms.recurrence),
    validity_period:
      startDate === undefined && endDate === undefined ? undefined : { start_date: startDate, end_date: endDate },
    max_occurrences: terms.maxOccurrences,
    period_limits: terms.periodLimits.length === 0 ? undefined : terms.periodLimits.map(renderPeriodLimit),
    spacing: spacing && { min_interval: { unit: spacing.unit, count: spacing.count } },
    allowed_days: terms.allowedDays,
    retry: retry && { max_attempts: retry.maxAttempts, min_interval_hours: retry.minIntervalHours },
    total_amount: terms.totalAmountMinor,
    terms: instalmentTerms && renderInstalmentTerms(instalmentTerms),
    time_zone: terms.timeZone,
  };
}

export function renderRecurrence(recurrence: Recurrence) {
  const { type, intervalCount } = recurrence;
  const on =
    recurrence.type === 'weekly'
      ? recurrence.days && { days: recurrence.days }
      : recurrence.type === 'daily'
        ? undefined
        : recurrence.on;
  return { type, interval_count: intervalCount, on };
}

function renderPeriodLimit({ period, maxCount, maxAmountMinor, window }: PeriodLimit) {
  return { period, max_count: maxCount, max_amount: maxAmountMinor, window };
}

function renderInstalmentTerms(terms: NonNullable<MandateTerms['instalmentTerms']>) {
  if (terms.type === 'fixed') {
    const items = terms.items.map(({ amountMinor, dueDate }) => ({ amount: amountMinor, due_date: dueDate }));
    return { type: terms.type, items };
  }
  const { amountMinor, recurrence, maxOccurrences } = terms;
  return {
    type: terms.type,
    amount: amountMinor,
    recurrence: renderRecurrence(recurrence),
    max_occurrences: maxOccurrences,
  };
}

/** What only the answer about one mandate says. */
export interface MandateDetails {
  usage: MandateUsage;
  /** The period of today of each limit, in their order. */
  windows: readonly Window[];
  consent?: { evidence: Record<string, unknown>; acceptedAt: Mandate['createdAt'] };
}

export function renderMandateDetails(mandate: Mandate, details: MandateDetails, options: { mode: 'test' | 'live' }) {
  const { usage, consent } = details;
  return {
    ...renderMandate(mandate, options),
    instalments: mandate.instalments?.map(({ number, dueDate, amountMinor }) => {
      const paid = usage.instalments.find((one) => one.number === number);
      const status = paid === undefined ? 'due' : paid.state === 'counted' ? 'paid' : 'open';
      return { number, due_date: dueDate, amount: amountMinor, status, payment_id: paid?.paymentId };
    }),
    consent: consent && renderConsent(consent),
    usage: {
      counted: renderTaken(usage.counted),
      open: renderTaken(usage.open),
      last_charge_at: usage.lastChargeAt && toIso(usage.lastChargeAt),
      period_limits: details.windows.map((window, limit) => {
        const used = usage.windows.find((one) => one.limit === limit && one.start === window.start)?.used;
        return {
          period: mandate.terms.periodLimits[limit]?.period,
          window_start: window.start,
          window_end: window.end,
          used_count: used?.count ?? 0,
          used_amount: used?.amountMinor ?? 0,
        };
      }),
    },
  };
}

function renderTaken({ count, amountMinor }: Taken) {
  return { count, amount: amountMinor };
}

function renderConsent({ evidence, acceptedAt }: NonNullable<MandateDetails['consent']>) {
  return {
    text: evidence.text,
    text_hash: evidence.textHash,
    locale: evidence.locale,
    catalogue_version: evidence.catalogueVersion,
    action: evidence.action,
    accepted_at: toIso(acceptedAt),
    ip: evidence.ip,
    user_agent: evidence.userAgent,
  };
}
