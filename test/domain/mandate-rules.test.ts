/** Each rule alone: kept at its border, broken one step beyond, with what it says about limit, use and when it may hold again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate, type RuleFacts } from '../../src/domain/mandate-rules.ts';
import type { MandateTerms } from '../../src/domain/mandate-terms.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import type { Violation } from '../../src/domain/violation.ts';
import { DAY, HOUR, plus, type Timestamp } from '../../src/lib/time.ts';
import { factsOf, instant, mandateOf, type Past, shortIso } from './rule-facts.ts';

const NOW = instant('2026-03-11T10:00:00Z');
/** Midnight in Johannesburg before that, a Wednesday. */
const TODAY = instant('2026-03-10T22:00:00Z');

interface Asked {
  at?: Timestamp;
  amountMinor?: number;
  currency?: string;
  dueDate?: string;
}

/** The violations as `[code, pointer, limit, used, may hold from]`. */
function says(facts: RuleFacts, { at = NOW, ...asked }: Asked = {}): unknown[][] {
  const { violations } = evaluate(facts, { amountMinor: 5_000, currency: 'ZAR', ...asked }, at);
  return violations.map(({ code, pointer, limit, used, mayHoldFrom, detail }) => {
    assert.match(detail, /^[A-Z0-9].{15,}\.$/s, `${code} is not explained: ${detail}`);
    return [code, pointer, limit, used, typeof mayHoldFrom === 'number' ? shortIso(mayHoldFrom) : mayHoldFrom];
  });
}

function only(facts: RuleFacts, asked?: Asked): Violation {
  const { violations } = evaluate(facts, { amountMinor: 5_000, currency: 'ZAR', ...asked }, asked?.at ?? NOW);
  assert.equal(violations.length, 1);
  return violations[0]!;
}

const charge = (more: Partial<Past> = {}): Past => ({ at: plus(NOW, -DAY), amountMinor: 5_000, ...more });
const terms = (more: Partial<MandateTerms>, charges: readonly Past[] = []) => factsOf(mandateOf(more), charges);

test('a mandate nobody limited further allows a charge', () => {
  assert.deepEqual(says(terms({})), []);
});

test('nothing is charged under a mandate that is final, or from the instant of its end on', () => {
  const pointer = '/options/mandate_id';
  for (const status of ['revoked', 'ended'] as const)
    assert.deepEqual(says(factsOf(mandateOf({}, { status }))), [
      ['mandate_not_active', pointer, undefined, undefined, 'never'],
    ]);
  const ending = factsOf(mandateOf({}, { endsAt: NOW }));
  assert.deepEqual(says(ending, { at: plus(NOW, -1) }), []);
  assert.deepEqual(says(ending), [['mandate_not_active', pointer, undefined, undefined, 'never']]);
});

test('only the currency that was agreed is charged', () => {
  assert.deepEqual(says(terms({}), { currency: 'EUR' }), [
    ['currency_mismatch', '/currency', undefined, undefined, 'never'],
  ]);
});

test('one charge keeps to its amount: exactly, at least, at most', () => {
  const asked = (more: Partial<MandateTerms>, amountMinor: number) => says(terms(more), { amountMinor });
  const exact: Partial<MandateTerms> = { amount: { exactMinor: 700 } };
  assert.deepEqual(asked(exact, 700), []);
  for (const amountMinor of [699, 701])
    assert.deepEqual(asked(exact, amountMinor), [['amount_not_exact', '/amount', 700, undefined, 'never']]);
  const range: Partial<MandateTerms> = { amount: { minMinor: 100, maxMinor: 200 } };
  assert.deepEqual([...asked(range, 100), ...asked(range, 200)], []);
  assert.deepEqual(asked(range, 99), [['amount_below_min', '/amount', 100, undefined, 'never']]);
  assert.deepEqual(asked(range, 201), [['amount_above_max', '/amount', 200, undefined, 'never']]);
  assert.deepEqual(asked({ amount: { minMinor: 1 } }, 999_999_999_999), []);
});

test('the validity period is whole days in the zone of the mandate, both included', () => {
  const coming = terms({ startDate: '2026-03-12' });
  assert.deepEqual(says(coming), [['before_validity', '', undefined, undefined, '2026-03-11T22:00Z']]);
  assert.deepEqual(says(coming, { at: instant('2026-03-11T22:00:00Z') }), []);
  const ending = terms({ endDate: '2026-03-10' });
  assert.deepEqual(says(ending, { at: plus(TODAY, -1) }), []);
  assert.deepEqual(says(ending, { at: TODAY }), [['after_validity', '', undefined, undefined, 'never']]);
});

