/** Everything behind a checkout page in one round trip: the page is read on every visit, and a payer may be on a bad line. */
import type { Attempt } from '../domain/attempt.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import type { CardDetails, Payment } from '../domain/payment.ts';
import type { Session } from '../domain/session.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import { type AttemptRow, toAttempt } from './attempts.ts';
import { type PaymentMethodRow, toPaymentMethod } from './customers.ts';
import type { Reader } from './database.ts';
import type { KeptCard } from './kept.ts';
import { type PaymentRow, toPayment } from './payments.ts';
import { fromJsonRow } from './rows.ts';
import { type SessionRow, toSession } from './sessions.ts';
import { sql } from './sql.ts';

export interface CheckoutRecord {
  session: Session;
  payment?: Payment;
  /** Oldest first. */
  attempts: Attempt[];
  /** Active methods that the page may offer, newest first; `bound` ones are charged by an active mandate. */
  methods: (PaymentMethod & { bound: boolean })[];
  /** What a completed session was paid with or saved, also once it is removed. */
  used?: PaymentMethod & { bound: boolean };
  /** The customer has an email address. */
  emailKnown: boolean;
  /** Of this browser, while they last. */
  kept?: KeptCard;
  form?: unknown;
}

/**
 * What stands behind the address of a page; undefined for an unknown one. `browser` is the digest of its cookie, `at` real time: whose page
 * it is, and what time it is for them, is found out here.
 */
export async function findCheckout(
  reader: Reader,
  page: { checkoutId: string; browser: string | undefined; at: Timestamp },
): Promise<CheckoutRecord | undefined> {
  const browser = page.browser ?? null;
  const at = toIso(page.at);
  const rows = await reader.read<SessionRow & Parts>(sql`
    select s.*,
      (select row_to_json(p) from payments p where p.tenant_id = s.tenant_id and p.id = s.payment_id) as its_payment,
      (select json_agg(a order by a.id) from attempts a where a.tenant_id = s.tenant_id and a.payment_id = s.payment_id
        and a.kind in ('charge', 'authorise', 'verify')) as its_attempts,
      (select json_agg(o order by o.id desc) from (
        select m.*, exists (select 1 from mandates d where d.tenant_id = m.tenant_id and d.customer_id = m.customer_id
          and d.payment_method_id = m.id and d.status = 'active') as bound
        from payment_methods m
        where m.tenant_id = s.tenant_id and m.customer_id = s.customer_id and m.status = 'active'
          and s.offers_saved_methods and s.status = 'active') o) as its_methods,
      (select row_to_json(o) from (
        select m.*, exists (select 1 from mandates d where d.tenant_id = m.tenant_id and d.customer_id = m.customer_id
          and d.payment_method_id = m.id and d.status = 'active') as bound
        from payment_methods m
        where m.tenant_id = s.tenant_id and m.id = s.payment_method_id and s.status = 'completed') o) as its_used,
      (select row_to_json(k) from kept_cards k where k.tenant_id = s.tenant_id and k.session_id = s.id and k.browser = ${browser}
        and k.expires_at > c.now and s.status = 'active' and s.payment_outcome <> 'pending') as its_kept,
      exists (select 1 from customers u where u.tenant_id = s.tenant_id and u.id = s.customer_id and u.email is not null) as email_known,
      (select f.form from checkout_forms f where f.tenant_id = s.tenant_id and f.session_id = s.id and f.browser = ${browser}
        and f.expires_at > c.now) as its_form
    from checkout_tokens t join payment_sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
      join tenants n on n.tenant_id = t.tenant_id
      cross join lateral (select ${at}::timestamptz + n.clock_offset_ms * interval '1 millisecond' as now) c
    where t.token = ${page.checkoutId}`);
  return rows[0] && toRecord(rows[0]);
}

interface Parts {
  its_payment: string | null;
  its_attempts: string | null;
  its_methods: string | null;
  its_used: string | null;
  its_kept: string | null;
  its_form: string | null;
  email_known: boolean;
}

const PAYMENT_COLUMNS = {
  times: ['authorisation_expires_at', 'lapse_due_at', 'lapsed_at', 'created_at', 'updated_at', 'succeeded_at'],
  json: ['metadata', 'method_details', 'review', 'last_payment_error'],
};
const ATTEMPT_COLUMNS = {
  times: ['action_expires_at', 'sent_at', 'settled_at', 'next_sync_at', 'created_at'],
  json: ['method_details', 'metadata', 'consent', 'next_action', 'decline', 'evidence'],
};
const METHOD_COLUMNS = { times: ['created_at', 'updated_at', 'removed_at'], json: [] };

function toRecord(row: SessionRow & Parts): CheckoutRecord {
  const { its_payment, its_attempts, its_methods, its_used, its_kept, its_form, email_known, ...session } = row;
  const attempts = its_attempts === null ? [] : (JSON.parse(its_attempts) as unknown[]);
  const methods = its_methods === null ? [] : (JSON.parse(its_methods) as unknown[]);
  const record: CheckoutRecord = {
    session: toSession(session),
    emailKnown: email_known,
    attempts: attempts.map((one) => toAttempt(fromJsonRow<AttemptRow>(one, ATTEMPT_COLUMNS))),
    methods: methods.map(toBoundMethod),
  };
  if (its_used !== null) record.used = toBoundMethod(JSON.parse(its_used));
  if (its_payment !== null)
    record.payment = toPayment(fromJsonRow<PaymentRow>(JSON.parse(its_payment), PAYMENT_COLUMNS));
  if (its_kept !== null) {
    const kept = JSON.parse(its_kept) as {
      card_id: string;
      fingerprint: string;
      details: { card: CardDetails; askExpiry: boolean };
    };
    record.kept = { cardId: kept.card_id, fingerprint: kept.fingerprint, ...kept.details };
  }
  if (its_form !== null) record.form = JSON.parse(its_form);
  return record;
}

function toBoundMethod(row: unknown): PaymentMethod & { bound: boolean } {
  const method = fromJsonRow<PaymentMethodRow & { bound: boolean }>(row, METHOD_COLUMNS);
  return { ...toPaymentMethod(method), bound: method.bound };
}
