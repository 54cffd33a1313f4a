-- What the newest event of a customer or of a saved payment method says is what stands.
with told as (
  select c.tenant_id, c.id, e.type as event, e.data::jsonb as data,
    jsonb_build_object('id', c.id, 'mode', t.mode, 'name', c.name, 'email', c.email, 'phone', c.phone,
      'external_reference', c.external_reference, 'metadata', c.metadata,
      'deleted', case when c.deleted_at is not null then true end) as stands,
    array['id', 'mode', 'name', 'email', 'phone', 'external_reference', 'metadata', 'deleted'] as keys
  from customers c
    join tenants t on t.tenant_id = c.tenant_id
    join events e on e.tenant_id = c.tenant_id and e.object_id = c.id and e.object_version = c.version
  union all
  select m.tenant_id, m.id, e.type, e.data::jsonb,
    jsonb_build_object('id', m.id, 'mode', t.mode, 'customer_id', m.customer_id, 'type', m.type, 'usage', m.usage,
      'status', m.status),
    array['id', 'mode', 'customer_id', 'type', 'usage', 'status']
  from payment_methods m
    join tenants t on t.tenant_id = m.tenant_id
    join events e on e.tenant_id = m.tenant_id and e.object_id = m.id and e.object_version = m.version)
select tenant_id, id, format('%s says something else', event) as detail
from told
where jsonb_strip_nulls(stands)
  <> (select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(data) f where f.key = any(keys))