const daily: Partial<MandateTerms> = { type: 'scheduled', recurrence: { type: 'daily', intervalCount: 1 } };
const monthlyOn = (day: number): Partial<MandateTerms> => ({
  type: 'scheduled',
  recurrence: { type: 'monthly', intervalCount: 1, on: { type: 'day_of_month', days: [day], adjustment: 'none' } },
});

test('a merchant charges the oldest date that is late by no more than the setting, or the newest however late', () => {
  const taken = (facts: RuleFacts, at = NOW) => evaluate(facts, { amountMinor: 5_000, currency: 'ZAR' }, at).slot;
  assert.equal(taken(terms(daily)).occurrence, '2026-02-04', '35 days late');
  assert.equal(taken(terms(daily, [charge({ occurrence: '2026-02-04' })])).occurrence, '2026-02-05');
  const yearly = terms({ type: 'scheduled', recurrence: { type: 'yearly', intervalCount: 1 } });
  const later = instant('2026-12-31T10:00:00Z');
  assert.equal(taken(yearly, later).occurrence, '2026-01-10');
  const charged = terms({ type: 'scheduled', recurrence: { type: 'yearly', intervalCount: 1 } }, [
    charge({ occurrence: '2026-01-10' }),
  ]);
  assert.deepEqual(says(charged, { at: later }), [['schedule_not_due', '', undefined, undefined, '2027-01-09T22:00Z']]);
  const over = terms({ ...daily, endDate: '2026-03-11' }, [charge({ occurrence: '2026-03-11' })]);
  const whole = { ...over, settings: { ...DEFAULT_SETTINGS, catchUpDays: 0 } };
  assert.deepEqual(says(whole), [['schedule_not_due', '', undefined, undefined, 'never']]);
});

test('a due date that was named must be a date of the schedule that has come, is free and is not given up', () => {
  const on = (dueDate: string, charges: Past[] = [], of = daily) => says(terms(of, charges), { dueDate });
  const broken = (from: string) => [['schedule_not_due', '', undefined, undefined, from]];
  assert.deepEqual(on('2026-03-11'), []);
  assert.deepEqual(on('2026-03-12'), broken('2026-03-11T22:00Z'));
  assert.deepEqual(on('2026-03-11', [charge({ occurrence: '2026-03-11', state: 'open' })]), broken('unknown'));
  assert.deepEqual(on('2026-03-11', [charge({ occurrence: '2026-03-11', state: 'released' })]), []);
  assert.deepEqual(on('2026-02-04'), []);
  assert.deepEqual(on('2026-02-03'), broken('never'));
  assert.deepEqual(on('2026-02-01', [], monthlyOn(1)), broken('never'), '38 days late, and 1 March has come');
  assert.deepEqual(on('2026-02-02', [], monthlyOn(1)), broken('never'));
  assert.deepEqual(on('2025-12-24', [], monthlyOn(24)), broken('never'));
  const yearly: Partial<MandateTerms> = { type: 'scheduled', recurrence: { type: 'yearly', intervalCount: 1 } };
  assert.deepEqual(on('2026-01-10', [], yearly), [], '60 days late, but the newest');
});

test('no more charges than were agreed in all, those under way included', () => {
  const two = [charge(), charge({ state: 'open' }), charge({ state: 'released' })];
  assert.deepEqual(says(terms({ maxOccurrences: 3 }, two)), []);
  assert.deepEqual(says(terms({ maxOccurrences: 2 }, two)), [['max_occurrences_reached', '', 2, 2, 'unknown']]);
});

test('each period limit counts charges and amounts in the window of today, those under way included', () => {
  const march = [
    charge(),
    charge({ state: 'open', amountMinor: 3_000 }),
    charge({ at: instant('2026-02-28T10:00:00Z') }),
  ];
  const month = { period: 'month', window: { mode: 'calendar' } } as const;
  const week = { period: 'week', window: { mode: 'calendar' } } as const;
  assert.deepEqual(says(terms({ periodLimits: [{ ...month, maxCount: 3, maxAmountMinor: 13_000 }] }, march)), []);
  assert.deepEqual(
    says(
      terms(
        {
          periodLimits: [
            { ...month, maxCount: 2, maxAmountMinor: 12_999 },
            { ...week, maxCount: 1 },
          ],
        },
        march,
      ),
    ),
    [
      ['period_count_exceeded', '', 2, 2, '2026-03-31T22:00Z'],
      ['period_count_exceeded', '', 1, 2, '2026-03-15T22:00Z'],
      ['period_amount_exceeded', '/amount', 12_999, 8_000, '2026-03-31T22:00Z'],
    ],
  );
  assert.deepEqual(says(terms({ periodLimits: [{ ...month, maxAmountMinor: 4_999 }] })), [
    ['period_amount_exceeded', '/amount', 4_999, 0, 'never'],
  ]);
});

