/**
 * `mandate_options` and `subscription_options` as the documentation shows them. What is wrong with a request is told by
 * `domain/series-options`, which knows more than a schema can say; where it finds something below these groups, the findings of the
 * schema are left out.
 */
import { type TSchema, Type } from '@sinclair/typebox';
import { WEEKDAYS } from '../lib/calendar.ts';
import { Amount, closed, Id, optional, words } from './schema.ts';

const Weekday = words(WEEKDAYS, 'A day of the week.');
const Day = (description: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}$',
    description: `${description} A date, in the time zone of the mandate.`,
  });
const Count = (range: { minimum: number; maximum: number }, description: string) =>
  Type.Integer({ ...range, description });
const Money = (description: string) => Amount(description, 1);
const listOf = <T extends TSchema>(item: T, count: { minItems: number; maxItems: number }, description: string) =>
  Type.Array(item, { ...count, description });
const kind = <const W extends string>(type: W) => words([type], 'Which fields follow.');

const Weekdays = (description: string) =>
  Type.Array(Weekday, { minItems: 1, maxItems: 7, uniqueItems: true, description });
const Adjustment = words(
  ['none', 'next_weekday', 'previous_weekday', 'nearest_weekday'],
  'Where a date goes that falls on Saturday or Sunday; never into another month. Bank holidays are not known. Default none.',
);
const Ordinal = Type.Union([Count({ minimum: 1, maximum: 4 }, 'The first to the fourth.'), Type.Literal(-1)], {
  description: '1 to 4, or -1 for the last.',
});
const DayOfMonth = Type.Union([Count({ minimum: 1, maximum: 31 }, 'A day of the month.'), Type.Literal(-1)], {
  description: '1 to 31, or -1 for the last day. Where a month has no such day, its last one.',
});
const Month = Count({ minimum: 1, maximum: 12 }, 'The month of the year.');
const nthDay = { type: kind('nth_day_of_month'), ordinal: Ordinal, weekday: Weekday };

const Interval = (maximum: number, unit: string) =>
  optional(Count({ minimum: 1, maximum }, `Every so many ${unit}. Default 1.`));

const Recurrence = Type.Union(
  [
    closed({ type: kind('daily'), interval_count: Interval(366, 'days') }),
    closed({
      type: kind('weekly'),
      interval_count: Interval(52, 'weeks'),
      on: optional(
        closed({
          type: optional(kind('day_of_week')),
          days: Weekdays('Absent: the weekday that the series begins on.'),
        }),
      ),
    }),
    closed({
      type: kind('monthly'),
      interval_count: Interval(24, 'months'),
      on: optional(
        Type.Union([
          closed({
            type: kind('day_of_month'),
            days: Type.Array(DayOfMonth, {
              minItems: 1,
              maxItems: 31,
              uniqueItems: true,
              description: 'Days of the month.',
            }),
            adjustment: optional(Adjustment),
          }),
          closed(nthDay),
        ]),
      ),
    }),
    closed({
      type: kind('yearly'),
      interval_count: Interval(5, 'years'),
      on: optional(
        Type.Union([
          closed({ type: kind('day_of_year'), month: Month, day: DayOfMonth, adjustment: optional(Adjustment) }),
          closed({ ...nthDay, month: Month }),
        ]),
      ),
    }),
  ],
  { description: 'On which dates. Without `on`: the day that the series begins on.' },
);

const anchored = { mode: words(['cycle'], 'From one anchor day to the day before the next.') };
const Window = Type.Union(
  [
    closed({ mode: words(['calendar'], 'Whole days, weeks from Monday, months or years. The default.') }),
    closed({
      ...anchored,
      anchor: optional(
        Type.Union(
          [
            closed({ type: kind('day_of_week'), day: Weekday }),
            closed({ type: kind('day_of_month'), day: Count({ minimum: 1, maximum: 31 }, 'The day of the month.') }),
            closed({
              type: kind('day_of_year'),
              month: Month,
              day: Count({ minimum: 1, maximum: 31 }, 'The day of that month.'),
            }),
          ],
          { description: 'One that fits the period. Absent: the day that the series begins on.' },
        ),
      ),
    }),
  ],
  { description: 'Which days count together. A limit of a day has no cycle.' },
);

const PeriodLimit = closed({
  period: words(['day', 'week', 'month', 'year'], 'How long a window is.'),
  max_count: optional(Count({ minimum: 1, maximum: 1000 }, 'Charges in one window.')),
  max_amount: optional(Money('All charges of one window together.')),
  window: optional(Window),
});

