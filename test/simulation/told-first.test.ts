/**
 * What was told first stands. Something final happens on a second process before each statement of a payment in turn; once
 * its answer has gone out, no charge begins any more that it had ruled out.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, hiddenFields } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { assertSound } from './invariants.ts';

let beforeStatement: () => Promise<void> = async () => undefined;
let app: TestApp;
let second: TestApp;
before(async () => {
  app = await testApp({ watch: { before: () => beforeStatement(), after: () => undefined } });
  second = await testApp({ on: app });
});
after(async () => {
  await second.stop();
  await app.close();
});

interface Course {
  /** What the first process does. */
  goesOn(): Promise<unknown>;
  /** What the second does meanwhile; true when it told an end. */
  ends(): Promise<boolean>;
  /** The attempts in question and how they stand: not to change once the end was told. */
  attempts(): Promise<string[]>;
}

/** Runs the course once for each statement of the first process. Answers how often the end came in time, and how often not. */
async function atEveryMoment(start: () => Promise<Course>): Promise<{ ended: number; tooLate: number }> {
  const came = { ended: 0, tooLate: 0 };
  for (let n = 1; ; n++) {
    const course = await start();
    let seen = 0;
    let told: boolean | undefined;
    let stood: string[] = [];
    beforeStatement = async () => {
      seen += 1;
      if (seen !== n) return;
      told = await course.ends();
      stood = await course.attempts();
    };
    await course.goesOn();
    beforeStatement = async () => undefined;
    if (told === undefined) break;
    if (told)
      assert.deepEqual(await course.attempts(), stood, `statement ${n}: an attempt moved after the end was told`);
    came[told ? 'ended' : 'tooLate'] += 1;
  }
  await assertSound(app);
  return came;
}

async function attemptsOf(condition: string, id: string): Promise<string[]> {
  const rows = await app.database.query<{ told: string }>(
    `select id || ' ' || kind || ' ' || status as told from attempts where ${condition} order by id`,
    [id],
  );
  return rows.map((row) => row.told);
}

test('once a cancel was answered no attempt begins, at whatever moment of a payment it comes', async () => {
  const came = await atEveryMoment(async () => {
    const session = await app.merchant.createSession();
    const payer = app.payer.another();
    const page = await payer.open(session);
    const url = `/collect/payment_sessions/${session.id}/cancel`;
    return {
      goesOn: () => payer.submit(session, page, cards.approved),
      ends: async () => (await second.merchant.call('POST', url)).status === 200,
      attempts: () => attemptsOf('session_id = $1', session.id),
    };
  });
  assert.ok(came.ended > 0 && came.tooLate > 0, JSON.stringify(came));
});

test('once a revocation was answered nothing is charged under the mandate, at whatever moment of a charge it comes', async () => {
  const came = await atEveryMoment(async () => {
    const token: Json = await paidSeries(app);
    const url = `/collect/mandates/${token.mandate_id}/revoke`;
    return {
      goesOn: () => app.merchant.chargeNext(token),
      ends: async () => (await second.merchant.call('POST', url, {})).status === 200,
      // How a charge that began before ends is not the mandate's matter any more.
      attempts: async () =>
        (await attemptsOf(`mandate_id = $1 and initiator = 'merchant'`, token.mandate_id)).map(
          (one) => one.split(' ')[0]!,
        ),
    };
  });
  assert.ok(came.ended > 0, JSON.stringify(came));
});

test('once the payer saw "paid" no leaving takes it back, at whatever moment of the leaving the bank says yes', async () => {
  const came = await atEveryMoment(async () => {
    const session = await app.merchant.createSession();
    // The bank sends its payer back to the second process.
    const atBank = second.payer.another();
    await atBank.pays(session, cards.challenge);
    const payer = app.payer.another();
    const { html } = await payer.open(session);
    return {
      goesOn: () => payer.press(session, 'leave', { csrf: hiddenFields(html, 'leave').csrf ?? '' }),
      ends: async () => (await atBank.decidesAtBank(session, 'approve').catch(() => undefined))?.state === 'paid',
      attempts: () => attemptsOf('session_id = $1', session.id),
    };
  });
  assert.ok(came.ended > 0 && came.tooLate > 0, JSON.stringify(came));
});
