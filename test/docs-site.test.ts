/** The built documentation as files: nothing is missing, no link is broken, no page is heavy, every page is there for machines too. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { addressOf, twinOf } from '../scripts/docs-site/addresses.ts';
import { readApiDocument } from '../scripts/docs-site/api-document.ts';
import { operationAddress } from '../scripts/docs-site/api-pages.ts';
import { AREAS } from '../scripts/docs-site/contents.ts';
import { render } from '../scripts/docs-site/markdown.ts';
import { type SearchIndex, searchPages, siteScript, unpackWords } from '../scripts/docs-site/search-script.ts';
import { DECLINE_CODES } from '../src/domain/decline.ts';
import { ERRORS } from '../src/domain/errors.ts';
import { EVENT_TYPES } from '../src/domain/events.ts';
import { type BuiltSite, builtSite } from './support/docs-site.ts';
import { PROJECT_FOLDER } from './support/source-tree.ts';

let site: BuiltSite;
before(async () => {
  site = await builtSite();
});
after(() => site.remove());

test('every page of docs/ is in the table of contents or in a catalogue', (t) => {
  const written = readdirSync(join(PROJECT_FOLDER, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  assert.ok(written.length > 100);
  const missing = [...written, 'sdk/README.md'].filter((file) => !site.pages.has(addressOf(file) as string));
  assert.deepEqual(missing, [], 'add them to scripts/docs-site/contents.ts');
  const listed = AREAS.flatMap(({ pages }) => pages.map(({ file }) => file)).filter((file) => /[./]/.test(file));
  const absent = listed.filter((file) => !existsSync(join(PROJECT_FOLDER, file)));
  if (absent.length > 0) t.diagnostic(`listed and not written: ${absent.join(', ')}`);
  t.diagnostic(`${site.pages.size} pages, built in ${Math.round(site.tookMs)} ms`);
});

test('every error code, decline code, type of event and operation has its place', () => {
  const wanted = [
    ...Object.keys(ERRORS).map((code) => `/docs/errors/${code}`),
    ...DECLINE_CODES.map((code) => `/docs/declines/${code}`),
    ...EVENT_TYPES.map((type) => `/docs/events/${type}`),
  ];
  assert.deepEqual(
    wanted.filter((url) => !site.pages.has(url)),
    [],
  );
  for (const operation of readApiDocument(join(PROJECT_FOLDER, 'docs/openapi.json')).operations) {
    const [url = '', anchor = ''] = operationAddress(operation).split('#');
    const page = site.pages.get(url) ?? '';
    const [, part = ''] = page.split(`<h2 id="${anchor}">`);
    assert.match(part.split('<h2 ')[0] as string, /<label[^>]*>curl<[\s\S]*<label[^>]*>SDK</, operation.operationId);
  }
});

test('every link and every anchor leads somewhere', (t) => {
  const anchors = new Map([...site.pages].map(([url, html]) => [url, new Set(idsIn(html))]));
  let count = 0;
  let outside = 0;
  const broken: string[] = [];
  for (const [url, html] of site.pages) {
    for (const href of new Set(
      [...html.matchAll(/\s(?:href|src|action|data-index)="([^"]*)"/g)].map((match) => match[1]!),
    )) {
      count += 1;
      if (/^https?:/.test(href)) {
        outside += 1;
        if (!URL.canParse(href) || /\s/.test(href)) broken.push(`${url}: ${href}`);
        continue;
      }
      const [path = '', anchor] = href.split('#');
      const target = path === '' ? url : path;
      const lost = !site.files.has(target) || (anchor !== undefined && !anchors.get(target)?.has(anchor));
      if (lost) broken.push(`${url}: ${href}`);
    }
  }
  t.diagnostic(`${count} links on ${site.pages.size} pages, ${outside} of them to elsewhere; ${broken.length} broken`);
  assert.deepEqual(broken, []);
  assert.ok(count > 5_000);
});

test('no anchor is there twice, every page has one heading of the first level, and no two have one title', () => {
  const titles = new Map<string, string>();
  for (const [url, html] of site.pages) {
    assert.deepEqual(html.match(/<h1[ >]/g)?.length, 1, url);
    const ids = idsIn(html);
    assert.equal(new Set(ids).size, ids.length, `${url} has an id twice`);
    const title = /<title>([^<]+)</.exec(html)?.[1] ?? '';
    assert.ok(!titles.has(title), `${url} and ${titles.get(title)} are both “${title}”`);
    titles.set(title, url);
  }
});

test('a page weighs at most 100 KB with everything, and the index of the search at most 150 KB', (t) => {
  const [one = ''] = site.pages.values();
  const parts = [...one.matchAll(/(?:href|src)="(\/docs\/assets\/[^"]+)"/g)].map(([, url]) =>
    site.bytes(url as string),
  );
  const fixed = [...new Set(parts)].reduce((sum, bytes) => sum + bytes, 0);
  const weights = [...site.pages].map(([url]) => ({ url, bytes: site.bytes(url) + fixed }));
  const heaviest = weights.sort((a, b) => b.bytes - a.bytes)[0]!;
  const index = [...site.files.keys()].find((url) => url.startsWith('/docs/assets/search.')) as string;
  const middle = weights[Math.floor(weights.length / 2)]!.bytes;
  t.diagnostic(
    `heaviest ${heaviest.url} ${heaviest.bytes} B, median ${middle} B, of it ${fixed} B style, script and icon`,
  );
  t.diagnostic(`index ${site.bytes(index)} B, script ${Buffer.byteLength(siteScript())} B`);
  assert.ok(heaviest.bytes <= 100_000, `${heaviest.url}: ${heaviest.bytes}`);
  assert.ok(site.bytes(index) <= 150_000, `${site.bytes(index)}`);
  assert.ok(Buffer.byteLength(siteScript()) <= 4_400, 'of it 350 bytes are the copy button');
});

test('every page has a twin in Markdown without HTML, and llms.txt lists them all', () => {
  const listed = new Set([...site.text('/docs/llms.txt').matchAll(/\]\((\/docs\/[^)]+)\)/g)].map(([, url]) => url));
  for (const url of site.pages.keys()) {
    const twin = site.text(twinOf(url));
    assert.match(twin, /^# \S/, url);
    assert.doesNotMatch(twin.replace(/```[\s\S]*?```|`[^`]*`/g, ''), /<[a-z!]+[ >-]|tab=/, url);
    assert.ok(listed.has(twinOf(url)), `llms.txt does not list ${twinOf(url)}`);
    for (const [, href = ''] of twin.matchAll(/\]\((\/docs\/[^)#]*)/g))
      assert.ok(site.files.has(href), `${url}: ${href}`);
  }
  assert.match(site.text('/docs/llms.txt'), /^# Tender\n\n> [\s\S]+\n## Start\n/);
});

test('the search finds pages by their title, by a code, by a beginning and by words of the text', () => {
  const url = [...site.files.keys()].find((one) => one.startsWith('/docs/assets/search.')) as string;
  const index: SearchIndex = JSON.parse(site.text(url));
  const words = unpackWords(index.words);
  const first = (query: string, count = 1) =>
    searchPages(index, words, query)
      .slice(0, count)
      .map((found) => found.url);
  assert.deepEqual(first('mandate_violation'), ['/docs/errors/mandate_violation']);
  assert.deepEqual(first('do_not_honor'), ['/docs/declines/do_not_honor']);
  assert.deepEqual(first('payment.succeeded'), ['/docs/events/payment.succeeded']);
  assert.deepEqual(first('quick st'), ['/docs/quick-start']);
  assert.ok(first('idempotency', 8).includes('/docs/guides/idempotency'));
  assert.ok(first('give back', 3).some((one) => one.startsWith('/docs/api/payments#')));
  assert.ok(first('test clock', 3).some((one) => one.includes('test-clock')));
  assert.deepEqual(first('  '), []);
  assert.deepEqual(first('xyzzyplugh'), []);
  for (const { url: found } of searchPages(index, words, 'card'))
    assert.ok(site.pages.has(found.split('#')[0] as string));
  // The text that browsers get is a program.
  assert.doesNotThrow(() => new Function(siteScript()));
});

test('what Markdown could carry in is shown, never run', () => {
  const { html } = render(
    '# A <b>title</b>\n\nA <script>alert(1)</script> and `<i>`\n\n<img src=x onerror=alert(1)>\n',
  );
  assert.doesNotMatch(html, /<script|<img|<b>/);
  assert.throws(() => render('no heading'), /one heading/);
});

test('a second build is left out where nothing has changed', (t) => {
  const list = join(site.folder, 'files.json');
  const before = statSync(list).mtimeMs;
  const startedAt = performance.now();
  const script = join(PROJECT_FOLDER, 'scripts/build-docs.ts');
  const run = spawnSync(process.execPath, [script, '--if-needed', '--out', site.folder], { encoding: 'utf8' });
  t.diagnostic(`${Math.round(performance.now() - startedAt)} ms`);
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, '', '']);
  assert.equal(statSync(list).mtimeMs, before);
});

function idsIn(html: string): string[] {
  return [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id as string);
}
