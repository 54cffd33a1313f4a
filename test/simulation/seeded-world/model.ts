/**
 * An own, small bookkeeping beside the product's: what may never change once it was so, from one look to the next, and what
 * must add up in the end between what was asked, what was told and what the processor's book says.
 */
import type { Json } from '../../support/merchant.ts';
import type { BookRow } from '../../support/sandbox-control.ts';
import { keepsCharge } from './quick-look.ts';
import { type Names, paymentName, type SeenPayment, type SeenSession, type Standing } from './sight.ts';

const SUCCESSES = new Set(['paid', 'reserved', 'payment_method_verified']);

export class Model {
  readonly #names: Names;
  readonly #sessions = new Map<string, SeenSession>();
  readonly #payments = new Map<string, SeenPayment>();
  readonly #refunds = new Map<string, string>();
  readonly #contradicted = new Set<string>();
  /** Refunds that were answered with 201. */
  readonly promised = new Map<string, { paymentId: string; amount: number }>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** What is wrong between the last look and this one. */
  see(now: Standing): string[] {
    const found: string[] = [];
    for (const session of now.sessions) found.push(...this.#session(session));
    for (const payment of now.payments) found.push(...this.#payment(payment, now));
    for (const refund of now.refunds) {
      const before = this.#refunds.get(refund.id);
      const back = before === 'failed' || (before === 'succeeded' && refund.status === 'pending');
      if (before !== refund.status && back) found.push(`a refund went from ${before} to ${refund.status}`);
      this.#refunds.set(refund.id, refund.status);
    }
    for (const { payment, open } of openSteps(now))
      if (open > 1) found.push(`${paymentName(this.#names, payment)} has ${open} open attempts that are not refunds`);
    return found;
  }

  #session(session: SeenSession): string[] {
    const before = this.#sessions.get(session.id);
    this.#sessions.set(session.id, session);
    if (before === undefined) return [];
    const name = this.#names.of('session', session.id);
    const found: string[] = [];
    if (before.status !== 'active' && session.status !== before.status)
      found.push(`${name} was ${before.status} and is ${session.status}`);
    if (SUCCESSES.has(before.payment_outcome) && session.payment_outcome !== before.payment_outcome)
      found.push(`${name} was told ${before.payment_outcome} and now ${session.payment_outcome}`);
    if (before.payment_id !== null && session.payment_id !== before.payment_id)
      found.push(`${name} has another payment`);
    if (before.payment_id !== null && session.amount !== before.amount) found.push(`${name} has another amount`);
    return found;
  }

  #payment(payment: SeenPayment, now: Standing): string[] {
    const before = this.#payments.get(payment.id);
    this.#payments.set(payment.id, payment);
    const name = paymentName(this.#names, payment);
    const found: string[] = [];
    const {
      authorised_amount: authorised,
      paid_amount: paid,
      voided_amount: voided,
      refunded_amount: refunded,
    } = payment;
    if (paid + voided > authorised) found.push(`${name}: ${paid} paid and ${voided} voided of ${authorised}`);
    if (refunded + payment.refunding_amount > paid) found.push(`${name}: ${refunded} refunded of ${paid}`);
    const refunds = now.refunds.filter((one) => one.payment_id === payment.id);
    const sum = (status: string): number =>
      refunds.filter((one) => one.status === status).reduce((total, one) => total + one.amount, 0);
    if (sum('succeeded') !== refunded)
      found.push(`${name}: refunds of ${sum('succeeded')} succeeded, ${refunded} are counted`);
    if (sum('pending') !== payment.refunding_amount)
      found.push(`${name}: refunds of ${sum('pending')} are on their way, ${payment.refunding_amount} are counted`);
    if (payment.review === 'contradiction') this.#contradicted.add(payment.id);
    if (before === undefined) return found;
    if (before.status === 'succeeded' && payment.status !== 'succeeded')
      found.push(`${name} was succeeded and is ${payment.status}`);
    if (before.authorised_amount > 0 && authorised !== before.authorised_amount)
      found.push(`${name}: another sum is authorised`);
    return found;
  }

  /** What does not add up once everything has its end: our payments against the processor's book, session by session. */
  account(now: Standing, book: readonly BookRow[], refunds: readonly Json[]): string[] {
    const found = now.open.map((one) => {
      const payment = this.#names.of('session', one.session_id).replace('session', 'payment');
      return `the ${one.kind} of ${one.amount} of ${payment} is still ${one.status}`;
    });
    for (const session of now.sessions) {
      const name = this.#names.of('session', session.id);
      const rows = book.filter((row) => row.reference === session.payment_id && session.payment_id !== null);
      const kept = rows.filter(keepsCharge);
      const expected = SUCCESSES.has(session.payment_outcome) ? 1 : 0;
      if (kept.length !== expected)
        found.push(`${name} is ${session.payment_outcome}, the processor kept ${kept.length} charges`);
      const payment = now.payments.find((one) => one.session_id === session.id);
      // People were told that the bank takes back what can no longer be taken back; their word is not ours to add up.
      const disputed = payment !== undefined && this.#contradicted.has(payment.id);
      if (payment?.status === 'succeeded' && !disputed) found.push(...sumsOf(name, payment, rows));
    }
    for (const [id, { paymentId, amount }] of this.promised) {
      const refund = refunds.find((one) => one.id === id);
      const right = refund?.amount === amount && refund?.payment_id === paymentId;
      if (!right) found.push(`a refund of ${amount} was accepted and is now ${JSON.stringify(refund)}`);
    }
    return found;
  }
}

function openSteps(now: Standing): { payment: SeenPayment; open: number }[] {
  return now.payments.map((payment) => {
    const open = now.open.filter((one) => one.payment_id === payment.id && one.kind !== 'refund').length;
    return { payment, open };
  });
}

function sumsOf(name: string, payment: SeenPayment, rows: readonly BookRow[]): string[] {
  const done = (kind: string): number =>
    rows
      .filter((row) => row.kind === kind && row.state === 'approved' && !row.reversed)
      .reduce((sum, row) => sum + row.amount, 0);
  const found: string[] = [];
  const taken = payment.capture_method === 'manual' ? done('capture') : done('charge');
  if (payment.intent === 'payment' && taken !== payment.paid_amount)
    found.push(`${name}: ${payment.paid_amount} paid, the processor took ${taken}`);
  if (done('refund') !== payment.refunded_amount)
    found.push(`${name}: ${payment.refunded_amount} refunded, the processor gave back ${done('refund')}`);
  if (!payment.lapsed && done('void') !== payment.voided_amount)
    found.push(`${name}: ${payment.voided_amount} voided, the processor released ${done('void')}`);
  return found;
}
