/** What a merchant does with a payment that succeeded: captures, voids and refunds, repeated with their keys like any post. */
import type { Json } from '../../support/merchant.ts';
import { type Lane, post, read } from './lane.ts';

type Step = (lane: Lane, paymentId: string) => Promise<void>;

/** Two or three captures, the last of all that remains; sometimes the rest is released instead. */
export const captureInParts: Step = async (lane, paymentId) => {
  const { authorised_amount: authorised } = await seePayment(lane, paymentId);
  const first = lane.draws.between(1, authorised - 1);
  await step(lane, `/collect/payments/${paymentId}/captures`, { amount: first });
  const rest = lane.draws.chance(0.3) ? 'voids' : 'captures';
  await step(lane, `/collect/payments/${paymentId}/${rest}`, {});
};

/** Everything is released; sometimes a capture is asked for in the same moment. */
export const voidRest: Step = async (lane, paymentId) => {
  const racing = lane.draws.chance(0.4) ? step(lane, `/collect/payments/${paymentId}/captures`, {}) : undefined;
  await step(lane, `/collect/payments/${paymentId}/voids`, {});
  await racing;
};

export const refundInParts: Step = async (lane, paymentId) => {
  const { paid_amount: paid } = await seePayment(lane, paymentId);
  await step(lane, `/collect/payments/${paymentId}/refunds`, { amount: lane.draws.between(1, paid - 1) });
  if (lane.draws.chance(0.6))
    await step(lane, `/collect/payments/${paymentId}/refunds`, { reason: 'requested_by_customer' });
};

/** Three refunds at once, which together exceed what was paid. */
export const refundSideBySide: Step = async (lane, paymentId) => {
  const { paid_amount: paid } = await seePayment(lane, paymentId);
  const amount = Math.ceil(paid * 0.4);
  await Promise.all([1, 2, 3].map(() => step(lane, `/collect/payments/${paymentId}/refunds`, { amount })));
};

async function seePayment(lane: Lane, paymentId: string): Promise<Json> {
  const payment = await read(lane, `/collect/payments/${paymentId}`);
  lane.journal.payment(payment);
  return payment;
}

async function step(lane: Lane, path: string, body: Record<string, unknown>): Promise<void> {
  const work = post(lane, path, body).then((reply) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    lane.journal.count(`${name} ${reply.status < 300 ? 'done' : 'refused'}`);
    if (reply.status === 201) lane.journal.created.add(reply.body.id);
    if (reply.status === 200) lane.journal.payment(reply.body);
    if (![200, 201, 409].includes(reply.status))
      lane.patience.findings.push(`${path} answered ${reply.status}: ${reply.text}`);
  });
  // A step whose server died is answered late: the merchant goes on after a moment.
  lane.later(work);
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 3_000).unref())]);
}
