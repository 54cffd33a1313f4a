/**
 * A charge that every rule allows, and for each code a change that breaks this rule and no other: so that any set of them together
 * must be answered by exactly these codes, in the order of the list.
 */
import type { CardBlock, CardDecline } from '../../src/domain/card-rules.ts';
import type { Mandate } from '../../src/domain/mandate.ts';
import type { AskedCharge, RuleFacts } from '../../src/domain/mandate-rules.ts';
import type { Instalment, MandateTerms } from '../../src/domain/mandate-terms.ts';
import { type MandateUsage, NOTHING_TAKEN } from '../../src/domain/mandate-usage.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import type { ViolationCode } from '../../src/domain/violation.ts';
import { DAY, HOUR, plus } from '../../src/lib/time.ts';
import { factsOf, instant, mandateOf } from './rule-facts.ts';

/** A Wednesday. */
export const NOW = instant('2026-03-11T10:00:00Z');
const TODAY = '2026-03-11';

interface Draft {
  terms: MandateTerms;
  mandate: Partial<Mandate>;
  usage: MandateUsage;
  asked: AskedCharge;
  card: RuleFacts['card'];
  blocks: CardBlock[];
  /** Of the amount and currency that are asked in the end. */
  declines: Omit<CardDecline, 'amountMinor' | 'currency'>[];
}

const MONTH = { start: '2026-03-01', end: '2026-03-31' };
const calendarMonth = { period: 'month', window: { mode: 'calendar' } } as const;

function limited(draft: Draft, limit: Partial<MandateTerms['periodLimits'][number]>, used: MandateUsage['counted']) {
  const { terms, usage } = draft;
  const place = terms.periodLimits.length;
  draft.terms = { ...terms, periodLimits: [...terms.periodLimits, { ...calendarMonth, ...limit }] };
  draft.usage = { ...usage, windows: [...usage.windows, { limit: place, ...MONTH, used }] };
}

/** Keeps what another breaker has already said about the instalment that is due. */
function instalment(draft: Draft, due: Partial<Instalment>, next: Partial<Instalment> = {}) {
  const [first, second] = draft.mandate.instalments ?? [];
  draft.terms = { ...draft.terms, type: 'installment' };
  draft.mandate.instalments = [
    { number: 1, dueDate: TODAY, amountMinor: 5_000, ...first, ...due },
    { number: 2, dueDate: '2026-04-01', amountMinor: 1_000, ...second, ...next },
  ];
}

function retried(draft: Draft, retry: MandateTerms['retry']) {
  draft.terms = { ...draft.terms, retry: { ...draft.terms.retry, ...retry } };
  const one = { startedAt: plus(NOW, -HOUR), amountMinor: 5_000, occurrence: TODAY, instalment: 1 };
  draft.usage = { ...draft.usage, recent: [{ ...one, state: 'released', declined: true }] };
}

const decline = (number: number, more: Partial<CardDecline> = {}) => ({
  attemptId: `att_${number}`,
  at: plus(NOW, -number * HOUR),
  open: false,
  network: 'visa',
  response: '51',
  ...more,
});

