/**
 * Every screen in a real browser: no accessibility violation, nothing cut off or scrolling sideways from 320 pixels up,
 * in light, dark, right to left and forced colours; and no request to anybody else.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { BROWSER_COOKIE, type CheckoutServer, startCheckout } from '../checkout-server.ts';
import { FIXTURES, type Fixture } from '../fixtures.ts';
import { launchBrowser } from './chromium.ts';

let browser: Browser;
let checkout: CheckoutServer;

before(async () => {
  [browser, checkout] = await Promise.all([launchBrowser(), startCheckout()]);
});
after(async () => {
  await browser?.close();
  await checkout?.close();
});

/** Screens that stay: the fresh ends leave for the shop at once, the bank's page is somebody else's. */
const STAYING = FIXTURES.filter(({ name }) => name !== 'paid');

interface Window {
  page: Page;
  /** Requests to anybody else since the last screen. */
  foreign: string[];
  /** Complaints of the browser since the last screen. */
  problems: string[];
  show(fixture: Fixture): Promise<void>;
  close(): Promise<void>;
}

/** A window that shows one fixture after the other; the bank and the shop answer 204, so every page stays. */
async function openWindow(options: BrowserContextOptions): Promise<Window> {
  const context = await browser.newContext(options);
  await context.addCookies([{ ...BROWSER_COOKIE, url: checkout.origin }]);
  await context.addInitScript({ content: axe.source });
  const page = await context.newPage();
  const foreign: string[] = [];
  const problems: string[] = [];
  await context.route(
    (url) => !url.href.startsWith(checkout.origin),
    (route) => {
      foreign.push(route.request().url());
      return route.fulfill({ status: 204 });
    },
  );
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  return {
    page,
    foreign,
    problems,
    async show(fixture) {
      foreign.length = 0;
      problems.length = 0;
      // In a narrow window the script leaves for the bank before the page has loaded; the 204 keeps the page.
      const waitUntil = fixture.state === 'three_ds' ? 'commit' : 'load';
      await page.goto(checkout.origin + checkout.put(fixture.name, fixture.view, fixture.kept), { waitUntil });
      await page.locator('footer').waitFor();
    },
    close: () => context.close(),
  };
}

/** Violations of WCAG and of axe's best practices; or of one rule. */
async function violations(page: Page, only?: string): Promise<string[]> {
  const result = await page.evaluate((rule) => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    return inPage.run(document, { iframes: false, ...(rule && { runOnly: [rule] }) });
  }, only);
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}

/** All rules once per width; the other scheme changes nothing but colours. */
const LOOKS = [
  { viewport: { width: 320, height: 640 }, colorScheme: 'dark', only: undefined },
  { viewport: { width: 320, height: 640 }, colorScheme: 'light', only: 'color-contrast' },
  { viewport: { width: 1280, height: 900 }, colorScheme: 'light', only: undefined },
  { viewport: { width: 1280, height: 900 }, colorScheme: 'dark', only: 'color-contrast' },
] as const;

for (const { only, ...look } of LOOKS) {
  test(`every screen is accessible and whole at ${look.viewport.width} pixels, ${look.colorScheme}`, async () => {
    const window = await openWindow(look);
    for (const fixture of STAYING) {
      await window.show(fixture);
      assert.equal(await window.page.locator('main').getAttribute('data-state'), fixture.state, fixture.name);
      assert.deepEqual(await violations(window.page, only), [], fixture.name);
      assert.equal(await sidewaysScroll(window.page), 0, `${fixture.name} scrolls sideways`);
      assert.deepEqual(window.problems, [], fixture.name);
      if (fixture.state !== 'three_ds') assert.deepEqual(window.foreign, [], fixture.name);
    }
    await window.close();
  });
}

test('right to left is the same page mirrored: whole, with numbers left to right', async () => {
  for (const width of [320, 1280]) {
    const window = await openWindow({ viewport: { width, height: 700 } });
    for (const fixture of FIXTURES.filter(({ name }) => /^(choose|declined|error|checking|paid-mandate)/.test(name))) {
      await window.show(fixture);
      const number = await window.page.evaluate(() => {
        document.documentElement.dir = 'rtl';
        const input = document.querySelector('#card_number');
        return input ? getComputedStyle(input).direction : 'ltr';
      });
      assert.equal(number, 'ltr', fixture.name);
      assert.equal(await sidewaysScroll(window.page), 0, fixture.name);
    }
    await window.close();
  }
});

