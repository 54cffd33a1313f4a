-- Every version of a session, refund, customer, payment method, mandate, subscription and webhook endpoint has its event, and no event tells
-- of a version that never was. Only the version with which a subscription begins a try is silent: the end of the try tells.
with object (tenant_id, id, version, silent, under_way) as (
  select tenant_id, id, version, 0, false from payment_sessions
  union all select tenant_id, id, version, 0, false from refunds
  union all select tenant_id, id, version, 0, false from customers
  union all select tenant_id, id, version, 0, false from payment_methods
  union all select tenant_id, id, version, 0, false from mandates
  union all select s.tenant_id, s.id, s.version, coalesce(n.tries, 0), exists (select 1 from subscription_charges c
      where c.tenant_id = s.tenant_id and c.subscription_id = s.id and c.status = 'open')
    from subscriptions s left join (select tenant_id, subscription_id, count(*) as tries from payment_sessions
      where subscription_id is not null and attempt_number is not null group by tenant_id, subscription_id) n
      on n.tenant_id = s.tenant_id and n.subscription_id = s.id
  union all select tenant_id, id, version, 0, false from webhook_endpoints),
told as (
  select tenant_id, object_id, count(distinct object_version) as versions, min(object_version) as first, max(object_version) as last
  from events group by tenant_id, object_id)
select o.tenant_id, o.id,
  format('is at version %s (%s silent), told were %s (%s to %s)', o.version, o.silent, coalesce(t.versions, 0), t.first, t.last) as detail
from object o
  left join told t on t.tenant_id = o.tenant_id and t.object_id = o.id
where t.versions is distinct from o.version - o.silent or t.first <> 1 or (t.last <> o.version and not o.under_way)
