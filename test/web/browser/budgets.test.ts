/**
 * The budgets of the checkout page: bytes, requests and times of the heaviest screen in a real Chromium, and how fast the server renders.
 * The hard limits fail; `TENDER_BUDGETS=write` writes what was measured to docs/checkout-budgets.md. A busy machine can only make times
 * longer: a time over its limit is measured again, and on a machine that has more to do than it can, as during a whole run of the tests,
 * it is told and not judged. Bytes, requests and shifts are always judged.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, loadavg, totalmem } from 'node:os';
import { after, before, test } from 'node:test';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { testApp } from '../../support/app.ts';
import { type CheckoutServer, startCheckout } from '../checkout-server.ts';
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

interface Budget {
  what: string;
  unit: 'B' | 'ms' | '';
  hard: number;
  stretch: number;
  measured: number;
}

const KB = 1024;
/** Somebody else uses the processors, too: then times say nothing about the page. */
const isBusy = () => process.env.TENDER_BUDGETS === undefined && (loadavg()[0] ?? 0) > 1.25 * cpus().length;
const TRIES = isBusy() ? 1 : 3;
const budgets: Budget[] = [];

/** Holds a measured value to its hard limit and keeps it for the table. */
function within(what: string, measured: number, limits: Pick<Budget, 'unit' | 'hard' | 'stretch'>): void {
  budgets.push({ what, measured, ...limits });
  if (limits.unit === 'ms' && isBusy()) return;
  assert.ok(measured <= limits.hard, `${what}: ${measured} ${limits.unit}, the limit is ${limits.hard}`);
}

/** The lowest of a few measurements, stopping at the first within the limit. */
async function quietest(limit: number, measure: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 1; tries <= TRIES && least > limit; tries++) least = Math.min(least, await measure());
  return least;
}

async function gzBytes(path: string): Promise<number> {
  // undici opens what it asked for, so the length is read from the wire's own header.
  const answer = await fetch(checkout.origin + path, { headers: { 'accept-encoding': 'gzip' } });
  const length = answer.headers.get('content-length');
  await answer.arrayBuffer();
  assert.ok(length !== null, `${path} says how long it is`);
  return Number(length);
}

async function heaviest(): Promise<{ fixture: Fixture; bytes: number }> {
  let worst: { fixture: Fixture; bytes: number } | undefined;
  for (const fixture of FIXTURES) {
    const bytes = await gzBytes(checkout.put(fixture.name, fixture.view, fixture.kept));
    if (bytes > (worst?.bytes ?? 0)) worst = { fixture, bytes };
  }
  return worst as { fixture: Fixture; bytes: number };
}

interface Loaded {
  requests: string[];
  bytes: number;
  lcp: number;
  cls: number;
  tbt: number;
}

/** A phone on slow 4G with a slow processor, and nothing in its cache. */
async function slowPhone(): Promise<{ page: Page; cdp: CDPSession; close(): Promise<void> }> {
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
  return { page, cdp, close: () => context.close() };
}

async function load(path: string): Promise<Loaded> {
  const { page, cdp, close } = await slowPhone();
  const bytes = new Map<string, number>();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
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
  await page.goto(checkout.origin + path, { waitUntil: 'networkidle' });
  const facts = await page.evaluate(() => (window as unknown as { seen: Omit<Loaded, 'requests' | 'bytes'> }).seen);
  await close();
  return { requests, bytes: [...bytes.values()].reduce((a, b) => a + b, 0), ...facts };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] as number;

test('bytes: the heaviest page, the page script and the loader for shops', async () => {
  const { fixture, bytes } = await heaviest();
  within(`HTML with CSS, gzip, heaviest state (${fixture.name})`, bytes, { unit: 'B', hard: 14 * KB, stretch: 8 * KB });
  const html = await (await fetch(checkout.origin + checkout.put(fixture.name, fixture.view))).text();
  const script = /<script[^>]* src="([^"]+)"/.exec(html)?.[1] ?? '';
  within('Page script, gzip', await gzBytes(script), { unit: 'B', hard: 10 * KB, stretch: 6 * KB });
  const loader = await fetch(`${checkout.origin}/checkout.js`);
  await loader.arrayBuffer();
  if (loader.status === 200)
    within('/checkout.js, gzip', await gzBytes('/checkout.js'), { unit: 'B', hard: 3 * KB, stretch: 2 * KB });
});

test('a cold load on a slow phone: bytes, requests, nobody else, first sight, shifts and long tasks', async () => {
  const { fixture } = await heaviest();
  const path = checkout.put(fixture.name, fixture.view, fixture.kept);
  let loads: Loaded[] = [];
  for (let tries = 1; tries <= TRIES; tries++) {
    const now = [await load(path), await load(path), await load(path), await load(path), await load(path)];
    if (loads.length === 0 || median(now.map(({ lcp }) => lcp)) < median(loads.map(({ lcp }) => lcp))) loads = now;
    if (median(loads.map(({ lcp }) => lcp)) <= 1_000 && median(loads.map(({ tbt }) => tbt)) <= 50) break;
  }
  const of = (take: (one: Loaded) => number) => median(loads.map(take));
  within(
    'All own bytes, cold, with headers, without logo',
    of((one) => one.bytes),
    { unit: 'B', hard: 25 * KB, stretch: 15 * KB },
  );
  within(
    'Requests, without logo',
    of((one) => one.requests.length),
    { unit: '', hard: 3, stretch: 2 },
  );
  const foreign = loads.flatMap(({ requests }) => requests.filter((url) => !url.startsWith(checkout.origin)));
  within('Requests to other origins', foreign.length, { unit: '', hard: 0, stretch: 0 });
  within('LCP', Math.round(of((one) => one.lcp)), { unit: 'ms', hard: 1_000, stretch: 800 });
  within(
    'CLS',
    of((one) => one.cls),
    { unit: '', hard: 0.01, stretch: 0 },
  );
  within('TBT', Math.round(of((one) => one.tbt)), { unit: 'ms', hard: 50, stretch: 0 });
});

