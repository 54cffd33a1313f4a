/** Sentences, money and dates: what people read, held to the rules for it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CURRENCY_CODES, exponentOf } from '../../src/domain/currencies.ts';
import type { Timestamp } from '../../src/lib/time.ts';
import { TEST_CARDS } from '../../src/web/checkout/screens/test-panel.ts';
import { html } from '../../src/web/html.ts';
import { phrases } from '../../src/web/i18n/catalogue.ts';
import { en } from '../../src/web/i18n/en.ts';
import { choosePhrases } from '../../src/web/i18n/locales.ts';
import { clockText, dayText, decimalText, momentText, moneyText } from '../../src/web/i18n/money-and-dates.ts';

const AT = Date.UTC(2026, 7, 3, 14, 32) as Timestamp;

/** Every sentence, plural forms one by one. */
function sentences(): { key: string; text: string }[] {
  return Object.entries(en).flatMap(([key, message]) =>
    Object.entries(typeof message === 'string' ? { other: message } : message)
      .filter(([form]) => form !== 'ordinal')
      .map(([, text]) => ({ key, text: String(text) })),
  );
}

test('English says what happened in plain words', () => {
  for (const { key, text } of sentences()) {
    assert.doesNotMatch(text, /\b(please|sorry|valid|invalid|oops|unfortunately|error code)\b/i, key);
    assert.doesNotMatch(text, /[<>]/, key);
    assert.doesNotMatch(text, /\s\s|^\s|\s$/, key);
    assert.ok(text.length <= 160, `${key} is long`);
  }
});

/** What is said at a field or on top of the form, and what can be done about it: an act, or the rule that the value breaks. */
const MENDS: readonly [keys: RegExp, says: RegExp][] = [
  [
    /^(card_|payer_email|pay_by_bank_|mobile_money_|mandate_consent|payment_method)/,
    /\b(Enter|Check|Choose|Use|Tick|Begin)\b|too short|has \{n\} digits|is a number from|Did you mean/,
  ],
  [/^notice\./, /\b(Check|press)\b/],
  [/^decline\.(?!heading|card_closed)/, /\b(Use|Check|Try|Wait|Contact|use another|try again|can change)\b/],
  [/^too_many\.(card|help|methods)$/, /\b(Use|Ask|use another)\b/],
  [/^refused\.(rate|type|size|site)$/, /\bopen the page again\b|Open the page again/],
  [/^(expired\.help|not_found\.text|not_available\.text|problem\.unknown)$/, /\b(Ask|Check|Contact|open this page)\b/],
];

test('every text of an error says how to mend it', () => {
  for (const [keys, says] of MENDS) {
    const errors = sentences().filter(({ key }) => keys.test(key));
    assert.ok(errors.length > 0, String(keys));
    for (const { key, text } of errors) assert.match(text, says, key);
  }
});

test('every decline text of the data has a sentence', () => {
  const codes = JSON.parse(readFileSync(new URL('../../data/decline-codes.json', import.meta.url), 'utf8'));
  const list: { customer_text_key: string }[] = Array.isArray(codes) ? codes : (codes.codes ?? codes.decline_codes);
  for (const { customer_text_key: key } of list) {
    if (key === 'decline.other_card') continue;
    assert.ok(Object.hasOwn(en, key), key);
  }
});

test('the test cards of the page are cards of the pretend bank and do what the page says', () => {
  const cards: { number: string; behaviour: string; three_ds: string; decline_code?: string }[] = JSON.parse(
    readFileSync(new URL('../../data/sandbox-cards.json', import.meta.url), 'utf8'),
  );
  const expected: Record<string, (card: (typeof cards)[number]) => boolean> = {
    Approved: (card) => card.behaviour === 'approve' && card.three_ds === 'none',
    'Approved, American Express': (card) => card.behaviour === 'approve',
    'Bank confirmation, then approved': (card) => card.behaviour === 'approve' && card.three_ds === 'challenge',
    'Declined: not enough money': (card) => card.decline_code === 'insufficient_funds',
    'Declined: no reason given': (card) => card.decline_code === 'generic_decline',
    'Declined: wrong security code': (card) => card.decline_code === 'incorrect_cvc',
    'Declined: card expired': (card) => card.decline_code === 'expired_card',
    'Bank’s answer gets lost': (card) => card.behaviour === 'fault:answer_lost',
  };
  for (const { number, ending } of TEST_CARDS) {
    const card = cards.find((entry) => entry.number === number);
    assert.ok(card && expected[ending]?.(card), `${number} ${ending}`);
  }
});

