/**
 * What may follow a success: captures, voids and refunds, legal and illegal, and a person who closes a review. Each answer is
 * held against what must come by the amounts that stood before, and what is refused must not reach the processor.
 */
import type { Json, Reply } from '../../support/merchant.ts';
import type { BookRow } from '../../support/sandbox-control.ts';
import { paymentName, type SeenPayment } from './sight.ts';
import type { Step } from './steps.ts';
import { inShort, type World } from './world.ts';

const capture: Step = {
  name: 'capture',
  weight: 16,
  async run(world) {
    const payment = likely(world, (one) => one.capture_method === 'manual' && reserved(one) > 0);
    if (payment === undefined) return undefined;
    const amount = amountOf(world, reserved(payment));
    const asked = amount === undefined ? 'the rest' : String(amount);
    const what = `captures ${asked} of ${paymentName(world.names, payment)}`;
    const body = amount === undefined ? {} : { amount };
    const right = captureRefusal(world, payment, amount);
    return `${what} → ${inShort(await take(world, { path: 'captures', payment, body, what, right }))}`;
  },
};

const release: Step = {
  name: 'void',
  weight: 6,
  async run(world) {
    const payment = likely(world, (one) => one.capture_method === 'manual' && reserved(one) > 0);
    if (payment === undefined) return undefined;
    const what = `voids the rest of ${paymentName(world.names, payment)}`;
    const right = voidRefusal(world, payment);
    return `${what} → ${inShort(await take(world, { path: 'voids', payment, body: undefined, what, right }))}`;
  },
};

const refund: Step = {
  name: 'refund',
  weight: 20,
  async run(world) {
    const payment = likely(world, (one) => refundable(one) > 0);
    if (payment === undefined) return undefined;
    const amount = amountOf(world, refundable(payment));
    const asked = amount === undefined ? 'the rest' : String(amount);
    const what = `refunds ${asked} of ${paymentName(world.names, payment)}`;
    const reason = world.draws.chance(0.3) ? { reason: 'requested_by_customer' } : {};
    const body = { ...(amount === undefined ? {} : { amount }), ...reason };
    const right = refundRefusal(payment, amount);
    const reply = await take(world, { path: 'refunds', payment, body, what, right });
    return `${what} → ${inShort(reply)}${reply?.status === 201 ? ` ${reply.body.status}` : ''}`;
  },
};

/** Partial refunds that arrive all at once and are more than was paid: as many as fit are accepted, whoever is faster. */
const crowd: Step = {
  name: 'refund in a crowd',
  weight: 3,
  async run(world) {
    const { draws, stage } = world;
    const payment = likely(world, (one) => refundable(one) > 10 && world.refundsEnd.get(one.session_id) === 'well');
    if (payment === undefined || refundable(payment) <= 10) return undefined;
    if (world.refundsEnd.get(payment.session_id) !== 'well') return undefined;
    const count = draws.between(3, 6);
    const amount = Math.ceil(refundable(payment) / draws.between(2, 4));
    const path = `/collect/payments/${payment.id}/refunds`;
    const what = `refunds ${count} times ${amount} of ${paymentName(world.names, payment)} at once`;
    const replies = await Promise.all(Array.from({ length: count }, () => world.post(path, { amount }, what)));
    // Whose answer is remembered first is a matter of luck, and no later step may depend on it.
    world.answered.splice(-replies.filter((reply) => reply !== undefined).length);
    const fitting = Math.min(count, Math.floor(refundable(payment) / amount));
    const accepted = replies.filter((reply) => reply?.status === 201);
    for (const reply of accepted) promise(world, payment, reply!);
    const refused = replies.filter((reply) => reply?.status === 409).length;
    const right = accepted.length === fitting && refused === count - fitting;
    world.must(right || stage.point.fired, `${what}: ${accepted.length} were accepted, ${fitting} fit`);
    return `${what} → ${accepted.length} accepted`;
  },
};

const resolve: Step = {
  name: 'resolve',
  weight: 5,
  async run(world) {
    const inReview = world.now.payments.filter((one) => one.review !== null);
    const payment = inReview.length > 0 ? world.draws.pick(inReview) : anyPayment(world);
    if (payment === undefined || (inReview.length === 0 && world.draws.chance(0.8))) return undefined;
    const open = world.now.open.find((one) => one.id === payment.review_attempt);
    const book = open && (await world.stage.app.control.book()).find((row) => row.request_key === open.request_key);
    const word = book === undefined || open === undefined ? undefined : truth(book, open.amount);
    // What the bank itself has not decided nobody can know.
    if (open !== undefined && word === undefined) return undefined;
    const says = word === undefined ? {} : { outcome: word };
    const reference = word === 'succeeded' ? { processor_reference: book?.processor_ref } : {};
    const body = { note: 'The bank was asked by telephone.', ...says, ...reference };
    const what = `resolves ${paymentName(world.names, payment)}${word === undefined ? '' : ` as ${word}`}`;
    const reply = await world.post(`/collect/payments/${payment.id}/resolve`, body, what);
    if (reply !== undefined && payment.review === null)
      world.must(reply.body.code === 'payment_not_in_review', `${what}: answered ${inShort(reply)}`);
    return `${what} → ${inShort(reply)}`;
  },
};