test('a full window of a date ends only when the date is given up, and for a due date that was named not at all', () => {
  const days: Partial<MandateTerms> = {
    type: 'scheduled',
    recurrence: {
      type: 'monthly',
      intervalCount: 1,
      on: { type: 'day_of_month', days: [1, 15], adjustment: 'none' },
    },
    periodLimits: [{ period: 'month', maxCount: 1, window: { mode: 'calendar' } }],
  };
  const done = ['2026-01-15', '2026-02-01', '2026-03-01'].map((occurrence) => charge({ occurrence }));
  const at = instant('2026-03-20T10:00:00Z');
  // 15 February waits in a full window until 22 March, its 35th day.
  assert.deepEqual(says(terms(days, done), { at }), [['period_count_exceeded', '', 1, 1, '2026-03-22T22:00Z']]);
  assert.deepEqual(says(terms(days, done), { at, dueDate: '2026-03-15' }), [
    ['period_count_exceeded', '', 1, 1, 'never'],
  ]);
});

test('charges keep their distance from each other and from a first payment that was more than a verification', () => {
  const spacing = { unit: 'week', count: 1 } as const;
  const spaced = terms({ spacing }, [charge()]);
  const from = instant('2026-03-16T22:00:00Z');
  assert.deepEqual(says(spaced), [['too_soon', '', undefined, undefined, '2026-03-16T22:00Z']]);
  assert.deepEqual(says(spaced, { at: plus(from, -1) }).length, 1);
  assert.deepEqual(says(spaced, { at: from }), []);
  assert.deepEqual(says(terms({ spacing }, [charge({ state: 'released' })])), []);
  const firstPaidAt = plus(NOW, -HOUR);
  const first = factsOf(mandateOf({ spacing: { unit: 'hour', count: 1 } }, { firstPaidAt }));
  assert.deepEqual(says(first, { at: plus(NOW, -1) }), [['too_soon', '', undefined, undefined, '2026-03-11T10:00Z']]);
  assert.deepEqual(says(first), []);
  const verified = factsOf(mandateOf({ spacing }, { firstPaidAt, firstPaidMinor: 0 }));
  assert.deepEqual(says(verified), []);
});

test('only the agreed days of the week, as the zone of the mandate counts them', () => {
  const facts = terms({ allowedDays: ['tue'] });
  assert.deepEqual(says(facts, { at: plus(TODAY, -1) }), []);
  assert.deepEqual(says(facts, { at: TODAY }), [['day_not_allowed', '', undefined, undefined, '2026-03-16T22:00Z']]);
});

const instalments = [
  { number: 1, dueDate: '2026-03-01', amountMinor: 2_500 },
  { number: 2, dueDate: '2026-03-12', amountMinor: 2_500 },
  { number: 3, dueDate: '2026-04-01', amountMinor: 2_000 },
];

/** First 3,000, then 2,500, 2,500 and 2,000. */
function installment(charges: readonly Past[]): RuleFacts {
  const { amount: _, ...plain } = mandateOf().terms;
  const more = { type: 'installment', totalAmountMinor: 10_000 } as const;
  return factsOf(
    mandateOf({}, { terms: { ...plain, ...more }, instalments, firstPaidMinor: 3_000 }),
    charges.map((one) => ({ ...one })),
  );
}
const paid = (number: number, more: Partial<Past> = {}) =>
  charge({ instalment: number, amountMinor: instalments[number - 1]!.amountMinor, ...more });

