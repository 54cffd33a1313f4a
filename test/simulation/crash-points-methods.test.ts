/** Crash points of paying without a card: a bank's page that the payer comes back from, and a question on a phone. */
import { MINUTE, SECOND } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { decidesAt, lastAttempt, passes, paysBy } from '../support/method-payer.ts';
import { bankCatchesUp } from './bank.ts';
import { type Flow, mayStillBePaid, sweepThird } from './crash-points.ts';

const openSession = (app: TestApp): Promise<Json> => app.merchant.createSession();

async function atTheBank(app: TestApp): Promise<Json> {
  const session = await openSession(app);
  await paysBy(app.payer.another(), session, 'pay_by_bank', { pay_by_bank_bank: 'prompt' });
  const { next_action: action } = await lastAttempt(app, session);
  return { ...session, address: action.url };
}

/** The deadline of whatever was begun and not finished: closed then, and a card may pay. */
async function pastTheDeadline(app: TestApp, session: Json): Promise<void> {
  await passes(app, 16 * MINUTE);
  await mayStillBePaid(app, session);
}

const decided = (decision: 'approve' | 'decline'): Flow => ({
  name: `at the bank's page, ${decision}`,
  given: atTheBank,
  run: (_app, session) => decidesAt(session.address, decision),
  meanwhile: bankCatchesUp,
  after: mayStillBePaid,
});

sweepThird([
  {
    name: 'going to a bank',
    given: openSession,
    run: (app, session) => paysBy(app.payer.another(), session, 'pay_by_bank', { pay_by_bank_bank: 'prompt' }),
    meanwhile: (app) => passes(app, 16 * MINUTE),
    after: pastTheDeadline,
  },
  decided('approve'),
  decided('decline'),
  {
    name: 'leaving a bank',
    given: atTheBank,
    run: (app, session) => app.payer.act(session as never, 'leave'),
    meanwhile: (app) => passes(app, 16 * MINUTE),
    after: pastTheDeadline,
  },
  {
    name: 'a question on a phone, approved there',
    given: openSession,
    async run(app, session) {
      await paysBy(app.payer.another(), session, 'mobile_money', { mobile_money_phone: '+27821234500' });
      await passes(app, 4 * SECOND);
    },
    meanwhile: bankCatchesUp,
    after: mayStillBePaid,
  },
]);
