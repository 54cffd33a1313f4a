/**
 * A process that dies while it moves a clock: at every third statement and call of the way, the tenant's workers take over when the
 * lease has run out, and walking the rest of the way ends as if nothing had happened.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkEverything } from '../../src/app/checker.ts';
import { DAY, HOUR, MINUTE, SECOND, toIso } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Json, Merchant } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { manual } from '../support/steps.ts';
import { BreakingPoint, type Moment } from './breaking-point.ts';
import { assertSound } from './invariants.ts';

const point = new BreakingPoint();
let healthy: TestApp;
let dying: TestApp;
before(async () => {
  healthy = await testApp();
  dying = await testApp({ on: healthy, watch: point.watch, wrapSend: point.wrapSend });
});
after(async () => {
  await dying.stop();
  await healthy.close();
});

interface Scene {
  merchant: Merchant;
}

/** A session, a challenge that nobody answers and an authorisation that nobody captures: all of it due within eight days. */
async function scene(): Promise<Scene> {
  const merchant = await healthy.otherMerchant();
  const inHours = (hours: number) => toIso((healthy.clock.now() + hours * HOUR) as never);
  await merchant.createSession({ options: { checkout_options: { expires_at: inHours(3) } } });
  const challenged = await merchant.createSession();
  await healthy.payer.another().pays(challenged, cards.challenge);
  const reserved = await merchant.createSession({ options: manual });
  await healthy.payer.another().pays(reserved, cards.approved);
  return { merchant };
}

const ENDS = ['payment.attempt_failed', 'payment.voided', 'payment_session.expired', 'payment_session.expired'];

async function endsOf({ merchant }: Scene): Promise<string[]> {
  const events: Json[] = await merchant.events();
  return events
    .map(({ type }) => type as string)
    .filter((type) => ENDS.includes(type))
    .sort();
}

const advance = ({ merchant }: Scene, through: TestApp) =>
  new Merchant(through.url, merchant.secretKey, merchant.publicKey).call(
    'POST',
    '/collect/test/clock/advance',
    { seconds: (8 * DAY) / SECOND },
    { key: null },
  );

async function stoppedAt(moment: Moment): Promise<{ fired: boolean }> {
  const now = await scene();
  // The dying process has met the key, so that each way begins with the same statement.
  await new Merchant(dying.url, now.merchant.secretKey, now.merchant.publicKey).call('GET', '/collect/test/clock');
  point.arm(moment);
  await advance(now, dying);
  const { fired } = point;
  point.disarm();
  // Nobody holds the clock any more, and what was due and left is the worker's.
  healthy.clock.advance(61 * SECOND);
  await healthy.runDue();
  const reply = await advance(now, healthy);
  assert.equal(reply.status, 200, `${JSON.stringify(moment)}: ${reply.text}`);
  assert.deepEqual(await endsOf(now), ENDS, JSON.stringify(moment));
  return { fired };
}

for (const kind of ['statement', 'call'] as const) {
  test(`a clock whose mover dies at a ${kind} is walked to its end by another process, and nothing is done twice or left out`, async () => {
    let moments = 0;
    for (let n = 1; ; n += kind === 'statement' ? 5 : 2) {
      const { fired } = await stoppedAt({ kind, when: n % 2 === 0 ? 'before' : 'after', n, how: 'crash' });
      if (!fired) break;
      moments += 1;
    }
    assert.ok(moments >= 3, `${moments} moments`);
    await assertSound(healthy);
  });
}

test('the checker looks at a moved tenant by its own clock: what is early is no finding, and what is late is one', async () => {
  const now = await scene();
  await advance(now, healthy);
  const session = await now.merchant.createSession();
  healthy.clock.advance(20 * HOUR);
  await healthy.runDue();
  await assertSound(healthy);
  healthy.clock.advance(4 * HOUR + 10 * MINUTE);
  const found = await checkEverything(healthy.program.app, { only: ['sessions-end-in-time'] });
  assert.deepEqual(
    found.flatMap(({ examples }) => examples.map(({ id }) => id)),
    [session.id],
  );
  await healthy.runDue();
  await assertSound(healthy);
});

// The last: from here on the tenants of this world have their accounts at another bank.
test('a sandbox that begins anew is brought to the time of the tenant that moved, before it is used', async () => {
  const now = await scene();
  await advance(now, healthy);
  const elsewhere = await testApp();
  const { database, clock } = healthy;
  const rebound = await testApp({ on: { database, clock, sandbox: elsewhere.sandbox } });
  try {
    const merchant = new Merchant(rebound.url, now.merchant.secretKey, now.merchant.publicKey);
    const session = await merchant.createSession({ options: manual });
    await rebound.payer.another().pays(session, cards.approved);
    await rebound.runDue();
    const { payment_id } = await merchant.session(session.id);
    const payment = await merchant.payment(payment_id);
    assert.deepEqual([payment.authorised_amount, payment.voided_amount], [20_000, 0]);
  } finally {
    await rebound.stop();
    await elsewhere.close();
  }
});
