/** Scenarios of a series: the payer agrees once, then charges are made without them, refused, declined, or made by a subscription. */
import type { PaymentSession, PaymentSessionCreate } from '../../../sdk/src/tender.ts';
import { ApiError } from '../../../sdk/src/tender.ts';
import { CARDS } from './paying.ts';
import type { Play } from './play.ts';
import { type EventType, PAID, PAID_EVENTS, type Scenario } from './scenario.ts';

const LATER_CARDS = {
  noMoney: '4000009705100009',
  authentication: '4000009795100000',
  revoked: '4000009790100005',
  newExpiry: '4000009500900009',
} as const;

/** Of a charge without the payer: nobody may try again. */
const NOT_PAID = { status: 'completed', payment_outcome: 'unpaid' } as const;
const BEGUN = [
  'customer.created',
  ...PAID_EVENTS,
  'payment_method.saved',
  'mandate.activated',
] as const satisfies EventType[];
const DECLINED = ['payment.attempt_failed', 'payment.failed'] as const;
const DAY_S = 86_400;

type Agreed = NonNullable<PaymentSessionCreate['options']>;

export const series: readonly Scenario[] = [
  {
    name: 'first-in-series',
    area: 'Series',
    summary: 'The payer pays and agrees to later charges.',
    emits: BEGUN,
    steps: (play) => agreed(play),
  },
  {
    name: 'card-verified',
    area: 'Series',
    summary: 'A card is verified and saved for later charges; no money is taken.',
    emits: BEGUN,
    async steps(play) {
      const session = await play.session({ amount: 0, type: 'first_in_series', options: { customer: CUSTOMER } });
      await play.pays(session, CARDS.approved);
      await play.ends(session, { status: 'completed', payment_outcome: 'payment_method_verified' });
    },
  },
  {
    name: 'next-in-series',
    area: 'Series',
    summary: 'A later charge without the payer is paid.',
    emits: BEGUN,
    async steps(play) {
      const next = await charge(play, await agreed(play));
      await play.ends(next, PAID);
    },
  },
  {
    name: 'next-declined',
    area: 'Series',
    summary: 'A later charge without the payer is declined: not enough money.',
    emits: [...BEGUN, ...DECLINED],
    async steps(play) {
      const next = await charge(play, await agreed(play, LATER_CARDS.noMoney));
      await play.ends(next, NOT_PAID);
    },
  },
  {
    name: 'next-authentication-required',
    area: 'Series',
    summary: 'The bank wants to see the payer: charges without them stop until they come back.',
    emits: [...BEGUN, ...DECLINED, 'mandate.updated'],
    async steps(play) {
      const next = await charge(play, await agreed(play, LATER_CARDS.authentication));
      const { last_payment_error: error } = await play.ends(next, NOT_PAID);
      play.holds(error?.decline_code === 'authentication_required', 'the bank asks for the payer');
    },
  },
  {
    name: 'mandate-violation',
    area: 'Series',
    summary: 'A charge above what the payer agreed to is refused before anything is sent.',
    emits: BEGUN,
    async steps(play) {
      const first = await agreed(play);
      const refused = await refusal(() => charge(play, first, first.amount + 1));
      play.holds(refused === 'mandate_violation', 'the charge was refused: mandate_violation');
    },
  },
  {
    name: 'mandate-revoked',
    area: 'Series',
    summary: 'The shop revokes the mandate; the next charge is refused.',
    emits: [...BEGUN, 'mandate.revoked'],
    async steps(play) {
      const first = await agreed(play);
      await play.tender.mandates.revoke(first.mandate_id ?? '');
      const refused = await refusal(() => charge(play, first));
      play.holds(refused === 'mandate_not_active', 'the next charge was refused: mandate_not_active');
    },
  },
  {
    name: 'mandate-revoked-by-bank',
    area: 'Series',
    summary: 'The bank says that its customer withdrew the consent: the mandate is revoked.',
    emits: [...BEGUN, ...DECLINED, 'mandate.revoked'],
    async steps(play) {
      const first = await agreed(play, LATER_CARDS.revoked);
      await play.ends(await charge(play, first), NOT_PAID);
      await play.until('the mandate is revoked', async () => {
        const { status } = await play.tender.mandates.get(first.mandate_id ?? '');
        return status === 'revoked' ? true : undefined;
      });
    },
  },
  {
    name: 'mandate-ended',
    area: 'Series',
    summary: 'The last day of the mandate passes.',
    emits: [...BEGUN, 'mandate.ended'],
    clock: true,
    async steps(play) {
      const end_date = new Date(Date.parse(await play.now()) + DAY_S * 1000).toISOString().slice(0, 10);
      const { mandate_id = '' } = await agreed(play, CARDS.approved, { validity_period: { end_date } });
      await play.passes(3 * DAY_S);
      await play.until('the mandate ended', async () => {
        const { status } = await play.tender.mandates.get(mandate_id);
        return status === 'ended' ? true : undefined;
      });
    },
  },
  {
    name: 'card-expired',
    area: 'Series',
    summary: 'The saved card expires, and a later charge is refused before anything is sent.',
    emits: BEGUN,
    clock: true,
    async steps(play) {
      const session = await play.session({ type: 'first_in_series', options: { customer: CUSTOMER } });
      await play.pays(session, CARDS.approved, { card_expiry: await play.expiry(0) });
      const first = await play.ends(session, PAID);
      await play.passes(32 * DAY_S);
      const refused = await refusal(() => charge(play, first));
      play.holds(refused === 'mandate_violation', 'the charge was refused: mandate_violation, for card_expired');
    },
  },
  {
    name: 'card-updated',
    area: 'Series',
    summary: 'A later charge brings the new date of expiry of the saved card.',
    emits: [...BEGUN, 'payment_method.updated'],
    async steps(play) {
      await play.ends(await charge(play, await agreed(play, LATER_CARDS.newExpiry)), PAID);
    },
  },
  {
    name: 'subscription-year',
    area: 'Series',
    summary: 'A monthly subscription charges twelve times in a year and is cancelled.',
    emits: [...BEGUN, 'subscription.created', 'subscription.updated', 'subscription.ended', 'mandate.revoked'],
    clock: true,
    async steps(play) {
      const id = await subscribed(play, CARDS.approved);
      await play.passes(366 * DAY_S);
      const { counts } = await play.tender.subscriptions.get(id);
      play.holds(counts.paid === 12, 'twelve due dates were paid');
      await play.tender.subscriptions.cancel(id);
    },
  },
  {
    name: 'subscription-declined',
    area: 'Series',
    summary: 'The bank declines a due date of a subscription and its retry; it is cancelled then.',
    emits: [
      ...BEGUN,
      ...DECLINED,
      'subscription.created',
      'subscription.updated',
      'subscription.payment_failed',
      'subscription.ended',
      'mandate.revoked',
    ],
    clock: true,
    async steps(play) {
      const id = await subscribed(play, LATER_CARDS.noMoney);
      await play.passes(33 * DAY_S);
      const { current_charge: current } = await play.tender.subscriptions.get(id);
      play.holds((current?.attempts ?? 0) >= 2, 'the due date was tried again');
      await play.tender.subscriptions.cancel(id);
    },
  },
];

