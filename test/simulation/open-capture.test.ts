/** A capture whose end nobody knows, over the end of its authorisation: what was captured in time is not given back as well. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkEverything } from '../../src/app/checker.ts';
import { DAY, MINUTE } from '../../src/lib/time.ts';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { amounts, reservedPayment } from '../support/steps.ts';
import { untilQuiet } from './quiet.ts';

/** While true every question to the processor is refused at its door. */
let silent = false;
const muted =
  (send: Outbound): Outbound =>
  async (request) =>
    silent && request.method === 'GET'
      ? { kind: 'not_sent', why: 'connect_refused', detail: 'down', latencyMs: 1 }
      : send(request);

let app: TestApp;
before(async () => {
  app = await testApp({ wrapSend: muted });
});
after(() => app.close());

test('an authorisation does not run out under a capture of which nobody knows the end', async () => {
  const payment = await reservedPayment(app);
  await app.control.arm({ kind: 'lost_notification', times: 100 });
  await app.control.arm({ kind: 'answer_lost', match: { operation: 'capture' } });
  silent = true;
  await app.merchant.call('POST', `/collect/payments/${payment.id}/captures`, { amount: 15_000 });
  app.clock.advance(7 * DAY + MINUTE);
  await app.runDue();
  assert.deepEqual(amounts(await app.merchant.payment(payment.id)), {
    authorised: 20_000,
    paid: 0,
    voided: 0,
    refunded: 0,
  });
  silent = false;
  app.clock.advance(DAY);
  await untilQuiet(app);
  assert.deepEqual(amounts(await app.merchant.payment(payment.id)), {
    authorised: 20_000,
    paid: 15_000,
    voided: 5_000,
    refunded: 0,
  });
  const checked = await checkEverything(app.program.app, { patienceMs: 0 });
  const broken = checked.filter((one) => one.violations > 0 || one.unchecked !== undefined);
  assert.deepEqual(
    broken.map((one) => one.name),
    [],
  );
});
