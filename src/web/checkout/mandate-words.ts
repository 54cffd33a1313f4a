/**
 * A mandate in words, from the very terms that charges are held against. One table over all fields of the terms gives each its
 * section and its lines, so a limit without words does not compile. Each line bears its values for programs too: what people
 * read can be read back into a mandate that allows the same.
 */
import type { MandateView } from '../../app/checkout-door.ts';
import type { MandateTerms, SubscriptionTerms } from '../../domain/mandate-terms.ts';
import { attribute, type Html, html } from '../html.ts';
import type { Said } from '../i18n/catalogue.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { amountLine, currencyLine, isExact, periodLimitLine } from './mandate-amounts.ts';
import { adjustmentOf, adjustmentSaid, rhythmSaid } from './mandate-rhythm.ts';
import { clockSaid, countSaid, dateSaid, moneySaid, weekdaysSaid, words, zoneSaid } from './readable-values.ts';

export type TermsSection = 'how_much' | 'when' | 'until';

/** One sentence of a section. `data` are values that the sentence holds only in its wording. */
export interface Line {
  term: string;
  data?: Readonly<Record<string, string | number | undefined>>;
  said: Said;
}

export interface Told {
  mandate: MandateView;
  merchant: string;
  t: PagePhrases;
}

interface Wording {
  section: TermsSection;
  lines: (told: Told) => readonly Line[];
}

type Field = keyof Required<MandateTerms> | `subscription.${keyof Required<SubscriptionTerms>}`;

/** In the order in which they are read. */
const WORDING = {
  'subscription.amountMinor': { section: 'how_much', lines: chargedAtFirst },
  amount: { section: 'how_much', lines: ({ mandate, merchant, t }) => amountLine(mandate.terms, merchant, t) },
  totalAmountMinor: { section: 'how_much', lines: total },
  periodLimits: { section: 'how_much', lines: periodLimits },
  currency: { section: 'how_much', lines: ({ mandate, t }) => currencyLine(mandate.terms, t) },
  type: { section: 'when', lines: onDemand },
  recurrence: { section: 'when', lines: recurrence },
  instalmentTerms: { section: 'when', lines: instalments },
  // The first date of the recurrence, or the dates of the instalments, follow from it.
  'subscription.startDate': { section: 'when', lines: () => [] },
  'subscription.scheduledTime': { section: 'when', lines: timeOfDay },
  spacing: { section: 'when', lines: spacing },
  allowedDays: { section: 'when', lines: allowedDays },
  'subscription.dunning': { section: 'when', lines: dunning },
  retry: { section: 'when', lines: retry },
  timeZone: { section: 'when', lines: timeZone },
  startDate: { section: 'until', lines: ({ mandate, t }) => dated(t, 'not_before', mandate.terms.startDate) },
  endDate: { section: 'until', lines: ({ mandate, t }) => dated(t, 'until_date', mandate.terms.endDate) },
  maxOccurrences: { section: 'until', lines: maxOccurrences },
  'subscription.endDate': { section: 'until', lines: plannedEnd },
} as const satisfies Record<Field, Wording>;

/** What a section says. A mandate that no limit ends says so. */
export function linesOf(section: TermsSection, told: Told): readonly Line[] {
  const lines = Object.values<Wording>(WORDING).flatMap((one) => (one.section === section ? one.lines(told) : []));
  return section === 'until' ? [...lines, ...openEnd(told)] : lines;
}

/** Lines as text, one below the other. */
export function textOf(lines: readonly Line[]): string {
  return lines.map(({ said }) => said.text).join('\n');
}

/** Lines as markup. */
export function htmlOf(lines: readonly Line[]): Html {
  return html`${lines.map(({ term, data, said }) => {
    const values = Object.entries(data ?? {}).map(([name, value]) => attribute(`data-${name}`, value));
    return html`<div data-term="${term}"${values}>${said.shown}</div>`;
  })}`;
}

/** What each planned payment takes, where the mandate would allow other amounts. */
function chargedAtFirst({ mandate, t }: Told): Line[] {
  const { subscription, terms } = mandate;
  const amountMinor = subscription?.amountMinor;
  if (amountMinor === undefined || isExact(terms.amount)) return [];
  const amount = moneySaid(t, { amountMinor, currency: terms.currency });
  return [{ term: 'to_begin', said: t.say('mandate.to_begin', { amount }) }];
}

function total({ mandate, t }: Told): Line[] {
  const { totalAmountMinor, currency } = mandate.terms;
  if (totalAmountMinor === undefined) return [];
  const amount = moneySaid(t, { amountMinor: totalAmountMinor, currency });
  return [{ term: 'total', said: t.say('mandate.total', { amount }) }];
}

function periodLimits({ mandate, t }: Told): Line[] {
  const { terms, anchorDate } = mandate;
  return terms.periodLimits.map((limit) => periodLimitLine(t, limit, { currency: terms.currency, anchorDate }));
}

function onDemand({ mandate, merchant, t }: Told): Line[] {
  if (mandate.terms.type !== 'on_demand' || mandate.subscription !== undefined) return [];
  return [{ term: 'on_demand', said: t.say('mandate.on_demand', { merchant: words(merchant) }) }];
}

