/** The mandate on the page says what is enforced: what people read is read back, and allows exactly the same charges. */
import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import { test } from 'node:test';
import type { CheckoutView, MandateView } from '../../src/app/checkout-door.ts';
import type { Mandate } from '../../src/domain/mandate.ts';
import { type AskedCharge, evaluate } from '../../src/domain/mandate-rules.ts';
import type { MandateUsage } from '../../src/domain/mandate-usage.ts';
import { type Frame, occurrences, type Recurrence, windowOf } from '../../src/domain/schedule.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { addDays, localDateOf, startOfDay } from '../../src/lib/calendar.ts';
import { DAY, HOUR, plus, type Timestamp } from '../../src/lib/time.ts';
import { consentEvidence, shownTerms } from '../../src/web/checkout/terms.ts';
import { phrasesOf } from '../../src/web/i18n/locales.ts';
import { localDateText, moneyText } from '../../src/web/i18n/money-and-dates.ts';
import { mandateIn } from '../domain/money-objects.ts';
import { type Draws, drawsOf } from '../simulation/seeded-world/draws.ts';
import { pageOf, partOf, viewOf, visibleText } from './mandate-page.ts';
import { all, parsed, type ReadMandate, readMandate, viewOfRead } from './mandate-reader.ts';
import { randomAgreement } from './random-agreements.ts';

const MANDATES = 1_000;
const CHARGES = 12;

/** Every rule that looks at the terms: a charge of the random ones must meet each. */
const CODES =
  `after_validity amount before_validity currency_mismatch day_not_allowed instalment_amount_mismatch instalment_not_due
  instalment_out_of_order max_occurrences_reached period_amount_exceeded period_count_exceeded retry_attempts_exceeded
  retry_too_soon schedule_not_due too_soon total_amount_exceeded`.split(/\s+/);

const SEED = process.env.TENDER_SEED ?? String(randomInt(1_000_000_000));

/** The mandate that the first payment would bring into being. */
function mandateOf(view: MandateView, first: { at: Timestamp; amountMinor: number }): Mandate {
  const { terms, instalments, firstDate, anchorDate } = view;
  return mandateIn('active', {
    terms,
    ...(instalments ? { instalments } : {}),
    firstDate,
    firstPaidAt: first.at,
    firstPaidMinor: first.amountMinor,
    anchorDate,
    ...(terms.endDate === undefined ? {} : { endsAt: startOfDay(addDays(terms.endDate, 1), terms.timeZone) }),
  });
}

function frameOf(view: MandateView): Frame {
  const end = [view.terms.endDate, view.subscription?.endDate].filter((date) => date !== undefined).sort()[0];
  return { anchor: view.anchorDate, first: view.firstDate, ...(end === undefined ? {} : { end }) };
}

function firstDates(rule: Recurrence, frame: Frame, count: number): string[] {
  const dates: string[] = [];
  for (const date of occurrences(rule, frame)) if (dates.push(date) === count) break;
  return dates;
}

/** Days on which something begins, ends or falls due. */
function daysThatMatter(view: MandateView): string[] {
  const { terms } = view;
  const due = view.instalments?.slice(0, 5).map(({ dueDate }) => dueDate) ?? [];
  const named = terms.recurrence ? firstDates(terms.recurrence, frameOf(view), 5) : [];
  return [view.firstDate, terms.startDate, terms.endDate, ...due, ...named].filter((date) => date !== undefined);
}

