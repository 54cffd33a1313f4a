/** Every language of the page, held to the same rules: complete, same places, right plural forms, no copy left in English. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { LocaleEntry, Message, PluralForms } from '../../src/web/i18n/catalogue.ts';
import { en } from '../../src/web/i18n/en.ts';
import { choosePhrases, isLocale, LOCALES, phrasesOf, sentencesOf } from '../../src/web/i18n/locales.ts';
import { SAME_AS_ENGLISH } from './same-as-english.ts';

type Sentences = Readonly<Record<string, Message>>;
type Form = { key: string; form: string; text: string };

const ENGLISH: Sentences = en;
const TRANSLATIONS = LOCALES.filter(({ tag }) => tag !== 'en');
const FOLDER = new URL('../../src/web/i18n/catalogues/', import.meta.url);

/** Messages whose plural forms all keep `{n}`, because the page reads the number back from the sentence. */
const COUNTED = ['mandate.payments'];

function formsOf(message: Message): [string, string][] {
  return typeof message === 'string'
    ? [['only', message]]
    : (Object.entries(message).filter(([form]) => form !== 'ordinal') as [string, string][]);
}

/** Every sentence of the locale, form by form. */
function sentences(entry: LocaleEntry): Form[] {
  return Object.entries(sentencesOf(entry) as Sentences).flatMap(([key, message]) =>
    formsOf(message).map(([form, text]) => ({ key, form, text })),
  );
}

/** All that is wrong, so that one run shows it. */
function nothing(wrong: readonly string[]): void {
  assert.deepEqual(wrong, []);
}

function placesOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string))].sort();
}

function placesOfMessage(message: Message): string[] {
  return placesOf(typeof message === 'string' ? message : message.other);
}

test('every file of sentences is a listed language, and every listed language has its file', () => {
  const files = readdirSync(FOLDER).filter((name) => !name.endsWith('-mandate.ts'));
  const expected = TRANSLATIONS.map(({ tag }) => `${tag.toLowerCase()}.ts`);
  assert.deepEqual(files.sort(), expected.sort());
  assert.equal(new Set(LOCALES.map(({ tag }) => tag)).size, LOCALES.length);
  assert.equal(new Set(LOCALES.map(({ name }) => name)).size, LOCALES.length);
});

test('every language has exactly the sentences of English', () => {
  for (const entry of TRANSLATIONS) {
    assert.deepEqual(Object.keys(sentencesOf(entry)).sort(), Object.keys(en).sort(), entry.tag);
  }
});

test('a sentence has the same places in every language; only a form for one number may leave the number out', () => {
  nothing(
    TRANSLATIONS.flatMap((entry) =>
      sentences(entry).flatMap(({ key, form, text }) => {
        const wanted = placesOfMessage(ENGLISH[key] as Message);
        const found = placesOf(text);
        const mayDrop = ['zero', 'one', 'two', 'single'].includes(form) && !COUNTED.includes(key);
        const fits = [wanted, ...(mayDrop ? [wanted.filter((name) => name !== 'n')] : [])];
        return fits.some((places) => places.join() === found.join()) ? [] : [`${entry.tag} ${key}.${form}: ${text}`];
      }),
    ),
  );
});

test('plural forms are those of the language, for counts and for places in an order', () => {
  nothing(
    LOCALES.flatMap((entry) =>
      Object.entries(sentencesOf(entry) as Sentences).flatMap(([key, message]) => {
        const isPlural = typeof message !== 'string';
        if (isPlural !== (typeof ENGLISH[key] !== 'string')) return [`${entry.tag} ${key} is plural, or should be`];
        if (!isPlural) return [];
        const forms = message as PluralForms;
        if (forms.ordinal !== (ENGLISH[key] as PluralForms).ordinal) return [`${entry.tag} ${key}: ordinal`];
        const type = forms.ordinal ? 'ordinal' : 'cardinal';
        const wanted = new Intl.PluralRules(entry.tag, { type }).resolvedOptions().pluralCategories;
        const found = formsOf(forms).flatMap(([form]) => (form === 'single' ? [] : [form]));
        return [...found].sort().join() === [...wanted].sort().join()
          ? []
          : [`${entry.tag} ${key}: ${found} instead of ${wanted}`];
      }),
    ),
  );
});

test('a form that leaves its number out stands for one number only', () => {
  for (const entry of LOCALES) {
    const counts = new Intl.PluralRules(entry.tag);
    for (const { key, form, text } of sentences(entry)) {
      const message = ENGLISH[key] as Message;
      if (typeof message === 'string' || !placesOfMessage(message).includes('n') || placesOf(text).includes('n'))
        continue;
      const numbers = Array.from({ length: 200 }, (_, place) => place + 1).filter((n) => counts.select(n) === form);
      assert.ok(numbers.length <= 1, `${entry.tag} ${key}.${form} stands for ${numbers.slice(0, 5)} … and names none`);
    }
  }
});

