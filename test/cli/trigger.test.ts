/** `tender trigger`: every scenario, on a real server with the real sandbox, reaches the end it names, and both books agree. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Tender } from '../../sdk/src/tender.ts';
import { Bank } from '../../src/cli/scenarios/bank.ts';
import { scenarioFor, scenarios } from '../../src/cli/scenarios/catalogue.ts';
import type { Stage } from '../../src/cli/scenarios/play.ts';
import { play } from '../../src/cli/scenarios/runner.ts';
import { EVENT_TYPES } from '../../src/domain/events.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { passes } from '../support/method-payer.ts';

let app: TestApp;
let stage: Stage;

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
    const played = await play(stage, scenario);
    assert.deepEqual(played.problems, []);
    assert.deepEqual([...new Set(played.events.map(({ type }) => type))].sort(), [...scenario.emits].sort());
    assert.equal(played.clockMoved, scenario.clock === true);
  });
}

test('every type of event has a scenario that brings it about', () => {
  for (const type of EVENT_TYPES) assert.ok(scenarioFor(type)?.emits.includes(type), type);
});
