/**
 * All pages of the site, in reading order: those of the table of contents with their files, those of catalogues, those made from the
 * program, and lists of folders and of everything. Each is Markdown whose links are addresses of the site.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, onSite } from './addresses.ts';
import { readApiDocument } from './api-document.ts';
import { apiPages, type MadePage } from './api-pages.ts';
import { errorPages, eventPages } from './code-pages.ts';
import { AREAS, CATALOGUES } from './contents.ts';
import { type Rendered, render } from './markdown.ts';

export interface Page extends Rendered {
  url: string;
  area: string;
  label: string;
  markdown: string;
  /** The address of the page above it, where there is one. */
  parent?: string;
  /** Stands in the navigation. */
  listed: boolean;
}

export interface Site {
  /** In reading order. */
  pages: readonly Page[];
  description: string;
}

interface Draft {
  url: string;
  area: string;
  label?: string;
  parent?: string;
  listed: boolean;
  markdown: string;
  /** Where relative links of the text lead from; absent where it has none. */
  file?: string;
}

/** Reads the folder of the project and makes every page. */
export function readSite(folder: string): Site {
  const document = readApiDocument(join(folder, 'docs/openapi.json'));
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  const made: Record<string, MadePage[]> = {
    api: apiPages(document),
    errors: errorPages(document, text('docs/errors.md')),
    events: eventPages(document, text('docs/events.md')),
  };
  const drafts = AREAS.flatMap(({ title, pages }) =>
    pages.flatMap(({ file, label }): Draft[] => {
      const own = made[file];
      if (own !== undefined) return own.map((page) => madeDraft(page, { area: title, file }));
      const named = label === undefined ? {} : { label };
      const catalogue = Object.keys(CATALOGUES).find((name) => CATALOGUES[name] === file);
      const below = catalogue === undefined ? [] : catalogueDrafts(folder, { catalogue, area: title });
      if (file === catalogue) {
        return [{ ...listDraft(`/${file}`, 'Decisions', below), area: title, ...named, listed: true }, ...below];
      }
      if (!existsSync(join(folder, file))) return below;
      const url = addressOf(file) as string;
      return [{ url, area: title, ...named, listed: true, markdown: text(file), file }, ...below];
    }),
  );
  const lists = ['guides', 'operations'].map((name) => {
    const inside = drafts.filter(({ url }) => url.startsWith(`/docs/${name}/`));
    return { ...listDraft(`/docs/${name}`, name === 'guides' ? 'Guides' : 'Operations', inside), area: 'Lists' };
  });
  const all = [...drafts, ...lists.filter(({ markdown }) => markdown.includes('- ['))];
  const pages = new Set([...all.map(({ url }) => url), '/docs/all']);
  const finished = all.map((draft) => finish(draft, pages));
  return { pages: [...finished, everything(finished)], description: document.description };
}

function madeDraft(page: MadePage, { area, file }: { area: string; file: string }): Draft {
  // Of the reference the groups stand in the navigation; of other catalogues their list alone.
  const listed = page.parent === undefined || (file === 'api' && page.parent === '/docs/api');
  // The lists of errors and events are files of the folder, with their links.
  return { ...page, area, listed, ...(page.parent === undefined && file !== 'api' ? { file: `docs/${file}.md` } : {}) };
}

function catalogueDrafts(folder: string, { catalogue, area }: { catalogue: string; area: string }): Draft[] {
  return readdirSync(join(folder, catalogue))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => {
      const file = `${catalogue}/${name}`;
      const markdown = readFileSync(join(folder, file), 'utf8');
      return { url: addressOf(file) as string, area, parent: `/${catalogue}`, listed: false, markdown, file };
    });
}

function listDraft(url: string, title: string, inside: readonly Draft[]): Omit<Draft, 'area'> {
  const lines = inside.map(({ url: one, markdown }) => `- [${/^# (.*)$/m.exec(markdown)?.[1] ?? one}](${one})`);
  return {
    url,
    label: title,
    listed: false,
    markdown: `# ${title}\n\nAll pages of this part.\n\n${lines.join('\n')}\n`,
  };
}

function finish(draft: Draft, pages: ReadonlySet<string>): Page {
  const { file, url, area, parent, listed } = draft;
  // Who edits a generated file should know; who reads the site need not.
  const bare = draft.markdown.replace(/<!--[\s\S]*?-->\s*/g, '').replace(/^Made by `npm run .*do not edit\.\s*$/m, '');
  const markdown = file === undefined ? bare : onSite(bare, { file, pages });
  try {
    const rendered = render(markdown);
    const label = draft.label ?? rendered.title;
    return { ...rendered, url, area, label, listed, markdown, ...(parent === undefined ? {} : { parent }) };
  } catch (error) {
    throw new Error(`${url}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The list of every page by its title: where the search leads without a script. */
function everything(pages: readonly Page[]): Page {
  const sorted = [...pages].sort((a, b) => compareTitles(a.title, b.title));
  const letters = Map.groupBy(sorted, ({ title }) => firstLetter(title));
  const parts = [...letters].map(
    ([letter, some]) => `## ${letter}\n\n${some.map(({ title, url }) => `- [${title}](${url})`).join('\n')}\n`,
  );
  const markdown = `# All pages\n\n${pages.length} pages, from A to Z.\n\n${parts.join('\n')}`;
  return { ...render(markdown), url: '/docs/all', area: 'Lists', label: 'All pages', listed: false, markdown };
}

function firstLetter(title: string): string {
  const letter = bareTitle(title).charAt(0).toUpperCase();
  return /\d/.test(letter) ? '0–9' : letter;
}

function bareTitle(title: string): string {
  return title.replace(/^[^\p{L}\p{N}]+/u, '');
}

function compareTitles(a: string, b: string): number {
  return bareTitle(a).localeCompare(bareTitle(b), 'en', { sensitivity: 'base', numeric: true });
}
