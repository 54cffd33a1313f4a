/**
 * Scenarios of trouble: answers that are lost, late or untrue, a bank that is down, and payments that arrive when nobody wants them
 * any more. Each ends with at most one charge, and with both books agreeing or a person asked to look.
 */
import { CARDS } from './paying.ts';
import type { Play } from './play.ts';
import { PAID, PAID_EVENTS, type Scenario, UNPAID } from './scenario.ts';

const FAULT_CARDS = {
  answerLost: '4000009800100003',
  notFoundThenPaid: '4000009801300008',
  wrongAmount: '4000009801100002',
  duplicateNotifications: '4000009801800007',
  contradictoryNotification: '4000009801900005',
} as const;

const UNDER_REVIEW = ['payment_session.created', 'payment_session.updated', 'payment.review_needed'] as const;
const MINUTE_S = 60;

export const trouble: readonly Scenario[] = [
  {
    name: 'answer-lost',
    area: 'Trouble',
    summary: 'The bank charges and its answer is lost: Tender asks, and it is paid once.',
    emits: PAID_EVENTS,
    steps: (play) => paidWith(play, FAULT_CARDS.answerLost),
  },
  {
    name: 'slow-bank',
    area: 'Trouble',
    summary: 'The bank takes twelve seconds to answer, and it is paid.',
    emits: PAID_EVENTS,
    async steps(play) {
      const card = play.newCard();
      await play.arm(card, { kind: 'slow', params: { ms: play.stage.slowMs } });
      await paidWith(play, card);
    },
  },
  {
    name: 'not-found-then-paid',
    area: 'Trouble',
    summary:
      'The answer is lost and the bank does not find the charge for half a minute: nobody is told that it failed.',
    emits: PAID_EVENTS,
    clock: true,
    async steps(play) {
      const session = await play.session();
      await play.pays(session, FAULT_CARDS.notFoundThenPaid);
      await play.ends(session, { status: 'active', payment_outcome: 'pending' });
      await play.passes(3 * MINUTE_S);
      await play.ends(session, PAID);
    },
  },
  {
    name: 'wrong-amount',
    area: 'Trouble',
    summary: 'The bank answers with another amount: it is not believed, asked again, and paid once.',
    emits: [...PAID_EVENTS, 'payment.review_needed', 'payment.review_resolved'],
    steps: (play) => paidWith(play, FAULT_CARDS.wrongAmount),
  },
  {
    name: 'review-needed',
    area: 'Trouble',
    summary: 'The bank answers with another amount and then forgets: a person has to look.',
    emits: UNDER_REVIEW,
    steps: (play) => underReview(play),
  },
  {
    name: 'review-resolved',
    area: 'Trouble',
    summary: 'A person asks the bank about such a payment and says what became of it.',
    emits: [...UNDER_REVIEW, 'payment.review_resolved', 'payment_session.completed', 'payment.succeeded'],
    async steps(play) {
      const { id, reference } = await underReview(play);
      const row = (await play.bank.book()).find((one) => one.reference === reference);
      await play.tender.payments.resolve(id, {
        outcome: 'succeeded',
        processor_reference: row?.processor_ref ?? '',
        note: 'The bank said so on the telephone.',
      });
      const { status } = await play.tender.payments.get(id);
      play.holds(status === 'succeeded', 'the payment has succeeded');
    },
  },
  {
    name: 'processor-down',
    area: 'Trouble',
    summary: 'The bank cannot be reached, so that nothing was sent; when it is back the same session is paid.',
    emits: [...PAID_EVENTS, 'payment.attempt_failed'],
    async steps(play) {
      const session = await play.session();
      await play.armForAll({ kind: 'down', params: { s: 3 } });
      await play.pays(session, CARDS.approved);
      const { last_payment_error: error } = await play.ends(session, UNPAID);
      play.holds(error?.decline_code === 'processor_unavailable', 'nothing could be sent');
      await play.bank.comesBack();
      await play.pays(session, CARDS.approved);
      await play.ends(session, PAID);
    },
  },
  {
    name: 'duplicate-notifications',
    area: 'Trouble',
    summary: 'The bank tells each thing five times; it is told to you once.',
    emits: PAID_EVENTS,
    steps: (play) => paidWith(play, FAULT_CARDS.duplicateNotifications),
  },
  {
    name: 'contradiction',
    area: 'Trouble',
    summary: 'The bank charges and then tells that it declined: it is asked, and what it says then counts.',
    emits: PAID_EVENTS,
    steps: (play) => paidWith(play, FAULT_CARDS.contradictoryNotification),
  },
  {
    name: 'late-success',
    area: 'Trouble',
    summary: 'A payer pays at their bank after the time was up: the money goes back by itself, and a person is told.',
    emits: [...UNDER_REVIEW, 'payment.attempt_failed'],
    clock: true,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'pay_by_bank', { pay_by_bank_bank: 'prompt' });
      const url = await play.pageElsewhere(session);
      await play.passes(16 * MINUTE_S);
      const { payment_id = '' } = await play.ends(session, UNPAID);
      await play.decidesAt(url, 'pay_late');
      await play.until('the money went back', async () => {
        const { review, reconciliation_reference: reference } = await play.tender.payments.get(payment_id);
        const rows = (await play.bank.book()).filter((row) => row.reference === reference);
        return review !== undefined && rows.length > 0 && rows.every(({ reversed }) => reversed) ? true : undefined;
      });
    },
  },
];

async function paidWith(play: Play, card: string): Promise<void> {
  const session = await play.session();
  await play.pays(session, card);
  await play.ends(session, PAID);
}

/** A payment whose truth nobody can learn, and what the bank's book calls it. */
async function underReview(play: Play): Promise<{ id: string; reference: string }> {
  const card = play.newCard();
  await play.arm(card, { kind: 'wrong_amount' }, { kind: 'forgets' });
  const session = await play.session();
  await play.pays(session, card);
  return play.until('the payment is under review', async () => {
    const { payment_id: id } = await play.tender.paymentSessions.get(session.id);
    if (id === undefined) return undefined;
    const { review, reconciliation_reference: reference } = await play.tender.payments.get(id);
    return review === undefined ? undefined : { id, reference };
  });
}
