/** Crash points of what a payer does on the page: paying, declines, 3-D Secure, saving a card. */
import assert from 'node:assert/strict';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { type Flow, mayStillBePaid, sweepAll } from './crash-points.ts';

const openSession = (app: TestApp): Promise<Json> => app.merchant.createSession();

async function atTheBank(app: TestApp): Promise<Json> {
  const session = await app.merchant.createSession();
  assert.equal((await app.payer.pays(session, cards.challenge)).state, 'three_ds');
  return session;
}

function challenge(decision: 'approve' | 'decline' | 'abandon'): Flow {
  return {
    name: `3-D Secure, ${decision}`,
    given: atTheBank,
    run: (app, session) => app.payer.decidesAtBank(session, decision),
    after: mayStillBePaid,
  };
}

function saving(choice: 'prompt' | 'always'): Flow {
  return {
    name: `save, ${choice}`,
    base: async (app) => (await app.merchant.call('POST', '/collect/customers', { name: 'Sipho' })).body,
    given: (app, customer) =>
      app.merchant.createSession({
        options: { customer_id: customer.id, checkout_options: { save_payment_method: choice } },
      }),
    run: (app, session) => app.payer.pays(session, cards.approved, { save_payment_method: 'true' }),
    after: mayStillBePaid,
  };
}

sweepAll([
  {
    name: 'pay',
    given: openSession,
    run: (app, session) => app.payer.pays(session, cards.approved),
    after: mayStillBePaid,
  },
  {
    name: 'decline',
    given: openSession,
    run: (app, session) => app.payer.pays(session, cards.insufficientFunds),
    after: mayStillBePaid,
  },
  {
    name: 'decline, then pay',
    given: async (app) => {
      const session = await openSession(app);
      await app.payer.pays(session, cards.declined);
      return session;
    },
    run: (app, session) => app.payer.pays(session, cards.approved),
    after: mayStillBePaid,
  },
  challenge('approve'),
  challenge('decline'),
  challenge('abandon'),
  {
    name: '3-D Secure, leave',
    given: atTheBank,
    run: (app, session) => app.payer.act(session, 'leave'),
    after: mayStillBePaid,
  },
  saving('prompt'),
  saving('always'),
]);