test('instalments are paid in order, each whole, none before its date, all together at most the total', () => {
  const asked = (amountMinor: number, charges: Past[], dueDate?: string) =>
    says(installment(charges), dueDate === undefined ? { amountMinor } : { amountMinor, dueDate });
  const notDue = ['instalment_not_due', '', undefined, undefined, '2026-03-11T22:00Z'];
  const outOfOrder = ['instalment_out_of_order', '/amount', undefined, undefined, 'unknown'];
  const mismatch = (limit?: number) => ['instalment_amount_mismatch', '/amount', limit, undefined, 'never'];
  assert.deepEqual(asked(2_500, []), []);
  assert.deepEqual(asked(2_500, [], '2026-03-01'), []);
  assert.deepEqual(asked(2_500, [], '2026-03-12'), [outOfOrder]);
  assert.deepEqual(asked(2_000, []), [outOfOrder]);
  assert.deepEqual(asked(2_499, []), [mismatch(2_500)]);
  assert.deepEqual(asked(2_500, [paid(1, { state: 'open' })]), [outOfOrder]);
  assert.deepEqual(asked(2_500, [paid(1)]), [notDue]);
  assert.deepEqual(asked(2_000, [paid(1)]), [notDue, outOfOrder]);
  assert.deepEqual(asked(2_500, [paid(1, { state: 'released' })]), []);
  assert.deepEqual(asked(1, [paid(1), paid(2), paid(3)]), [
    mismatch(),
    ['total_amount_exceeded', '/amount', 10_000, 10_000, 'never'],
  ]);
  assert.deepEqual(asked(4_501, [paid(1, { state: 'open' })]), [
    outOfOrder,
    ['total_amount_exceeded', '/amount', 10_000, 5_500, 'never'],
  ]);
  const { slot } = evaluate(installment([paid(1)]), { amountMinor: 2_500, currency: 'ZAR' }, NOW);
  assert.deepEqual(slot, { effectiveDate: '2026-03-12', instalment: 2, windows: [] });
});

test('one charge is tried as often and as soon as agreed: declines of its amount since the last success, for 30 days', () => {
  const declined = (daysAgo: number, amountMinor = 5_000): Past =>
    charge({ at: plus(NOW, -daysAgo * DAY), state: 'released', declined: true, amountMinor });
  const tries = (charges: Past[], asked?: Asked) => says(terms({ retry: { maxAttempts: 2 } }, charges), asked);
  assert.deepEqual(tries([declined(1)]), []);
  const exceeded = (from: string, used = 2) => [['retry_attempts_exceeded', '', 2, used, from]];
  assert.deepEqual(tries([declined(1), declined(20)]), exceeded('2026-03-21T10:00Z'));
  assert.deepEqual(tries([declined(1), declined(20), declined(29)]), exceeded('2026-03-21T10:00Z', 3));
  assert.deepEqual(tries([declined(1), declined(30)]), []);
  assert.deepEqual(tries([declined(1), declined(20, 4_000)]), [], 'another amount is another charge');
  assert.deepEqual(tries([declined(1), charge({ at: plus(NOW, -2 * DAY) }), declined(20)]), []);
  const soon = terms({ retry: { minIntervalHours: 24 } }, [declined(1)]);
  assert.deepEqual(says(soon), []);
  assert.deepEqual(says(soon, { at: plus(NOW, -1) }), [
    ['retry_too_soon', '', undefined, undefined, '2026-03-11T10:00Z'],
  ]);
});

test('the tries of a date and of an instalment are their own, and time gives none of them back', () => {
  const retry = { maxAttempts: 2, minIntervalHours: 48 };
  const tryOf = (more: Partial<Past>): Past => charge({ state: 'released', declined: true, ...more });
  const exceeded = ['retry_attempts_exceeded', '', 2, 2, 'never'];
  const soon = ['retry_too_soon', '', undefined, undefined, '2026-03-12T10:00Z'];
  const march = [tryOf({ occurrence: '2026-03-01', at: plus(NOW, -40 * DAY) }), tryOf({ occurrence: '2026-03-01' })];
  const scheduled = terms({ ...monthlyOn(1), retry }, march);
  assert.deepEqual(says(scheduled, { dueDate: '2026-03-01' }), [exceeded, soon]);
  assert.deepEqual(says(terms({ ...daily, retry }, march), { dueDate: '2026-03-02' }), []);
  const voided = terms({ ...monthlyOn(1), retry }, [tryOf({ occurrence: '2026-03-01', declined: false })]);
  assert.deepEqual(says(voided, { dueDate: '2026-03-01' }), [], 'a success that was taken back is no try');
  const { mandate } = installment([]);
  const held = { ...mandate, terms: { ...mandate.terms, retry } };
  const first = [tryOf({ instalment: 1, amountMinor: 2_500, at: plus(NOW, -3 * DAY) })];
  assert.deepEqual(says(factsOf(held, first), { amountMinor: 2_500 }), []);
  const both = [...first, tryOf({ instalment: 1, amountMinor: 2_500 })];
  assert.deepEqual(says(factsOf(held, both), { amountMinor: 2_500 }), [exceeded, soon]);
});

test('a date that was tried too lately is free when it is given up for a newer one before', () => {
  const tried = charge({ state: 'released', declined: true, occurrence: '2026-03-09' });
  const done = charge({ occurrence: '2026-03-10' });
  const facts = terms({ ...daily, retry: { minIntervalHours: 720 } }, [tried, done]);
  const late = { ...facts, settings: { ...DEFAULT_SETTINGS, catchUpDays: 2 } };
  assert.deepEqual(says(late), [['retry_too_soon', '', undefined, undefined, '2026-03-11T22:00Z']]);
  assert.deepEqual(says(late, { dueDate: '2026-03-09' }), [
    ['retry_too_soon', '', undefined, undefined, '2026-04-09T10:00Z'],
  ]);
});

