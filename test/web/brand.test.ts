/** A merchant's look on the page: tokens, logo, words and links; text stays text, and the policy names exactly the style that is sent. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Branding, BrandingFile, BrandView } from '../../src/domain/branding.ts';
import { deriveColours } from '../../src/domain/branding-colours.ts';
import { DEFAULT_CHECKOUT_SETTINGS } from '../../src/domain/checkout-settings.ts';
import { wordsFor } from '../../src/web/checkout/brand-header.ts';
import { brandTokens, styleOf } from '../../src/web/checkout/brand-style.ts';
import { type Page, receiptPage, sessionPage } from '../../src/web/checkout/page.ts';
import { shownTerms } from '../../src/web/checkout/terms.ts';
import { choosePhrases } from '../../src/web/i18n/locales.ts';
import { FIXTURES, viewWith } from './fixtures.ts';

const t = choosePhrases({ session: 'en' });

function brand(set: Branding, files: readonly BrandingFile[] = []): BrandView {
  return { version: 1, set, derived: deriveColours(set).derived, files };
}

const file = (slot: BrandingFile['slot'], size: { width?: number; height?: number } = {}): BrandingFile => ({
  slot,
  hash: slot
    .replaceAll('_', '')
    .padEnd(64, 'a')
    .replaceAll(/[^a-f0-9]/g, 'b'),
  type: slot.startsWith('font') ? 'font/woff2' : 'image/png',
  ...size,
  bytes: 900,
});

function pageWith(look: BrandView, over: Parameters<typeof viewWith>[0] = {}): Page {
  const view = viewWith({ brand: look, ...over });
  return sessionPage({ t, view, path: '/checkout/x', terms: shownTerms(view, t), csrf: 'c', attemptKey: 'a' });
}

function styleIn(page: Page): string {
  const found = [...page.body.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text]) => text!);
  assert.equal(found.length, 1, 'one inline style');
  return found[0]!;
}

test('the policy names the hash of the one inline style, whatever the brand', () => {
  for (const set of [
    {},
    { brandColor: '#ffe600', colorScheme: 'dark' as const },
    { cornerRadius: 0, font: 'serif' as const },
  ]) {
    const page = pageWith(brand(set));
    assert.equal(page.styleHash, createHash('sha256').update(styleIn(page)).digest('base64'));
  }
  const done = FIXTURES.find(({ name }) => name === 'paid')!.view;
  const view = { ...done, brand: brand({ brandColor: '#00aa55' }) };
  const receipt = receiptPage({
    t,
    view,
    path: '/checkout/x',
    terms: shownTerms(view, t),
    csrf: 'c',
    attemptKey: 'a',
  })!;
  assert.equal(receipt.styleHash, createHash('sha256').update(styleIn(receipt)).digest('base64'));
});

test('a brand changes the tokens before the common sheet and nothing else', () => {
  const [usual, other] = [pageWith(brand({})), pageWith(brand({ brandColor: '#7a3e1d', cornerRadius: 0 }))].map(
    styleIn,
  );
  const sheet = usual!.slice(usual!.indexOf('*,::before'));
  assert.ok(sheet.length > 5_000);
  assert.ok(other!.endsWith(sheet));
  assert.doesNotMatch(sheet, /:root|#[0-9a-f]{6}\b/i, 'no colour of its own');
});

test('the style of a brand is made once, also for another object of the same look', () => {
  const look = { brandColor: '#123456' };
  assert.equal(styleOf(brand(look)), styleOf(brand(look)));
});

test('colour schemes: one, or both with what is different on dark screens; paper is always light', () => {
  const auto = brandTokens(brand({}));
  assert.match(
    auto,
    /^:root\{.*color-scheme:light;--page:#ffffff.*\}@media \(prefers-color-scheme:dark\)\{:root\{color-scheme:dark;--page:#0e1117/s,
  );
  const light = brandTokens(brand({ colorScheme: 'light' }));
  assert.match(light, /color-scheme:light;/);
  assert.doesNotMatch(light, /@media/);
  const dark = brandTokens(brand({ colorScheme: 'dark' }));
  assert.match(dark, /color-scheme:light;.*@media not print\{:root\{color-scheme:dark;--page:#0e1117/s);
  assert.match(pageWith(brand({ colorScheme: 'dark' })).body, /<meta name="color-scheme" content="dark">/);
  const night = brandTokens(brand({ colorScheme: 'light', backgroundColor: '#101010' }));
  assert.match(night, /color-scheme:dark;--page:#101010/, 'the browser draws its own parts to fit the page');
});

test('radius, shape of the button and kind of letters are tokens', () => {
  assert.match(brandTokens(brand({})), /--radius:8px;--radius-big:16px;--radius-button:8px;--font:-apple-system/);
  const pill = brandTokens(brand({ cornerRadius: 24, buttonShape: 'pill', font: 'mono' }));
  assert.match(pill, /--radius:24px;--radius-big:28px;--radius-button:99px;--font:ui-monospace/);
});

test('uploaded letters are loaded from here by their hash, and the device’s stand in for what is missing', () => {
  const look = brand({ font: 'uploaded' }, [file('font_regular'), file('font_bold')]);
  const tokens = brandTokens(look);
  const { hash } = file('font_regular');
  assert.ok(tokens.includes(`src:url(/checkout/files/${hash}) format("woff2")`));
  assert.equal(tokens.match(/@font-face/g)?.length, 2);
  assert.match(tokens, /--font:brand,-apple-system/);
  assert.ok(
    pageWith(look).body.includes(
      `<link rel="preload" as="font" type="font/woff2" href="/checkout/files/${hash}" crossorigin>`,
    ),
  );
  assert.match(brandTokens(brand({ font: 'uploaded' })), /--font:-apple-system/);
  assert.doesNotMatch(brandTokens(brand({ font: 'serif' }, [file('font_regular')])), /@font-face/);
});

test('a logo is an image with its size and the name in words; else the icon, else the first letter, beside the name', () => {
  const logo = pageWith(brand({}, [file('logo_light', { width: 800, height: 100 }), file('icon')])).body;
  assert.match(
    logo,
    /<span class="mark-of plate"><img src="\/checkout\/files\/[a-f0-9]{64}" alt="Karoo Coffee" width="200" height="25" decoding="async"><\/span>/,
  );
  assert.doesNotMatch(logo, /class="name"/);
  const both = pageWith(
    brand({}, [file('logo_light', { width: 10, height: 20 }), file('logo_dark', { width: 40, height: 20 })]),
  ).body;
  assert.match(
    both,
    /<source media="\(prefers-color-scheme:dark\)" srcset="[^"]+" width="88" height="44">\n<img src="[^"]+" alt="Karoo Coffee" width="22" height="44"/,
  );
  const icon = pageWith(brand({}, [file('icon', { width: 512, height: 512 })])).body;
  assert.match(
    icon,
    /<img src="[^"]+" alt="" width="36" height="36" decoding="async"><bdi class="name">Karoo Coffee<\/bdi>/,
  );
  assert.match(
    pageWith(brand({})).body,
    /<span class="logo" aria-hidden="true">K<\/span><bdi class="name">Karoo Coffee/,
  );
});

test('what the button says is the merchant’s verb, on the page and in the evidence alike', () => {
  const says = (verb: Branding['buttonVerb'], over = {}) =>
    shownTerms(viewWith({ brand: brand(verb === undefined ? {} : { buttonVerb: verb }), ...over }), t).buttonLabel;
  assert.deepEqual(
    [undefined, 'pay', 'book', 'donate', 'order', 'subscribe'].map((verb) =>
      says(verb as Branding['buttonVerb']).replace(/\u00a0/g, ' '),
    ),
    [
      'Pay ZAR 249.00',
      'Pay ZAR 249.00',
      'Book and pay ZAR 249.00',
      'Donate ZAR 249.00',
      'Order and pay ZAR 249.00',
      'Subscribe and pay ZAR 249.00',
    ],
  );
  const mandate = FIXTURES.find(({ name }) => name === 'choose-mandate')!.view;
  assert.match(shownTerms({ ...mandate, brand: brand({ buttonVerb: 'donate' }) }, t).buttonLabel, /^Agree and pay/);
});

test('a merchant’s words stand in the language of the page, else in its base language, the default one, English, or not at all', () => {
  const texts = { en: 'Hello', pt: 'Olá', 'pt-PT': 'Viva', af: 'Hallo' };
  const tags = (...wishes: string[]) => wordsFor(texts, wishes)?.tag;
  assert.deepEqual(
    [tags('pt-PT', 'en'), tags('pt-BR', 'en'), tags('zu', 'af', 'en'), tags('zu', 'xh', 'en'), wordsFor({}, ['en'])],
    ['pt-PT', 'pt', 'af', 'en', undefined],
  );
  const look = brand({ texts: { header: { en: 'Roasted on Tuesdays' }, footer: { af: 'Sien jou weer' } } });
  const { body } = pageWith(look, { settings: { ...DEFAULT_CHECKOUT_SETTINGS, defaultLocale: 'af' } });
  assert.match(body, /<p class="own" data-text="header" dir="auto">Roasted on Tuesdays<\/p>/);
  assert.match(body, /<p class="own" data-text="footer" dir="auto" lang="af">Sien jou weer<\/p>/);
});

test('terms and privacy stand in the footer, and the line about us can go', () => {
  const { body } = pageWith(
    brand({ termsUrl: 'https://karoo.example/terms?a=1&b=2', privacyUrl: 'https://karoo.example/privacy' }),
  );
  assert.match(body, /<a href="https:\/\/karoo.example\/terms\?a=1&amp;b=2" target="_blank" rel="noopener">Terms<\/a>/);
  assert.match(body, />Privacy<\/a>/);
  assert.match(body, /Payments by Tender/);
  assert.doesNotMatch(pageWith(brand({ showPoweredBy: false })).body, /Payments by Tender/);
});

const HOSTILE = `</style><script>alert(1)</script>"'><img src=x onerror=alert(1)>{}}*{display:none}`;

test('hostile words of a merchant are words: no tag, attribute or style comes of them', () => {
  const usual = pageWith(brand({}));
  const { body, styleHash } = pageWith(
    brand({
      displayName: HOSTILE,
      statementName: HOSTILE,
      texts: { header: { en: HOSTILE }, submit: { en: HOSTILE }, footer: { en: HOSTILE } },
    }),
    {
      merchant: { displayName: HOSTILE, legalName: HOSTILE, support: { email: HOSTILE, phone: HOSTILE, url: HOSTILE } },
    },
  );
  assert.equal(styleHash, usual.styleHash);
  assert.equal(body.match(/<script/g)?.length, 1);
  assert.doesNotMatch(body, /<img|onerror=alert\(1\)>(?!\{)/);
  assert.doesNotMatch(body.replace(/<style>.*?<\/style>/s, ''), /<\/style>/);
  assert.doesNotMatch(body, /href="(?!https:|mailto:|tel:|\/|#)/);
});
