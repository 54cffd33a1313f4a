/** A capture that fails at the bank unheard, and what is built on it meanwhile: a refund, a void. The books agree again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { must } from '../../src/lib/assert.ts';
import { SECOND } from '../../src/lib/time.ts';
import type { OutboundRequest } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { amounts } from '../support/steps.ts';
import { bankCatchesUp, tellsOf } from './bank.ts';
import { assertSound } from './invariants.ts';
import { newestKey } from './races-sight.ts';
import { SeriesOf, step } from './races-steps.ts';

const series = new SeriesOf();
let beforeCall: (request: OutboundRequest) => Promise<unknown> | undefined = () => undefined;
let app: TestApp;
before(async () => {
  app = await testApp({
    wrapSend: (send) => async (request) => {
      await beforeCall(request);
      return send(request);
    },
  });
  await series.base(app);
});
after(() => app.close());

test('what could not be taken back while a refund stood on it is taken back when a person closes the review', async () => {
  await app.control.arm({ kind: 'lost_notification', times: 1_000 });
  await app.control.arm({ kind: 'fail_step_later', match: { operation: 'capture' } });
  const given = await series.reserved(app, 5_000);
  const capture = must(await newestKey(app, given.session, 'capture'), 'the capture');
  app.clock.advance(11 * SECOND);
  await bankCatchesUp(app);
  beforeCall = ({ url }) => {
    if (!url.endsWith('/refunds')) return undefined;
    beforeCall = () => undefined;
    return tellsOf(app, capture, 'capture.failed');
  };
  assert.equal((await step(app, given, 'refunds', { amount: 2_000 })).body.status, 'failed');
  const inReview = await app.merchant.payment(given.payment);
  assert.deepEqual([inReview.paid_amount, inReview.review.reason], [5_000, 'contradiction']);

  await step(app, given, 'resolve', { note: 'The bank says that the capture failed.' });
  const now = await app.merchant.payment(given.payment);
  assert.equal(now.review, undefined);
  assert.deepEqual(amounts(now), { authorised: 20_000, paid: 0, voided: 0, refunded: 0 });
  await assertSound(app);
});

test('a void releases what the bank releases, also where a capture had failed there and nobody had told us', async () => {
  await app.control.arm({ kind: 'lost_notification', times: 1_000 });
  await app.control.arm({ kind: 'fail_step_later', match: { operation: 'capture' } });
  const given = await series.reserved(app, 5_000);
  app.clock.advance(11 * SECOND);
  await bankCatchesUp(app);
  const doubtful = await step(app, given, 'voids');
  assert.deepEqual([doubtful.body.voided_amount, doubtful.body.review.reason], [0, 'contradiction']);
  app.clock.advance(3 * SECOND);
  await app.runDue();
  const now = await app.merchant.payment(given.payment);
  assert.deepEqual(
    [amounts(now), now.review],
    [{ authorised: 20_000, paid: 0, voided: 20_000, refunded: 0 }, undefined],
  );
  await assertSound(app);
});

test('a void that the bank did before a capture failed there keeps its sum, and the failed capture is reserved again', async () => {
  await app.control.arm({ kind: 'lost_notification', times: 1_000 });
  await app.control.arm({ kind: 'fail_step_later', match: { operation: 'capture' } });
  const given = await series.reserved(app, 5_000);
  const capture = must(await newestKey(app, given.session, 'capture'), 'the capture');
  await app.control.arm({ kind: 'answer_lost', match: { operation: 'void' } });
  await step(app, given, 'voids');
  app.clock.advance(11 * SECOND);
  await bankCatchesUp(app);
  await tellsOf(app, capture, 'capture.failed');
  await app.runDue();
  const now = await app.merchant.payment(given.payment);
  assert.deepEqual(
    [amounts(now), now.review],
    [{ authorised: 20_000, paid: 0, voided: 15_000, refunded: 0 }, undefined],
  );
  await assertSound(app);
});
