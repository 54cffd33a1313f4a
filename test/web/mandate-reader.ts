/** Reads the mandate part of a page back into the terms that it was made from, by its `<data>`, `<time>` and data attributes. */
import type { MandateView } from '../../src/app/checkout-door.ts';
import type {
  AmountRule,
  Instalment,
  MandateTerms,
  Spacing,
  SubscriptionTerms,
} from '../../src/domain/mandate-terms.ts';
import type { Adjustment, CycleAnchor, NthDay, PeriodLimit, Recurrence } from '../../src/domain/schedule.ts';
import type { Weekday } from '../../src/lib/calendar.ts';

/** An element; `text` is what people read of it. */
export interface Element {
  tag: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  text: string;
}

export interface ReadMandate {
  terms: MandateTerms;
  subscription?: SubscriptionTerms;
  instalments?: readonly Instalment[];
  /** The first date of the recurrence. */
  firstOccurrence?: string;
  /** What the recurrence counts from, where a line says so. */
  anchorDate?: string;
  nowMinor: number;
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] as string);
}

/** The tree of well-formed markup without void elements, as our templates write it. */
export function parsed(markup: string): Element {
  const root: Element = { tag: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const [, end, tag, attributes = '', text] of markup.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>|([^<]+)/g)) {
    if (text !== undefined) for (const element of open) element.text += unescaped(text);
    else if (end) {
      if (open.pop()?.tag !== tag) throw new Error(`</${tag}> closes something else`);
    } else {
      const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)];
      const values = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, unescaped(value)]));
      const element: Element = { tag: tag as string, attributes: values, children: [], text: '' };
      open.at(-1)?.children.push(element);
      open.push(element);
    }
  }
  if (open.length !== 1) throw new Error('something is left open');
  return root;
}

/** Every element below, in the order of the document. */
export function all(element: Element): Element[] {
  return element.children.flatMap((child) => [child, ...all(child)]);
}

class Line {
  readonly element: Element;
  constructor(element: Element) {
    this.element = element;
  }
  get term(): string {
    return this.element.attributes['data-term'] as string;
  }
  data(name: string): string {
    const value = this.element.attributes[`data-${name}`];
    if (value === undefined) throw new Error(`${this.term} has no ${name}`);
    return value;
  }
  fields(name: string): string[] {
    const found = all(this.element).filter(({ attributes }) => attributes['data-field'] === name);
    return found.map(({ attributes }) => attributes.value as string);
  }
  field(name: string): string | undefined {
    return this.fields(name)[0];
  }
  get amounts(): number[] {
    const found = all(this.element).filter(({ attributes }) => attributes['data-currency'] !== undefined);
    return found.map(({ attributes }) => Number(attributes.value));
  }
  get times(): string[] {
    return all(this.element).flatMap(({ tag, attributes }) => (tag === 'time' ? [attributes.datetime as string] : []));
  }
}

/** The mandate that the part says. */
export function readMandate(part: Element): ReadMandate {
  const lines = all(part)
    .filter(({ attributes }) => attributes['data-term'] !== undefined)
    .map((element) => new Line(element));
  const line = (...terms: string[]) => lines.find(({ term }) => terms.includes(term));
  const rhythm = line('scheduled', 'planned', 'expected');
  const rows = line('instalments');
  const validity = dates({ startDate: line('not_before'), endDate: line('until_date') });
  const subscription = subscriptionOf(line, validity.endDate);
  const instalments = rows && instalmentsOf(rows);
  const firstOccurrence = rhythm?.times[0];
  const spacing = line('spacing');
  const days = line('only_on');
  const payments = line('payments');
  const total = line('total');
  const terms: MandateTerms = {
    type: rows ? 'installment' : rhythm?.term === 'scheduled' ? 'scheduled' : 'on_demand',
    currency: currencyOf(part, line('currency')),
    ...(rows ? {} : { amount: amountOf(line) }),
    ...(rhythm ? { recurrence: recurrenceOf(rhythm, line('adjustment')) } : {}),
    ...validity,
    ...(payments ? { maxOccurrences: Number(payments.field('n')) } : {}),
    periodLimits: lines.filter(({ term }) => term === 'period_limit').map(limitOf),
    ...(spacing
      ? { spacing: { unit: spacing.data('unit') as Spacing['unit'], count: Number(spacing.data('count')) } }
      : {}),
    ...(days ? { allowedDays: days.fields('weekday') as Weekday[] } : {}),
    ...triesOf(line),
    ...(total ? { totalAmountMinor: total.amounts[0] as number } : {}),
    ...(instalments ? { instalmentTerms: { type: 'fixed', items: instalments } } : {}),
    timeZone: line('zone')?.field('zone') ?? 'UTC',
  };
  return {
    terms,
    ...(subscription ? { subscription } : {}),
    ...(instalments ? { instalments } : {}),
    ...(firstOccurrence === undefined ? {} : { firstOccurrence }),
    ...(rhythm ? { anchorDate: rhythm.data('anchor') } : {}),
    nowMinor: line('now')?.amounts[0] ?? 0,
  };
}

type Find = (...terms: string[]) => Line | undefined;