test('from a key to its paint while typing a card, on a slow processor', async () => {
  const fixture = FIXTURES.find(({ name }) => name === 'choose') as Fixture;
  const path = checkout.put('typing', fixture.view);
  const p95 = await quietest(50, async () => {
    const { page, close } = await slowPhone();
    await page.goto(checkout.origin + path);
    await page.evaluate(() => {
      const durations: number[] = [];
      Object.assign(window, { durations });
      const take = (list: PerformanceObserverEntryList) => {
        for (const entry of list.getEntries()) if (entry.name === 'keydown') durations.push(entry.duration);
      };
      new PerformanceObserver(take).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
    });
    const field = page.locator('#card_number');
    await field.focus();
    for (let keys = 0; keys < 200; keys += 20) {
      await page.keyboard.type('4242424242424242', { delay: 8 });
      for (let n = 0; n < 4; n++) await page.keyboard.press('Backspace', { delay: 8 });
      await field.fill('');
    }
    const slow = await page.evaluate(
      () =>
        new Promise<number[]>((resolve) =>
          requestAnimationFrame(() =>
            setTimeout(() => resolve((window as unknown as { durations: number[] }).durations), 50),
          ),
        ),
    );
    await close();
    // The browser tells of no key that was painted within 16 ms.
    return quantile([...slow, ...Array<number>(Math.max(0, 200 - slow.length)).fill(16)], 0.95);
  });
  within('Key to paint while typing, p95 of 200 keys', p95, { unit: 'ms', hard: 50, stretch: 16 });
});

test('the server renders a page 200 times a second, each within the limit', async () => {
  const app = await testApp({ connections: 8 });
  const sessions = await Promise.all(Array.from({ length: 60 }, () => app.merchant.createSession()));
  const paths = sessions.map((session) => `${app.url}/checkout/${session.checkout_session_id}`);
  const agent = new Agent({ keepAlive: true });
  const get = async (n: number): Promise<number> => {
    const begun = performance.now();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(paths[n % paths.length] as string, { agent }, (answer) =>
        answer.resume().on('end', () => resolve(answer.statusCode)),
      );
      asked.on('error', reject).end();
    });
    assert.equal(status, 200);
    return performance.now() - begun;
  };
  for (let n = 0; n < 200; n++) await get(n);
  const p99 = await quietest(50, async () => {
    // A link may be read 120 times a minute.
    app.clock.advance(60_000);
    const all: Promise<number>[] = [];
    const begun = performance.now();
    await new Promise<void>((resolve) => {
      const tick = setInterval(() => {
        while (all.length < Math.min(600, (performance.now() - begun) / 5)) all.push(get(all.length));
        if (all.length < 600) return;
        clearInterval(tick);
        resolve();
      }, 5);
    });
    return quantile(await Promise.all(all), 0.99);
  });
  agent.destroy();
  await app.close();
  within('Server render with database, p99 at 200 requests/s', Math.round(p99), { unit: 'ms', hard: 50, stretch: 15 });
});

test('what was measured is said, and written where that was asked for', async () => {
  const shown = ({ measured, unit }: Pick<Budget, 'measured' | 'unit'>) =>
    `${measured.toLocaleString('en')} ${unit}`.trim();
  const rows = budgets.map(
    (one) =>
      `| ${one.what} | ${shown({ measured: one.hard, unit: one.unit })} | ${shown({ measured: one.stretch, unit: one.unit })} | ${shown(one)} |`,
  );
  for (const row of rows) console.log(row);
  if (process.env.TENDER_BUDGETS !== 'write') return;
  // What a busy machine measured is no figure of the page.
  assert.ok(
    budgets.every(({ measured, hard }) => measured <= hard),
    'nothing was written: a value is over its limit',
  );
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, Chromium ${browser.version()}`;
  const text = `# Budgets of the checkout page

Measured ${new Date().toISOString().slice(0, 10)} on ${machine}, plain http on loopback. Loads are of the heaviest screen, cold, at 360 × 640,
150 ms round trip, 1.6 Mbit/s and a processor slowed four times; the median of five. Typing is on the same processor. The server renders
whole pages, with their reading from PostgreSQL, while the same machine makes the requests.

| Metric | Hard limit | Stretch | Measured |
|---|---|---|---|
${rows.join('\n')}

A run of the tests fails at the hard limits. \`TENDER_BUDGETS=write node scripts/run-tests.ts test/web/browser/budgets.test.ts\` measures
anew and writes this page.
`;
  writeFileSync(new URL('../../../docs/checkout-budgets.md', import.meta.url), text);
});