const CUSTOMER = { name: 'Thandi Mokoena' };

/** A paid first session: its customer, payment method and mandate are what later charges need. */
async function agreed(
  play: Play,
  card: string = CARDS.approved,
  mandate_options: Agreed['mandate_options'] = {},
): Promise<PaymentSession> {
  const session = await play.session({ type: 'first_in_series', options: { customer: CUSTOMER, mandate_options } });
  await play.pays(session, card);
  return play.ends(session, PAID);
}

function charge(play: Play, first: PaymentSession, amount = first.amount): Promise<PaymentSession> {
  const { customer_id = '', payment_method_id = '' } = first;
  return play.session({ amount, type: 'next_in_series', options: { customer_id, payment_method_id } });
}

/** A monthly subscription that charges what the first payment was. It is never left running. */
async function subscribed(play: Play, card: string): Promise<string> {
  const session = await play.session({
    type: 'first_in_series',
    options: {
      customer: CUSTOMER,
      mandate_options: { type: 'scheduled', recurrence: { type: 'monthly' } },
      subscription_options: {},
    },
  });
  await play.pays(session, card);
  const { subscription_id: id = '' } = await play.ends(session, PAID);
  play.atEnd(async () => {
    const { status } = await play.tender.subscriptions.get(id);
    if (status !== 'ended' && status !== 'cancelled') await play.tender.subscriptions.cancel(id);
  });
  return id;
}

async function refusal(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}
