/** Metrics: each is on the page about them and each of the page is there, they count what happened, and they name nobody. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { metricsServerFor } from '../../src/compose.ts';
import { Counter, Histogram } from '../../src/lib/metrics.ts';
import { SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { startReceiver } from '../webhooks/receiver.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const text = async (): Promise<string> => (await fetch(`${app.url}/metrics`)).text();

/** The value of one line, 0 where there is none. */
function reading(metrics: string, series: string): number {
  const line = metrics.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

test('the page about metrics has each that the server gives, with its type and labels, and no other', async () => {
  const page = readFileSync(new URL('../../docs/operations/metrics.md', import.meta.url), 'utf8');
  const told = [...page.matchAll(/^\| `(tender_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`);
  const given = [...(await text()).matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, both]) => both);
  assert.deepEqual(told.sort(), given.sort());
  const named = new Set(told.map((one) => one.split(' ')[0]));
  for (const [name] of page.matchAll(/tender_\w+/g)) {
    assert.ok(named.has(name.replace(/_(bucket|count|sum)$/, '')), name);
  }
});

test('a payment and its webhooks are counted where they end: route, attempt, call, try and delay', async (t) => {
  const receiver = await startReceiver(t);
  const made = await app.merchant.call('POST', '/collect/webhook_endpoints', {
    url: receiver.url,
    event_types: ['payment.succeeded'],
  });
  assert.equal(made.status, 201, made.text);
  const before = await text();
  const session = await app.merchant.createSession();
  await app.payer.pays(session, cards.approved);
  await app.runDue();
  await app.merchant.session(session.id);
  assert.equal((await app.merchant.call('GET', '/collect/payments/pay_unknown')).status, 404);
  await fetch(`${app.url}/made-up-by-somebody`);
  const now = await text();
  const grown = (series: string) => reading(now, series) - reading(before, series);
  const labels = (route: string, status: string) => `route="${route}",method="GET",status="${status}"`;
  const requests = 'tender_http_request_seconds_count';
  assert.equal(grown(`${requests}{${labels('/collect/payment_sessions/:id', '2xx')}}`), 1);
  assert.equal(grown(`${requests}{${labels('/collect/payments/:id', '4xx')}}`), 1);
  assert.ok(grown(`${requests}{${labels('none', '4xx')}}`) >= 1);
  assert.equal(grown('tender_payment_attempts_total{kind="charge",outcome="approved"}'), 1);
  const call = 'processor="sandbox",operation="charge",result="approved"';
  assert.equal(grown(`tender_processor_call_seconds_count{${call}}`), 1);
  assert.equal(grown('tender_webhook_tries_total{result="success"}'), receiver.received.length);
  assert.equal(grown('tender_webhook_delay_seconds_count'), 1);
  assert.equal(receiver.received.length, 1);
  assert.doesNotMatch(now, /(acc|tnt|cps|pay|evt|dlv|key|whe)_[0-9A-Za-z]{10}|made-up|127\.0\.0\.1|sk_test/);
});

test('work that waits is shown with its age, is looked up once in five seconds, and is gone when it is done', async () => {
  await app.runDue();
  app.clock.advance(6 * SECOND);
  const idle = await text();
  for (const kind of ['attempts', 'sessions', 'lapses', 'mandates', 'subscriptions', 'events', 'deliveries'])
    assert.match(idle, new RegExp(`^tender_work_due\\{kind="${kind}"\\} 0$`, 'm'));
  await app.merchant.createSession();
  assert.equal(reading(await text(), 'tender_work_due{kind="events"}'), 0, 'the look of a moment ago');
  app.clock.advance(6 * SECOND);
  const waiting = await text();
  assert.ok(reading(waiting, 'tender_work_due{kind="events"}') >= 1);
  assert.ok(reading(waiting, 'tender_work_late_seconds{kind="events"}') >= 6);
  await app.runDue();
  app.clock.advance(6 * SECOND);
  assert.equal(reading(await text(), 'tender_work_due{kind="events"}'), 0);
});

test('a delivery that waits for its next try is pending, and overdue once nobody tries it', async (t) => {
  const receiver = await startReceiver(t);
  receiver.reply((_, response) => void response.writeHead(500).end());
  const before = reading(await text(), 'tender_webhook_tries_total{result="http_status"}');
  const { status } = await app.merchant.call('POST', '/collect/webhook_endpoints', {
    url: receiver.url,
    event_types: ['payment_session.created'],
  });
  assert.equal(status, 201);
  await app.merchant.createSession();
  await app.runDue();
  app.clock.advance(24 * 60 * 60 * SECOND);
  const late = await text();
  assert.equal(reading(late, 'tender_webhook_tries_total{result="http_status"}') - before, receiver.received.length);
  assert.ok(receiver.received.length >= 1);
  assert.ok(reading(late, 'tender_deliveries_pending') >= 1);
  assert.ok(reading(late, 'tender_work_due{kind="deliveries"}') >= 1);
  assert.ok(reading(late, 'tender_work_late_seconds{kind="deliveries"}') > 60);
});

test('a worker serves metrics on a port of its own, and nothing else', async (t) => {
  const server = metricsServerFor(app.program);
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  t.after(() => server.close());
  assert.match(await (await fetch(`${url}/metrics`)).text(), /^tender_database_connections\{state="in_use"\} \d+$/m);
  assert.equal((await fetch(`${url}/collect/payments`)).status, 404);
});

test('buckets hold what is at most their bound, labels are written as the format asks', () => {
  const histogram = new Histogram({ name: 'h', help: 'H.' }, [0.1, 1]);
  for (const seconds of [0.1, 0.2, 1, 7]) histogram.observe({}, seconds);
  const buckets = 'h_bucket{le="0.1"} 1\nh_bucket{le="1"} 3\nh_bucket{le="+Inf"} 4\n';
  assert.equal(histogram.text(), `# HELP h H.\n# TYPE h histogram\n${buckets}h_sum 8.3\nh_count 4\n`);
  const counter = new Counter({ name: 'c', help: 'C.' });
  counter.add({ word: 'a"b\\c\nd' });
  counter.add({ word: 'a"b\\c\nd' });
  assert.match(counter.text(), /^c\{word="a\\"b\\\\c\\nd"\} 2$/m);
});