function randomUsage(draws: Draws, view: MandateView, at: Timestamp): MandateUsage {
  const { terms } = view;
  const today = localDateOf(at, terms.timeZone);
  const taken = () => ({ count: draws.below(14), amountMinor: draws.below(3_000_000) });
  const maybe = <T>(list: readonly T[]): T[] => list.filter(() => draws.chance(0.5));
  const windows = terms.periodLimits.flatMap((limit, place) => {
    const dates = [today, addDays(today, -draws.below(40))];
    const found = dates.map((date) => windowOf(limit, view.anchorDate, date));
    const distinct = found.filter(({ start }, index) => found.findIndex((one) => one.start === start) === index);
    return maybe(distinct).map((window) => ({ ...window, limit: place, used: { ...taken(), count: draws.below(4) } }));
  });
  const past = terms.recurrence ? firstDates(terms.recurrence, frameOf(view), 8).filter((date) => date <= today) : [];
  const paid = draws.below((view.instalments?.length ?? 0) + 1);
  const one = () => ({ startedAt: plus(at, -draws.below(20 * DAY)), amountMinor: draws.pick(amountsNear(view)) });
  const lastChargeAt = draws.chance(0.5) ? { lastChargeAt: plus(at, -draws.below(40 * DAY)) } : {};
  return {
    version: 1,
    counted: taken(),
    open: draws.chance(0.7) ? { count: 0, amountMinor: 0 } : { count: 1, amountMinor: 100 },
    windows,
    ...lastChargeAt,
    usedOccurrences: maybe(past).reverse(),
    instalments: Array.from({ length: paid }, (_, place) => ({
      number: place + 1,
      state: 'counted',
      paymentId: `pay_${place}`,
    })),
    recent: terms.retry
      ? Array.from({ length: draws.below(4) }, () => ({ ...one(), state: 'released', declined: true }))
      : [],
    unknown: draws.chance(0.1) ? [{ amountMinor: one().amountMinor }] : [],
  };
}

/** Amounts on both sides of every border. */
function amountsNear({ terms, instalments }: MandateView): number[] {
  const { amount } = terms;
  const borders = [
    ...(amount === undefined
      ? []
      : 'exactMinor' in amount
        ? [amount.exactMinor]
        : [amount.minMinor, amount.maxMinor ?? 5_000]),
    ...terms.periodLimits.map((limit) => limit.maxAmountMinor ?? 1_000),
    ...(instalments?.slice(0, 4).map((one) => one.amountMinor) ?? []),
  ];
  return borders.flatMap((border) => [border, border, Math.max(1, border - 1), border + 1]);
}

function randomCharge(draws: Draws, view: MandateView, firstPaidAt: Timestamp): { asked: AskedCharge; at: Timestamp } {
  const { currency, timeZone } = view.terms;
  const day = startOfDay(draws.pick(daysThatMatter(view)), timeZone);
  const near = plus(day, draws.pick([-1, 0, 12 * HOUR, DAY - 1, DAY, 7 * DAY, 32 * DAY]));
  const anywhere = plus(firstPaidAt, draws.below(800 * DAY));
  const at = draws.chance(0.7) && near > firstPaidAt ? near : anywhere;
  const asked = { amountMinor: draws.pick(amountsNear(view)), currency: draws.chance(0.9) ? currency : 'CHF' };
  return { asked, at };
}

/** What is decided, without the sentences about it. One exact amount may be said as a minimum and a maximum that are equal. */
function verdictOf(mandate: Mandate, charge: { asked: AskedCharge; at: Timestamp }, usage: MandateUsage) {
  const firstPayment = { amountMinor: mandate.firstPaidMinor, at: mandate.firstPaidAt };
  const card = { scheme: 'visa', expMonth: 12, expYear: 2099 };
  const facts = { mandate, usage, firstPayment, card, settings: DEFAULT_SETTINGS };
  const { violations, slot, ...rest } = evaluate(facts, charge.asked, charge.at);
  // Only windows look at the date that a charge counts for; without any, the page names no zone and the date means nothing.
  const { effectiveDate, ...place } = slot;
  const counts = place.windows.length > 0 ? { effectiveDate } : {};
  const codes = violations.map(({ detail: _, code, ...one }) => ({
    ...one,
    code: code.replace(/^amount_.*/, 'amount'),
  }));
  return { ...rest, slot: { ...place, ...counts }, violations: codes };
}

