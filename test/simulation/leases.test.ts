/** Who took a due attempt has it for thirty seconds: alone, and not for ever. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MINUTE, SECOND } from '../../src/lib/time.ts';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { assertSound } from './invariants.ts';

let onQuestion: (asker: 'first' | 'second') => Promise<void> = async () => undefined;
let first: TestApp;
let second: TestApp;
before(async () => {
  first = await testApp({ wrapSend: hearing('first') });
  second = await testApp({ on: first, wrapSend: hearing('second') });
});
after(async () => {
  await second.stop();
  await first.close();
});

function hearing(asker: 'first' | 'second'): (send: Outbound) => Outbound {
  return (send) => async (request) => {
    if (request.method === 'GET') await onQuestion(asker);
    return send(request);
  };
}

test('an attempt that one worker asks about is taken by no other, until its lease has run out', async () => {
  const session = await first.merchant.createSession();
  await first.control.arm({ kind: 'lost_notification', times: 10 });
  await first.control.arm({ kind: 'answer_lost' });
  await first.payer.pays(session, cards.approved);
  first.clock.advance(3 * SECOND);
  const askers: string[] = [];
  let askedWithinLease: string[] = [];
  onQuestion = async (asker) => {
    askers.push(asker);
    if (askers.length > 1) return;
    await second.runDue();
    askedWithinLease = [...askers];
    // The first worker hangs in its question for longer than it may.
    first.clock.advance(MINUTE);
    await second.runDue();
  };
  await first.runDue();
  assert.deepEqual(askedWithinLease, ['first'], 'within the lease nobody else asked');
  assert.deepEqual(askers, ['first', 'second'], 'after it somebody did');
  assert.equal((await first.merchant.session(session.id)).payment_outcome, 'paid');
  await assertSound(first);
});
