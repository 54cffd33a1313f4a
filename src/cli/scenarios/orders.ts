/** What made-up customers buy and how it goes: drawn before anything is done, so that one seed always draws the same. */
import type { PaymentSessionCreate } from '../../../sdk/src/tender.ts';
import { CARDS } from './paying.ts';
import { COUNTRIES, GOODS, MINOR_UNITS, PLANS } from './people.ts';
import { newCard } from './play.ts';

/** Out of a hundred payments. */
const SHARES = {
  paid: 46,
  saved: 10,
  series: 6,
  subscribed: 6,
  refunded: 7,
  declined: 10,
  challenged: 6,
  reserved: 4,
  left: 5,
} as const;

export type Fate = keyof typeof SHARES;
export const FATES = Object.keys(SHARES) as Fate[];

export interface Order {
  fate: Fate;
  session: PaymentSessionCreate;
  card: string;
  /** What the payer says when the bank asks. */
  decision: 'approve' | 'decline';
  /** How much of it is given back, captured or not at all: from 0 to 1. */
  share: number;
}

type Random = () => number;

const DECLINING = ['4000009900500003', '4000009905100007', '4000009906100006', '4000009909100003'] as const;

export function drawOrder(random: Random): Order {
  const fate = drawFate(random);
  const card = { declined: oneOf(random, DECLINING), challenged: CARDS.challenge }[fate as string] ?? newCard(random);
  const decision = random() < 0.8 ? 'approve' : 'decline';
  return { fate, session: sessionFor(fate, random), card, decision, share: random() };
}

function sessionFor(fate: Fate, random: Random): PaymentSessionCreate {
  const country = oneOf(random, COUNTRIES);
  const name = `${oneOf(random, country.first)} ${oneOf(random, country.last)}`;
  const { what, price } = oneOf(random, fate === 'subscribed' ? PLANS : GOODS);
  const amount = Math.round(price * (MINOR_UNITS[country.currency] ?? 100) * (0.8 + random() * 0.4));
  const bought = { amount, currency: country.currency, description: what };
  const customer = { name, email: `${emailName(name)}@example.com` };
  const series = { ...bought, type: 'first_in_series' as const };
  switch (fate) {
    case 'subscribed': {
      const mandate_options = { type: 'scheduled', recurrence: { type: 'monthly' } } as const;
      return { ...series, options: { customer, mandate_options, subscription_options: {} } };
    }
    case 'series':
      return { ...series, options: { customer } };
    case 'saved':
      return { ...bought, options: { customer, checkout_options: { save_payment_method: 'always' } } };
    case 'reserved':
      return { ...bought, options: { customer, payment_method_options: { card: { capture_method: 'manual' } } } };
    default:
      return { ...bought, options: { customer } };
  }
}

function emailName(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z ]/g, '')
    .trim()
    .replaceAll(' ', '.');
}

function oneOf<T>(random: Random, all: readonly T[]): T {
  return all[Math.floor(random() * all.length)] as T;
}

function drawFate(random: Random): Fate {
  let at = random() * Object.values(SHARES).reduce((sum, share) => sum + share, 0);
  for (const fate of FATES) {
    at -= SHARES[fate];
    if (at < 0) return fate;
  }
  return 'paid';
}
