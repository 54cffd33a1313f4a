/** How the invariants about mandates, subscriptions and watched cards are broken on purpose. */
import { free } from './free.ts';

const terms = (path: string, value: string): string =>
  `update mandates set terms = jsonb_set(terms::jsonb, '{${path}}', '${value}')::json`;

export const SERIES_BREAKS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'charges-fall-within-their-mandate': [
    [`update mandate_charges set effective_date = '2020-01-01'`],
    [
      `update mandate_charges set effective_date = effective_date + 1 where effective_date = '2026-11-22'`,
      terms('endDate', '"2026-11-22"'),
    ],
  ],
  'charges-keep-to-their-mandate': [
    [`update attempts set currency = 'EUR' where initiator = 'merchant'`],
    [terms('amount', '{"exactMinor": 3}')],
    [terms('amount', '{"minMinor": 1, "maxMinor": 2}')],
    [terms('amount', '{"minMinor": 999999999}')],
    ['update attempts set mandate_id = null'],
    [`update payments set customer_id = 'cus_other' where initiator = 'merchant'`],
  ],
  'charges-take-what-they-pay': [
    [`update mandate_charges set state = 'released', counted_amount = 0 where state = 'counted'`],
    ['update mandate_charges set amount = amount + 1'],
    [`update mandate_charges set counted_amount = counted_amount - 1 where state = 'counted'`],
    [`update mandate_charges set declined = true, state = 'released', counted_amount = 0 where state = 'counted'`],
    ['delete from mandate_charges'],
  ],
  'due-dates-are-paid-once': [
    [`update payments set due_date = '2026-11-24' where due_date is not null and status = 'succeeded'`],
  ],
  'due-dates-say-what-was-charged': [
    [`update subscription_charges set status = 'unpaid' where status = 'paid'`],
    [`update subscription_charges set status = 'open' where status = 'paid'`],
    ['update payments set due_date = due_date + 100 where due_date is not null'],
    [`update subscription_charges set status = 'paid' where status = 'skipped'`],
  ],
  'limits-are-kept': [
    ['update mandate_windows set used_count = 99'],
    ['update mandate_windows set used_amount = 99999999'],
    [terms('maxOccurrences', '1')],
    [terms('totalAmountMinor', '1')],
  ],
  'mandates-end-in-time': [[`update mandates set ends_at = '2026-01-01' where status = 'active'`]],
  'mandates-take-their-subscription-along': [
    [
      free('mandates'),
      `update mandates set status = 'revoked' where id in (select mandate_id from subscriptions where status = 'active')`,
    ],
    [
      `update subscriptions s set mandate_id = (select m.id from mandates m where m.tenant_id = s.tenant_id
         and m.status = 'active' and m.subscription_id is null limit 1) where status = 'active'`,
    ],
  ],
  'mandates-told-as-they-are': [
    [terms('amount', '{"exactMinor": 3}')],
    [terms('timeZone', '"Africa/Cairo"')],
    [`update mandates set charge_hold = null where charge_hold is not null`],
    [`update mandates set status = 'active', revoked_at = null`],
    ['update mandates set anchor_date = anchor_date + 1'],
  ],
  'nothing-is-sent-on-a-blocked-card': [[`update card_blocks set since = '2026-01-01', lifted_at = null`]],
  'subscriptions-charge-in-time': [[`update subscriptions set next_charge_at = '2026-01-01' where status = 'active'`]],
  'subscriptions-count-their-due-dates': [
    ['update subscriptions set paid_count = paid_count + 1'],
    ['update subscriptions set skipped_count = skipped_count + 1'],
    ['update subscriptions set missed_count = 3'],
    [`update subscription_charges set status = 'missed' where status = 'skipped'`],
  ],
  'subscriptions-told-as-they-are': [
    ['update subscriptions set paid_count = paid_count + 1'],
    ['update subscriptions set amount = amount + 1'],
    [`update subscriptions set description = 'something else'`],
    [`update subscriptions set status_reason = 'customer_request' where status = 'cancelled'`],
  ],
  'usage-is-the-sum-of-charges': [
    ['update mandate_usage set counted_count = counted_count + 1'],
    ['update mandate_usage set counted_amount = counted_amount + 1'],
    ['update mandate_usage set open_count = 1, open_amount = 5'],
    ['delete from mandate_usage'],
  ],
  'windows-are-sums-of-charges': [
    ['update mandate_windows set used_count = used_count + 1'],
    ['update mandate_windows set used_amount = used_amount + 1'],
    ['delete from mandate_windows'],
  ],
};