const Spacing = closed({
  min_interval: closed({
    unit: words(['hour', 'day', 'week', 'month'], 'Hours are elapsed time, the others local dates.'),
    count: Count({ minimum: 1, maximum: 720 }, 'At most 720 hours, 365 days, 52 weeks or 24 months.'),
  }),
});

const Retry = closed(
  {
    max_attempts: optional(Count({ minimum: 1, maximum: 15 }, 'Tries of one charge, the first included.')),
    min_interval_hours: optional(Count({ minimum: 1, maximum: 720 }, 'Between two tries.')),
  },
  { description: 'One field at least.' },
);

const Instalments = Type.Union(
  [
    closed({
      type: kind('periodic'),
      amount: Money('Each instalment; the last is what remains of the total.'),
      recurrence: Recurrence,
      max_occurrences: Count({ minimum: 1, maximum: 120 }, 'How many instalments.'),
    }),
    closed({
      type: kind('fixed'),
      items: listOf(
        closed({ amount: Money('This instalment.'), due_date: Day('After today, and after the one before.') }),
        { minItems: 1, maxItems: 120 },
        'Every instalment.',
      ),
    }),
  ],
  { description: 'installment only: the instalments after the first payment, which counts toward the total.' },
);

const Period = (description: string) =>
  closed(
    {
      start_date: optional(Day('The first day, today at the earliest.')),
      end_date: optional(Day('The last day, at most 30 years ahead.')),
    },
    { description },
  );

export const MandateOptions = closed(
  {
    type: optional(words(['on_demand', 'scheduled', 'installment'], 'When charges may be made. Default on_demand.')),
    amount: optional(
      Type.Union(
        [
          Money('Exactly this each time.'),
          closed({ min: optional(Money('At least. Default 1.')), max: optional(Money('At most.')) }),
        ],
        { description: 'Of one charge. Default: up to the amount of the session. Not for installment.' },
      ),
    ),
    recurrence: optional(Recurrence),
    validity_period: optional(Period('When charges may be made. Default: from now on, without end.')),
    max_occurrences: optional(Count({ minimum: 1, maximum: 10_000 }, 'How many charges. Not for installment.')),
    period_limits: optional(
      Type.Union(
        [PeriodLimit, listOf(PeriodLimit, { minItems: 1, maxItems: 4 }, 'Several limits; all of them hold.')],
        {
          description: 'How many charges, or how much, in a day, week, month or year. Not for installment.',
        },
      ),
    ),
    spacing: optional(Spacing),
    allowed_days: optional(Weekdays('Days on which charges may be made. Default all.')),
    retry: optional(Retry),
    total_amount: optional(Money('installment only: the first payment and all instalments together.')),
    terms: optional(Instalments),
    time_zone: optional(
      Type.String({ maxLength: 64, description: 'IANA name, fixed for life. Default: the time zone of the account.' }),
    ),
    replaces_mandate_id: optional(
      Id('mnd', 'Puts another card on this mandate, which keeps its terms: sent alone, with an amount of 0.'),
    ),
  },
  {
    title: 'MandateOptions',
    description:
      'first_in_series only: what the payer agrees to. It is shown on the page and held against every later charge.',
    examples: [
      { type: 'scheduled', amount: 19_900, recurrence: { type: 'monthly', on: { type: 'day_of_month', days: [1] } } },
      { amount: { max: 50_000 }, period_limits: { period: 'month', max_count: 4, max_amount: 200_000 } },
    ],
  },
);

export const SubscriptionOptions = closed(
  {
    active_period: optional(Period('When we charge. Default: the validity period of the mandate.')),
    amount: optional(
      Money(
        'Each charge. Default: the exact amount of the mandate, else the amount of the session. Not for installment.',
      ),
    ),
    scheduled_time: optional(
      Type.String({
        pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
        description: 'The time of day, HH:MM, in the time zone of the mandate. Default 00:00.',
      }),
    ),
    dunning: optional(
      closed(
        {
          retry_days: optional(
            listOf(
              Count({ minimum: 1, maximum: 30 }, 'Days after the due date.'),
              { minItems: 0, maxItems: 8 },
              'When a declined charge is tried again; rising. Default 1, 3, 5, 7.',
            ),
          ),
          on_exhausted: optional(
            words(['continue', 'pause', 'cancel'], 'What follows when no try is left. Default continue.'),
          ),
        },
        { description: 'What follows a decline.' },
      ),
    ),
  },
  {
    title: 'SubscriptionOptions',
    description:
      'first_in_series only: we charge by ourselves, on the dates of the mandate. Even an empty object asks for it.',
    examples: [{}, { scheduled_time: '06:00', dunning: { retry_days: [2, 5], on_exhausted: 'pause' } }],
  },
);
