/**
 * The documentation in a real Chromium, with the headers it is served with: one page of each kind at both widths, in the light and in the
 * dark, without a finding of axe; search, tabs and menu by keyboard; all of it without script too. TENDER_DOCS=all looks at every page.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { registerDocs } from '../src/web/docs/routes.ts';
import { type BuiltSite, builtSite } from './support/docs-site.ts';
import { launchBrowser } from './web/browser/chromium.ts';

/** One of each template, and of those the ones that axe is done with soonest. */
const KINDS = [
  '/docs/',
  '/docs/guides/settings',
  '/docs/api/refunds',
  '/docs/errors/mandate_violation',
  '/docs/declines/do_not_honor',
  '/docs/nowhere',
];

let site: BuiltSite;
let server: FastifyInstance;
let browser: Browser;
let origin: string;
before(async () => {
  site = await builtSite();
  server = Fastify();
  registerDocs(server, { folder: site.folder });
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await server.close();
  site.remove();
});

test('every kind of page fits its width, loads without a complaint and has no finding of axe', async (t) => {
  const pages = process.env.TENDER_DOCS === 'all' ? [...site.pages.keys(), '/docs/nowhere'] : KINDS;
  let looked = 0;
  const findings: string[] = [];
  for (const [width, colorScheme] of [
    [320, 'light'],
    [1280, 'dark'],
  ] as const) {
    await inPage({ viewport: { width, height: 800 }, colorScheme }, async (page, complaints) => {
      for (const url of width === 320 || pages.length > KINDS.length ? pages : pages.slice(0, 3)) {
        await page.goto(origin + url);
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        if (wide !== width) findings.push(`${url} is ${wide} wide at ${width}`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const { id, nodes } of violations)
          findings.push(`${url} ${width} ${colorScheme}: ${id} ${nodes[0]?.html}`);
        looked += 1;
      }
      findings.push(...complaints.filter((words) => !words.includes('404')));
    });
  }
  t.diagnostic(`${looked} looks at ${pages.length} pages, ${findings.length} findings`);
  assert.deepEqual(findings, []);
});

test('the search is used by keyboard alone: it opens by a slash, arrows walk, Enter goes, Escape leaves', async () => {
  await inPage({}, async (page, complaints) => {
    await page.goto(`${origin}/docs/guides/one-off`);
    await page.keyboard.press('/');
    await page.keyboard.type('mandate_viol');
    await page.locator('.results a').first().waitFor();
    const status = (await page.locator('[role=status]').textContent()) ?? '';
    assert.match(status, /^\d+ results$/);
    await page.keyboard.press('ArrowDown');
    assert.match(String(await page.evaluate('document.activeElement.textContent')), /^mandate_violation/);
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(violations, []);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.results').isHidden(), true);
    await page.keyboard.type('ation');
    await page.locator('.results a').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/docs/errors/mandate_violation');
    assert.deepEqual(complaints, []);
  });
});

test('tabs change by arrow keys, and the menu of a narrow screen opens and closes', async () => {
  await inPage({ viewport: { width: 320, height: 640 } }, async (page) => {
    await page.goto(`${origin}/docs/api/refunds`);
    const tabs = page.locator('.tabs').first();
    assert.equal(await tabs.locator('.language-sh').isVisible(), true);
    await tabs.locator('input').first().focus();
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(
      [await tabs.locator('.language-sh').isVisible(), await tabs.locator('.language-ts').isVisible()],
      [false, true],
    );
    const map = page.locator('#site-map');
    assert.equal(await map.isVisible(), false);
    await page.locator('.top .menu').click();
    assert.equal(await map.isVisible(), true);
    const { violations } = await new AxeBuilder({ page }).include('#site-map').analyze();
    assert.deepEqual(violations, []);
    await map.locator('.menu').click();
    assert.equal(await map.isVisible(), false);
  });
});

test('without script the pages read the same, and the search leads to the list of all pages', async () => {
  await inPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto(`${origin}/docs/api/refunds`);
    assert.equal(await page.locator('.tabs .language-sh').first().isVisible(), true);
    await page.locator('.tabs label', { hasText: 'SDK' }).first().click();
    assert.equal(await page.locator('.tabs .language-ts').first().isVisible(), true);
    assert.equal(await page.locator('.copy').count(), 0);
    await page.locator('#site-search').fill('refund');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/docs/all?q=refund');
    assert.equal(await page.locator('h1').textContent(), 'All pages');
  });
});

test('a block of code is copied as it stands there', async () => {
  await inPage({ permissions: ['clipboard-read', 'clipboard-write'] }, async (page, complaints) => {
    await page.goto(`${origin}/docs/guides/one-off`);
    const block = page.locator('.code').first();
    await block.locator('.copy').click();
    await block.getByText('Copied').waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    assert.equal(copied, await block.locator('code').textContent());
    assert.match(String(copied), /^curl -s /);
    assert.deepEqual(complaints, []);
  });
});

/** A page of its own; `complaints` are what the console and the policy say. */
async function inPage(
  options: BrowserContextOptions,
  use: (page: Page, complaints: string[]) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await use(page, complaints);
  } finally {
    await context.close();
  }
}
