/** `tender trigger`: every scenario, on a real server with the real sandbox, reaches the end it names, and both books agree. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Tender } from '../../sdk/src/tender.ts';
import { Bank } from '../../src/cli/scenarios/bank.ts';
import { compareBooks } from '../../src/cli/scenarios/books.ts';
import { scenarioFor, scenarios } from '../../src/cli/scenarios/catalogue.ts';
import { makeHistory } from '../../src/cli/scenarios/history.ts';
import { drawOrder } from '../../src/cli/scenarios/orders.ts';
import { formsOf, Payer } from '../../src/cli/scenarios/payer.ts';
import type { Stage } from '../../src/cli/scenarios/play.ts';
import { play } from '../../src/cli/scenarios/runner.ts';
import { storm } from '../../src/cli/scenarios/storm.ts';
import { randomBy } from '../../src/cli/seed.ts';
import { EVENT_TYPES } from '../../src/domain/events.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { passes } from '../support/method-payer.ts';

let app: TestApp;
let stage: Stage;
/** The number of the newest event of the scenario before. */
let known = 0;

before(async () => {
  app = await testApp();
  stage = {
    tender: new Tender(app.merchant.secretKey, { baseUrl: app.url }),
    bank: new Bank(app.sandbox.url, app.sandbox.controlKey),
    amountMinor: 20_000,
    currency: 'ZAR',
    pause: (ms) => passes(app, ms),
    say: () => undefined,
    random: Math.random,
    nowMs: () => app.clock.now(),
    slowMs: 300,
  };
});
after(() => app.close());

for (const scenario of scenarios) {
  test(`${scenario.name}: ${scenario.summary}`, async () => {
    const played = await play(stage, scenario, known);
    known = played.events.at(-1)?.sequence ?? known;
    assert.deepEqual(played.problems, []);
    assert.deepEqual([...new Set(played.events.map(({ type }) => type))].sort(), [...scenario.emits].sort());
    assert.equal(played.clockMoved, scenario.clock === true);
  });
}

test('every type of event has a scenario that brings it about', () => {
  for (const type of EVENT_TYPES) assert.ok(scenarioFor(type)?.emits.includes(type), type);
});

test('a storm of lost answers ends with both books agreeing, and with every payment known', async () => {
  const asked = { payments: 12, profile: 'b4', seed: 'storm', payers: 4, onProgress: () => undefined };
  const told = await storm(stage, asked);
  assert.deepEqual(told.problems, []);
  assert.deepEqual([told.asked, told.charged, told.lost, told.found], [12, 12, 12, 12]);
  assert.deepEqual(await stage.bank.faults(), []);
});

test('a history has what its orders say, and its books agree', async () => {
  const asked = { payments: 14, days: 40, payers: 4, onProgress: () => undefined };
  const made = await makeHistory({ ...stage, random: randomBy('history') }, asked);
  const random = randomBy('history');
  const orders = Array.from({ length: 14 }, () => drawOrder(random));
  for (const [fate, count] of Object.entries(made))
    assert.equal(orders.filter((order) => order.fate === fate).length, count, fate);
  const sessions = await stage.tender.paymentSessions.list({ limit: 100 }).toArray({ limit: 100 });
  for (const { session } of orders) assert.ok(sessions.some(({ amount }) => amount === session.amount));
  assert.deepEqual((await stage.bank.check()).violations, []);
});

test('one seed draws the same orders, another draws others', () => {
  const drawn = (seed: string) => {
    const random = randomBy(seed);
    return Array.from({ length: 20 }, () => drawOrder(random));
  };
  assert.deepEqual(drawn('7'), drawn('7'));
  assert.notDeepEqual(drawn('7'), drawn('8'));
});

test('a scenario whose end is not reached is told as such, with why', async () => {
  const asked = scenarioFor('paid')!;
  const { ok, problems } = await play(stage, {
    ...asked,
    steps: async (played) => played.holds((await played.session()).status === 'expired', 'it is over'),
  });
  assert.deepEqual([ok, problems], [false, ['It is not true that it is over.']]);
});

test('books that differ are told, with both figures', async () => {
  const charged = await play(stage, scenarioFor('paid')!);
  const payment = await stage.tender.payments.get(charged.ids.find((id) => id.startsWith('pay_'))!);
  const { differences } = await compareBooks(stage.bank, [{ ...payment, paid_amount: 1 }]);
  assert.deepEqual(differences, [`${payment.id}: taken, by the bank 20000 and by Tender 1 (minor units of ZAR).`]);
});

test('a payer can send only what the page has a field for', async () => {
  const html = '<form method="post" action="/pay"><input type="hidden" name="a" value="1&amp;2"><input name=b></form>';
  assert.deepEqual(formsOf(html)[0]?.fields, { a: '1&2', b: '' });
  const page = { url: 'http://127.0.0.1/', status: 200, html, state: 'choose' };
  await assert.rejects(async () => new Payer().submit(page, '/pay', { c: '1' }), /has no field "c"/);
  await assert.rejects(async () => new Payer().submit(page, '/leave'), /has no form "\/leave"/);
});
