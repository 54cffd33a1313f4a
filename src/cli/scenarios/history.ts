/**
 * A believable history: customers of several countries whose sessions are paid, declined, given back, left alone or asked about by their
 * bank, and subscriptions that charge over months. All of it through the public API and the payment page, spread over time by moving
 * the test clock between rounds.
 */
import { drawOrder, FATES, type Fate, type Order } from './orders.ts';
import { Play, type Stage } from './play.ts';

export interface HistoryAsked {
  payments: number;
  /** Over how many days it is spread; 0 leaves the test clock alone. */
  days: number;
  /** How many payers at once. */
  payers: number;
  onProgress(done: number): void;
}

const ROUNDS = 6;
const DAY_S = 86_400;

/** How many of each there are. */
export type History = Record<Fate, number>;

/** Makes it. Throws where the server or the sandbox cannot be asked. */
export async function makeHistory(stage: Stage, asked: HistoryAsked): Promise<History> {
  const play = new Play(stage);
  const made = Object.fromEntries(FATES.map((fate) => [fate, 0])) as History;
  const orders = Array.from({ length: asked.payments }, () => drawOrder(stage.random));
  const rounds = asked.days === 0 ? 1 : Math.min(ROUNDS, Math.max(1, asked.payments));
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    const [from, to] = [round, round + 1].map((at) => Math.round((at * asked.payments) / rounds));
    const work = orders.slice(from, to);
    const expiry = await play.expiry();
    const payer = async (): Promise<void> => {
      for (let order = work.shift(); order !== undefined; order = work.shift()) {
        await carryOut(play, order, expiry);
        made[order.fate]++;
        asked.onProgress(++done);
      }
    };
    await Promise.all(Array.from({ length: asked.payers }, payer));
    if (round < rounds - 1) await play.passes(Math.round((asked.days * DAY_S) / (rounds - 1)));
  }
  return made;
}

/** One payer's visit and what the shop does afterwards. What the bank has not answered by then, the server settles by itself. */
async function carryOut(play: Play, { fate, session: wanted, card, decision, share }: Order, card_expiry: string) {
  const session = await play.session(wanted);
  if (fate === 'left') return;
  await play.pays(session, card, { card_expiry });
  if (fate === 'challenged') await play.decidesAtBank(session, decision);
  const now = await play.tender.paymentSessions.get(session.id);
  const { customer_id = '', payment_method_id = '', payment_id = '' } = now;
  if (fate === 'series' && now.payment_outcome === 'paid') {
    const options = { customer_id, payment_method_id };
    await play.session({ amount: wanted.amount, currency: wanted.currency, type: 'next_in_series', options });
  }
  if (fate === 'refunded' && now.payment_outcome === 'paid') {
    const amount = share < 0.6 ? wanted.amount : Math.ceil(wanted.amount / 2);
    await play.tender.payments.refund(payment_id, { amount, reason: 'requested_by_customer' });
  }
  if (fate === 'reserved' && now.payment_outcome === 'reserved' && share < 0.7)
    await play.tender.payments.capture(payment_id);
}
