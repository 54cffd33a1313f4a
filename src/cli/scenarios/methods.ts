/** Scenarios of the ways to pay that are no card: a bank's page, a code to scan, a question on the phone, a code for a till. */
import { DECLINED_EVENTS, PAID, PAID_EVENTS, type Scenario, UNPAID } from './scenario.ts';

const [MINUTE_S, DAY_S] = [60, 86_400];
/** Phones of the sandbox: the last two digits decide. */
const PHONES = { approves: '+27821234500', neverAnswers: '+27821234503' } as const;

export const methods: readonly Scenario[] = [
  {
    name: 'bank-paid',
    area: 'Other methods',
    summary: 'The payer approves on the page of their bank, and it is paid at once.',
    emits: PAID_EVENTS,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'pay_by_bank', { pay_by_bank_bank: 'prompt' });
      await play.decidesElsewhere(session, 'approve');
      await play.ends(session, PAID);
    },
  },
  {
    name: 'bank-pending',
    area: 'Other methods',
    summary: 'The payer approves at a bank that says a day later that it has paid.',
    emits: PAID_EVENTS,
    clock: true,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'pay_by_bank', { pay_by_bank_bank: 'patient' });
      await play.decidesElsewhere(session, 'approve');
      await play.ends(session, { status: 'active', payment_outcome: 'pending' });
      await play.passes(DAY_S + MINUTE_S);
      await play.ends(session, PAID);
    },
  },
  {
    name: 'qr-paid',
    area: 'Other methods',
    summary: 'The payer scans a code with a wallet and approves there.',
    emits: PAID_EVENTS,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'wallet_qr');
      await play.decidesElsewhere(session, 'approve');
      await play.ends(session, PAID);
    },
  },
  {
    name: 'qr-expired',
    area: 'Other methods',
    summary: 'Nobody scans the code, and its time runs out.',
    emits: DECLINED_EVENTS,
    clock: true,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'wallet_qr');
      await play.passes(16 * MINUTE_S);
      await play.ends(session, UNPAID);
    },
  },
  {
    name: 'push-paid',
    area: 'Other methods',
    summary: 'The payer approves a question on the phone.',
    emits: PAID_EVENTS,
    clock: true,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'mobile_money', { mobile_money_phone: PHONES.approves });
      await play.passes(5);
      await play.ends(session, PAID);
    },
  },
  {
    name: 'push-ignored',
    area: 'Other methods',
    summary: 'Nobody answers the question on the phone, and its time runs out.',
    emits: DECLINED_EVENTS,
    clock: true,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'mobile_money', { mobile_money_phone: PHONES.neverAnswers });
      await play.passes(4 * MINUTE_S);
      await play.ends(session, UNPAID);
    },
  },
  {
    name: 'voucher-paid',
    area: 'Other methods',
    summary: 'The payer takes a code to a till and pays there.',
    emits: PAID_EVENTS,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'voucher');
      await play.decidesElsewhere(session, 'approve');
      await play.ends(session, PAID);
    },
  },
  {
    name: 'voucher-expired',
    area: 'Other methods',
    summary: 'Nobody takes the code to a till within three days.',
    emits: [...DECLINED_EVENTS, 'payment_session.expired', 'payment.failed'],
    clock: true,
    async steps(play) {
      const session = await play.session();
      await play.paysBy(session, 'voucher');
      await play.passes(3 * DAY_S + MINUTE_S);
      await play.ends(session, { status: 'expired', payment_outcome: 'unpaid' });
    },
  },
];
