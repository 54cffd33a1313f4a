/**
 * How each invariant is broken on purpose, in one or several ways: statements that are run in a transaction on the busy world and
 * rolled back. Constraints that would not even allow the break are taken away first.
 */
import { free } from './free.ts';
import { SERIES_BREAKS } from './series-breaks.ts';

const success = `(select id from attempts where status = 'succeeded' and kind = 'charge' and initiator = 'customer' order by id limit 1)`;
const copy = (changes: string, of: string): string =>
  `insert into attempts select (jsonb_populate_record(a, '${changes}')).* from attempts a where id = ${of}`;
const open = (which: string): string[] => [
  free('attempts'),
  'drop index attempts_one_open',
  `update attempts set status = 'unknown', settled_at = null where ${which}`,
];
const entry = (changes: string, of: string): string =>
  `insert into ledger_entries select (jsonb_populate_record(l, '${changes}')).* from ledger_entries l where ${of}`;
const event = (type: string): string => `(select id from events where type = '${type}' order by sequence limit 1)`;
const delivery = '(select id from deliveries order by sequence limit 1)';
const noEventKey = 'alter table deliveries drop constraint deliveries_tenant_id_event_id_fkey';

/** Name of an invariant → ways to break it, each a list of statements. */
export const BREAKS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ...SERIES_BREAKS,
  'amounts-are-sums-of-attempts': [
    [`update payments set paid_amount = paid_amount - 1 where status = 'succeeded' and paid_amount > refunded_amount`],
    ['update payments set voided_amount = voided_amount - 1 where voided_amount > 0'],
    ['update payments set refunded_amount = refunded_amount - 1 where refunded_amount > 0'],
    ['update payments set refunding_amount = 1 where paid_amount > refunded_amount'],
    [`delete from ledger_entries where kind = 'lapse'`],
  ],
  'amounts-within-authorisation': [
    [free('payments'), 'update payments set refunded_amount = paid_amount + 1 where paid_amount > 0'],
    [free('payments'), 'update payments set refunding_amount = paid_amount + 1 where paid_amount > 0'],
    [free('payments'), 'update payments set voided_amount = -1'],
    [free('payments'), 'update payments set paid_amount = authorised_amount + 1'],
    [free('payments'), `update payments set authorised_amount = amount - 1 where status = 'succeeded' and amount > 0`],
  ],
  'authorisations-lapse-in-time': [[`update payments set lapse_due_at = '2026-01-01' where capture_method = 'manual'`]],
  'card-numbers-stay-in-the-vault': [
    [`update customers set name = 'my card is 4242424242424242, thanks'`],
    [`update payment_sessions set metadata = '{"note": "5555 5555 5555 4444"}'`],
    [`update events set data = '{"id": "x", "metadata": {"a": "3782-822463-10005"}}' where sequence = 1`],
    [`update idempotency_keys set body = '{"pan":"30569309025904"}'`],
    [`update delivery_tries set answer = 'got 6205500000000000004'`],
    [`update webhook_endpoints set url = 'https://example.com/?c=2223003122003222'`],
    [`update request_logs set request_body = '{"external_reference": "4242-4242-4242-4242"}' where method = 'POST'`],
  ],
  'customers-told-as-they-are': [
    [`update customers set email = 'other@example.com' where deleted_at is null`],
    ['update customers set deleted_at = null'],
    [`update payment_methods set usage = 'customer_present'`],
  ],
  'deliveries-are-whole': [
    [`update deliveries set event_type = 'payment.failed'`],
    ['drop index deliveries_once', 'update deliveries set sequence = sequence + 1'],
    [
      `update deliveries set status = 'pending', ended_at = null, next_attempt_at = '2026-01-01' where id = ${delivery}`,
    ],
    [`update deliveries set try_count = try_count + 1 where id = ${delivery}`],
    [`delete from delivery_tries where delivery_id = ${delivery}`],
    [`update deliveries set status = 'exhausted' where status = 'succeeded'`],
    [`update delivery_tries set failure = 'http_status'`],
  ],
  'deliveries-go-out-in-time': [
    [`update deliveries set status = 'pending', ended_at = null, next_attempt_at = '2026-01-01'`],
    [
      `update deliveries set status = 'pending', ended_at = null where id in
      (select id from deliveries d join (select lane, max(sequence) as sequence from deliveries group by lane) l using (lane, sequence))`,
    ],
  ],
  'doubts-are-shown-to-people': [
    [...open(`id = ${success}`), `update attempts set sync_count = 14 where status = 'unknown'`],
  ],
  'endpoints-told-as-they-are': [
    [`update webhook_endpoints set ordering = 'none'`],
    ['update webhook_endpoints set concurrency = 7'],
    [`update webhook_endpoints set event_types = '{payment.failed}'`],
  ],
  'events-get-their-number': [['update events set sequence = null where sequence = 3']],
  'every-version-was-told': [
    [noEventKey, `delete from events where type = 'payment_session.created'`],
    ['update customers set version = version + 1'],
    [`update events set object_version = 99 where type = 'mandate.activated'`],
    [noEventKey, `delete from events where object_id in (select id from refunds)`],
  ],
  'final-means-nothing-open': [
    open(`id = ${success}`),
    [
      ...open(`kind = 'capture'`),
      free('payments'),
      `update payments set status = 'failed' where capture_method = 'manual'`,
    ],
  ],
  'guards-are-in-place': [
    ['drop index attempts_one_success'],
    ['drop index events_in_order', 'create index events_in_order on events (tenant_id, sequence)'],
    ['alter table payments drop constraint payments_tenant_id_session_id_fkey'],
    ['alter table refunds add constraint unproven check (amount > 0) not valid'],
  ],
  'idempotency-keys-get-their-answer': [['update idempotency_keys set status = null, body = null']],
  'lapse-is-due-while-reserved': [
    [`update payments set lapse_due_at = '2027-01-01' where lapsed_at is not null`],
    [`update payments set voided_amount = voided_amount - 1 where lapsed_at is not null`],
    [
      `update payments set lapsed_at = null where lapsed_at is not null`,
      `update payments set voided_amount = 0 where voided_amount > 0`,
    ],
  ],
  'ledger-equals-payments': [
    ['update payments set paid_amount = paid_amount - 1 where paid_amount > refunded_amount'],
    [`delete from ledger_entries where kind = 'refund_failed'`],
    [`update ledger_entries set currency = 'EUR' where kind = 'capture'`],
    ['delete from ledger_entries'],
  ],
  'ledger-has-every-success': [
    [`delete from ledger_entries where kind = 'capture'`],
    [`update ledger_entries set collected = 0, held = collected where kind = 'charge'`],
    [`update ledger_entries set payer = -payer, collected = -collected where kind = 'refund'`],
    [`update ledger_entries set kind = 'void' where kind = 'capture'`],
  ],
  'ledger-has-nothing-else': [
    [entry('{"attempt_id": "att_unknown"}', `kind = 'charge'`)],
    [`delete from ledger_entries where number = 1`],
    [
      `update ledger_entries set payer = payer + 1, held = held - 1 where kind = 'lapse'
      and payer = (select -payer from ledger_entries o where o.attempt_id = ledger_entries.attempt_id and number = 1)`,
      `update ledger_entries set payer = 100000, held = -100000 where kind = 'lapse'`,
    ],
    [
      entry(
        '{"number": 2, "kind": "refund_failed"}',
        `kind = 'refund' and not exists (select 1 from ledger_entries o
      where o.attempt_id = l.attempt_id and o.number = 2)`,
      ),
    ],
    [`delete from ledger_entries where number = 2 and kind <> 'lapse'`],
    [`update ledger_entries set collected = 0, held = collected where kind = 'refund_failed'`],
    open(`kind = 'refund'`),
  ],
  'ledger-sums-to-zero': [
    [free('ledger_entries'), `update ledger_entries set payer = payer + 1 where kind = 'charge'`],
  ],
  'mandates-began-with-a-success': [
    ['delete from mandate_consents'],
    [free('attempts'), `update attempts set status = 'declined'`],
    [`update mandates set payment_id = 'pay_other'`],
  ],
  'no-place-for-security-codes': [
    ['alter table attempts add column cvc text'],
    ['alter table kept_cards add column security_code text'],
    ['alter table vault.cards add column card_cvv2 bytea'],
  ],
  'no-reference-leaves-its-tenant': [
    [`update attempts set mandate_id = 'mnd_of_another'`],
    [`update payments set payment_method_id = 'pmt_of_another'`],
    [`update events set object_id = 'cus_of_another' where id = ${event('customer.created')}`],
    [`update attempts set session_id = (select min(id) from payment_sessions)`],
    [`update payment_sessions set payment_id = null`],
    [`update ledger_entries set tenant_id = (select max(tenant_id) from tenants)`],
  ],
  'nonces-are-used-once': [
    [
      'alter table vault.cards drop constraint cards_nonce_once',
      `update vault.cards set nonce = '\\x000000000000000000000000'`,
    ],
    [
      `insert into vault.data_keys select tenant_id, key_version + 1, master_key_id, nonce, wrapped from vault.data_keys`,
    ],
  ],
  'nothing-is-charged-after-revocation': [[`update mandates set status = 'revoked', revoked_at = '2026-01-01'`]],
  'numbers-follow-versions': [
    ['drop index events_in_order', `update events set sequence = 1000 - sequence where type like 'payment_session%'`],
    [`update events set sequence = null where object_version = 1`],
  ],
  'numbers-have-no-hole': [
    [noEventKey, 'delete from events where sequence = 3'],
    ['drop index events_in_order', 'update events set sequence = 4 where sequence = 3'],
    ['update event_counters set last_sequence = last_sequence + 1'],
    ['update events set sequence = sequence + 1000', 'update event_counters set last_sequence = last_sequence + 1000'],
    ['delete from event_counters'],
  ],
  'one-delivery-per-event': [
    [`delete from delivery_tries where delivery_id = ${delivery}`, `delete from deliveries where id = ${delivery}`],
    [
      'drop index deliveries_once',
      `insert into deliveries select (jsonb_populate_record(d, '{"id": "dlv_again"}')).* from deliveries d where id = ${delivery}`,
    ],
    [
      `insert into deliveries select (jsonb_populate_record(d, jsonb_build_object('id', 'dlv_gone', 'endpoint_id', w.id))).*
      from deliveries d, webhook_endpoints w where w.deleted_at is not null and d.event_type = 'payment_session.completed'
      and d.sequence = (select max(sequence) from deliveries where event_type = 'payment_session.completed')`,
    ],
    [
      `insert into deliveries select (jsonb_populate_record(d, jsonb_build_object('id', 'dlv_ping', 'endpoint_id', w.id))).*
      from deliveries d, webhook_endpoints w where w.deleted_at is not null and d.event_type = 'webhook_endpoint.ping'`,
    ],
  ],
  'one-open-attempt-per-payment': [open(`kind in ('capture', 'void')`)],
  'one-success-per-session': [
    [
      'drop index attempts_one_success',
      copy('{"id": "att_twice", "request_key": "att_twice", "attempt_key": "t"}', success),
    ],
  ],
  'one-sum-for-attempt-payment-session': [
    [`update attempts set amount = amount + 1 where id = ${success}`],
    [`update payment_sessions set currency = 'EUR'`],
    [`update attempts set amount = 20001 where kind = 'capture'`],
    [`update attempts set amount = 0 where kind = 'refund'`],
  ],
  'open-attempts-are-asked-about': [
    open(`id = ${success}`),
    [...open(`id = ${success}`), `update attempts set next_sync_at = '2026-01-01' where id = ${success}`],
    [
      ...open(`id = ${success}`),
      `update attempts set status = 'sent', next_sync_at = '2027-01-01' where id = ${success}`,
    ],
  ],
  'paid-sessions-have-a-success': [[free('attempts'), `update attempts set status = 'declined' where id = ${success}`]],
  'payment-and-session-end-together': [
    [`update payments set status = 'cancelled' where status = 'expired'`],
    [`update payments set status = 'failed' where status = 'cancelled'`],
    [free('payments'), `update payments set status = 'draft' where status = 'succeeded'`],
  ],
  'payment-results-were-told': [
    ['update payments set version = version + 1'],
    [noEventKey, `delete from events where type = 'payment.succeeded'`],
    ['update payments set version = version - 1 where version > 2'],
  ],
  'payment-under-way-while-attempt-open': [
    [free('payments'), `update payments set status = 'processing' where status = 'succeeded'`],
    open(`id = ${success}`),
  ],
  'payments-told-as-they-are': [
    [`update payments set refunded_amount = refunded_amount - 1 where refunded_amount > 0`],
    [`update payments set updated_at = updated_at + interval '1 millisecond'`],
    [`update events set data = '{}' where type = 'payment.voided'`],
  ],
  'refunds-are-attempts': [
    [`delete from refunds where status = 'succeeded'`],
    ['update refunds set amount = amount + 1'],
    [`update refunds set status = 'failed', failure_code = 'do_not_honor' where status = 'succeeded'`],
    [`update attempts set kind = 'void' where kind = 'refund'`],
  ],
  'refunds-told-as-they-are': [
    [`update refunds set reason = 'fraudulent'`],
    [`update refunds set status = 'pending' where status = 'succeeded'`],
  ],
  'request-keys-are-used-once': [
    [
      'alter table attempts drop constraint attempts_tenant_id_request_key_key',
      `update attempts set request_key = 'same' where kind = 'capture'`,
    ],
  ],
  'resolutions-were-carried-out': [
    [`update payment_resolutions set outcome = 'succeeded'`],
    [`update payment_resolutions set note = ' '`],
    [`update payment_resolutions set review = '{"attemptId": "att_unknown"}'`],
    [
      free('attempts'),
      `update attempts set status = 'unknown' where id in (select review ->> 'attemptId' from payment_resolutions)`,
    ],
  ],
  'reviews-name-their-doubt': [
    [`update payments set review = '{"reason": "timeout", "since": 1, "attemptId": "att_unknown"}'`],
    [`update payments set review = '{"since": 1}'`],
  ],
  'saved-cards-can-be-opened': [['delete from vault.cards']],
  'series-have-their-mandate': [
    ['update payment_sessions set mandate_id = null'],
    [`update mandates set currency = 'EUR'`],
  ],
  'server-keeps-what-it-confirms': [['set local synchronous_commit = off']],
  'session-pending-while-attempt-open': [
    [free('payment_sessions'), `update payment_sessions set payment_outcome = 'pending' where status = 'expired'`],
    open(`id = ${success}`),
  ],
  'sessions-end-in-time': [
    [free('payment_sessions'), `update payment_sessions set status = 'active' where status = 'expired'`],
  ],
  'sessions-told-as-they-are': [
    [`update payment_sessions set description = 'Other'`],
    [free('payment_sessions'), `update payment_sessions set payment_outcome = 'unpaid' where payment_outcome = 'paid'`],
    ['update payment_sessions set customer_id = null'],
  ],
  'succeeded-payments-have-a-success': [
    [free('attempts'), `update attempts set status = 'declined' where id = ${success}`],
  ],
  'success-completes-its-session': [
    [free('payment_sessions'), `update payment_sessions set status = 'active' where status = 'completed'`],
    [`update payment_sessions set payment_outcome = 'reserved' where payment_outcome = 'paid'`],
    [free('payments'), `update payments set status = 'draft' where status = 'succeeded'`],
  ],
  'success-was-sent': [
    ['alter table attempts alter sent_at drop not null', 'update attempts set sent_at = null'],
    [`update attempts set settled_at = sent_at - interval '1 second' where settled_at is not null`],
    ['update attempts set decline = null'],
    [free('attempts'), 'update attempts set settled_at = null'],
  ],
};
