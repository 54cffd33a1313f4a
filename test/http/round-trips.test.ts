/** What captures, voids and refunds cost: the statements sent to the database while each is answered. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidPayment, reservedPayment } from '../support/steps.ts';

/** A read, the intent with its key, the outcome with the answer kept. */
const MOST = 3;

let app: TestApp;
const sent: string[] = [];
before(async () => {
  app = await testApp({ watch: { before: (text) => void sent.push(text), after: () => undefined } });
  // The processor's own notification would be looked up at any moment.
  await app.control.arm({ kind: 'lost_notification', times: 1_000 });
  await reservedPayment(app);
});
after(() => app.close());

const cases: [string, string, () => Promise<Json>][] = [
  ['a capture', 'captures', () => reservedPayment(app)],
  ['a void', 'voids', () => reservedPayment(app)],
  ['a refund', 'refunds', () => paidPayment(app)],
];
for (const [what, path, given] of cases) {
  test(`${what} costs at most ${MOST} round trips to the database`, async () => {
    const payment = await given();
    sent.length = 0;
    const reply = await app.merchant.call('POST', `/collect/payments/${payment.id}/${path}`);
    assert.ok(reply.status === 200 || reply.status === 201, reply.text);
    assert.ok(sent.length >= 2, 'statements are seen');
    assert.ok(sent.length <= MOST, `${sent.length}:\n${sent.join('\n')}`);
  });
}