test('every button and field is at least 44 pixels high', async () => {
  const window = await openWindow({ viewport: { width: 320, height: 640 } });
  for (const fixture of STAYING) {
    await window.show(fixture);
    const small = await window.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, .button, summary, input:not([type=hidden])')]
        .map((element) => {
          const box = element.matches('[type=radio], [type=checkbox]');
          const target = box ? (element.closest('label, .consent') ?? element) : element;
          return { text: element.outerHTML.slice(0, 80), height: target.getBoundingClientRect().height };
        })
        .filter(({ height }) => height > 0 && height < 44),
    );
    assert.deepEqual(small, [], fixture.name);
  }
  await window.close();
});

test('at 200 percent text and with text spacing nothing is lost at 320 pixels', async () => {
  const window = await openWindow({ viewport: { width: 320, height: 640 }, bypassCSP: true });
  for (const fixture of STAYING) {
    await window.show(fixture);
    await window.page.addStyleTag({
      content:
        'html{font-size:200%}*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}',
    });
    assert.equal(await sidewaysScroll(window.page), 0, fixture.name);
  }
  await window.close();
});

test('in forced colours every control keeps its outline', async () => {
  const window = await openWindow({ viewport: { width: 1280, height: 900 }, forcedColors: 'active' });
  for (const fixture of FIXTURES.filter(({ name }) => ['choose-saved', 'error-summary', 'paid-again'].includes(name))) {
    await window.show(fixture);
    const bare = await window.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.primary, .secondary, input[type=text], .choice')]
        .filter((element) => element.offsetParent && getComputedStyle(element).borderTopStyle === 'none')
        .map((element) => element.className),
    );
    assert.deepEqual(bare, [], fixture.name);
    assert.deepEqual(await violations(window.page), [], fixture.name);
  }
  await window.close();
});

test('a page is at most three small requests, and nothing moves after the first paint', async () => {
  const fixture = FIXTURES.find(({ name }) => name === 'choose-mandate') as Fixture;
  const context = await browser.newContext({ viewport: { width: 360, height: 640 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const bytes = new Map<string, number>();
  cdp.on('Network.loadingFinished', (event) => bytes.set(event.requestId, event.encodedDataLength));
  await page.addInitScript(() => {
    const seen = { lcp: 0, cls: 0, tbt: 0 };
    Object.assign(window, { seen });
    const watch = (type: string, take: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    watch('largest-contentful-paint', (entry) => {
      seen.lcp = entry.startTime;
    });
    watch('layout-shift', (entry) => {
      seen.cls += (entry as PerformanceEntry & { value: number }).value;
    });
    watch('longtask', (entry) => {
      seen.tbt += Math.max(0, entry.duration - 50);
    });
  });
  await page.goto(checkout.origin + checkout.put(fixture.name, fixture.view), { waitUntil: 'networkidle' });
  const total = [...bytes.values()].reduce((a, b) => a + b, 0);
  const facts = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const { seen } = window as unknown as { seen: { lcp: number; cls: number; tbt: number } };
    return { html: navigation?.encodedBodySize ?? 0, ...seen };
  });
  // Times depend on the machine and are told, not judged; bytes, requests and shifts do not.
  console.log(
    `mandate page at 150 ms, 1.6 Mbit/s, CPU/4: ${bytes.size} requests, ${total} B with headers, HTML ${facts.html} B, ` +
      `LCP ${Math.round(facts.lcp)} ms, TBT ${Math.round(facts.tbt)} ms, CLS ${facts.cls}`,
  );
  assert.ok(bytes.size <= 3, `${bytes.size} requests`);
  assert.ok(facts.html <= 8 * 1024, `${facts.html} bytes of HTML`);
  assert.ok(total <= 15 * 1024, `${total} bytes`);
  assert.ok(facts.cls <= 0.01, `layout shift ${facts.cls}`);
  await context.close();
});