/** The dates that a reader of the sentence alone would mark in a calendar: the rule, from the first date on. */
function datesByWords({ terms, firstOccurrence }: ReadMandate, end: string | undefined): string[] {
  const rule = terms.recurrence;
  if (rule === undefined || firstOccurrence === undefined) return [];
  const anchor =
    rule.type === 'monthly'
      ? `${firstOccurrence.slice(0, 7)}-01`
      : rule.type === 'yearly'
        ? `${firstOccurrence.slice(0, 4)}-01-01`
        : firstOccurrence;
  const frame = { anchor, first: addDays(anchor, -1), ...(end === undefined ? {} : { end }) };
  return firstDates(rule, frame, 40)
    .filter((date) => date >= firstOccurrence)
    .slice(0, 8);
}

const t = phrasesOf('en');
const englishPart = (view: CheckoutView): string => partOf(view, t);

test(`what ${MANDATES} random mandates say is read back into mandates that allow the same (TENDER_SEED=${SEED})`, () => {
  const tally = { allowed: 0, refused: 0, codes: new Set<string>() };
  for (let number = 0; number < MANDATES; number++) {
    const draws = drawsOf(`${SEED} ${number}`);
    const agreement = randomAgreement(draws);
    const why = `mandate ${number} of seed ${SEED}: ${JSON.stringify(agreement)}`;
    const enforced = viewOf(agreement);
    const view = pageOf(enforced, agreement.firstPaidMinor);
    const markup = englishPart(view);
    const read = readMandate(parsed(markup));
    assert.equal(read.nowMinor, agreement.firstPaidMinor, why);

    const again = viewOfRead(read, enforced.firstDate);
    assert.equal(englishPart(pageOf(again, read.nowMinor)), markup, why);
    if (read.terms.type === 'scheduled' || read.subscription !== undefined) {
      const frame = frameOf(enforced);
      const rule = enforced.terms.recurrence;
      assert.deepEqual(datesByWords(read, frame.end), rule ? firstDates(rule, frame, 8) : [], why);
    }

    const first = { at: agreement.at, amountMinor: agreement.firstPaidMinor };
    for (let charge = 0; charge < CHARGES; charge++) {
      const asked = randomCharge(draws, enforced, agreement.at);
      const usage = randomUsage(draws, enforced, asked.at);
      const verdict = verdictOf(mandateOf(enforced, first), asked, usage);
      const whyNot = `${why} ${JSON.stringify({ asked, usage })}`;
      assert.deepEqual(verdictOf(mandateOf(again, first), asked, usage), verdict, whyNot);
      if (verdict.violations.length === 0) tally.allowed++;
      else tally.refused++;
      for (const { code } of verdict.violations) tally.codes.add(code);
    }
  }
  console.log(`${tally.allowed} allowed, ${tally.refused} refused: ${[...tally.codes].sort().join(' ')}`);
  assert.ok(tally.allowed > MANDATES / 10 && tally.refused > MANDATES / 10);
  for (const code of CODES) assert.ok(tally.codes.has(code), `no charge met ${code}`);
});

test('every amount, date and count stands in the page as its value is written, and the evidence is the text shown', () => {
  for (let number = 0; number < 300; number++) {
    const agreement = randomAgreement(drawsOf(`${SEED} shown ${number}`));
    const view = pageOf(viewOf(agreement), agreement.firstPaidMinor);
    const part = parsed(englishPart(view));
    for (const { tag, attributes, text } of all(part)) {
      if (attributes['data-currency'] !== undefined) {
        const money = { amountMinor: Number(attributes.value), currency: attributes['data-currency'] };
        assert.equal(text, moneyText('en', money));
      } else if (attributes['data-field'] === 'n') assert.equal(text, attributes.value);
      else if (tag === 'time') {
        const value = attributes.datetime as string;
        assert.equal(text, value.includes(':') ? value : localDateText('en', value));
      }
    }
    const terms = shownTerms(view, t);
    const evidence = consentEvidence(terms, t, { at: agreement.at });
    assert.ok(evidence);
    assert.equal(visibleText(part), evidence.text);
    assert.equal(evidence.textHash, createHash('sha256').update(visibleText(part), 'utf8').digest('hex'));
    assert.deepEqual(evidence.terms.mandate?.terms, agreement.terms);
  }
});
