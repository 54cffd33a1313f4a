/** The whole HTML of a page: header with search, navigation, trail, contents, the text, the neighbours. No inline style or script. */
import { attribute, type Html, html, trusted } from '../../src/web/html.ts';
import { twinOf } from './addresses.ts';
import { AREAS } from './contents.ts';
import type { Page, Site } from './site.ts';

export interface Files {
  /** Addresses of the style sheet, the script and the search index. */
  style: string;
  script: string;
  index: string;
}

/** A page of the site as a document. */
export function documentOf(page: Page, { site, files }: { site: Site; files: Files }): string {
  const main = html`<main id="site-text">${trail(page, site)}
<h1>${page.title}</h1>${contents(page)}
<div class="text">${trusted(page.html)}</div>
${neighbours(page, site)}
</main>`;
  const head = html`<meta name="description" content="${page.summary.slice(0, 200)}">
<link rel="alternate" type="text/markdown" href="${twinOf(page.url)}">`;
  return frame({ title: titleOf(page, site), head, main, page, site, files });
}

/** The page for addresses that lead nowhere. */
export function missingPage(about: { site: Site; files: Files }): string {
  const main = html`<main id="site-text"><h1>There is no such page</h1>
<div class="text"><p>It may have another name by now. Search above, begin at the <a href="/docs/">start</a>, or look through
<a href="/docs/all">all pages</a>.</p></div></main>`;
  const head = html`<meta name="robots" content="noindex">`;
  return frame({ title: 'There is no such page · Tender', head, main, ...about });
}

/** Of pages with one title each names what it is part of. */
export function titleOf(page: Page, site: Site): string {
  const above = page.parent === undefined ? undefined : site.pages.find(({ url }) => url === page.parent);
  return `${page.title} · ${above?.label ?? page.area} · Tender`;
}

interface FrameParts {
  title: string;
  head: Html;
  main: Html;
  page?: Page;
  site: Site;
  files: Files;
}

function frame({ title, head, main, page, site, files }: FrameParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${head}
<link rel="icon" href="/docs/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${files.style}">
<script src="${files.script}" defer></script>
</head>
<body>
<a class="skip" href="#site-text">To the text</a>
<header class="top">
<a class="brand" href="/docs/"><img src="/docs/assets/icon.svg" width="28" height="28" alt="">Tender <span>docs</span></a>
<form class="search" role="search" action="/docs/all" data-index="${files.index}">
<label class="vh" for="site-search">Search the documentation</label>
<input id="site-search" name="q" type="search" placeholder="Search" autocomplete="off" spellcheck="false" maxlength="100">
<div class="results" hidden></div>
<p class="vh" role="status"></p>
</form>
<button class="menu" type="button" popovertarget="site-map">Menu</button>
</header>
<div class="frame">
${navigation(site, page)}
${main}
</div>
<footer class="bottom"><p>Also as Markdown: ${page === undefined ? 'each page' : html`<a href="${twinOf(page.url)}">this page</a>`}
 · <a href="/docs/llms.txt">llms.txt</a> · <a href="/docs/openapi.json">openapi.json</a> · <a href="/docs/all">all pages</a></p></footer>
</body>
</html>
`.text;
}

function navigation(site: Site, page: Page | undefined): Html {
  const parts = AREAS.map(({ title }) => {
    const listed = site.pages.filter((one) => one.area === title && one.listed);
    const items = listed.map((one) => {
      const mark = one.url === page?.url ? 'page' : isAbove(one, page) ? 'true' : undefined;
      return html`<li><a href="${one.url}"${attribute('aria-current', mark)}>${one.label}</a></li>`;
    });
    return items.length === 0 ? undefined : html`<h2>${title}</h2><ul>${items}</ul>`;
  });
  return html`<nav id="site-map" class="nav" popover aria-label="Documentation">
<button class="menu" type="button" popovertarget="site-map" popovertargetaction="hide">Close</button>${parts}</nav>`;
}

/** The page of the navigation under which an unlisted one lies. */
function isAbove(one: Page, page: Page | undefined): boolean {
  return page !== undefined && !page.listed && page.parent === one.url;
}

function trail(page: Page, site: Site): Html {
  const above = page.parent === undefined ? undefined : site.pages.find(({ url }) => url === page.parent);
  if (page.url === '/docs/') return html``;
  return html`<nav class="trail" aria-label="You are here"><ol><li><a href="/docs/">Documentation</a></li>
${page.area !== 'Lists' && html`<li>${page.area}</li>`}
${above !== undefined && html`<li><a href="${above.url}">${above.label}</a></li>`}
<li aria-current="page">${page.label}</li></ol></nav>`;
}

/** Headings of the second level; none where there are fewer than two. */
function contents({ headings, url }: Page): Html {
  const shown = headings.filter(({ depth }) => depth === 2);
  if (shown.length < 2 || url === '/docs/all') return html``;
  const items = shown.map(({ id, text }) => html`<li><a href="#${id}">${text}</a></li>`);
  return html`<nav class="toc" aria-label="On this page"><details><summary>On this page</summary><ul>${items}</ul></details></nav>`;
}

/** The pages before and after, within the same catalogue or along the navigation. */
function neighbours(page: Page, site: Site): Html {
  const row = site.pages.filter((one) =>
    page.listed ? one.listed : one.parent === page.parent && !one.listed && page.parent !== undefined,
  );
  const at = row.indexOf(page);
  if (at < 0) return html``;
  const [before, after] = [row[at - 1], row[at + 1]];
  return html`<nav class="neighbours" aria-label="Pages before and after">
${before !== undefined && html`<a rel="prev" href="${before.url}"><small>Before</small> ${before.label}</a>`}
${after !== undefined && html`<a rel="next" href="${after.url}"><small>Next</small> ${after.label}</a>`}
</nav>`;
}