test('while nobody knows what became of a charge the same one is not tried again; one merely under way reserves', () => {
  const unknown = charge({ state: 'open', unknown: true });
  const broken = [['open_attempt_unknown', '', undefined, undefined, 'unknown']];
  assert.deepEqual(says(terms({}, [unknown])), broken);
  assert.deepEqual(says(terms({}, [unknown]), { amountMinor: 4_999 }), []);
  assert.deepEqual(says(terms({}, [charge({ state: 'open' })])), []);
  const march = { ...unknown, occurrence: '2026-03-01' };
  assert.deepEqual(says(terms(monthlyOn(1), [march]), { dueDate: '2026-02-01' }).length, 1);
  assert.deepEqual(
    says(terms(monthlyOn(1), [march]), { dueDate: '2026-03-01' }).map(([code]) => code),
    ['schedule_not_due', 'open_attempt_unknown'],
  );
  assert.deepEqual(
    says(installment([paid(1, { state: 'open', unknown: true })]), { amountMinor: 2_500 }).map(([code]) => code),
    ['instalment_out_of_order', 'open_attempt_unknown'],
  );
});

test('a card is charged to the last day of its month, and beyond where the tenant says so', () => {
  const card = { scheme: 'visa', expMonth: 2, expYear: 2026 };
  const facts = factsOf(mandateOf(), [], { card });
  const end = instant('2026-02-28T22:00:00Z');
  assert.deepEqual(says(facts, { at: plus(end, -1) }), []);
  assert.deepEqual(says(facts, { at: end }), [['card_expired', '', undefined, undefined, 'unknown']]);
  assert.deepEqual(says({ ...facts, settings: { ...DEFAULT_SETTINGS, chargeExpiredCards: true } }), []);
});

test('a hold stops every charge and names its rule and what lifts it', () => {
  const chargeHold = { rule: 'house.needs_customer', since: TODAY, liftedBy: 'customer_present_success' } as const;
  const { code, rule, liftedBy, mayHoldFrom } = only(factsOf(mandateOf({}, { chargeHold })));
  assert.deepEqual(
    [code, rule, liftedBy, mayHoldFrom],
    ['charge_on_hold', chargeHold.rule, chargeHold.liftedBy, 'unknown'],
  );
});

test('a block of the card is told once, as the rule of the network, whether the card or only the mandate knows of it', () => {
  const chargeHold = { rule: 'visa.never', since: TODAY, liftedBy: 'operator' } as const;
  const block = { rule: 'visa.never', since: TODAY, attemptId: 'att_1', code: 'pickup_card' };
  const card = { scheme: 'visa', expMonth: 12, expYear: 2040, watched: { version: 1, blocks: [block], declines: [] } };
  const held = factsOf(mandateOf({}, { chargeHold }));
  for (const facts of [held, { ...held, card }, factsOf(mandateOf(), [], { card })]) {
    const { code, rule, liftedBy, mayHoldFrom } = only(facts);
    assert.deepEqual([code, rule, liftedBy, mayHoldFrom], ['network_rule_never', 'visa.never', 'operator', 'never']);
  }
});

test('a wait and a cap of the network end when they say', () => {
  const declined = (hoursAgo: number) => ({
    attemptId: `att_${hoursAgo}`,
    at: plus(NOW, -hoursAgo * HOUR),
    open: false,
    amountMinor: 5_000,
    currency: 'ZAR',
    network: 'mastercard',
    response: '51',
  });
  const facts = (declines: ReturnType<typeof declined>[]) => {
    const watched = { version: 1, blocks: [], declines };
    return factsOf(mandateOf(), [], { card: { scheme: 'mastercard', expMonth: 12, expYear: 2040, watched } });
  };
  const wait = { ...declined(1), advice: '24', waitUntil: plus(NOW, HOUR) };
  assert.deepEqual(says(facts([wait])), [['network_rule_wait', '', undefined, undefined, '2026-03-11T11:00Z']]);
  assert.deepEqual(says(facts([wait]), { at: plus(NOW, HOUR) }), []);
  const ten = Array.from({ length: 10 }, (_, hours) => declined(hours + 1));
  assert.deepEqual(says(facts(ten.slice(1))), []);
  assert.deepEqual(says(facts(ten)), [['network_rule_cap', '', 10, 10, '2026-03-12T00:00Z']]);
});
