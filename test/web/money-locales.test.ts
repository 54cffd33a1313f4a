/** Money in the languages of the page: every currency's own decimals, no digit lost, and the exact characters of a few. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CURRENCY_CODES, exponentOf } from '../../src/domain/currencies.ts';
import type { Timestamp } from '../../src/lib/time.ts';
import { LOCALES } from '../../src/web/i18n/locales.ts';
import { currencyText, listParts, momentText, moneyText, zoneText } from '../../src/web/i18n/money-and-dates.ts';

/** Six ways to write a number: point or comma, thin or hard blank, lakhs, from right to left. */
const WRITTEN = ['en', 'en-ZA', 'de', 'fr', 'hi', 'ar'];

/** The amount in the text: its digits, and what stands between them. */
function figureIn(text: string): { digits: string; separators: string[]; decimals: string } {
  const figure = /\d(?:[\d.,'’٫٬\u00a0\u202f ]*\d)?/.exec(text)?.[0] ?? '';
  const groups = figure.split(/[^\d]/);
  return { digits: groups.join(''), separators: figure.match(/[^\d]/g) ?? [], decimals: groups.at(-1) ?? '' };
}

test('every currency of ISO 4217 is exact in six languages, with the decimals of the standard', () => {
  for (const locale of WRITTEN) {
    for (const currency of CURRENCY_CODES) {
      const why = `${locale} ${currency}: ${moneyText(locale, { amountMinor: 1_234_567_890, currency })}`;
      const { digits, separators, decimals } = figureIn(moneyText(locale, { amountMinor: 1_234_567_890, currency }));
      assert.equal(digits, '1234567890', why);
      const exponent = exponentOf(currency);
      const [last, ...others] = separators.reverse();
      if (exponent === 0) assert.equal(new Set(separators).size, 1, why);
      else {
        assert.equal(decimals.length, exponent, why);
        assert.ok(!others.includes(last as string), why);
      }
      // The smallest amount there is.
      const least = figureIn(moneyText(locale, { amountMinor: 1, currency }));
      assert.equal(least.digits, '1'.padStart(exponent + 1, '0'), `${locale} ${currency}`);
    }
  }
});

test('the standard’s decimals win where the runtime has others', () => {
  const differ = CURRENCY_CODES.filter((currency) => {
    const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
    return maximumFractionDigits !== exponentOf(currency);
  });
  for (const currency of ['HUF', 'IDR', 'COP', 'PKR', 'IQD', 'LAK', 'MMK']) {
    assert.ok(differ.includes(currency), `${currency} is no example any more`);
  }
  for (const locale of LOCALES.map(({ tag }) => tag)) {
    for (const currency of differ) {
      const text = moneyText(locale, { amountMinor: 1_234_567, currency });
      assert.equal(figureIn(text).decimals.length, exponentOf(currency), `${locale} ${text}`);
    }
  }
});

test('digits are Latin in every language, to match bank statements', () => {
  for (const { tag } of LOCALES) {
    const text = moneyText(tag, { amountMinor: 1_234_567, currency: 'ZAR' });
    assert.equal(figureIn(text).digits, '1234567', `${tag} ${text}`);
    assert.doesNotMatch(text, /[^0-9\P{Nd}]/u, `${tag} ${text}`);
    const moment = momentText(tag, Date.UTC(2026, 7, 3, 14, 32) as Timestamp, 'Africa/Johannesburg');
    assert.match(moment, /2026/, `${tag} ${moment}`);
    assert.match(moment, /16( h |[:.])32/, `${tag} ${moment}`);
    assert.doesNotMatch(moment, /[^0-9\P{Nd}]/u, `${tag} ${moment}`);
  }
});

/** Written out with their blanks and marks: no-break (00a0), narrow (202f), and the ones that turn the line (200e, 200f). */
const SAMPLES: readonly [locale: string, amountMinor: number, currency: string, text: string][] = [
  ['en', 1_234_567, 'ZAR', 'ZAR\u00a012,345.67'],
  ['en', 5, 'JPY', '¥5 JPY'],
  ['en', 1_234_567, 'HUF', 'HUF\u00a012,345.67'],
  ['en-ZA', 1_234_567, 'ZAR', 'R\u00a012\u00a0345,67'],
  ['en-ZA', 1_999, 'USD', 'US$19,99'],
  ['af', 1_234_567, 'ZAR', 'R\u00a012\u00a0345,67'],
  ['zu', 1_234_567, 'ZAR', 'R\u00a012,345.67'],
  ['sw', 1_234_567, 'KES', 'Ksh\u00a012,345.67'],
  ['ha', 1_234_567, 'NGN', '\u20a6\u00a012,345.67'],
  ['yo', 1_234_567, 'NGN', '\u20a612,345.67'],
  ['am', 1_234_567, 'ETB', '\u1265\u122d\u00a012,345.67'],
  ['ar', 1_234_567, 'EGP', '\u200f12,345.67\u00a0\u062c.\u0645.\u200f'],
  ['ar', 1_234_567, 'KWD', '\u200f1,234.567\u00a0\u062f.\u0643.\u200f'],
  ['ar', 1_234_567, 'IQD', '\u200f1,234.567\u00a0\u062f.\u0639.\u200f'],
  ['he', 1_234_567, 'ILS', '\u200f12,345.67\u00a0\u200f\u20aa'],
  ['fa', 1_234_567, 'IRR', '\u200e\u0631\u06cc\u0627\u0644\u00a012,345.67'],
  ['ur', 1_234_567, 'PKR', 'Rs\u00a012,345.67'],
  ['fr', 1_234_567, 'XOF', '1\u202f234\u202f567\u00a0F\u202fCFA'],
  ['de', 1_234_567, 'EUR', '12.345,67\u00a0\u20ac'],
  ['es', 1_234_567, 'COP', '12.345,67\u00a0COP'],
  ['pt-BR', 1_234_567, 'BRL', 'R$\u00a012.345,67'],
  ['hi', 1_234_567_890, 'INR', '\u20b91,23,45,678.90'],
  ['id', 1_234_567, 'IDR', 'Rp\u00a012.345,67'],
  ['vi', 1_234_567, 'VND', '1.234.567\u00a0\u20ab'],
  ['ja', 1_234_567, 'JPY', '\uffe51,234,567'],
  ['ko', 1_234_567, 'KRW', '\u20a91,234,567'],
  ['zh-TW', 1_234_567, 'TWD', '$12,345.67'],
  ['pl', 1_234_567, 'PLN', '12\u00a0345,67\u00a0z\u0142'],
];

for (const [locale, amountMinor, currency, text] of SAMPLES) {
  test(`${amountMinor} ${currency} is written exactly so in ${locale}`, () => {
    assert.equal(moneyText(locale, { amountMinor, currency }), text);
  });
}

test('where the runtime lacks a language or has it wrong, the page still says what is meant', () => {
  const list = (locale: string): string =>
    listParts(locale, ['a', 'b', 'c'])
      .map(({ value }) => value)
      .join('');
  assert.equal(list('st'), 'a, b le c');
  assert.equal(list('yo'), 'a, b àti c');
  assert.equal(zoneText('st', 'Europe/Berlin'), 'Central European Time');
  assert.equal(list('af'), 'a, b en c');
  for (const { tag } of LOCALES.filter((entry) => new Intl.Locale(entry.tag).language !== 'en')) {
    assert.doesNotMatch(list(tag), /and/, tag);
    assert.notEqual(zoneText(tag, 'Africa/Lagos'), '');
    assert.notEqual(currencyText(tag, 'ZAR'), '');
  }
  // Yoruba names Greenwich "WAT", the time of Lagos, which is an hour ahead of it.
  const at = Date.UTC(2026, 7, 3, 14, 32) as Timestamp;
  assert.match(momentText('yo', at, 'Africa/Johannesburg'), /16:32 GMT\+2$/);
});