function dates<Name extends string>(lines: Record<Name, Line | undefined>): { [name in Name]?: string } {
  const found = Object.entries<Line | undefined>(lines).flatMap(([name, line]) =>
    line ? [[name, line.times[0]]] : [],
  );
  return Object.fromEntries(found) as { [name in Name]?: string };
}

function currencyOf(part: Element, line: Line | undefined): string {
  const amount = all(part).find(({ attributes }) => attributes['data-currency'] !== undefined);
  const currency = line?.field('currency') ?? amount?.attributes['data-currency'];
  if (currency === undefined) throw new Error('no currency is said');
  return currency;
}

function amountOf(line: Find): AmountRule {
  const said = line('exactly', 'up_to', 'between', 'at_least', 'any');
  const [first, second] = said?.amounts ?? [];
  switch (said?.term) {
    case 'exactly':
      return { exactMinor: first as number };
    case 'up_to':
      return { minMinor: 1, maxMinor: first as number };
    case 'between':
      return { minMinor: first as number, maxMinor: second as number };
    case 'at_least':
      return { minMinor: first as number };
    case 'any':
      return { minMinor: 1 };
    default:
      throw new Error('no amount is said');
  }
}

function limitOf(line: Line): PeriodLimit {
  const period = line.data('period') as PeriodLimit['period'];
  const count = line.field('n');
  const [maxAmountMinor] = line.amounts;
  return {
    period,
    ...(count === undefined ? {} : { maxCount: Number(count) }),
    ...(maxAmountMinor === undefined ? {} : { maxAmountMinor }),
    window: line.data('mode') === 'cycle' ? { mode: 'cycle', anchor: cycleOf(line) } : { mode: 'calendar' },
  };
}

function cycleOf(line: Line): CycleAnchor {
  const weekday = line.field('weekday');
  if (weekday !== undefined) return { type: 'day_of_week', day: weekday as Weekday };
  const day = line.field('day');
  if (day !== undefined) return { type: 'day_of_month', day: Number(day) };
  return { type: 'day_of_year', ...yearDayOf(line) };
}

function yearDayOf(line: Line): { month: number; day: number } {
  const [month, day] = (line.field('year_day') ?? '').split('/').map(Number);
  return { month: month as number, day: day as number };
}

function recurrenceOf(line: Line, moved: Line | undefined): Recurrence {
  const intervalCount = Number(line.data('every'));
  const adjustment = (moved?.data('value') ?? 'none') as Adjustment;
  switch (line.data('unit') as Recurrence['type']) {
    case 'daily':
      return { type: 'daily', intervalCount };
    case 'weekly':
      return { type: 'weekly', intervalCount, days: line.fields('weekday') as Weekday[] };
    case 'monthly': {
      const days = line.fields('day').map(Number);
      return { type: 'monthly', intervalCount, on: nthOf(line) ?? { type: 'day_of_month', days, adjustment } };
    }
    case 'yearly': {
      const nth = nthOf(line);
      if (nth) return { type: 'yearly', intervalCount, on: { ...nth, month: Number(line.field('month')) } };
      return { type: 'yearly', intervalCount, on: { type: 'day_of_year', ...yearDayOf(line), adjustment } };
    }
  }
}

function nthOf(line: Line): NthDay | undefined {
  const nth = line.field('nth');
  if (nth === undefined) return undefined;
  return { type: 'nth_day_of_month', ordinal: Number(nth), weekday: line.field('weekday') as Weekday };
}

function triesOf(line: Find): Pick<MandateTerms, 'retry'> {
  const most = line('tries')?.data('count');
  const apart = line('tries_apart')?.data('count');
  if (most === undefined && apart === undefined) return {};
  return {
    retry: {
      ...(most === undefined ? {} : { maxAttempts: Number(most) }),
      ...(apart === undefined ? {} : { minIntervalHours: Number(apart) }),
    },
  };
}

function instalmentsOf(line: Line): Instalment[] {
  const rows = all(line.element).filter(({ tag }) => tag === 'li');
  return rows.map((element, place) => {
    const row = new Line(element);
    return { number: place + 1, dueDate: row.times[0] as string, amountMinor: row.amounts[0] as number };
  });
}

/** What the part says of charges that we make ourselves. When a declined one is tried again depends on its bank, and is not said. */
function subscriptionOf(line: Find, mandateEnd: string | undefined): SubscriptionTerms | undefined {
  const [scheduledTime] = line('zone')?.times ?? [];
  if (scheduledTime === undefined) return undefined;
  const amountMinor = (line('to_begin') ?? line('exactly'))?.amounts[0];
  const endDate = line('planned_until')?.times[0] ?? mandateEnd;
  return {
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...(endDate === undefined ? {} : { endDate }),
    scheduledTime,
    dunning: { retryDays: [], onExhausted: 'continue' },
  };
}

/** The part as a view that can be rendered again. */
export function viewOfRead(read: ReadMandate, firstDate: string): MandateView {
  const { terms, subscription, instalments, firstOccurrence } = read;
  return {
    terms,
    ...(subscription ? { subscription } : {}),
    ...(instalments ? { instalments } : {}),
    ...(firstOccurrence === undefined ? {} : { firstOccurrence }),
    firstDate,
    anchorDate: read.anchorDate ?? terms.startDate ?? firstDate,
  };
}
