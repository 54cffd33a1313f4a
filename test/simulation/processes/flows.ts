/** What merchants and payers do, one flow a function. Each draws its choices, and writes down what it was promised. */
import type { Contract } from '../../support/contract.ts';
import { cards, Payer } from '../../support/payer.ts';
import { chargeUnderLimits, moveClock, subscribe } from './agreement-flows.ts';
import { createSession, type Lane, MOST, post, see } from './lane.ts';
import { askUntilAnswered, onceOnPage, payPatiently } from './patient-client.ts';
import { captureInParts, refundInParts, refundSideBySide, voidRest } from './step-flows.ts';

interface Flow {
  name: string;
  weight: number;
  run(lane: Lane): Promise<void>;
}

const FLOWS: readonly Flow[] = [
  { name: 'one time', weight: 4, run: oneTime },
  { name: 'declined, then paid', weight: 2, run: declinedThenPaid },
  { name: '3-D Secure', weight: 3, run: challenged },
  { name: 'series', weight: 2, run: beginSeries },
  { name: 'next in series', weight: 5, run: chargeNext },
  { name: 'saved card', weight: 2, run: payWithSaved },
  { name: 'cancel', weight: 2, run: cancelInBetween },
  { name: 'customer', weight: 1, run: changeCustomer },
  { name: 'patched session', weight: 1, run: patchSession },
  { name: 'revoked mandate', weight: 1, run: revokeSeries },
  { name: 'limits', weight: 3, run: chargeUnderLimits },
  { name: 'subscription', weight: 2, run: subscribe },
  { name: 'clock', weight: 2, run: moveClock },
];

const STEP_FLOWS: readonly Flow[] = [
  { name: 'capture', weight: 3, run: (lane) => inPlace(lane, 'manual', captureInParts) },
  { name: 'void', weight: 2, run: (lane) => inPlace(lane, 'manual', voidRest) },
  { name: 'refund', weight: 3, run: (lane) => inPlace(lane, 'automatic', refundInParts) },
  { name: 'refunds side by side', weight: 2, run: (lane) => inPlace(lane, 'automatic', refundSideBySide) },
];

/** Which flows this server offers: captures, voids and refunds only where their routes are there. */
export function flowsOf(contract: Contract): readonly Flow[] {
  return '/collect/payments/{id}/captures' in contract.document.paths ? [...FLOWS, ...STEP_FLOWS] : FLOWS;
}

function newPayer(lane: Lane): Payer {
  return new Payer(lane.merchant.url);
}

async function oneTime(lane: Lane): Promise<void> {
  const session = await createSession(lane, {});
  await payPatiently(newPayer(lane), { session, card: cards.approved }, lane.patience);
  await see(lane, session);
}

async function declinedThenPaid(lane: Lane): Promise<void> {
  const session = await createSession(lane, {});
  const payer = newPayer(lane);
  await payPatiently(
    payer,
    { session, card: lane.draws.pick([cards.declined, cards.insufficientFunds]) },
    lane.patience,
  );
  if (lane.draws.chance(0.7)) await payPatiently(payer, { session, card: cards.approved }, lane.patience);
  await see(lane, session);
}

/** What payers do at their bank; some close the window. */
const DECISIONS = [
  { decision: 'approve', weight: 6 },
  { decision: 'decline', weight: 2 },
  { decision: 'abandon', weight: 1 },
  { decision: 'close', weight: 1 },
] as const;

async function challenged(lane: Lane): Promise<void> {
  const session = await createSession(lane, {});
  const payer = newPayer(lane);
  const decision = lane.draws.weighted(DECISIONS).decision;
  const page = await payPatiently(payer, { session, card: cards.challenge }, lane.patience);
  if (page?.state === 'three_ds' && decision !== 'close')
    await onceOnPage(() => payer.decidesAtBank(session, decision), lane.patience);
  await see(lane, session);
}

