/**
 * What stands in the database now, read in one round trip, and what has changed since the last look in words without ids:
 * objects are named by the order in which they were first seen.
 */
import type { TestApp } from '../../support/app.ts';

export interface SeenSession {
  id: string;
  type: string;
  status: string;
  payment_outcome: string;
  amount: number;
  currency: string;
  customer_id: string | null;
  payment_method_id: string | null;
  mandate_id: string | null;
  payment_id: string | null;
  checkout_id: string | null;
  expires_at: string | null;
}

export interface SeenPayment {
  id: string;
  session_id: string;
  status: string;
  intent: string;
  capture_method: string;
  amount: number;
  currency: string;
  authorised_amount: number;
  paid_amount: number;
  voided_amount: number;
  refunded_amount: number;
  refunding_amount: number;
  /** Nothing is reserved any more, whether a worker has written it or not. */
  lapsed: boolean;
  review: string | null;
  /** The attempt whose truth is in doubt. */
  review_attempt: string | null;
}

export interface SeenAttempt {
  id: string;
  session_id: string;
  payment_id: string;
  kind: string;
  status: string;
  amount: number;
  request_key: string;
  due: boolean;
  open: boolean;
}

export interface SeenRefund {
  id: string;
  payment_id: string;
  amount: number;
  status: string;
}

export interface SeenMandate {
  id: string;
  customer_id: string;
  payment_method_id: string;
  session_id: string;
  status: string;
  currency: string;
  max_amount: number | null;
}

export interface Standing {
  sessions: SeenSession[];
  payments: SeenPayment[];
  attempts: SeenAttempt[];
  /** Attempts without an end. */
  open: SeenAttempt[];
  refunds: SeenRefund[];
  mandates: SeenMandate[];
  customers: { id: string; deleted: boolean }[];
}

const LOOK = `select json_build_object(
  'sessions', (select coalesce(json_agg(s order by created_at, id), '[]') from (select id, type, status, payment_outcome, amount,
    currency, customer_id, payment_method_id, mandate_id, payment_id, checkout_id, expires_at, created_at from payment_sessions) s),
  'payments', (select coalesce(json_agg(p order by created_at, id), '[]') from (select id, session_id, status, intent, capture_method,
    amount, currency, authorised_amount, paid_amount, voided_amount, refunded_amount, refunding_amount,
    lapsed_at is not null or coalesce(lapse_due_at <= $1, false) as lapsed,
    review ->> 'reason' as review, review ->> 'attemptId' as review_attempt, created_at from payments) p),
  'attempts', (select coalesce(json_agg(a order by created_at, id), '[]') from (select id, session_id, payment_id, kind, status,
    amount, request_key, coalesce(next_sync_at <= $1, false) as due, settled_at is null as open, created_at from attempts) a),
  'refunds', (select coalesce(json_agg(r order by created_at, id), '[]') from (select id, payment_id, amount, status, created_at
    from refunds) r),
  'mandates', (select coalesce(json_agg(m order by created_at, id), '[]') from (select id, customer_id, payment_method_id, session_id,
    status, currency, (terms -> 'amount' ->> 'maxMinor')::bigint as max_amount, created_at from mandates) m),
  'customers', (select coalesce(json_agg(c order by created_at, id), '[]') from (select id, deleted_at is not null as deleted,
    created_at from customers) c)) as standing`;

/** Reads everything at once. */
export async function look(app: TestApp): Promise<Standing> {
  const [row] = await app.database.query<{ standing: string }>(LOOK, [new Date(app.clock.now())]);
  const standing = JSON.parse(row!.standing) as Omit<Standing, 'open'>;
  return { ...standing, open: standing.attempts.filter((one) => one.open) };
}

/** Gives numbers in the order of first sight. */
export class Names {
  readonly #given = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** `session 3`, `refund 3.1`: the kind, counted within what it belongs to. */
  of(kind: string, id: string, within = ''): string {
    let name = this.#given.get(id);
    if (name === undefined) {
      const scope = `${kind} ${within}`;
      const count = (this.#counts.get(scope) ?? 0) + 1;
      this.#counts.set(scope, count);
      name = `${kind} ${within}${within === '' ? '' : '.'}${count}`;
      this.#given.set(id, name);
    }
    return name;
  }
}

/** The same number for a payment as for its session. */
export function paymentName(names: Names, payment: { session_id: string }): string {
  return names.of('session', payment.session_id).replace('session', 'payment');
}

function refundName(names: Names, refund: SeenRefund, now: Standing): string {
  const payment = now.payments.find((one) => one.id === refund.payment_id);
  return names.of(
    'refund',
    refund.id,
    payment === undefined ? '?' : paymentName(names, payment).replace('payment ', ''),
  );
}

/** What has become of each object, in words. Objects that are new are told of as well. */
export function changes(names: Names, before: Standing, now: Standing): string[] {
  return [
    ...told(before.sessions, now.sessions, (one) => names.of('session', one.id), sessionWords),
    ...told(before.payments, now.payments, (one) => paymentName(names, one), paymentWords),
    ...told(
      before.refunds,
      now.refunds,
      (one) => refundName(names, one, now),
      (one) => `${one.amount} ${one.status}`,
    ),
    ...told(
      before.mandates,
      now.mandates,
      (one) => names.of('mandate', one.id),
      (one) => one.status,
    ),
  ];
}

function told<T extends { id: string }>(
  before: readonly T[],
  now: readonly T[],
  name: (one: T) => string,
  words: (one: T) => string,
): string[] {
  const old = new Map(before.map((one) => [one.id, words(one)]));
  return now.filter((one) => old.get(one.id) !== words(one)).map((one) => `${name(one)} ${words(one)}`);
}

function sessionWords(session: SeenSession): string {
  return `${session.status}·${session.payment_outcome}`;
}

function paymentWords(payment: SeenPayment): string {
  const amounts = {
    authorised: payment.authorised_amount,
    paid: payment.paid_amount,
    voided: payment.voided_amount,
    refunded: payment.refunded_amount,
    refunding: payment.refunding_amount,
  };
  const shown = Object.entries(amounts).filter(([, amount]) => amount > 0);
  const sums = shown.map(([name, amount]) => ` ${name} ${amount}`).join('');
  return `${payment.status}${sums}${payment.review === null ? '' : `, in review: ${payment.review}`}`;
}
