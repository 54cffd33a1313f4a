/** Scenarios of one payment by card: paid, declined, asked by the bank, given up. */
import type { Play } from './play.ts';
import { DECLINED_EVENTS, PAID, PAID_EVENTS, type Scenario, UNPAID } from './scenario.ts';

export const CARDS = {
  approved: '4242424242424242',
  declined: '4000000000000002',
  insufficientFunds: '4000000000009995',
  challenge: '4000000000003220',
  challengeThenDeclined: '4000009605100000',
  frictionless: '4000000032200000',
} as const;

const EXPIRY_MS = 6 * 60_000;
/** How long a bank waits for an answer. */
const CHALLENGE_S = 600;

export const paying: readonly Scenario[] = [
  {
    name: 'paid',
    area: 'Paying',
    summary: 'A payer pays with a card.',
    emits: PAID_EVENTS,
    async steps(play) {
      const session = await play.session();
      await play.pays(session, CARDS.approved);
      await play.ends(session, PAID);
    },
  },
  {
    name: 'declined',
    area: 'Paying',
    summary: 'The bank declines without a reason; the payer may try again.',
    emits: DECLINED_EVENTS,
    steps: (play) => declinedWith(play, CARDS.declined, 'generic_decline'),
  },
  {
    name: 'insufficient-funds',
    area: 'Paying',
    summary: 'The bank declines because there is not enough money.',
    emits: DECLINED_EVENTS,
    steps: (play) => declinedWith(play, CARDS.insufficientFunds, 'insufficient_funds'),
  },
  {
    name: 'declined-then-paid',
    area: 'Paying',
    summary: 'One card is declined, another one pays the same session.',
    emits: [...PAID_EVENTS, 'payment.attempt_failed'],
    async steps(play) {
      const session = await play.session();
      await play.pays(session, CARDS.declined);
      await play.ends(session, UNPAID);
      await play.pays(session, CARDS.approved);
      await play.ends(session, PAID);
    },
  },
  {
    name: 'saved-card-paid',
    area: 'Paying',
    summary: 'A payer saves a card with one session and pays another with it.',
    emits: [...PAID_EVENTS, 'customer.created', 'payment_method.saved'],
    async steps(play) {
      const checkout_options = { save_payment_method: 'always' } as const;
      const first = await play.session({ options: { customer: { name: 'Naledi Khumalo' }, checkout_options } });
      await play.pays(first, CARDS.approved);
      const { customer_id, payment_method_id = '' } = await play.ends(first, PAID);
      const second = await play.session({ options: customer_id === undefined ? {} : { customer_id } });
      const saved = { payment_method: payment_method_id, card_number: '', card_expiry: '' };
      await play.pays(second, '', saved);
      const { payment_method_id: used } = await play.ends(second, PAID);
      play.holds(used === payment_method_id, 'the saved card paid the second session');
    },
  },
  {
    name: 'expired',
    area: 'Paying',
    summary: 'Nobody pays, and the time to pay runs out.',
    emits: ['payment_session.created', 'payment_session.updated', 'payment_session.expired'],
    clock: true,
    async steps(play) {
      const expires_at = new Date(Date.parse(await play.now()) + EXPIRY_MS).toISOString();
      const session = await play.session({ options: { checkout_options: { expires_at } } });
      await play.passesTo(expires_at);
      await play.ends(session, { status: 'expired', payment_outcome: 'unpaid' });
    },
  },
  {
    name: 'cancelled',
    area: 'Paying',
    summary: 'The shop cancels the session before it is paid.',
    emits: ['payment_session.created', 'payment_session.updated', 'payment_session.cancelled'],
    async steps(play) {
      const session = await play.session();
      await play.tender.paymentSessions.cancel(session.id);
      await play.ends(session, { status: 'cancelled', payment_outcome: 'unpaid' });
    },
  },
  {
    name: 'declined-then-cancelled',
    area: 'Paying',
    summary: 'A card is declined, the shop cancels: the payment has failed for good.',
    emits: [...DECLINED_EVENTS, 'payment_session.cancelled', 'payment.failed'],
    async steps(play) {
      const session = await play.session();
      await play.pays(session, CARDS.declined);
      await play.ends(session, UNPAID);
      await play.tender.paymentSessions.cancel(session.id);
      await play.ends(session, { status: 'cancelled', payment_outcome: 'unpaid' });
    },
  },
  {
    name: 'challenge-paid',
    area: 'Paying',
    summary: 'The bank asks the payer (3-D Secure), who approves.',
    emits: PAID_EVENTS,
    async steps(play) {
      const session = await play.session();
      await play.pays(session, CARDS.challenge);
      await play.decidesAtBank(session, 'approve');
      await play.ends(session, PAID);
    },
  },
  {
    name: 'challenge-refused',
    area: 'Paying',
    summary: 'The bank asks the payer, who declines.',
    emits: DECLINED_EVENTS,
    steps: (play) => challenged(play, { card: CARDS.challenge, says: 'decline', ends: 'authentication_failed' }),
  },
  {
    name: 'challenge-abandoned',
    area: 'Paying',
    summary: 'The bank asks the payer, who leaves; the deadline decides.',
    emits: DECLINED_EVENTS,
    clock: true,
    steps: (play) => challenged(play, { card: CARDS.challenge, says: 'abandon', ends: 'authentication_abandoned' }),
  },
  {
    name: 'challenge-then-declined',
    area: 'Paying',
    summary: 'The payer approves at the bank, which then declines: not enough money.',
    emits: DECLINED_EVENTS,
    steps: (play) =>
      challenged(play, { card: CARDS.challengeThenDeclined, says: 'approve', ends: 'insufficient_funds' }),
  },
  {
    name: 'frictionless',
    area: 'Paying',
    summary: 'The bank authenticates the payer without asking.',
    emits: PAID_EVENTS,
    async steps(play) {
      const session = await play.session();
      await play.pays(session, CARDS.frictionless);
      await play.ends(session, PAID);
    },
  },
];

async function declinedWith(play: Play, card: string, code: string): Promise<void> {
  const session = await play.session();
  await play.pays(session, card);
  const { last_payment_error: error } = await play.ends(session, UNPAID);
  play.holds(error?.decline_code === code, `the bank said ${code}`);
}

interface Challenge {
  card: string;
  says: 'approve' | 'decline' | 'abandon';
  ends: string;
}

/** The bank's question and an answer after which the session is not paid. Who leaves is waited for until the deadline. */
async function challenged(play: Play, { card, says, ends }: Challenge): Promise<void> {
  const session = await play.session();
  await play.pays(session, card);
  await play.decidesAtBank(session, says);
  if (says === 'abandon') await play.passes(CHALLENGE_S + 60);
  const { last_payment_error: error } = await play.ends(session, UNPAID);
  play.holds(error?.decline_code === ends, `the attempt ended as ${ends}`);
}
