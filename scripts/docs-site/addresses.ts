/**
 * Where each file of the project lies on the site, and the links between them. Links of the sources lead from file to file, as a code
 * host shows them; on the site they lead to pages, and what has no page keeps its words without a link.
 */
import { posix } from 'node:path';
import { REPLACED } from './contents.ts';

const NAMED: Readonly<Record<string, string>> = {
  'docs/README.md': '/docs/',
  'README.md': '/docs/about',
  'ARCHITECTURE.md': '/docs/architecture',
  'sdk/README.md': '/docs/sdk',
  'docs/openapi.json': '/docs/openapi.json',
  docs: '/docs/',
  ...Object.fromEntries(Object.entries(REPLACED).map(([file, page]) => [file, `/docs/${page}`])),
};

/** The address of a file's page, whether or not there is one; undefined for files that never have one. */
export function addressOf(file: string): string | undefined {
  const named = NAMED[file];
  if (named !== undefined) return named;
  if (!file.startsWith('docs/')) return /^(api|errors|events)$/.test(file) ? `/docs/${file}` : undefined;
  if (file.startsWith('docs/images/')) return `/${file}`;
  if (file.endsWith('/README.md')) return `/${file.slice(0, -'/README.md'.length)}`;
  return file.endsWith('.md') ? `/${file.slice(0, -'.md'.length)}` : `/${file}`;
}

/** The file of the site that holds the page of an address: `/docs/` is `start.html`. */
export function nameOf(url: string): string {
  return url === '/docs/' ? 'start' : url.slice('/docs/'.length);
}

/** The address of a page's twin in Markdown. */
export function twinOf(url: string): string {
  return url === '/docs/' ? '/docs/start.md' : `${url}.md`;
}

const FENCES = /(^ *```[\s\S]*?^ *```[^\n]*$)/m;
const LINK = /(!?)\[((?:`[^`]*`|!\[[^\]]*\]\([^)]*\)|[^\]`])*)\]\(([^()\s]+)\)/g;

/** `markdown` of `file` with addresses of the site in place of files; `pages` are the addresses that there are. */
export function onSite(markdown: string, { file, pages }: { file: string; pages: ReadonlySet<string> }): string {
  const address = (href: string): string | undefined => {
    if (/^[a-z]+:/i.test(href) || href.startsWith('#') || href.startsWith('/docs/')) return href;
    const [path = '', anchor] = href.split('#', 2);
    const target = posix.join(posix.dirname(file), path).replace(/\/$/, '');
    const url = addressOf(target);
    if (url === undefined || (!pages.has(url) && !/\.(json|png)$/.test(url))) return undefined;
    if (REPLACED[target] !== undefined && anchor !== undefined && pages.has(`${url}/${anchor}`))
      return `${url}/${anchor}`;
    return anchor === undefined ? url : `${url}#${anchor}`;
  };
  return outsideCode(markdown, (text) =>
    text.replace(LINK, (_all, image: string, words: string, href: string) => {
      const url = address(href);
      if (image !== '') return url === undefined ? words : `[Picture: ${words}](${url})`;
      return url === undefined ? words : `[${words}](${url})`;
    }),
  );
}

/** The same for machines: links between pages lead to their twins. */
export function betweenTwins(markdown: string): string {
  return outsideCode(markdown, (text) =>
    text.replace(/\]\((\/docs\/[^()\s#]*)(#[^()\s]*)?\)/g, (all, url: string, anchor = '') =>
      /\.(json|png|txt)$/.test(url) ? all : `](${twinOf(url)}${anchor})`,
    ),
  ).replace(/^( *```\w+) tab=.*$/gm, '$1');
}

function outsideCode(markdown: string, change: (text: string) => string): string {
  return markdown
    .split(FENCES)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('');
}
