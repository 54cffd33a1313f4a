/**
 * Values in sentences, twice each: as the language writes them, and as `<data>` or `<time>` that programs read back. What is
 * shown and what is meant are made from the same value here and nowhere else.
 */

import type { Money } from '../../domain/money.ts';
import type { CycleAnchor, NthDay } from '../../domain/schedule.ts';
import { type LocalDate, WEEKDAYS, type Weekday } from '../../lib/calendar.ts';
import { attribute, type Html, html } from '../html.ts';
import type { Said } from '../i18n/catalogue.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import {
  currencyText,
  listParts,
  localDateText,
  moneyText,
  monthText,
  weekdayText,
  yearDayText,
  zoneText,
} from '../i18n/money-and-dates.ts';

/** Text that bears no value of its own: a name. */
export function words(text: string): Said {
  return { text, shown: html`<bdi>${text}</bdi>` };
}

/** `<data>` around an amount. */
export function moneyHtml(locale: string, money: Money): Html {
  return html`<data value="${money.amountMinor}" data-currency="${money.currency}"><bdi>${moneyText(locale, money)}</bdi></data>`;
}

/** The same for headlines: a currency code stands smaller beside the figure. */
export function headlineMoneyHtml(locale: string, money: Money): Html {
  const text = moneyText(locale, money);
  const pieces = text.split(/([A-Z]{3})/);
  // Digits are never broken over lines: what would not fit into the narrowest window is smaller.
  const size = text.length > 17 ? 'longer' : text.length > 12 ? 'long' : undefined;
  const shown = pieces.map((piece, i) => (i % 2 ? html`<small>${piece}</small>` : piece));
  return html`<data value="${money.amountMinor}" data-currency="${money.currency}"${attribute('class', size)}><bdi>${shown}</bdi></data>`;
}

/** The amount; `field` tells it from another one of the same line. */
export function moneySaid(t: PagePhrases, money: Money, field?: 'min' | 'max'): Said {
  const text = moneyText(t.meta.tag, money);
  if (field === undefined) return { text, shown: moneyHtml(t.meta.tag, money) };
  const { amountMinor, currency } = money;
  return {
    text,
    shown: html`<data value="${amountMinor}" data-currency="${currency}" data-field="${field}"><bdi>${text}</bdi></data>`,
  };
}

/** A number that chooses the plural form of its sentence. */
export function countSaid(n: number): Said {
  const text = String(n);
  return { text, shown: html`<data value="${n}" data-field="n"><bdi>${text}</bdi></data>`, n };
}

export function dateSaid(t: PagePhrases, date: LocalDate): Said {
  return timed(date, localDateText(t.meta.tag, date));
}

/** A time of day, `HH:MM`. */
export function clockSaid(time: string): Said {
  return timed(time, time);
}

export function zoneSaid(t: PagePhrases, timeZone: string): Said {
  return valued('zone', timeZone, zoneText(t.meta.tag, timeZone));
}

/** The currency by name: "South African Rand". */
export function currencySaid(t: PagePhrases, currency: string): Said {
  return valued('currency', currency, currencyText(t.meta.tag, currency));
}

export function weekdaySaid(t: PagePhrases, day: Weekday): Said {
  return valued('weekday', day, weekdayText(t.meta.tag, day));
}

/** "Monday, Tuesday and Friday", Monday first whatever the order they came in. */
export function weekdaysSaid(t: PagePhrases, days: readonly Weekday[]): Said {
  const sorted = WEEKDAYS.filter((day) => days.includes(day));
  return listSaid(
    t,
    sorted.map((day) => weekdaySaid(t, day)),
  );
}

/** "the 1st and the 15th"; where a month may lack one, what happens then. -1 is the last day. */
export function monthDaysSaid(t: PagePhrases, days: readonly number[]): Said {
  const sorted = [...new Set(days)].sort((a, b) => placeOf(a) - placeOf(b));
  const list = listSaid(
    t,
    sorted.map((day) => monthDaySaid(t, day)),
  );
  return sorted.some((day) => day > 28) ? t.say('mandate.or_last_day', { days: list }) : list;
}

function placeOf(day: number): number {
  return day === -1 ? 32 : day;
}

function monthDaySaid(t: PagePhrases, day: number): Said {
  const said =
    day === -1 ? t.say('mandate.last_day') : t.say('mandate.nth_day', { n: { ...words(String(day)), n: day } });
  return valued('day', day, said.text);
}

/** "1 July", "the last day of February", and 29 February with what happens in most years. */
export function yearDaySaid(t: PagePhrases, on: { month: number; day: number }): Said {
  if (on.day === -1) {
    const { text } = t.say('mandate.last_day_of', { month: words(monthText(t.meta.tag, on.month)) });
    return valued('year_day', `${on.month}/-1`, text);
  }
  const said = valued('year_day', `${on.month}/${on.day}`, yearDayText(t.meta.tag, on));
  return on.month === 2 && on.day === 29 ? t.say('mandate.leap_day', { days: said }) : said;
}

/** "the second Tuesday", "the fourth Thursday of November". */
export function nthWeekdaySaid(t: PagePhrases, on: NthDay & { month?: number }): Said {
  const key = `mandate.nth_${on.ordinal === -1 ? 'last' : (on.ordinal as 1 | 2 | 3 | 4)}` as const;
  const nth = valued('nth', on.ordinal, t.text(key));
  const weekday = weekdaySaid(t, on.weekday);
  if (on.month === undefined) return t.say('mandate.nth_weekday', { nth, weekday });
  const month = valued('month', on.month, monthText(t.meta.tag, on.month));
  return t.say('mandate.nth_weekday_of', { nth, weekday, month });
}

/** The day that a cycle is counted from. */
export function cycleDaySaid(t: PagePhrases, anchor: CycleAnchor): Said {
  if (anchor.type === 'day_of_week') return weekdaySaid(t, anchor.day);
  return anchor.type === 'day_of_month' ? monthDaysSaid(t, [anchor.day]) : yearDaySaid(t, anchor);
}

/** "a, b and c" */
export function listSaid(t: PagePhrases, pieces: readonly Said[]): Said {
  const texts = pieces.map(({ text }) => text);
  let place = 0;
  const shown = listParts(t.meta.tag, texts).map(({ type, value }) =>
    type === 'element' ? pieces[place++]?.shown : value,
  );
  return {
    text: listParts(t.meta.tag, texts)
      .map(({ value }) => value)
      .join(''),
    shown: html`${shown}`,
  };
}

function valued(field: string, value: string | number, text: string): Said {
  return { text, shown: html`<data value="${value}" data-field="${field}"><bdi>${text}</bdi></data>` };
}

function timed(value: string, text: string): Said {
  return { text, shown: html`<time datetime="${value}"><bdi>${text}</bdi></time>` };
}