interface Taking {
  path: 'captures' | 'voids' | 'refunds';
  payment: SeenPayment;
  body: unknown;
  what: string;
  /** The code that must be answered; undefined when nothing stands in the way. */
  right: string | undefined;
}

async function take(world: World, { path, payment, body, what, right }: Taking): Promise<Reply<Json> | undefined> {
  const { stage } = world;
  const before = stage.posts;
  const reply = await world.post(`/collect/payments/${payment.id}/${path}`, body, what);
  if (reply === undefined) return undefined;
  if (reply.status === 201 && path === 'refunds') promise(world, payment, reply);
  if (stage.point.fired) return reply;
  const accepted = path === 'refunds' ? 201 : 200;
  const as = right === undefined ? reply.status === accepted : reply.status === 409 && reply.body.code === right;
  world.must(as, `${what}: answered ${inShort(reply)}, ${right ?? accepted} was right`);
  const sent = right === undefined && !stage.bankIsDown ? 1 : 0;
  world.must(
    stage.posts - before === sent,
    `${what}: ${stage.posts - before} calls to the processor, ${sent} were right`,
  );
  return reply;
}

function promise(world: World, payment: SeenPayment, reply: Reply<Json>): void {
  const { id, amount } = reply.body;
  world.model.promised.set(id, { paymentId: payment.id, amount });
}

function reserved(payment: SeenPayment): number {
  return payment.authorised_amount - payment.paid_amount - payment.voided_amount;
}

function refundable(payment: SeenPayment): number {
  return payment.paid_amount - payment.refunded_amount - payment.refunding_amount;
}

function isReserving(payment: SeenPayment): boolean {
  return payment.status === 'succeeded' && payment.capture_method === 'manual' && payment.intent === 'payment';
}

function isBusy(world: World, payment: SeenPayment): boolean {
  return world.now.open.some((one) => one.payment_id === payment.id && one.kind !== 'refund');
}

function captureRefusal(world: World, payment: SeenPayment, amount: number | undefined): string | undefined {
  if (!isReserving(payment)) return 'payment_not_capturable';
  if (isBusy(world, payment)) return 'payment_in_progress';
  if (payment.lapsed) return 'authorisation_expired';
  if (reserved(payment) === 0) return 'payment_not_capturable';
  return (amount ?? 0) > reserved(payment) ? 'capture_exceeds_authorised_amount' : undefined;
}

function voidRefusal(world: World, payment: SeenPayment): string | undefined {
  if (!isReserving(payment)) return 'payment_not_voidable';
  if (isBusy(world, payment)) return 'payment_in_progress';
  if (payment.lapsed) return 'authorisation_expired';
  if (reserved(payment) > 0) return undefined;
  return payment.voided_amount > 0 ? 'payment_already_voided' : 'nothing_to_void';
}

function refundRefusal(payment: SeenPayment, amount: number | undefined): string | undefined {
  if (refundable(payment) === 0) return 'payment_not_refundable';
  return (amount ?? 0) > refundable(payment) ? 'refund_exceeds_paid_amount' : undefined;
}

/** Mostly one where it is possible, now and then any. */
function likely(world: World, fits: (payment: SeenPayment) => boolean): SeenPayment | undefined {
  const good = world.now.payments.filter(fits);
  return good.length > 0 && world.draws.chance(0.88) ? world.draws.pick(good) : anyPayment(world);
}

function anyPayment(world: World): SeenPayment | undefined {
  const { payments } = world.now;
  return payments.length === 0 ? undefined : world.draws.pick(payments);
}

/** All, a part, all by its number, or a little too much. */
function amountOf(world: World, most: number): number | undefined {
  const { draws } = world;
  if (draws.chance(0.3)) return undefined;
  if (most === 0 || draws.chance(0.12)) return most + draws.between(1, 100);
  return draws.chance(0.2) ? most : draws.between(1, most);
}

/** What a person would be told on the telephone; nothing where the bank has approved another sum, which it will give back. */
function truth(row: BookRow, amount: number): 'succeeded' | 'failed' | undefined {
  if (row.state === 'approved' && !row.reversed) return row.amount === amount ? 'succeeded' : undefined;
  return ['approved', 'declined', 'failed', 'closed'].includes(row.state) ? 'failed' : undefined;
}

export const MONEY_STEPS: readonly Step[] = [capture, release, refund, crowd, resolve];