function recurrence({ mandate, merchant, t }: Told): Line[] {
  const { terms, subscription, anchorDate, firstOccurrence } = mandate;
  const rule = terms.recurrence;
  if (rule === undefined) return [];
  const rhythm = rhythmSaid(t, rule, anchorDate);
  const data = { unit: rule.type, every: rule.intervalCount, anchor: anchorDate };
  const binds = terms.type === 'scheduled' || subscription !== undefined;
  const dates =
    firstOccurrence === undefined
      ? rhythm
      : t.say('mandate.rhythm_from', { rhythm, date: dateSaid(t, firstOccurrence) });
  const lines: Line[] = binds
    ? [{ term: terms.type === 'scheduled' ? 'scheduled' : 'planned', data, said: dates }]
    : [{ term: 'expected', data, said: t.say('mandate.rhythm_expected', { rhythm }) }];
  const moved = adjustmentSaid(t, rule);
  if (moved) lines.push({ term: 'adjustment', data: { value: adjustmentOf(rule) }, said: moved });
  if (terms.type === 'on_demand' && subscription !== undefined) {
    lines.push({ term: 'on_demand', said: t.say('mandate.also_on_demand', { merchant: words(merchant) }) });
  }
  return lines;
}

/** So many dates are shown at once; more fold away. */
const SHOWN_DATES = 6;

function instalments({ mandate, t }: Told): Line[] {
  const rows = mandate.instalments;
  if (rows === undefined) return [];
  const { currency } = mandate.terms;
  const said = rows.map(({ dueDate, amountMinor }) =>
    t.say('mandate.instalment', { date: dateSaid(t, dueDate), amount: moneySaid(t, { amountMinor, currency }) }),
  );
  const lead = t.say('mandate.instalments', { n: countSaid(rows.length) });
  const items = said.map(({ shown }) => html`<li>${shown}</li>`);
  const first = items.length <= SHOWN_DATES + 2 ? items : items.slice(0, SHOWN_DATES);
  const rest = items.slice(first.length);
  const shown = html`${lead.shown}
<ol>${first}</ol>${
    rest.length > 0 &&
    html`
<details><summary>${t.text('mandate.instalments_rest', { n: rest.length })}</summary>
<ol start="${first.length + 1}">${rest}</ol></details>`
  }`;
  return [{ term: 'instalments', said: { text: [lead, ...said].map(({ text }) => text).join('\n'), shown } }];
}

function timeOfDay({ mandate, t }: Told): Line[] {
  const { subscription, terms } = mandate;
  if (subscription === undefined) return [];
  const time = clockSaid(subscription.scheduledTime);
  return [{ term: 'zone', said: t.say('mandate.zone_time', { time, zone: zoneSaid(t, terms.timeZone) }) }];
}

/** Only where it matters when a day begins or ends, and once. */
function timeZone({ mandate, t }: Told): Line[] {
  const { terms, subscription } = mandate;
  if (subscription !== undefined) return [];
  const { recurrence, instalmentTerms, startDate, endDate, periodLimits, allowedDays } = terms;
  const dated = [recurrence, instalmentTerms, startDate, endDate, periodLimits[0], allowedDays].some(
    (one) => one !== undefined,
  );
  if (!dated && (terms.spacing === undefined || terms.spacing.unit === 'hour')) return [];
  return [{ term: 'zone', said: t.say('mandate.zone', { zone: zoneSaid(t, terms.timeZone) }) }];
}

function spacing({ mandate, t }: Told): Line[] {
  const { spacing } = mandate.terms;
  if (spacing === undefined) return [];
  const { unit, count } = spacing;
  const said = t.say(`mandate.spacing_${unit}`, { n: countSaid(count) });
  return [{ term: 'spacing', data: { unit, count }, said }];
}

function allowedDays({ mandate, t }: Told): Line[] {
  const { allowedDays } = mandate.terms;
  if (allowedDays === undefined) return [];
  return [{ term: 'only_on', said: t.say('mandate.only_on', { days: weekdaysSaid(t, allowedDays) }) }];
}

/** When and how often depends on what the bank answers, so nothing more is promised. */
function dunning({ mandate, t }: Told): Line[] {
  if (mandate.subscription === undefined || mandate.terms.retry?.maxAttempts === 1) return [];
  return [{ term: 'tried_again', said: t.say('mandate.tried_again') }];
}

function retry({ mandate, t }: Told): Line[] {
  const { maxAttempts, minIntervalHours } = mandate.terms.retry ?? {};
  const lines: Line[] = [];
  if (maxAttempts !== undefined) {
    const said = t.say('mandate.tries', { n: countSaid(maxAttempts) });
    lines.push({ term: 'tries', data: { count: maxAttempts }, said });
  }
  if (minIntervalHours !== undefined) {
    const said = t.say('mandate.tries_apart', { n: countSaid(minIntervalHours) });
    lines.push({ term: 'tries_apart', data: { count: minIntervalHours }, said });
  }
  return lines;
}

function maxOccurrences({ mandate, t }: Told): Line[] {
  const { maxOccurrences } = mandate.terms;
  if (maxOccurrences === undefined) return [];
  return [{ term: 'payments', said: t.say('mandate.payments', { n: countSaid(maxOccurrences) }) }];
}

function plannedEnd({ mandate, t }: Told): Line[] {
  const { subscription, terms } = mandate;
  return subscription?.endDate === terms.endDate ? [] : dated(t, 'planned_until', subscription?.endDate);
}

function openEnd({ mandate, t }: Told): Line[] {
  const last = mandate.instalments?.at(-1);
  if (last !== undefined) return dated(t, 'until_last', last.dueDate);
  const { endDate, maxOccurrences } = mandate.terms;
  if (endDate !== undefined || maxOccurrences !== undefined) return [];
  return [{ term: 'until_cancelled', said: t.say('mandate.until_cancelled') }];
}

function dated(
  t: PagePhrases,
  term: 'not_before' | 'until_date' | 'until_last' | 'planned_until',
  date: string | undefined,
): Line[] {
  return date === undefined ? [] : [{ term, said: t.say(`mandate.${term}`, { date: dateSaid(t, date) }) }];
}
