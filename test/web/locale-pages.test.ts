/** Every page in every language: nothing missing, nothing said outside the catalogues, and right to left where it reads so. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fixtureOf, PREVIEW_NAMES, type PreviewName } from '../../src/web/checkout/preview/fixtures.ts';
import { previewPage } from '../../src/web/checkout/preview/render.ts';
import { type Catalogue, type Message, phrases } from '../../src/web/i18n/catalogue.ts';
import { type En, en } from '../../src/web/i18n/en.ts';
import { LOCALES, type PagePhrases, phrasesOf } from '../../src/web/i18n/locales.ts';
import { PROJECT_FOLDER } from '../support/source-tree.ts';

const path = '/checkout/preview/any';
const address = `https://pay.example${path}`;
/** The hard limit for the document of the heaviest state, in bytes as sent. */
const MOST_BYTES = 14 * 1024;
/** Characters of a document that cannot be the heaviest: pressing them all would only take time. */
const LIGHT = 29_000;

function documentOf(name: PreviewName, t: PagePhrases): string {
  return previewPage(name, { t, path, address }).body;
}

/** Without what is no sentence of the page: style, marks, the panel for tests, the languages' own names. */
function readable(body: string): string {
  return body
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<details class="test-panel"[\s\S]*?<\/details>/, '')
    .replace(/<form class="language"[\s\S]*?<\/form>/, '')
    .replace(/<svg[\s\S]*?<\/svg>/g, '');
}

/** What people read: the text between tags, and the attributes that are read out. */
function textsOf(body: string): string[] {
  const page = readable(body);
  const attributes = [...page.matchAll(/ (?:aria-label|alt|title|placeholder|data-texts)="([^"]*)"/g)];
  return [...page.replace(/<[^>]*>/g, '\n').split('\n'), ...attributes.map((match) => match[1] as string)].filter(
    (text) => text.trim() !== '',
  );
}

/** Every string of what the shop, the payer and the processor said; names of ours, such as `card`, are nothing to be read. */
function dataIn(value: unknown): string[] {
  if (typeof value === 'string') return /^[a-z_]*$/.test(value) ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(dataIn) : [];
}

/** A language in which every sentence is a sign and its places: whatever else can be read comes from outside the catalogue. */
function signs(): PagePhrases {
  const sign = (text: string): string => `※${(text.match(/\{\w+\}/g) ?? []).join('※')}`;
  const said = (message: Message): Message =>
    typeof message === 'string'
      ? sign(message)
      : {
          ...message,
          ...Object.fromEntries(
            ['zero', 'one', 'two', 'few', 'many', 'other'].map((form) => [form, sign(message.other)]),
          ),
          other: sign(message.other),
        };
  const catalogue = Object.fromEntries(Object.entries(en as Catalogue).map(([key, message]) => [key, said(message)]));
  const reviewed = { page: true, mandate: true };
  return phrases(catalogue as unknown as En, { tag: 'en', dir: 'ltr', name: 'Signs', version: '1', reviewed });
}

/** Dates, times, zones, currencies and brands are the language's or the world's own. */
const NOT_SAID_BY_US = [
  /\b\d{1,2} [A-Z][a-z]+ \d{4}( at)?\b/g,
  /\b\d\d:\d\d (GMT[+-]\d+|UTC)/g,
  /\bSouth Africa Standard Time\b|\bSouth African Rand\b/g,
  /\bVisa|Mastercard|American Express|Discover|Diners Club|JCB|UnionPay|Maestro\b/g,
  /\b[A-Z]{3}\b/g,
  /&quot;[a-z_.]+&quot;:|\{n\}/g,
];

test('no sentence stands outside the catalogues', () => {
  const t = signs();
  const found = new Set<string>();
  for (const name of PREVIEW_NAMES) {
    const data = dataIn(fixtureOf(name, { address })).sort((a, b) => b.length - a.length);
    for (const text of textsOf(documentOf(name, t))) {
      const known = data.reduce((rest, value) => rest.replaceAll(value, ''), text);
      const left = NOT_SAID_BY_US.reduce((rest, pattern) => rest.replace(pattern, ''), known);
      if (/\p{L}{2}/u.test(left.replace(/&\w+;/g, ''))) found.add(`${name}: ${text}`);
    }
  }
  assert.deepEqual([...found], []);
});

for (const { tag, dir } of LOCALES) {
  test(`every page can be read in ${tag}: no place is empty, no page too heavy`, () => {
    const t = phrasesOf(tag);
    let heaviest = 0;
    for (const name of PREVIEW_NAMES) {
      const body = documentOf(name, t);
      assert.ok(body.includes(`<html lang="${tag}" dir="${dir}">`), name);
      for (const text of textsOf(body)) {
        assert.doesNotMatch(text.replaceAll('{n}', ''), /\{\w+\}|undefined|NaN|\[object/, `${name}: ${text}`);
      }
      heaviest = Math.max(heaviest, body.length < LIGHT ? 0 : gzipSync(body).length);
    }
    assert.ok(heaviest > 0 && heaviest <= MOST_BYTES, `the heaviest page has ${heaviest} bytes`);
  });
}

test('every page lists the languages by their own names, in a form that needs no script', () => {
  const form =
    /<form class="language" method="post"[\s\S]*?<\/form>/.exec(documentOf('choose', phrasesOf('en')))?.[0] ?? '';
  assert.match(form, /<button/);
  for (const { tag, name } of LOCALES) {
    assert.ok(form.includes(`<option value="${tag}" lang="${tag}"`) && form.includes(`>${name}</option>`), tag);
  }
});

test('from right to left, amounts, times and names keep to themselves, and what is typed from left to right stays so', () => {
  for (const { tag } of LOCALES.filter(({ dir }) => dir === 'rtl')) {
    for (const name of PREVIEW_NAMES) {
      const body = readable(documentOf(name, phrasesOf(tag)));
      for (const [amount] of body.matchAll(/<data [^>]*data-currency[^>]*>(?!<bdi>).{0,20}/g)) {
        assert.fail(`${tag} ${name}: ${amount}`);
      }
      // In English rows and in the middle of a name nothing is mirrored.
      const own = body.replace(/<dl lang="en"[\s\S]*?<\/dl>/, '');
      for (const [around, before] of own.matchAll(/(.{0,30})Karoo Coffee(?! Roasters)/g)) {
        assert.match(before as string, /(\u2068|<bdi[^>]*>|<title>)$/, `${tag} ${name}: ${around}`);
      }
      for (const [input] of own.matchAll(/<input [^>]*(?:inputmode|type="(?:tel|email)")[^>]*>/g)) {
        assert.match(input, / dir="ltr"/, `${tag} ${name}: ${input}`);
      }
    }
  }
});

/** Sides that are meant: in a field that is left to right in every language. */
const MEANT = ['form.css right: 15px;'];

test('the style knows beginnings and ends, never left and right', () => {
  const folder = join(PROJECT_FOLDER, 'src/web/checkout/style');
  const found = readdirSync(folder).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    const sides =
      /(?:^|[\s;{])((?:(?:margin|padding|border|inset)-(?:left|right)[\w-]*|left|right|float|clear)\s*:[^;]*;|text-align\s*:\s*(?:left|right)\s*;)/g;
    return [...text.matchAll(sides)].map((match) => `${file} ${match[1]}`);
  });
  assert.deepEqual(found, MEANT);
});
