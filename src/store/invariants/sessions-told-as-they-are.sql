-- What the newest event of a session says is what stands.
select s.tenant_id, s.id, format('%s says %s, %s', e.type, d.status, d.payment_outcome) as detail
from payment_sessions s
  join tenants t on t.tenant_id = s.tenant_id
  join events e on e.tenant_id = s.tenant_id and e.object_id = s.id and e.object_version = s.version
  cross join lateral json_to_record(e.data) d (id text, type text, status text, payment_outcome text, amount bigint,
    currency text, mode text, description text, external_reference text, metadata jsonb, customer_id text,
    payment_method_id text, mandate_id text, payment_id text, checkout_session_id text, return_url text,
    last_payment_error jsonb, updated_at timestamptz)
where (d.id, d.type, d.status, d.payment_outcome, d.amount, d.currency, d.mode, d.description, d.external_reference, d.metadata,
    d.customer_id, d.payment_method_id, d.mandate_id, d.payment_id, d.checkout_session_id, d.return_url,
    d.last_payment_error ->> 'decline_code', d.updated_at)
  is distinct from (s.id, s.type, s.status, s.payment_outcome, s.amount, s.currency, t.mode, s.description, s.external_reference,
    s.metadata::jsonb, s.customer_id, s.payment_method_id, s.mandate_id, s.payment_id, s.checkout_id, s.return_url,
    s.last_payment_error ->> 'declineCode', s.updated_at)
