/** What may be charged, in words: the amount of one charge, and what a period allows at most. */
import { type AmountRule, isUnlimited, type MandateTerms, maxAmountOf } from '../../domain/mandate-terms.ts';
import type { CycleAnchor, PeriodLimit } from '../../domain/schedule.ts';
import { type LocalDate, partsOf, weekdayOf } from '../../lib/calendar.ts';
import type { Said } from '../i18n/catalogue.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import type { Line } from './mandate-words.ts';
import { countSaid, currencySaid, cycleDaySaid, listSaid, moneySaid, words } from './readable-values.ts';

/** The amount of one charge; nothing for instalments, whose dates say theirs. */
export function amountLine(terms: MandateTerms, merchant: string, t: PagePhrases): Line[] {
  const { amount, currency } = terms;
  if (amount === undefined) return [];
  if ('exactMinor' in amount) return [exactly(t, { amountMinor: amount.exactMinor, currency })];
  const { minMinor, maxMinor } = amount;
  const min = moneySaid(t, { amountMinor: minMinor, currency }, 'min');
  if (maxMinor === undefined) return [{ ...withoutCeiling(terms, { min, asked: words(merchant) }, t) }];
  if (minMinor === maxMinor) return [exactly(t, { amountMinor: maxMinor, currency })];
  const money = { amountMinor: maxMinor, currency };
  if (minMinor > 1) {
    return [{ term: 'between', said: t.say('mandate.between', { min, max: moneySaid(t, money, 'max') }) }];
  }
  return [{ term: 'up_to', said: t.say('mandate.up_to', { amount: moneySaid(t, money, 'max') }) }];
}

/** True where every charge is of one amount. */
export function isExact(amount: AmountRule | undefined): boolean {
  return amount !== undefined && ('exactMinor' in amount || amount.minMinor === amount.maxMinor);
}

function exactly(t: PagePhrases, money: { amountMinor: number; currency: string }): Line {
  return { term: 'exactly', said: t.say('mandate.exactly', { amount: moneySaid(t, money) }) };
}

/** No limit is only said where no period sets one either. */
function withoutCeiling(terms: MandateTerms, { min, asked }: { min: Said; asked: Said }, t: PagePhrases): Line {
  const least = terms.amount !== undefined && 'minMinor' in terms.amount && terms.amount.minMinor > 1;
  if (isUnlimited(terms)) {
    return least
      ? { term: 'at_least', said: t.say('mandate.at_least', { min }) }
      : { term: 'any', said: t.say('mandate.no_limit', { merchant: asked }) };
  }
  return least
    ? { term: 'at_least', said: t.say('mandate.at_least_within', { min }) }
    : { term: 'any', said: t.say('mandate.any_within', { merchant: asked }) };
}

/** Every amount names its currency; where no amount is said, it needs words of its own. */
export function currencyLine(terms: MandateTerms, t: PagePhrases): Line[] {
  const { amount, currency, periodLimits } = terms;
  const named =
    amount === undefined ||
    maxAmountOf(terms) !== undefined ||
    ('minMinor' in amount && amount.minMinor > 1) ||
    periodLimits.some((limit) => limit.maxAmountMinor !== undefined);
  return named ? [] : [{ term: 'currency', said: t.say('mandate.currency', { currency: currencySaid(t, currency) }) }];
}

/** "At most R 2 000,00 and 4 payments a month". */
export function periodLimitLine(
  t: PagePhrases,
  limit: PeriodLimit,
  of: { currency: string; anchorDate: LocalDate },
): Line {
  const { period, maxAmountMinor, maxCount, window } = limit;
  const parts: Said[] = [];
  if (maxAmountMinor !== undefined)
    parts.push(moneySaid(t, { amountMinor: maxAmountMinor, currency: of.currency }, 'max'));
  if (maxCount !== undefined) parts.push(t.say('mandate.payments', { n: countSaid(maxCount) }));
  const most = listSaid(t, parts);
  const data = { period, mode: window.mode };
  if (period === 'day' || window.mode === 'calendar') {
    return { term: 'period_limit', data, said: t.say(`mandate.limit_${period}`, { most }) };
  }
  const day = cycleDaySaid(t, window.anchor ?? anchorOf(period, of.anchorDate));
  return { term: 'period_limit', data, said: t.say(`mandate.cycle_${period}`, { most, day }) };
}

/** The day that a cycle is counted from where its limit names none: the anchor's. */
function anchorOf(period: 'week' | 'month' | 'year', anchorDate: LocalDate): CycleAnchor {
  const [, month, day] = partsOf(anchorDate);
  if (period === 'week') return { type: 'day_of_week', day: weekdayOf(anchorDate) };
  return period === 'month' ? { type: 'day_of_month', day } : { type: 'day_of_year', month, day };
}
