/** `subscription_options`, and another card for a mandate: what is taken with its defaults, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '../../src/domain/errors.ts';
import type { Mandate } from '../../src/domain/mandate.ts';
import { replacementTerms } from '../../src/domain/series-options.ts';
import { type Asked, judges, NOON, readingOf } from './series-reading.ts';

const MONTHLY = { recurrence: { type: 'monthly' } };
const asks = (subscription: unknown, mandate: object = {}, more: Asked = {}): Asked => ({
  subscription,
  mandate: { ...MONTHLY, ...mandate },
  ...more,
});
const termsOf = (asked: Asked) => {
  const { problems, terms } = readingOf(asked);
  assert.deepEqual(problems, []);
  return terms.subscription;
};

const dunning = { retryDays: [1, 3, 5, 7], onExhausted: 'continue' } as const;
const usual = { scheduledTime: '00:00', dunning };

test('an empty object asks for a subscription: the session amount, at midnight, tried again on four days', () => {
  assert.deepEqual(termsOf(asks({})), { amountMinor: 20_000, ...usual });
  assert.equal(termsOf({ mandate: MONTHLY }), undefined);
});

test('the exact amount of the mandate comes before that of the session', () => {
  assert.equal(termsOf(asks({}, { amount: 700 }))?.amountMinor, 700);
  assert.equal(termsOf(asks({}, { amount: { max: 30_000 } }))?.amountMinor, 20_000);
  assert.equal(termsOf(asks({ amount: 9 }, { amount: { max: 30_000 } }))?.amountMinor, 9);
});

test('what the active period leaves open is as in the validity period', () => {
  const validity_period = { start_date: '2026-02-01', end_date: '2026-12-31' };
  assert.deepEqual(termsOf(asks({}, { validity_period })), {
    ...{ amountMinor: 20_000, startDate: '2026-02-01', endDate: '2026-12-31' },
    ...usual,
  });
  const ends = termsOf(asks({ active_period: { end_date: '2026-06-30' } }, { validity_period }));
  assert.equal(ends?.startDate, '2026-02-01');
  assert.equal(ends?.endDate, '2026-06-30');
});

test('dunning that says nothing is that of the account, field by field', () => {
  const settings = { dunning: { retryDays: [2], onExhausted: 'pause' as const } };
  assert.deepEqual(termsOf(asks({}, {}, { settings }))?.dunning, settings.dunning);
  const own = asks({ dunning: { retry_days: [] } }, {}, { settings });
  assert.deepEqual(termsOf(own)?.dunning, { retryDays: [], onExhausted: 'pause' });
  const other = asks({ dunning: { on_exhausted: 'cancel' } });
  assert.deepEqual(termsOf(other)?.dunning, { retryDays: [1, 3, 5, 7], onExhausted: 'cancel' });
});

test('a subscription of instalments has no amount of its own', () => {
  const terms = { type: 'periodic', amount: 5_000, recurrence: { type: 'monthly' }, max_occurrences: 2 };
  const mandate = { type: 'installment', total_amount: 30_000, terms };
  assert.deepEqual(termsOf({ mandate, subscription: { scheduled_time: '06:30' } }), {
    ...usual,
    scheduledTime: '06:30',
  });
});

const ACTIVE = 's/active_period';
const within = (active_period: unknown, validity_period?: object) =>
  asks({ active_period }, validity_period === undefined ? {} : { validity_period });
const YEAR = { start_date: '2026-02-01', end_date: '2026-12-31' };

judges([
  ['options that are no object are refused', asks('yes'), ['s invalid_type']],
  ['options that are null are refused', asks(null), ['s invalid_type']],
  ['an unknown field is named', asks({ price: 5 }), ['s/price unknown_field']],
  ['charges begin today at the earliest', within({ start_date: '2026-01-14' }), [`${ACTIVE}/start_date out_of_range`]],
  ['not before the validity period', within({ start_date: '2026-01-31' }, YEAR), [`${ACTIVE}/start_date out_of_range`]],
  ['not after it', within({ start_date: '2027-01-01' }, YEAR), [`${ACTIVE}/start_date out_of_range`]],
  ['they end within it', within({ end_date: '2027-01-01' }, YEAR), [`${ACTIVE}/end_date out_of_range`]],
  [
    'they end after they begin',
    within({ start_date: '2026-03-01', end_date: '2026-02-28' }),
    [`${ACTIVE}/end_date out_of_range`],
  ],
  ['they may fill it', within(YEAR, YEAR), []],
  ['they end within 30 years', within({ end_date: '2056-01-16' }), [`${ACTIVE}/end_date out_of_range`]],
  ['a period has no other fields', within({ from: 'x' }), [`${ACTIVE}/from unknown_field`]],
]);

judges([
  [
    'with nothing to charge an amount is required',
    asks({}, { amount: { max: 500 } }, { amount: 0 }),
    ['s/amount required'],
  ],
  ['an exact amount is something to charge', asks({}, { amount: 500 }, { amount: 0 }), []],
  ['where the mandate has no amount, that is what is missing', asks({}, {}, { amount: 0 }), ['m/amount required']],
  ['another amount than the exact one is a conflict', asks({ amount: 501 }, { amount: 500 }), ['s/amount conflict']],
  ['the least and the most are taken', asks({ amount: 500 }, { amount: { min: 500, max: 500 } }), []],
  [
    'and all that a period may bring',
    asks({ amount: 600 }, { amount: { min: 1 }, period_limits: { period: 'year', max_amount: 600 } }),
    [],
  ],
  ['so is one below min', asks({ amount: 499 }, { amount: { min: 500 } }), ['s/amount conflict']],
  ['and one above max', asks({ amount: 501 }, { amount: { max: 500 } }), ['s/amount conflict']],
  ['also the one that was taken from the session', asks({}, { amount: { max: 500 } }), ['s/amount conflict']],
  [
    'and one above the limit of a period',
    asks({ amount: 600 }, { amount: { min: 1 }, period_limits: { period: 'year', max_amount: 599 } }),
    ['s/amount conflict'],
  ],
  ['an amount is 1 or more', asks({ amount: 0 }), ['s/amount out_of_range']],
  ['an amount is an integer', asks({ amount: { max: 5 } }), ['s/amount invalid_type']],
  [
    'instalments bring their own amounts',
    {
      subscription: { amount: 5 },
      mandate: {
        type: 'installment',
        total_amount: 20_005,
        terms: { type: 'fixed', items: [{ amount: 5, due_date: '2026-02-01' }] },
      },
    },
    ['s/amount not_applicable'],
  ],
  ['a time of day ends at 23:59', asks({ scheduled_time: '24:00' }), ['s/scheduled_time invalid_value']],
  ['it has four digits', asks({ scheduled_time: '6:00' }), ['s/scheduled_time invalid_value']],
  ['it is a text', asks({ scheduled_time: 6 }), ['s/scheduled_time invalid_type']],
  ['the last minute is taken', asks({ scheduled_time: '23:59' }), []],
  [
    'days of retry rise',
    asks({ dunning: { retry_days: [3, 1, 1] } }),
    ['s/dunning/retry_days/1 conflict', 's/dunning/retry_days/2 conflict'],
  ],
  [
    'they are 1 to 30',
    asks({ dunning: { retry_days: [0, 31] } }),
    ['s/dunning/retry_days/0 out_of_range', 's/dunning/retry_days/1 out_of_range'],
  ],
  [
    'there are at most 8',
    asks({ dunning: { retry_days: [1, 2, 3, 4, 5, 6, 7, 8, 9] } }),
    ['s/dunning/retry_days out_of_range'],
  ],
  ['eight are taken', asks({ dunning: { retry_days: [1, 2, 3, 4, 5, 6, 7, 30] } }), []],
  [
    'in the end one of three things follows',
    asks({ dunning: { on_exhausted: 'stop' } }),
    ['s/dunning/on_exhausted invalid_value'],
  ],
  ['dunning has no other fields', asks({ dunning: { days: [1] } }), ['s/dunning/days unknown_field']],
]);

const ID = `mnd_${'0'.repeat(24)}`;
const replacing = (more: object = {}, rest: Asked = {}): Asked => ({
  amount: 0,
  mandate: { replaces_mandate_id: ID, ...more },
  ...rest,
});

test('another card for a mandate needs nothing but its id', () => {
  assert.deepEqual(readingOf(replacing()), { problems: [], terms: { replacesMandateId: ID } });
});

judges([
  [
    'nothing may be agreed beside it',
    replacing({ type: 'on_demand', amount: 'x' }),
    ['m/amount not_applicable', 'm/type not_applicable'],
  ],
  ['nor any subscription', replacing({}, { subscription: {} }), ['s not_applicable']],
  ['nor anything unknown', replacing({ a: 1 }), ['m/a unknown_field']],
  ['no money is taken for it', replacing({}, { amount: 5 }), ['/amount conflict']],
  ['it is an id', replacing({ replaces_mandate_id: 'mnd_1' }), ['m/replaces_mandate_id invalid_value']],
  ['it is a text', replacing({ replaces_mandate_id: null }), ['m/replaces_mandate_id invalid_type']],
]);

test('the mandate must be there for that customer, active, and in that currency', () => {
  const terms = readingOf({}).terms.mandate!;
  const mandate = { id: ID, customerId: 'cus_1', status: 'active', terms } as Mandate;
  const asked = { customerId: 'cus_1', currency: 'ZAR', at: NOON };
  assert.deepEqual(replacementTerms(mandate, asked), { mandate: terms, replacesMandateId: ID });
  const refusal = (found: Mandate | undefined, more: object = {}) => {
    const answer = replacementTerms(found, { ...asked, ...more });
    assert.ok(isRejection(answer));
    return [answer.rejected, ...(answer.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`)];
  };
  assert.deepEqual(refusal(undefined), ['mandate_not_found']);
  assert.deepEqual(refusal(mandate, { customerId: 'cus_2' }), ['mandate_not_found']);
  assert.deepEqual(refusal(mandate, { customerId: undefined }), ['mandate_not_found']);
  assert.deepEqual(refusal({ ...mandate, status: 'revoked' }), ['mandate_not_active']);
  assert.deepEqual(refusal({ ...mandate, endsAt: NOON }), ['mandate_not_active']);
  assert.deepEqual(refusal(mandate, { currency: 'EUR' }), ['invalid_request', '/currency conflict']);
});
