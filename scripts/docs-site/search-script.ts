/**
 * What a reader's browser runs: the search over the built index, and a button that copies code. Sent as the text of these very
 * functions, so the tests run what readers run. Everything works without it: the search box then leads to the list of all pages.
 */

/** The index as it is sent: entries are [title, address, area]; words are sorted, each with its pages as gaps in base 36. */
export interface SearchIndex {
  entries: readonly (readonly [title: string, url: string, about: string])[];
  /** `stem:gaps` by line, the stem without as many letters as its first sign (base 36) says it shares with the word before. */
  words: string;
}

export interface Found {
  title: string;
  url: string;
  about: string;
}

/** Words as the index holds them: small letters, digits and the inside of codes. */
export function searchTerms(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The pages of each word, unpacked. */
export function unpackWords(packed: string): [word: string, at: number[]][] {
  let before = '';
  return packed.split('\n').map((line) => {
    const [head = '', gaps = ''] = line.split(':');
    const word = before.slice(0, Number.parseInt(head.charAt(0), 36)) + head.slice(1);
    before = word;
    let at = -1;
    const pages = gaps.split(',').map((gap) => {
      at += Number.parseInt(gap, 36) + 1;
      return at;
    });
    return [word, pages];
  });
}

/** Entries that have all words, the last one also as a beginning; those with the words in their title come first. */
export function searchPages(index: SearchIndex, words: readonly [string, number[]][], query: string): Found[] {
  const all = searchTerms(query);
  const long = all.filter((term) => term.length > 1);
  const terms = long.length > 0 ? long : all;
  const scores = new Map<number, number>();
  for (const [i, term] of terms.entries()) {
    const here = new Map<number, number>();
    const add = (at: number, points: number): void => void here.set(at, Math.max(here.get(at) ?? 0, points));
    for (const [word, pages] of words) {
      if (!word.startsWith(term)) continue;
      for (const at of pages) add(at, word === term ? 3 : 1);
    }
    for (const [at, [title, url]] of index.entries.entries()) {
      const own = searchTerms(title);
      if (own.includes(term)) add(at, (url.includes('#') ? 14 : 20) + 20 / own.length);
      else if (searchTerms(url).includes(term)) add(at, url.includes('#') ? 4 : 21);
      else if (own.some((word) => word.startsWith(term))) add(at, 14);
    }
    for (const at of i === 0 ? here.keys() : [...scores.keys()]) {
      const points = here.get(at);
      if (points === undefined) scores.delete(at);
      else scores.set(at, (scores.get(at) ?? 0) + points);
    }
  }
  for (const [at, points] of scores) {
    const [title = '', url = ''] = index.entries[at] ?? [];
    const same = searchTerms(title).join() === all.join() ? 100 : 0;
    // Guides come before codes, and both before objects and decisions, unless somebody writes the very name.
    scores.set(
      at,
      same + points * (/errors\/|declines\/|events\//.test(url) ? 0.6 : /objects\/|decisions/.test(url) ? 0.4 : 1),
    );
  }
  return [...scores]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, 20)
    .map(([at]) => {
      const [title = '', url = '', about = ''] = index.entries[at] ?? [];
      return { title, url, about };
    });
}

/** Joins the search to its box: results while typing, arrows and Enter to go to one, Escape to leave. */
export function watchSearch(): void {
  const form = document.querySelector<HTMLFormElement>('form.search');
  const input = form?.querySelector('input');
  const box = form?.querySelector<HTMLElement>('.results');
  const status = form?.querySelector('[role=status]');
  if (!form || !input || !box || !status) return;
  let ready: Promise<[SearchIndex, [string, number[]][]]> | undefined;
  const load = () => {
    ready ??= fetch(form.dataset.index ?? '')
      .then((answer) => answer.json())
      .then((index: SearchIndex) => [index, unpackWords(index.words)]);
    return ready;
  };
  const close = () => {
    box.hidden = true;
  };
  const show = async () => {
    const query = input.value;
    const [index, words] = await load();
    if (query !== input.value) return;
    const found = searchPages(index, words, query);
    box.replaceChildren(resultList(found));
    box.hidden = searchTerms(query).length === 0;
    status.textContent = box.hidden ? '' : [found.length, 'results'].join(' ');
  };
  input.addEventListener('focus', load, { once: true });
  input.addEventListener('input', show);
  form.addEventListener('submit', (event) => {
    const first = box.querySelector('a');
    if (!first || box.hidden) return;
    event.preventDefault();
    first.click();
  });
  form.addEventListener('keydown', (event) => {
    const stops = [input, ...box.querySelectorAll('a')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      close();
      input.focus();
    } else if (step !== undefined && !box.hidden) {
      event.preventDefault();
      const at = stops.indexOf(document.activeElement as HTMLInputElement);
      stops[(at + step + stops.length) % stops.length]?.focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (!form.contains(event.target as Node)) close();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || /^(input|textarea)$/i.test(document.activeElement?.tagName ?? '')) return;
    event.preventDefault();
    input.focus();
  });
  input.value = new URLSearchParams(location.search).get('q') ?? '';
  if (input.value !== '') void show();
}

/** Results as elements; nothing of them is ever read as HTML. */
export function resultList(found: readonly Found[]): HTMLElement {
  const list = document.createElement(found.length === 0 ? 'p' : 'ul');
  if (found.length === 0) list.textContent = 'Nothing found.';
  for (const { title, url, about } of found) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    const small = document.createElement('small');
    link.href = url;
    link.textContent = title;
    small.textContent = about;
    link.append(small);
    item.append(link);
    list.append(item);
  }
  return list;
}

/** A button on every block of code that is one to be used. */
export function addCopyButtons(): void {
  for (const block of document.querySelectorAll('.code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(block.querySelector('code')?.textContent ?? '');
      button.textContent = 'Copied';
    });
    block.append(button);
  }
}

/** The text of the file that pages load. */
export function siteScript(): string {
  const parts = [searchTerms, unpackWords, searchPages, resultList, watchSearch, addCopyButtons];
  return [...parts.map((part) => smaller(String(part))), 'addCopyButtons();watchSearch();', ''].join('\n');
}

/** Without comments, indentation and the spaces around signs; no text in the functions above holds a sign between spaces. */
function smaller(script: string): string {
  return script
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\s*\n\s*/g, '\n')
    .replace(/ +(=>|=|===|!==|\?\?|\?|:|&&|\|\||[-+*<>{])(?= )/g, '$1')
    .replace(/(=>|[=,;:?{&|+*<>-]) +/g, '$1')
    .replace(/([;{,])\n/g, '$1')
    .replace(/ {2,}/g, ' ')
    .replace(/ ?([(){}]) ?/g, '$1')
    .replace(/\n(?=[.})])/g, '');
}
