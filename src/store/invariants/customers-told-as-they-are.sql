-- What the newest event of a customer or of a saved payment method says is what stands.
select c.tenant_id, c.id, format('%s of version %s says something else', e.type, e.object_version) as detail
from customers c
  join events e on e.tenant_id = c.tenant_id and e.object_id = c.id and e.object_version = c.version
  cross join lateral json_to_record(e.data) d (id text, name text, email text, phone text, external_reference text,
    metadata jsonb, deleted boolean, updated_at timestamptz)
where (d.id, d.name, d.email, d.phone, d.external_reference, d.metadata, coalesce(d.deleted, false), d.updated_at)
  is distinct from (c.id, c.name, c.email, c.phone, c.external_reference, c.metadata::jsonb, c.deleted_at is not null,
    c.updated_at)
union all
select m.tenant_id, m.id, format('%s says %s, the method is %s', e.type, d.status, m.status)
from payment_methods m
  join events e on e.tenant_id = m.tenant_id and e.object_id = m.id and e.object_version = m.version
  cross join lateral json_to_record(e.data) d (id text, customer_id text, type text, usage text, status text, card jsonb,
    updated_at timestamptz)
where (d.id, d.customer_id, d.type, d.usage, d.status, d.card ->> 'last4', d.card ->> 'fingerprint', d.updated_at)
  is distinct from (m.id, m.customer_id, m.type, m.usage, m.status, m.last4, m.fingerprint, m.updated_at)
