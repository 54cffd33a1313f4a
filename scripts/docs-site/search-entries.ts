/** The index that the search reads: titles and headings as entries, and for each word of the texts the pages that have it. */
import { type SearchIndex, searchTerms } from './search-script.ts';
import type { Page, Site } from './site.ts';

/** Words that every page has. */
const TOO_FREQUENT = 0.5;

/** The index of all pages. Entries of pages come first, so that words need only their numbers; headings follow. */
export function searchIndex({ pages }: Site): SearchIndex {
  const shown = pages.filter(({ area }) => area !== 'Lists');
  const entries: [string, string, string][] = shown.map((page) => [page.title, page.url, aboutOf(page)]);
  for (const page of shown) {
    for (const { depth, id, text } of page.headings) {
      if (depth === 2 && !REPEATED.has(text)) entries.push([text, `${page.url}#${id}`, page.title]);
    }
  }
  return { entries, words: packed(shown) };
}

/** Headings that every page of a catalogue has. */
const REPEATED = new Set([
  'What it looks like',
  'In the SDK',
  'Which requests answer it',
  'Example',
  'Hear it',
  'Others of this object',
  'Where it is used',
]);

function aboutOf({ area, parent }: Page): string {
  if (parent === '/docs/errors') return 'Error code';
  if (parent === '/docs/declines') return 'Decline code';
  if (parent === '/docs/events') return 'Event';
  return area;
}

function packed(pages: readonly Page[]): string {
  const found = new Map<string, number[]>();
  for (const [at, page] of pages.entries()) {
    for (const word of new Set(searchTerms(`${page.title} ${page.words}`))) {
      if (word.length > 1 && word.length < 30) found.set(word, [...(found.get(word) ?? []), at]);
    }
  }
  let before = '';
  return [...found]
    .filter(([, at]) => at.length < pages.length * TOO_FREQUENT)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, at]) => {
      const common = sharedLetters(before, word);
      before = word;
      const gaps = at.map((one, i) => (one - (at[i - 1] ?? -1) - 1).toString(36));
      return `${common.toString(36)}${word.slice(common)}:${gaps.join(',')}`;
    })
    .join('\n');
}

function sharedLetters(a: string, b: string): number {
  let count = 0;
  while (count < 35 && count < a.length && a[count] === b[count]) count++;
  return count;
}
