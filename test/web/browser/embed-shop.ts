/** A shop on another port of this machine that shows a session in its own page, and remembers what it was told. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import type { TestApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';

export interface Shop {
  /** As payers type it; the page that Tender sees as another site. */
  origin: string;
  /** The same server under a name that nobody allowed. */
  stranger: string;
  /** Pages of its own, by path. */
  pages: Map<string, string>;
  close(): Promise<void>;
}

/** The shop's page takes its session from the fragment of its own address; `/stranger` speaks to every window around it. */
export async function startShop(app: TestApp): Promise<Shop> {
  const pages = new Map([['/thanks', '<!doctype html><title>Thanks</title><h1>Thanks</h1>']]);
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const own = pages.get((request.url ?? '').split('?')[0] as string);
    if (own !== undefined) response.end(own);
    else if (request.url?.startsWith('/stranger')) response.end(strangerPage);
    else response.end(shopPage(app.url));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    stranger: `http://127.0.0.1:${port}`,
    pages,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function shopPage(tender: string): string {
  return `<!doctype html><title>Shop</title><button id="buy">Buy</button><div id="place"></div>
<script src="${tender}/checkout.js"></script>
<script>
const { width, ...options } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
if (width) place.style.width = width;
window.told = [];
const hear = (name) => (event) => told.push(event ? [name, event] : [name]);
for (const name of ['onReady', 'onCompleted', 'onFailed', 'onCancelled', 'onExpired']) options[name] = hear(name);
window.checkout = Tender.checkout({ ...options, container: '#place' });
buy.onclick = () => checkout.open();
</script>`;
}

/** Says what the shop and the frame would say to each other. */
const strangerPage = `<!doctype html><script>
const [id, session_id] = location.hash.slice(1).split(',');
const message = (type) => ({ tender: 1, type, checkout_session_id: id, session_id, client_token: 'a.b.c' });
for (const type of ['completed', 'failed', 'cancelled', 'resize']) parent.postMessage(message(type), '*');
for (const type of ['hello', 'close']) parent.frames[0].postMessage(message(type), '*');
parent.postMessage('said', '*');
</script>`;

export interface Visit {
  context: BrowserContext;
  page: Page;
  frame: FrameLocator;
  /** What the browser complained about. */
  complaints: string[];
}

export type Shown = { mode: 'modal' | 'inline'; width?: string; sessionUrl?: string };

/** Opens the shop's page with a session and presses its button. */
export async function visitShop(
  { browser, shop }: { browser: Browser; shop: Pick<Shop, 'origin'> },
  session: Json,
  shown: Shown,
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, locale: 'en-ZA' });
  context.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  context.on('weberror', (error) => complaints.push(error.error().message));
  const page = await context.newPage();
  const told = { clientToken: session.client_token, ...shown };
  await page.goto(`${shop.origin}/#${encodeURIComponent(JSON.stringify(told))}`);
  await page.locator('#buy').click();
  return { context, page, frame: page.frameLocator('iframe'), complaints };
}

/** Everything the shop's page was told so far. */
export function toldTo(page: Page): Promise<[name: string, event?: object][]> {
  return page.evaluate('window.told');
}

/** Waits until the shop's page was told something, and answers all of it. */
export async function hears(page: Page, name: string): Promise<[name: string, event?: object][]> {
  await page.waitForFunction((wanted) => (globalThis as Json).told.some(([told]: string[]) => told === wanted), name);
  return toldTo(page);
}

/** Types a card and presses Pay, inside the frame. */
export async function paysIn(frame: FrameLocator, number: string): Promise<void> {
  const fields = { card_number: number, card_expiry: '1230', card_cvc: '123' };
  for (const [id, value] of Object.entries(fields)) await frame.locator(`#${id}`).fill(value);
  await frame.locator('#pay button[type=submit]').click();
}

/** Waits for a screen inside the frame. */
export function seesIn(frame: FrameLocator, state: string): Promise<void> {
  return frame.locator(`main[data-state=${state}]`).waitFor();
}

/** Closes a visit in which nothing went wrong. */
export async function done({ context, complaints }: Visit): Promise<void> {
  await context.close();
  assert.deepEqual(complaints, []);
}
