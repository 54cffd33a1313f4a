/** Crash points of what follows a success: captures, voids, refunds, the end of an authorisation, reviews. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DAY, MINUTE, SECOND } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { amounts, paidPayment, reservedPayment } from '../support/steps.ts';
import { bankCatchesUp, tellsOf } from './bank.ts';
import { type Flow, sweepAll } from './crash-points.ts';
import { doesDuty } from './races-sight.ts';

const PENDING_REFUND = '4000000000007726';
const REFUND_FAILS_LATER = '4000000000005126';

const step = (app: TestApp, payment: Json, path: string, body?: unknown, key: string = randomUUID()) =>
  app.merchant.call('POST', `/collect/payments/${payment.id}/${path}`, body, { key });

interface Repeated {
  given(app: TestApp): Promise<Json>;
  path: string;
  body?: unknown;
  status: number;
  /** The sums once the client has repeated its request until it was answered. */
  ends: Partial<ReturnType<typeof amounts>>;
}

/** A request that the client repeats with its key: whatever was disturbed, it has its effect exactly once. */
function repeated(name: string, { given, path, body, status, ends }: Repeated): Flow {
  return {
    name,
    given: async (app) => ({ payment: await given(app), key: randomUUID() }),
    run: (app, { payment, key }) => step(app, payment, path, body, key),
    async after(app, { payment, key }) {
      const reply = await step(app, payment, path, body, key);
      assert.equal(reply.status, status, reply.text);
      const now = await app.merchant.payment(payment.id);
      // What never arrived was closed under its key: the key reports that, and a new one may be used.
      if (!holds(now, ends)) assert.equal((await step(app, payment, path, body)).status, status);
      assert.ok(holds(await app.merchant.payment(payment.id), ends), JSON.stringify(amounts(now)));
    },
  };
}

function holds(payment: Json, ends: Partial<ReturnType<typeof amounts>>): boolean {
  const now = amounts(payment);
  return Object.entries(ends).every(([name, minor]) => now[name as keyof typeof now] === minor);
}

/** A refund whose end comes by notification; the bank tells again what nobody took. */
function toldOf(name: string, card: string, ends: { told: string; refunded: number }): Flow {
  const tell = async (app: TestApp, payment: Json): Promise<void> => {
    const attempts = await app.merchant.attempts(payment.id);
    await tellsOf(app, attempts.at(-1).id, ends.told);
  };
  return {
    name,
    async given(app) {
      await app.control.arm({ kind: 'lost_notification', times: 3 });
      const payment = await paidPayment(app, card);
      await step(app, payment, 'refunds', { amount: 8_000 });
      await afterwards(app, 11 * SECOND);
      return payment;
    },
    run: tell,
    meanwhile: tell,
    async after(app, payment) {
      assert.equal((await app.merchant.payment(payment.id)).refunded_amount, ends.refunded);
    },
  };
}

async function afterwards(app: TestApp, ms: number): Promise<void> {
  app.clock.advance(ms);
  await bankCatchesUp(app);
  await app.runDue();
}

sweepAll([
  repeated('capture', { given: reservedPayment, path: 'captures', body: {}, status: 200, ends: { paid: 20_000 } }),
  repeated('capture a further part', {
    async given(app) {
      const payment = await reservedPayment(app);
      await step(app, payment, 'captures', { amount: 5_000 });
      return payment;
    },
    path: 'captures',
    body: { amount: 6_000 },
    status: 200,
    ends: { paid: 11_000, voided: 0 },
  }),
  repeated('void', { given: reservedPayment, path: 'voids', status: 200, ends: { paid: 0, voided: 20_000 } }),
  repeated('refund', {
    given: paidPayment,
    path: 'refunds',
    body: { amount: 8_000 },
    status: 201,
    ends: { refunded: 8_000 },
  }),
  toldOf('refund, told later', PENDING_REFUND, { told: 'refund.succeeded', refunded: 8_000 }),
  toldOf('refund, taken back later', REFUND_FAILS_LATER, { told: 'refund.failed', refunded: 0 }),
  {
    name: 'recover a lost capture',
    given: async (app) => {
      const payment = await reservedPayment(app);
      await app.control.arm({ kind: 'answer_lost', match: { operation: 'capture' } });
      await app.control.arm({ kind: 'lost_notification' });
      await step(app, payment, 'captures', { amount: 7_000 });
      app.clock.advance(MINUTE);
      return payment;
    },
    run: (app) => doesDuty(app, 'ask about attempts'),
    async after(app, payment) {
      assert.deepEqual(amounts(await app.merchant.payment(payment.id)).paid, 7_000);
    },
  },
  {
    name: 'lapse of an authorisation',
    given: async (app) => {
      const payment = await reservedPayment(app);
      await step(app, payment, 'captures', { amount: 5_000 });
      app.clock.advance(7 * DAY + SECOND);
      return payment;
    },
    run: (app) => doesDuty(app, 'lapse authorisations'),
    async after(app, payment) {
      const now = await app.merchant.payment(payment.id);
      assert.deepEqual(amounts(now), { authorised: 20_000, paid: 5_000, voided: 15_000, refunded: 0 });
    },
  },
]);
