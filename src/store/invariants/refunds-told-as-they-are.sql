-- What the newest event of a refund says is what stands.
select r.tenant_id, r.id, format('%s says %s, the refund is %s', e.type, d.status, r.status) as detail
from refunds r
  join events e on e.tenant_id = r.tenant_id and e.object_id = r.id and e.object_version = r.version
  cross join lateral json_to_record(e.data) d (id text, payment_id text, amount bigint, currency text, status text, reason text,
    failure_code text, metadata jsonb, updated_at timestamptz)
where (d.id, d.payment_id, d.amount, d.currency, d.status, d.reason, d.failure_code, d.metadata, d.updated_at)
  is distinct from (r.id, r.payment_id, r.amount, r.currency, r.status, r.reason, r.failure_code, r.metadata::jsonb, r.updated_at)