/** By code, in the order in which they are reported. */
export const BREAKERS: Readonly<Record<ViolationCode, (draft: Draft) => void>> = {
  mandate_not_active: (draft) => {
    draft.mandate.status = 'revoked';
  },
  currency_mismatch: (draft) => {
    draft.asked = { ...draft.asked, currency: 'EUR' };
  },
  amount_not_exact: (draft) => {
    draft.terms = { ...draft.terms, amount: { exactMinor: 4_999 } };
  },
  amount_below_min: (draft) => {
    draft.terms = { ...draft.terms, amount: { minMinor: 5_001 } };
  },
  amount_above_max: (draft) => {
    draft.terms = { ...draft.terms, amount: { minMinor: 1, maxMinor: 4_999 } };
  },
  before_validity: (draft) => {
    draft.terms = { ...draft.terms, startDate: '2026-03-12' };
  },
  after_validity: (draft) => {
    draft.terms = { ...draft.terms, endDate: '2026-03-10' };
  },
  schedule_not_due: (draft) => {
    draft.terms = { ...draft.terms, type: 'scheduled', recurrence: { type: 'daily', intervalCount: 1 } };
    draft.asked = { ...draft.asked, dueDate: TODAY };
    draft.usage = { ...draft.usage, usedOccurrences: [TODAY] };
  },
  max_occurrences_reached: (draft) => {
    draft.terms = { ...draft.terms, maxOccurrences: 1 };
    draft.usage = { ...draft.usage, counted: { count: 1, amountMinor: 0 } };
  },
  period_count_exceeded: (draft) => limited(draft, { maxCount: 1 }, { count: 1, amountMinor: 0 }),
  period_amount_exceeded: (draft) => limited(draft, { maxAmountMinor: 10_000 }, { count: 1, amountMinor: 5_001 }),
  too_soon: (draft) => {
    draft.terms = { ...draft.terms, spacing: { unit: 'hour', count: 2 } };
    draft.usage = { ...draft.usage, lastChargeAt: plus(NOW, -HOUR) };
  },
  day_not_allowed: (draft) => {
    draft.terms = { ...draft.terms, allowedDays: ['tue', 'thu'] };
  },
  instalment_not_due: (draft) => instalment(draft, { dueDate: '2026-03-12' }),
  instalment_out_of_order: (draft) => instalment(draft, { amountMinor: 1_000 }, { amountMinor: 5_000 }),
  instalment_amount_mismatch: (draft) => instalment(draft, { amountMinor: 4_000 }),
  total_amount_exceeded: (draft) => {
    draft.terms = { ...draft.terms, totalAmountMinor: 24_999 };
  },
  retry_attempts_exceeded: (draft) => retried(draft, { maxAttempts: 1 }),
  retry_too_soon: (draft) => retried(draft, { minIntervalHours: 2 }),
  open_attempt_unknown: (draft) => {
    const one = { amountMinor: 5_000, occurrence: TODAY, instalment: 1 };
    draft.usage = { ...draft.usage, unknown: [one] };
  },
  card_expired: (draft) => {
    draft.card = { ...draft.card, expMonth: 2, expYear: 2026 };
  },
  charge_on_hold: (draft) => {
    const lifted = 'payment_method_update';
    draft.mandate.chargeHold = { rule: 'house.needs_new_data', since: plus(NOW, -DAY), liftedBy: lifted };
  },
  network_rule_never: (draft) => {
    draft.blocks.push({ rule: 'visa.never', since: plus(NOW, -DAY), attemptId: 'att_99', code: 'pickup_card' });
  },
  network_rule_wait: (draft) => {
    draft.declines.push(decline(30, { advice: '25', waitUntil: plus(NOW, HOUR) }));
  },
  network_rule_cap: (draft) => {
    draft.declines.push(...Array.from({ length: 15 }, (_, number) => decline(number + 1)));
  },
};

export const CODES = Object.keys(BREAKERS) as ViolationCode[];

/** Codes of which one charge can only break one. */
const EXCLUSIVE: readonly (readonly ViolationCode[])[] = [
  ['amount_not_exact', 'amount_below_min', 'amount_above_max'],
  ['before_validity', 'after_validity'],
  ['instalment_out_of_order', 'instalment_amount_mismatch'],
  ['schedule_not_due', 'instalment_not_due'],
  ['schedule_not_due', 'instalment_out_of_order'],
  ['schedule_not_due', 'instalment_amount_mismatch'],
];

export function canBreakTogether(codes: readonly ViolationCode[]): boolean {
  return EXCLUSIVE.every((group) => group.filter((code) => codes.includes(code)).length <= 1);
}

/** A charge that breaks exactly these. */
export function breaking(codes: readonly ViolationCode[]): { facts: RuleFacts; asked: AskedCharge } {
  const plain = mandateOf();
  const draft: Draft = {
    terms: plain.terms,
    mandate: {},
    usage: NOTHING_TAKEN,
    asked: { amountMinor: 5_000, currency: 'ZAR' },
    card: { scheme: 'visa', expMonth: 12, expYear: 2040 },
    blocks: [],
    declines: [],
  };
  for (const code of codes) BREAKERS[code](draft);
  const { asked, blocks, usage } = draft;
  const { amountMinor, currency } = asked;
  const declines = draft.declines.map((one) => ({ ...one, amountMinor, currency }));
  const card = { ...draft.card, watched: { version: 1, blocks, declines } };
  const mandate = { ...plain, ...draft.mandate, terms: draft.terms };
  return { facts: factsOf(mandate, [], { usage, card, settings: DEFAULT_SETTINGS }), asked };
}
