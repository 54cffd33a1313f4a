-- Every version of a session, refund, customer, payment method, mandate, subscription and webhook endpoint has its event, and no event tells
-- of a version that never was.
with object (tenant_id, id, version) as (
  select tenant_id, id, version from payment_sessions
  union all select tenant_id, id, version from refunds
  union all select tenant_id, id, version from customers
  union all select tenant_id, id, version from payment_methods
  union all select tenant_id, id, version from mandates
  union all select tenant_id, id, version from subscriptions
  union all select tenant_id, id, version from webhook_endpoints),
told as (
  select tenant_id, object_id, count(distinct object_version) as versions, min(object_version) as first, max(object_version) as last
  from events group by tenant_id, object_id)
select o.tenant_id, o.id,
  format('is at version %s, told were %s (%s to %s)', o.version, coalesce(t.versions, 0), t.first, t.last) as detail
from object o
  left join told t on t.tenant_id = o.tenant_id and t.object_id = o.id
where t.versions is distinct from o.version or t.first <> 1 or t.last <> o.version
