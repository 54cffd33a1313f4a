/** A recurrence in words: "Every month on the 1st". What the rule leaves to the anchor is spelled out, for nobody reads it else. */
import type { Adjustment, Recurrence } from '../../domain/schedule.ts';
import { type LocalDate, partsOf, weekdayOf } from '../../lib/calendar.ts';
import type { Said } from '../i18n/catalogue.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { countSaid, monthDaysSaid, nthWeekdaySaid, weekdaysSaid, yearDaySaid } from './readable-values.ts';

type Rule<Type extends Recurrence['type']> = Extract<Recurrence, { type: Type }>;
type WholeRule = Rule<'daily'> | Required<Rule<'weekly'>> | Required<Rule<'monthly'>> | Required<Rule<'yearly'>>;

/** The rule with everything it takes from the anchor written out; it names the same dates. */
export function spelledOut(rule: Recurrence, anchor: LocalDate): WholeRule {
  const [, month, day] = partsOf(anchor);
  switch (rule.type) {
    case 'daily':
      return rule;
    case 'weekly':
      return { ...rule, days: rule.days ?? [weekdayOf(anchor)] };
    case 'monthly':
      return { ...rule, on: rule.on ?? { type: 'day_of_month', days: [day], adjustment: 'none' } };
    case 'yearly':
      return { ...rule, on: rule.on ?? { type: 'day_of_year', month, day, adjustment: 'none' } };
  }
}

/** "Every 2 weeks on Monday and Thursday". */
export function rhythmSaid(t: PagePhrases, rule: Recurrence, anchor: LocalDate): Said {
  const n = countSaid(rule.intervalCount);
  const whole = spelledOut(rule, anchor);
  switch (whole.type) {
    case 'daily':
      return t.say('mandate.daily', { n });
    case 'weekly':
      return t.say('mandate.weekly', { n, days: weekdaysSaid(t, whole.days) });
    case 'monthly':
      return t.say('mandate.monthly', { n, days: monthlyDays(t, whole.on) });
    case 'yearly':
      return t.say('mandate.yearly', { n, days: yearlyDays(t, whole.on) });
  }
}

/** How dates on a weekend move, in a sentence; undefined where they stay. */
export function adjustmentSaid(t: PagePhrases, rule: Recurrence): Said | undefined {
  const adjustment = adjustmentOf(rule);
  return adjustment === 'none' ? undefined : t.say(`mandate.${adjustment}`);
}

export function adjustmentOf(rule: Recurrence): Adjustment {
  return 'on' in rule && rule.on !== undefined && 'adjustment' in rule.on ? rule.on.adjustment : 'none';
}

function monthlyDays(t: PagePhrases, on: Required<Rule<'monthly'>>['on']): Said {
  return on.type === 'nth_day_of_month' ? nthWeekdaySaid(t, on) : monthDaysSaid(t, on.days);
}

function yearlyDays(t: PagePhrases, on: Required<Rule<'yearly'>>['on']): Said {
  return on.type === 'nth_day_of_month' ? nthWeekdaySaid(t, on) : yearDaySaid(t, on);
}
