/**
 * Many charges of one mandate at the same instant, on two servers: its limits hold to the last unit, whoever is faster, and what is
 * under way keeps its place until its end is known.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, HOUR, MINUTE } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Reply } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

/** TENDER_ROUNDS repeats each crowd as often; by default the first one 20 times, the others less. */
const asked = process.env.TENDER_ROUNDS;
const rounds = (usual: number): number => (asked === undefined ? usual : Number(asked));
const CROWD = 50;

let app: TestApp;
/** A second process on the same database and sandbox. */
let second: TestApp;
before(async () => {
  app = await testApp({
    connections: 16,
    wrapSend: (send) => (request) => send({ ...request, totalTimeoutMs: 2_000 }),
  });
  second = await testApp({ on: app });
});
after(async () => {
  await second.stop();
  await app.close();
});

/** A series with these terms, first paid today. */
function series(mandate_options: Json, amount = 20_000): Promise<Json> {
  return paidSeries(app, { amount, options: { customer: { name: 'Thandi' }, mandate_options } });
}

/** All at once, every other one on the second server. */
function crowd(token: Json, amount: number): Promise<Reply<Json>[]> {
  return Promise.all(
    Array.from({ length: CROWD }, (_, i) => (i % 2 === 0 ? app : second).merchant.chargeNext(token, { amount })),
  );
}

/** How many were paid; every other one was refused by `code`, with nothing created. */
function paidOf(replies: readonly Reply<Json>[], code: string): number {
  const paid = replies.filter((reply) => reply.status === 201 && reply.body.payment_outcome === 'paid');
  for (const reply of replies.filter((one) => !paid.includes(one))) {
    assert.equal(reply.status, 422, reply.text);
    assert.deepEqual([reply.body.code, reply.body.errors[0].code], ['mandate_violation', code], reply.text);
  }
  return paid.length;
}

/** Charges of this mandate in the processor's book, whatever became of them. */
async function arrivedFor(token: Json): Promise<number> {
  const { body } = await app.merchant.call('GET', `/collect/payments?mandate_id=${token.mandate_id}&limit=100`);
  const references = new Set(body.data.filter((one: Json) => one.initiator === 'merchant').map((one: Json) => one.id));
  return (await app.control.book()).filter((row) => references.has(row.reference)).length;
}

async function usageOf(token: Json): Promise<Json> {
  return (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body.usage;
}

test(`50 charges at once against two a month: exactly two are paid and arrive at the processor, ${rounds(20)} times`, async () => {
  for (let round = 0; round < rounds(20); round++) {
    const token = await series({ period_limits: { period: 'month', max_count: 2 } });
    assert.equal(paidOf(await crowd(token, 1_000), 'period_count_exceeded'), 2);
    assert.equal(await arrivedFor(token), 2);
    const { counted, open, period_limits } = await usageOf(token);
    assert.deepEqual(
      [counted, open],
      [
        { count: 2, amount: 2_000 },
        { count: 0, amount: 0 },
      ],
    );
    assert.deepEqual([period_limits[0].used_count, period_limits[0].used_amount], [2, 2_000]);
  }
  await assertSound(app);
});

test(`50 charges of 100 at once against 1,000 a day: exactly ten are paid, ${rounds(5)} times`, async () => {
  for (let round = 0; round < rounds(5); round++) {
    const token = await series({ period_limits: { period: 'day', max_amount: 1_000 }, amount: { max: 1_000 } });
    assert.equal(paidOf(await crowd(token, 100), 'period_amount_exceeded'), 10);
    assert.equal(await arrivedFor(token), 10);
  }
  await assertSound(app);
});

test(`50 charges at once for one due date of a schedule: exactly one is paid, ${rounds(10)} times`, async () => {
  for (let round = 0; round < rounds(10); round++) {
    const token = await series({ type: 'scheduled', amount: 500, recurrence: { type: 'daily' } });
    app.clock.advance(DAY);
    assert.equal(paidOf(await crowd(token, 500), 'schedule_not_due'), 1);
    assert.equal(await arrivedFor(token), 1);
  }
  await untilQuiet(app);
  await assertSound(app);
});

test('of 50 charges whose answers are lost half the time no more than two a month are ever made, and what is unknown keeps its place', async () => {
  for (let round = 0; round < rounds(3); round++) {
    const token = await series({ period_limits: { period: 'month', max_count: 2 } });
    await app.control.arm({ kind: 'lost_notification', times: 100 });
    await app.control.arm({ kind: 'answer_lost', probability: 0.5, seed: `round ${round}`, times: 100 });
    const replies = await crowd(token, 1_000);
    const taken = replies.filter((reply) => reply.status === 201);
    assert.equal(taken.length, 2, 'two are begun, paid or unknown');
    const again = await app.merchant.chargeNext(token, { amount: 900 });
    assert.equal(again.body.errors?.[0].code, 'period_count_exceeded', again.text);
    await app.control.calm();
    for (const ms of [MINUTE, HOUR]) {
      app.clock.advance(ms);
      await untilQuiet(app);
    }
    assert.deepEqual((await usageOf(token)).counted, { count: 2, amount: 2_000 });
    assert.equal(await arrivedFor(token), 2);
  }
  await assertSound(app);
});
