/** Which languages there are, and which one a payer gets: their own choice, the session's, the browser's, English. */
import { type CatalogueMeta, type Phrases, phrases } from './catalogue.ts';
import { type En, en, enMeta } from './en.ts';

/** A catalogue with the keys of English; the sentences are its own. */
export type PagePhrases = Phrases<En>;

const ALL: ReadonlyMap<string, PagePhrases> = new Map([[enMeta.tag, phrases(en, enMeta)]]);

export const LOCALES: readonly CatalogueMeta[] = [...ALL.values()].map((entry) => entry.meta);

export interface LocaleWishes {
  cookie?: string | undefined;
  session?: string | undefined;
  acceptLanguage?: string | undefined;
}

/** The phrases for the first wish that a catalogue meets. */
export function choosePhrases(wishes: LocaleWishes): PagePhrases {
  for (const wish of [wishes.cookie, wishes.session, ...acceptedTags(wishes.acceptLanguage)]) {
    const tag = wish && matchLocale(wish);
    if (tag) return ALL.get(tag) as PagePhrases;
  }
  return ALL.get('en') as PagePhrases;
}

/** True for a tag that has a catalogue of exactly that name. */
export function isLocale(tag: string): boolean {
  return ALL.has(tag);
}

/** Spellings and relatives that mean one of ours; an unknown region falls to its language. */
const RELATIVES: Readonly<Record<string, string>> = {
  pt: 'pt-BR',
  'pt-MZ': 'pt-PT',
  'pt-AO': 'pt-PT',
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
    for (const candidate of [rest, RELATIVES[rest]]) if (candidate && ALL.has(candidate)) return candidate;
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
