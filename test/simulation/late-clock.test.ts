/**
 * Two processes whose clocks differ: one has not yet heard that the tenant's clock was moved, as a machine whose clock is a moment
 * behind another's around midnight. What was begun by the one is not charged by the other for a day before it began.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { Merchant } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { assertSound } from './invariants.ts';

let ahead: TestApp;
let behind: TestApp;
before(async () => {
  ahead = await testApp();
  behind = await testApp({ on: ahead });
});
after(async () => {
  await behind.stop();
  await ahead.close();
});

test('a charge through a process whose clock is behind counts for the day its mandate began, not for one before', async () => {
  const { merchant } = ahead;
  const late = new Merchant(behind.url, merchant.secretKey, merchant.publicKey);
  // It has seen the tenant, and believes for a second what it saw.
  await late.call('GET', '/collect/settings');
  await merchant.call('POST', '/collect/test/clock/advance', { seconds: DAY / SECOND });
  const session = await merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Ann' }, mandate_options: { type: 'on_demand', amount: { max: 50_000 } } },
  });
  await ahead.payer.pays(session, cards.approved);
  const { customer_id, payment_method_id } = await merchant.session(session.id);
  const reply = await late.call('POST', '/collect/payment_sessions', {
    ...{ type: 'next_in_series', amount: 10_000, currency: 'ZAR' },
    options: { customer_id, payment_method_id },
  });
  assert.equal(reply.body.payment_outcome, 'paid', reply.text);
  assert.ok(reply.body.created_at < (await merchant.session(session.id)).created_at, 'the process was behind');
  await assertSound(ahead);
});