test('no sentence holds markup, stray blanks or typewriter quotes', () => {
  nothing(
    LOCALES.flatMap((entry) =>
      sentences(entry)
        .filter(({ text }) => /[<>"`&]|\s\s|^\s|\s$|\.\.\.|[\u202a-\u202e\u2066-\u2069]/.test(text) || text === '')
        .map(({ key, text }) => `${entry.tag} ${key}: ${text}`),
    ),
  );
});

/** Short labels have room for 24 characters more; sentences wrap, and grow by six tenths at most. */
test('no sentence is much longer than in English', () => {
  nothing(
    TRANSLATIONS.flatMap((entry) =>
      sentences(entry).flatMap(({ key, text }) => {
        const source = Math.max(...formsOf(ENGLISH[key] as Message).map(([, form]) => form.length));
        const most = Math.max(source * 1.6, source + 24);
        return [...text].length <= most ? [] : [`${entry.tag} ${key}: ${[...text].length} > ${most}: ${text}`];
      }),
    ),
  );
});

test('nothing is left in English but what is listed as the same word', () => {
  const wrong: string[] = [];
  for (const entry of TRANSLATIONS.filter(({ base }) => base === undefined)) {
    const same = sentences(entry)
      .filter(({ key, text }) => formsOf(ENGLISH[key] as Message).some(([, form]) => form === text))
      .filter(({ text }) => /\p{L}/u.test(text.replace(/\{\w+\}/g, '')))
      .map(({ key }) => key);
    const listed = SAME_AS_ENGLISH[entry.tag] ?? [];
    for (const key of same) if (!listed.includes(key)) wrong.push(`${entry.tag} ${key} is still English`);
    for (const key of listed) if (!same.includes(key)) wrong.push(`${entry.tag} ${key} is listed but translated`);
  }
  nothing(wrong);
});

test('a region holds differences only', () => {
  for (const entry of LOCALES.filter(({ base }) => base !== undefined)) {
    const base = LOCALES.find(({ tag }) => tag === entry.base);
    assert.ok(base, `${entry.tag} builds on ${entry.base}, which is no language of the page`);
    const own = readFileSync(new URL(`${entry.tag.toLowerCase()}.ts`, FOLDER), 'utf8');
    const theirs: Sentences = sentencesOf(base);
    for (const [key, message] of Object.entries(sentencesOf(entry) as Sentences)) {
      if (!own.includes(`'${key}'`)) continue;
      assert.notDeepEqual(message, theirs[key], `${entry.tag} ${key} is the same as in ${entry.base}`);
    }
  }
});

test('every language is one that the runtime can count and date in', () => {
  for (const { tag, name } of LOCALES) {
    assert.equal(new Intl.Locale(tag).toString(), tag);
    assert.deepEqual(Intl.PluralRules.supportedLocalesOf(tag), [tag]);
    assert.deepEqual(Intl.NumberFormat.supportedLocalesOf(tag), [tag]);
    assert.deepEqual(Intl.DateTimeFormat.supportedLocalesOf(tag), [tag]);
    assert.ok(name.length > 1);
  }
});

test('a review names who did it and when; everything but the source text waits for one', () => {
  for (const { tag, reviewed } of LOCALES) {
    if (!reviewed.page && !reviewed.mandate) continue;
    assert.match(reviewed.on ?? '', /^\d{4}-\d\d-\d\d$/, tag);
    assert.ok((reviewed.by ?? '').length >= 5, tag);
  }
});

test('a language reads from right to left exactly where its script does', () => {
  for (const { tag, dir } of LOCALES) {
    const script = new Intl.Locale(tag).maximize().script ?? '';
    assert.equal(dir, ['Arab', 'Hebr', 'Thaa', 'Syrc'].includes(script) ? 'rtl' : 'ltr', tag);
  }
});

test('a version changes with the sentences and with nothing else', () => {
  const versions = LOCALES.map(({ tag }) => phrasesOf(tag).meta.version);
  assert.equal(new Set(versions).size, LOCALES.length);
  for (const version of versions) assert.match(version, /^[0-9a-f]{12}$/);
});

test('the first wish that a language meets decides: choice, session, browser, merchant, English', () => {
  const tag = (wishes: Parameters<typeof choosePhrases>[0]): string => choosePhrases(wishes).meta.tag;
  assert.equal(tag({ cookie: 'af', session: 'en-ZA', acceptLanguage: 'en', defaultLocale: 'en' }), 'af');
  assert.equal(tag({ session: 'af-NA', acceptLanguage: 'en', defaultLocale: 'en' }), 'af');
  assert.equal(tag({ session: 'xx', acceptLanguage: 'yy, af;q=0.4, en-ZA;q=0.5', defaultLocale: 'en' }), 'en-ZA');
  assert.equal(tag({ acceptLanguage: 'xx', defaultLocale: 'af' }), 'af');
  assert.equal(tag({ defaultLocale: 'xx' }), 'en');
  const meant: [wish: string, tag: string][] = [
    ['pt', 'pt-BR'],
    ['pt-MZ', 'pt-PT'],
    ['pt-AO', 'pt-PT'],
    ['zh', 'zh-CN'],
    ['zh-Hant', 'zh-TW'],
    ['zh-HK', 'zh-TW'],
    ['zh-Hant-HK', 'zh-TW'],
    ['zh-Hans-SG', 'zh-CN'],
    ['iw', 'he'],
    ['in', 'id'],
    ['fr-CI', 'fr'],
    ['es-MX', 'es-419'],
    ['es-GQ', 'es'],
    ['ar-EG', 'ar'],
    ['sw-KE', 'sw'],
    ['en-GH', 'en'],
    ['EN-za', 'en-ZA'],
  ];
  for (const [wish, expected] of meant)
    assert.equal(tag({ session: wish }), isLocale(expected) ? expected : 'en', wish);
});

test('the languages are listed without reading any sentence', () => {
  const source = readFileSync(new URL('../../src/web/i18n/locales.ts', import.meta.url), 'utf8');
  assert.doesNotMatch(source, /from '\.\/catalogues\//);
});
