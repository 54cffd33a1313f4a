/**
 * `npm run demo`: the whole path on the real thing. Starts Tender in a folder of its own, is the shop and, in headless
 * Chromium, the payer: first with JavaScript, then without. One line a step with its time; ends with the total, and with 0
 * only if everything held. `--json` prints one line of JSON instead, and the steps on stderr.
 */
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/web/browser/chromium.ts';
import { BrowserPayer } from './demo/payer.ts';
import { Shop } from './demo/shop.ts';
import { newDataFolder, removeDataFolder, startTender, type TenderProcess } from './demo/tender-process.ts';

const asJson = process.argv.includes('--json');
const words = process.argv.slice(2).filter((word) => word !== '--json');
const cards = { good: '4242 4242 4242 4242', declined: '4000 0000 0000 0002', challenge: '4000 0000 0000 3220' };

interface Step {
  name: string;
  ms: number;
}

const steps: Step[] = [];
const say = (line: string): void => void (asJson ? process.stderr : process.stdout).write(`${line}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Does one thing, says that it held and how long it took; throws with the name of what did not hold. */
async function step<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  try {
    const result = await act();
    const ms = Math.round(performance.now() - startedAt);
    steps.push({ name, ms });
    say(`✔ ${String(ms).padStart(6)} ms  ${name}`);
    return result;
  } catch (error) {
    say(`✖ ${String(Math.round(performance.now() - startedAt)).padStart(6)} ms  ${name}`);
    throw error;
  }
}

function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

/** Every flow once, by one payer. Answers when the first payment's webhook had come. */
async function flows(shop: Shop, payer: BrowserPayer): Promise<number> {
  const first = await step('first_in_series: paid on the page, webhook verified, card and mandate saved', async () => {
    const created = await shop.createSession({
      amount: 19_900,
      type: 'first_in_series',
      description: 'Reading club, first month',
      options: { customer: { name: 'Thandi' } },
    });
    await payer.opens(created);
    await payer.pays(cards.good);
    const [told] = await Promise.all([shop.toldOf(created.id, 'payment_session.completed'), payer.sees('paid')]);
    holds(told.payment_outcome === 'paid', 'the webhook says paid');
    holds(told.customer_id !== undefined && told.payment_method_id !== undefined, 'the webhook brings the token');
    return told;
  });
  const firstPaidAt = performance.now();
  await step('next_in_series: charged with the token, without the payer', async () => {
    const { customer_id, payment_method_id } = first;
    const options = { customer_id, payment_method_id };
    const next = await shop.createSession({ amount: 19_900, type: 'next_in_series', options });
    holds(next.payment_outcome === 'paid' && next.mandate_id === first.mandate_id, 'paid under the same mandate');
    await shop.toldOf(next.id, 'payment_session.completed');
  });
  await declineAndRetry(shop, payer);
  await challenges(shop, payer);
  return firstPaidAt;
}

async function declineAndRetry(shop: Shop, payer: BrowserPayer): Promise<void> {
  const session = await shop.createSession({ amount: 2_000, description: 'Two concert tickets' });
  await step('a declined card: the page says so, the session stays open', async () => {
    await payer.opens(session);
    await payer.pays(cards.declined);
    await payer.sees('declined', 'declined_other');
    const now = await shop.session(session.id);
    holds(now.status === 'active' && now.payment_outcome === 'unpaid', 'active and unpaid');
    holds(now.last_payment_error?.decline_code === 'generic_decline', 'the decline has its name');
  });
  await step('another card in the same session: paid', async () => {
    await payer.pays(cards.good);
    await payer.sees('paid');
    const told = await shop.toldOf(session.id, 'payment_session.completed');
    holds(told.payment_outcome === 'paid' && told.last_payment_error === undefined, 'paid, and no error any more');
  });
}

async function challenges(shop: Shop, payer: BrowserPayer): Promise<void> {
  await step('3-D Secure passed: paid', async () => {
    const session = await shop.createSession({ amount: 5_000 });
    await payer.opens(session);
    await payer.pays(cards.challenge);
    await payer.decidesAtBank('Approve');
    await payer.sees('paid');
    await shop.toldOf(session.id, 'payment_session.completed');
  });
  await step('3-D Secure failed: nothing charged, the session stays open', async () => {
    const session = await shop.createSession({ amount: 5_000 });
    await payer.opens(session);
    await payer.pays(cards.challenge);
    await payer.decidesAtBank('Decline');
    await payer.sees('declined', 'declined_other');
    const now = await shop.session(session.id);
    holds(now.status === 'active' && now.payment_outcome === 'unpaid', 'active and unpaid');
    holds(now.last_payment_error?.decline_code === 'authentication_failed', 'the decline has its name');
  });
}

/** What the server has said on stderr, for whoever has to find out why a step failed. */
let serverWords = (): string => '';

/** What ends must be ended whatever happened: kept here by whoever started it. */
const endings: (() => Promise<unknown>)[] = [];

async function start(): Promise<{ tender: TenderProcess; browser: Browser }> {
  const dataDir = newDataFolder();
  endings.push(async () => removeDataFolder(dataDir));
  const [tender, browser] = await Promise.all([
    step('Tender started: API, checkout, worker, sandbox and a new PostgreSQL', async () => {
      const started = await startTender({ dataDir });
      endings.push(started.stop);
      serverWords = started.words;
      return started;
    }),
    launchBrowser().then((launched) => {
      endings.push(() => launched.close());
      return launched;
    }),
  ]);
  return { tender, browser };
}

async function demo(): Promise<{ readyToFirstPaidMs: number }> {
  const { tender, browser } = await start();
  const readyAt = performance.now();
  const shop = new Shop(tender.ready.api_url, tender.ready.secret_key);
  await shop.open();
  endings.push(() => shop.close());
  say('\n  With JavaScript');
  const payer = await BrowserPayer.with(browser, { javaScript: true });
  const readyToFirstPaidMs = Math.round((await flows(shop, payer)) - readyAt);
  await payer.close();
  say('\n  Without JavaScript');
  const plain = await BrowserPayer.with(browser, { javaScript: false });
  await flows(shop, plain);
  await plain.close();
  holds(shop.refused === 0, 'every webhook verified');
  say(`\n${shop.webhooks} webhooks, all verified by the standardwebhooks package.`);
  return { readyToFirstPaidMs };
}

async function main(): Promise<number> {
  if (words.length > 0) {
    process.stderr.write('npm run demo\nnpm run demo --silent -- --json    one line of JSON\n');
    return words.includes('--help') ? 0 : 2;
  }
  const startedAt = performance.now();
  const stop = (): void => void end().then(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let failure: string | undefined;
  let readyToFirstPaidMs: number | undefined;
  try {
    ({ readyToFirstPaidMs } = await demo());
  } catch (error) {
    failure = (error as Error).message;
    process.stderr.write(`${failure}\n\nThe server said:\n${serverWords().slice(-4_000)}\n`);
  } finally {
    await end();
  }
  const totalMs = Math.round(performance.now() - startedAt);
  if (readyToFirstPaidMs !== undefined) {
    say(`From ready to the first paid session with its webhook: ${seconds(readyToFirstPaidMs)}.`);
  }
  say(
    failure === undefined ? `Everything held: ${steps.length} steps, ${seconds(totalMs)} in all.` : 'The demo failed.',
  );
  if (asJson) {
    const facts = { ok: failure === undefined, ready_to_first_paid_ms: readyToFirstPaidMs, total_ms: totalMs, steps };
    process.stdout.write(`${JSON.stringify({ ...facts, failure })}\n`);
  }
  return failure === undefined ? 0 : 1;
}

/** Ends everything in the reverse order of its start. */
async function end(): Promise<void> {
  for (const ending of endings.splice(0).reverse()) {
    await ending().catch((error: Error) => process.stderr.write(`while ending: ${error.message}\n`));
  }
}

process.exitCode = await main();
