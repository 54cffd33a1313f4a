/** Scenarios of what follows a payment: reserved and captured, released, given back, and each of these going wrong. */
import type { Payment, PaymentSessionCreate } from '../../../sdk/src/tender.ts';
import { CARDS } from './paying.ts';
import type { Play } from './play.ts';
import { PAID, PAID_EVENTS, type Scenario } from './scenario.ts';

const STEP_CARDS = {
  captureFailsLater: '4000009500200004',
  shortAuthorisation: '4000009500800001',
  refundPending: '4000009500500007',
  refundPendingFails: '4000009500600005',
} as const;

const MANUAL: PaymentSessionCreate['options'] = { payment_method_options: { card: { capture_method: 'manual' } } };
const REFUND = [...PAID_EVENTS, 'refund.created', 'refund.updated'] as const;
/** What the pretend bank takes for a step that ends later, with a little more. */
const LATER_S = 12;
const HOUR_S = 3_600;

export const after: readonly Scenario[] = [
  {
    name: 'reserved',
    area: 'After',
    summary: 'The money is reserved on the card and not taken yet.',
    emits: PAID_EVENTS,
    steps: (play) => reserved(play),
  },
  {
    name: 'captured',
    area: 'After',
    summary: 'The reserved money is taken, all of it.',
    emits: [...PAID_EVENTS, 'payment.captured'],
    async steps(play) {
      const { id, amount } = await reserved(play);
      const { paid_amount } = await play.tender.payments.capture(id);
      play.holds(paid_amount === amount, 'all of it was taken');
    },
  },
  {
    name: 'captured-in-parts',
    area: 'After',
    summary: 'The reserved money is taken in two parts and the rest released.',
    emits: [...PAID_EVENTS, 'payment.captured', 'payment.voided'],
    async steps(play) {
      const { id, amount } = await reserved(play);
      const [part, second] = [Math.ceil(amount / 2), Math.floor(amount / 4)];
      await play.tender.payments.capture(id, { amount: part });
      await play.tender.payments.capture(id, { amount: second });
      const { paid_amount, voided_amount } = await play.tender.payments.void(id);
      play.holds(paid_amount === part + second, 'both parts were taken');
      play.holds(paid_amount + voided_amount === amount, 'the rest was released');
    },
  },
  {
    name: 'capture-failed',
    area: 'After',
    summary: 'The capture succeeds and then fails at the bank: nothing was taken after all.',
    emits: [...PAID_EVENTS, 'payment.captured', 'payment.attempt_failed'],
    clock: true,
    async steps(play) {
      const { id } = await reserved(play, STEP_CARDS.captureFailsLater);
      await play.tender.payments.capture(id);
      await play.passes(LATER_S);
      await play.until('the capture failed', async () => {
        const payment = await play.tender.payments.get(id);
        return payment.paid_amount === 0 && payment.review === undefined ? payment : undefined;
      });
    },
  },
  {
    name: 'voided',
    area: 'After',
    summary: 'The reserved money is released.',
    emits: [...PAID_EVENTS, 'payment.voided'],
    async steps(play) {
      const { id, amount } = await reserved(play);
      const { voided_amount } = await play.tender.payments.void(id);
      play.holds(voided_amount === amount, 'all of it was released');
    },
  },
  {
    name: 'authorisation-expired',
    area: 'After',
    summary: 'Nobody captures in time, and the bank takes the reservation away.',
    emits: [...PAID_EVENTS, 'payment.voided'],
    clock: true,
    async steps(play) {
      const { id, amount } = await reserved(play, STEP_CARDS.shortAuthorisation);
      await play.passes(HOUR_S + LATER_S);
      await play.until('the reservation lapsed', async () => {
        const payment = await play.tender.payments.get(id);
        return payment.voided_amount === amount ? payment : undefined;
      });
    },
  },
  {
    name: 'refunded',
    area: 'After',
    summary: 'A paid payment is given back whole.',
    emits: [...REFUND, 'payment.refunded'],
    async steps(play) {
      const { id, amount } = await paid(play);
      play.made(await play.tender.payments.refund(id, { reason: 'requested_by_customer' }));
      await refundedIs(play, id, amount);
    },
  },
  {
    name: 'refunded-in-parts',
    area: 'After',
    summary: 'A paid payment is given back in two parts.',
    emits: [...REFUND, 'payment.refunded'],
    async steps(play) {
      const { id, amount } = await paid(play);
      play.made(await play.tender.payments.refund(id, { amount: Math.ceil(amount / 3) }));
      play.made(await play.tender.payments.refund(id));
      await refundedIs(play, id, amount);
    },
  },
  {
    name: 'refund-pending',
    area: 'After',
    summary: 'The bank takes its time over a refund, which then succeeds.',
    emits: [...REFUND, 'payment.refunded'],
    clock: true,
    async steps(play) {
      const { id, amount } = await paid(play, STEP_CARDS.refundPending);
      const refund = play.made(await play.tender.payments.refund(id));
      play.holds(refund.status === 'pending', 'the refund is pending at first');
      await play.passes(LATER_S);
      await refundedIs(play, id, amount);
    },
  },
  {
    name: 'refund-failed',
    area: 'After',
    summary: 'The bank takes its time over a refund, which then fails.',
    emits: [...REFUND, 'payment.attempt_failed'],
    clock: true,
    async steps(play) {
      const { id } = await paid(play, STEP_CARDS.refundPendingFails);
      const { id: refund } = play.made(await play.tender.payments.refund(id));
      await play.passes(LATER_S);
      await play.until('the refund failed', async () => {
        const { status } = await play.tender.refunds.get(refund);
        return status === 'failed' ? true : undefined;
      });
    },
  },
];

async function reserved(play: Play, card: string = CARDS.approved): Promise<Payment> {
  const session = await play.session(MANUAL === undefined ? {} : { options: MANUAL });
  await play.pays(session, card);
  const { payment_id = '' } = await play.ends(session, { status: 'completed', payment_outcome: 'reserved' });
  return play.tender.payments.get(payment_id);
}

async function paid(play: Play, card: string = CARDS.approved): Promise<Payment> {
  const session = await play.session();
  await play.pays(session, card);
  const { payment_id = '' } = await play.ends(session, PAID);
  return play.tender.payments.get(payment_id);
}

async function refundedIs(play: Play, payment: string, amountMinor: number): Promise<void> {
  await play.until('the money was given back', async () => {
    const { refunded_amount } = await play.tender.payments.get(payment);
    return refunded_amount === amountMinor ? true : undefined;
  });
}
