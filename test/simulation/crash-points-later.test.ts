/** Crash points of what merchants do and of what happens later: creating, first payments and charges, ends, recovery. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { type Flow, mayStillBePaid, sweepThird } from './crash-points.ts';
import { doesDuty } from './races-sight.ts';

const openSession = (app: TestApp): Promise<Json> => app.merchant.createSession();
const firstInSeries = { type: 'first_in_series', options: { customer: { name: 'Thandi' } } };
const next = { amount: 10_000, currency: 'ZAR', type: 'next_in_series' };

async function paidSeries(app: TestApp): Promise<Json> {
  const session = await app.merchant.createSession(firstInSeries);
  await app.payer.pays(session, cards.approved);
  return app.merchant.session(session.id);
}

/** A kind of first payment, paid with an ordinary card. */
function paid(name: string, body: Record<string, unknown>): Flow {
  return {
    name,
    given: (app) => app.merchant.createSession(body),
    run: (app, session) => app.payer.pays(session, cards.approved),
    async after(app, session) {
      const now = await app.merchant.session(session.id);
      if (now.status === 'active') await app.payer.another().pays(session, cards.approved);
      assert.equal((await app.merchant.session(session.id)).status, 'completed');
    },
  };
}

sweepThird([
  paid('first in series', firstInSeries),
  paid('first in series, nothing charged', { ...firstInSeries, amount: 0 }),
  paid('reserve', { options: { payment_method_options: { card: { capture_method: 'manual' } } } }),
  {
    name: 'create',
    given: async () => ({ key: randomUUID() }),
    run: (app, { key }) => app.merchant.createSession({}, { key }),
    async after(app, { key }) {
      const first = await app.merchant.createSession({}, { key });
      assert.equal((await app.merchant.createSession({}, { key })).id, first.id);
    },
  },
  {
    name: 'replay',
    given: async (app) => {
      const key = randomUUID();
      return { key, id: (await app.merchant.createSession({}, { key })).id };
    },
    run: (app, { key }) => app.merchant.createSession({}, { key }),
    async after(app, { key, id }) {
      assert.equal((await app.merchant.createSession({}, { key })).id, id);
    },
  },
  {
    name: 'recover a lost answer',
    given: async (app) => {
      const session = await openSession(app);
      await app.control.arm({ kind: 'answer_lost' });
      await app.control.arm({ kind: 'lost_notification' });
      await app.payer.pays(session, cards.approved);
      app.clock.advance(MINUTE);
      return session;
    },
    run: (app) => doesDuty(app, 'ask about attempts'),
    after: mayStillBePaid,
  },
  {
    name: 'recover what never arrived',
    given: async (app) => {
      const session = await openSession(app);
      await app.control.arm({ kind: 'http_503_before' });
      await app.payer.pays(session, cards.approved);
      app.clock.advance(2 * MINUTE);
      return session;
    },
    run: (app) => doesDuty(app, 'ask about attempts'),
    after: mayStillBePaid,
  },
  {
    name: 'next in series',
    base: paidSeries,
    given: async () => ({ key: randomUUID() }),
    run: (app, { key }, token) => app.merchant.chargeNext(token, next, { key }),
    async after(app, { key }, token) {
      const before = (await app.control.charged()).length;
      const reply = await app.merchant.chargeNext(token, next, { key });
      assert.equal(reply.status, 201, reply.text);
      const again = await app.merchant.chargeNext(token, next, { key });
      assert.equal(again.body.id, reply.body.id);
      const charged = (await app.control.charged()).filter((row) => row.reference === reply.body.payment_id);
      assert.ok(charged.length <= 1 && (await app.control.charged()).length - before <= 1);
    },
  },
  {
    name: 'expire',
    given: async (app) => {
      const expires_at = new Date(app.clock.now() + HOUR).toISOString();
      const session = await app.merchant.createSession({ options: { checkout_options: { expires_at } } });
      await app.payer.pays(session, cards.declined);
      app.clock.advance(HOUR + MINUTE);
      return session;
    },
    run: (app) => doesDuty(app, 'expire sessions'),
    async after(app, session) {
      assert.equal((await app.merchant.session(session.id)).status, 'expired');
    },
  },
  {
    name: 'cancel',
    given: async (app) => {
      const session = await openSession(app);
      await app.payer.pays(session, cards.declined);
      return session;
    },
    run: (app, session) => app.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`),
    async after(app, session) {
      await app.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`);
      assert.equal((await app.merchant.session(session.id)).status, 'cancelled');
    },
  },
]);
