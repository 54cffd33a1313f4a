/**
 * The site as files, with `files.json`, which says for each address the file, its type and its tag. The server answers what stands there
 * and nothing else, so no address can lead out of the folder.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { betweenTwins, nameOf, twinOf } from './addresses.ts';
import { llmsText } from './llms.ts';
import { searchIndex } from './search-entries.ts';
import { siteScript } from './search-script.ts';
import { readSite, type Site } from './site.ts';
import { documentOf, type Files, missingPage } from './template.ts';

export interface BuiltFile {
  /** Its address; `404` for the page of addresses that lead nowhere. */
  url: string;
  /** From the output folder. */
  path: string;
  type: string;
  body: Buffer;
}

const TYPES = {
  html: 'text/html; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
} as const;

type Ending = keyof typeof TYPES;

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#1f5eff"/><path d="M9 16.5l5 5L23.5 11" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/></svg>';

/** Every file of the site of the project in `folder`. */
export function builtFiles(folder: string): BuiltFile[] {
  const site = readSite(folder);
  const style = asset('site', 'css', smallerStyle(readFileSync(new URL('./style.css', import.meta.url), 'utf8')));
  const script = asset('site', 'js', siteScript());
  const index = asset('search', 'json', JSON.stringify(searchIndex(site)));
  const files: Files = { style: style.url, script: script.url, index: index.url };
  return [
    ...site.pages.flatMap((page) => [
      file({ url: page.url, name: nameOf(page.url), ending: 'html' }, documentOf(page, { site, files })),
      file({ url: twinOf(page.url), name: nameOf(page.url), ending: 'md' }, betweenTwins(page.markdown)),
    ]),
    file({ url: '404', name: '404', ending: 'html' }, missingPage({ site, files })),
    file({ url: '/docs/llms.txt', name: 'llms', ending: 'txt' }, llmsText(site)),
    file({ url: '/docs/assets/icon.svg', name: 'assets/icon', ending: 'svg' }, ICON),
    copied(folder, '/docs/openapi.json'),
    ...pictures(site).map((url) => copied(folder, url)),
    style,
    script,
    index,
  ];
}

/** The list that the server goes by. */
export function manifestOf(files: readonly BuiltFile[], stamp: string): string {
  const entries = files.map(({ url, path, type, body }) => [url, { path, type, tag: hashOf(body) }]);
  return `${JSON.stringify({ stamp, files: Object.fromEntries(entries) }, null, 1)}\n`;
}

function file({ url, name, ending }: { url: string; name: string; ending: Ending }, body: string | Buffer): BuiltFile {
  return { url, path: `${name}.${ending}`, type: TYPES[ending], body: Buffer.from(body) };
}

/** A file whose name has the hash of its content, and may be kept for ever. */
function asset(name: string, ending: Ending, text: string): BuiltFile {
  const path = `assets/${name}.${hashOf(Buffer.from(text))}`;
  return file({ url: `/docs/${path}.${ending}`, name: path, ending }, text);
}

function copied(folder: string, url: string): BuiltFile {
  const [, name = '', ending = ''] = /^\/docs\/(.+)\.(\w+)$/.exec(url) ?? [];
  return file({ url, name, ending: ending as Ending }, readFileSync(join(folder, url.slice(1))));
}

/** Pictures that a page links to. */
function pictures({ pages }: Site): string[] {
  return [
    ...new Set(
      pages.flatMap(({ html }) =>
        [...html.matchAll(/href="(\/docs\/images\/[\w.-]+)"/g)].map(([, url]) => url as string),
      ),
    ),
  ];
}

function hashOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}

function smallerStyle(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*([{};,])\s*/g, '$1')
    .replace(/: /g, ':')
    .replace(/\s+/g, ' ')
    .replace(/;}/g, '}')
    .trim();
}