test('a sentence is filled in as text and as markup, plural forms by the language', () => {
  const t = phrases(
    { plain: 'Pay {amount} to {who}', many: { one: '{n} payment', other: '{n} payments' }, none: 'x' },
    { tag: 'en', dir: 'ltr', name: 'English', version: '1', reviewed: { page: true, mandate: true } },
  );
  assert.equal(t.text('plain', { amount: 'R 1', who: '<b>' }), 'Pay R 1 to <b>');
  assert.equal(
    t.rich('plain', { amount: html`<data>R 1</data>`, who: '<b>' }).text,
    'Pay <data>R 1</data> to &lt;b&gt;',
  );
  assert.equal(t.text('many', { n: 1 }), '1 payment');
  assert.equal(t.text('many', { n: 2 }), '2 payments');
  assert.equal(t.text('none'), 'x');
});

test('the payer’s choice of language goes before the session’s and the browser’s', () => {
  const tag = (wishes: Parameters<typeof choosePhrases>[0]): string => choosePhrases(wishes).meta.tag;
  assert.equal(tag({}), 'en');
  assert.equal(tag({ session: 'en-ZA' }), 'en-ZA');
  assert.equal(tag({ session: 'en-NG' }), 'en');
  assert.equal(tag({ acceptLanguage: 'xx;q=0.9, en-GB;q=0.8, *;q=0.1' }), 'en-GB');
  assert.equal(tag({ acceptLanguage: 'xx;q=0.9, en-AU;q=0.8, *;q=0.1' }), 'en');
  assert.equal(tag({ cookie: 'en-ZA', session: 'en-GB', acceptLanguage: 'en-NG' }), 'en-ZA');
  assert.equal(tag({ session: 'en-ZA', acceptLanguage: 'en-GB' }), 'en-ZA');
  assert.equal(tag({ session: 'not a tag!', acceptLanguage: ';;,,q=' }), 'en');
});

test('amounts are exact in every currency of ISO 4217', () => {
  assert.equal(decimalText(2000, 2), '20.00');
  assert.equal(decimalText(5, 2), '0.05');
  assert.equal(decimalText(5, 0), '5');
  assert.equal(decimalText(999_999_999_999, 3), '999999999.999');
  for (const currency of CURRENCY_CODES) {
    const text = moneyText('en', { amountMinor: 999_999_999_999, currency });
    assert.equal(text.replace(/\D/g, ''), '999999999999', `${currency}: ${text}`);
    const decimals = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
    assert.equal(decimals, exponentOf(currency), `${currency}: ${text}`);
  }
});

test('money is written as the locale writes it, foreign bare signs with their code', () => {
  const money = (locale: string, amountMinor: number, currency: string): string =>
    moneyText(locale, { amountMinor, currency }).replaceAll('\u00a0', ' ');
  assert.equal(money('en', 19900, 'ZAR'), 'ZAR 199.00');
  assert.equal(money('en-ZA', 19900, 'ZAR'), 'R 199,00');
  assert.equal(money('en', 1999, 'USD'), '$19.99');
  assert.equal(money('en', 1999, 'HUF'), 'HUF 19.99');
  assert.equal(money('es-MX', 1999, 'MXN'), '$19.99');
  assert.match(money('sv', 1999, 'SEK'), /kr$/);
  assert.match(money('nb', 1999, 'SEK'), /SEK/);
});

test('times name their zone and dates are told apart from today', () => {
  assert.equal(clockText('en', AT, { now: AT, timeZone: 'UTC' }), '14:32 UTC');
  assert.equal(
    clockText('en', AT, { now: (AT - 86_400_000) as Timestamp, timeZone: 'UTC' }),
    '3 August 2026 at 14:32 UTC',
  );
  assert.equal(momentText('en', AT, 'Africa/Johannesburg'), '3 August 2026 at 16:32 GMT+2');
  assert.equal(dayText('en', AT, 'UTC'), '3 August 2026');
});

test('a template escapes everything that is not HTML already', () => {
  const bad = `<img src=x onerror="alert('1')">&`;
  assert.equal(html`<p>${bad}</p>`.text, '<p>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>');
  assert.equal(html`${[html`<b>${1}</b>`, '<', undefined, false]}`.text, '<b>1</b>&lt;');
  assert.equal(
    html`a
      b`.text,
    'a\nb',
  );
});
