-- What the newest event of a subscription says is what stands, but for a try that has begun since: its end tells.
select s.tenant_id, s.id, format('%s says %s, the subscription is %s', e.type, d.status, s.status) as detail
from subscriptions s
  join events e on e.tenant_id = s.tenant_id and e.object_id = s.id and e.object_version = s.version
  cross join lateral json_to_record(e.data) d (id text, status text, status_reason text, customer_id text, payment_method_id text,
    mandate_id text, payment_session_id text, amount bigint, currency text, counts jsonb, description text, external_reference text,
    updated_at timestamptz)
where (d.id, d.status, d.status_reason, d.customer_id, d.payment_method_id, d.mandate_id, d.payment_session_id, d.amount, d.currency,
    (d.counts ->> 'paid')::int, (d.counts ->> 'unpaid')::int, (d.counts ->> 'skipped')::int, (d.counts ->> 'missed')::int,
    d.description, d.external_reference, d.updated_at)
  is distinct from (s.id, s.status, s.status_reason, s.customer_id, s.payment_method_id, s.mandate_id, s.session_id, s.amount,
    s.currency, s.paid_count, s.unpaid_count, s.skipped_count, s.missed_count, s.description, s.external_reference, s.updated_at)
