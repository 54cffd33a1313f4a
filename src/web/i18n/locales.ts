/** Which language a payer gets: their own choice, the session's, the browser's, the merchant's, English. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { type LocaleEntry, type Phrases, phrases, type Translation } from './catalogue.ts';
import { type En, en } from './en.ts';
import { LOCALE_LIST } from './locale-list.ts';

/** A catalogue with the keys of English; the sentences are its own. */
export type PagePhrases = Phrases<En>;

/** All languages, in the order in which the page offers them. */
export const LOCALES: readonly LocaleEntry[] = LOCALE_LIST;

const ENTRIES: ReadonlyMap<string, LocaleEntry> = new Map(LOCALES.map((entry) => [entry.tag, entry]));
const made = new Map<string, PagePhrases>();

// Thirty catalogues at start-up would cost more than everything else of the page: each is read when it is first wanted, at once.
const load = createRequire(import.meta.url);

/** The sentences of a listed locale, those of its base where it has none of its own. */
export function sentencesOf(entry: LocaleEntry): Translation<En> {
  if (entry.tag === 'en') return en;
  const { sentences } = load(`./catalogues/${entry.tag.toLowerCase()}.ts`) as { sentences: Translation<En> };
  const base = entry.base === undefined ? undefined : ENTRIES.get(entry.base);
  return base ? { ...sentencesOf(base), ...sentences } : sentences;
}

/** The phrases of the locale of exactly this name, English where there is none. */
export function phrasesOf(tag: string): PagePhrases {
  const entry = ENTRIES.get(tag) ?? (ENTRIES.get('en') as LocaleEntry);
  let its = made.get(entry.tag);
  if (!its) {
    const sentences = sentencesOf(entry);
    const version = createHash('sha256').update(JSON.stringify(sentences)).digest('hex').slice(0, 12);
    // The keys and places are those of English, which a test holds every catalogue to.
    its = phrases(sentences as En, { ...entry, version });
    made.set(entry.tag, its);
  }
  return its;
}

export interface LocaleWishes {
  cookie?: string | undefined;
  session?: string | undefined;
  acceptLanguage?: string | undefined;
  /** Of the merchant's settings, where nobody wished otherwise. */
  defaultLocale?: string | undefined;
}

/** The phrases for the first wish that a catalogue meets. */
export function choosePhrases(wishes: LocaleWishes): PagePhrases {
  for (const wish of [wishes.cookie, wishes.session, ...acceptedTags(wishes.acceptLanguage), wishes.defaultLocale]) {
    const tag = wish && matchLocale(wish);
    if (tag) return phrasesOf(tag);
  }
  return phrasesOf('en');
}

/** True for a tag that has a catalogue of exactly that name. */
export function isLocale(tag: string): boolean {
  return ENTRIES.has(tag);
}

/** Where Spanish is that of Latin America. */
const LATIN_AMERICA = 'AR BO BR BZ CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV US UY VE'.split(' ');

/** Spellings and relatives that mean one of ours; an unknown region falls to its language. */
const RELATIVES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(LATIN_AMERICA.map((region) => [`es-${region}`, 'es-419'])),
  pt: 'pt-BR',
  'pt-AO': 'pt-PT',
  'pt-CV': 'pt-PT',
  'pt-GW': 'pt-PT',
  'pt-MZ': 'pt-PT',
  'pt-ST': 'pt-PT',
  'pt-TL': 'pt-PT',
  zh: 'zh-CN',
  'zh-Hant': 'zh-TW',
  'zh-HK': 'zh-TW',
  'zh-MO': 'zh-TW',
  iw: 'he',
  in: 'id',
};

function matchLocale(wish: string): string | undefined {
  let tag: string;
  try {
    tag = new Intl.Locale(wish.slice(0, 35)).baseName;
  } catch {
    return undefined; // Not a language tag: the next wish decides.
  }
  for (let rest = tag; rest !== ''; rest = rest.slice(0, Math.max(rest.lastIndexOf('-'), 0))) {
    for (const candidate of [rest, RELATIVES[rest]]) if (candidate && ENTRIES.has(candidate)) return candidate;
  }
  return undefined;
}

function acceptedTags(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [tag = '', ...params] = entry.trim().split(';');
      const weight = params.map((param) => /^\s*q=([\d.]+)$/.exec(param)?.[1]).find(Boolean);
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter((entry) => entry.tag !== '' && entry.tag !== '*' && entry.weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map((entry) => entry.tag);
}