async function beginSeries(lane: Lane): Promise<void> {
  const session = await createSession(lane, {
    amount: MOST,
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  await payPatiently(newPayer(lane), { session, card: cards.approved }, lane.patience);
  const paid = await see(lane, session);
  if (paid.payment_outcome === 'paid') lane.tokens.push(paid);
}

/** Once the answer has said that a mandate is revoked, no charge under it may be accepted. */
async function revokeSeries(lane: Lane): Promise<void> {
  const session = await createSession(lane, {
    amount: MOST,
    type: 'first_in_series',
    options: { customer: { name: 'Zanele' } },
  });
  await payPatiently(newPayer(lane), { session, card: cards.approved }, lane.patience);
  const { customer_id, payment_method_id, mandate_id } = await see(lane, session);
  if (mandate_id === undefined) return;
  const revoked = await post(lane, `/collect/mandates/${mandate_id}/revoke`, undefined);
  const options = { customer_id, payment_method_id };
  const body = { amount: 100, currency: 'ZAR', type: 'next_in_series', options };
  const charged = await post(lane, '/collect/payment_sessions', body);
  if (revoked.status !== 200 || charged.status === 201)
    lane.patience.findings.push(`${mandate_id}: revoking answered ${revoked.status}, charging then ${charged.text}`);
}

async function chargeNext(lane: Lane): Promise<void> {
  if (lane.tokens.length === 0) return beginSeries(lane);
  const { customer_id, payment_method_id } = lane.draws.pick(lane.tokens);
  const body = { type: 'next_in_series', options: { customer_id, payment_method_id } };
  // A request whose server died is answered as late as half a minute afterwards: nobody stands in a queue for that.
  lane.later(createSession(lane, body));
  await new Promise((resolve) => setTimeout(resolve, 100));
}

async function payWithSaved(lane: Lane): Promise<void> {
  const saving = { checkout_options: { save_payment_method: 'always' } };
  const first = await createSession(lane, { options: { customer: { name: 'Sipho' }, ...saving } });
  await payPatiently(newPayer(lane), { session: first, card: cards.approved }, lane.patience);
  const { customer_id, payment_method_id } = await see(lane, first);
  if (payment_method_id === undefined) return;
  const second = await createSession(lane, { options: { customer_id } });
  const payer = newPayer(lane);
  await onceOnPage(() => payer.paysWithSaved(second, payment_method_id), lane.patience);
  await see(lane, second);
}

async function cancelInBetween(lane: Lane): Promise<void> {
  const session = await createSession(lane, {});
  const paying = lane.draws.chance(0.5)
    ? payPatiently(newPayer(lane), { session, card: cards.approved }, lane.patience)
    : undefined;
  const reply = await post(lane, `/collect/payment_sessions/${session.id}/cancel`, undefined);
  lane.journal.count(reply.status === 200 ? 'cancels done' : 'cancels refused');
  await paying;
  await see(lane, session);
}

async function changeCustomer(lane: Lane): Promise<void> {
  const customer = await post(lane, '/collect/customers', { name: 'Ada' });
  lane.journal.created.add(customer.body.id);
  for (let n = 1; n <= 3; n++) {
    const body = { name: `Ada ${lane.draws.between(1, 1_000_000)}` };
    const request = { method: 'PATCH', path: `/collect/customers/${customer.body.id}`, body };
    const reply = await askUntilAnswered(lane.merchant, request, lane.patience);
    if (reply.status === 200) lane.journal.names.set(customer.body.id, body.name);
  }
}

async function patchSession(lane: Lane): Promise<void> {
  const session = await createSession(lane, {});
  const path = `/collect/payment_sessions/${session.id}`;
  await askUntilAnswered(lane.merchant, { method: 'PATCH', path, body: { amount: 4_200 } }, lane.patience);
  await payPatiently(newPayer(lane), { session, card: cards.approved }, lane.patience);
  await see(lane, session);
}

/** Cards of the sandbox whose captures, voids or refunds are refused, take their time, or fail after they were reported as done. */
const DIFFICULT = {
  manual: ['4000009500100006', '4000009500200004', '4000009500300002'],
  automatic: ['4000009500400000', '4000009500500007', '4000009500600005', '4000009500700003'],
} as const;

/** A paid or authorised payment and what is then done with it. */
async function inPlace(
  lane: Lane,
  capture: 'manual' | 'automatic',
  then: (lane: Lane, paymentId: string) => Promise<void>,
): Promise<void> {
  const options = { payment_method_options: { card: { capture_method: capture } } };
  const session = await createSession(lane, { options });
  const difficult = lane.draws.chance(0.3);
  if (difficult) lane.journal.fickle.add(session.id);
  const card = difficult ? lane.draws.pick(DIFFICULT[capture]) : cards.approved;
  await payPatiently(newPayer(lane), { session, card }, lane.patience);
  const now = await see(lane, session);
  if (now.status === 'completed') await then(lane, now.payment_id);
}
