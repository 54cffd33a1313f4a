-- The subscription of a mandate that is revoked or has ended is over, unless it went on with the mandate that replaced it.
select s.tenant_id, s.id, format('is %s, its mandate %s is %s', s.status, m.id, m.status) as detail
from subscriptions s join mandates m on m.tenant_id = s.tenant_id and m.id = s.mandate_id
where m.status <> 'active' and s.status not in ('cancelled', 'ended')
union all
select m.tenant_id, m.id, format('its subscription %s is of another mandate', m.subscription_id)
from mandates m
where m.subscription_id is not null and m.status = 'active' and not exists (select 1 from subscriptions s
  where s.tenant_id = m.tenant_id and s.id = m.subscription_id and s.mandate_id = m.id and s.payment_method_id = m.payment_method_id)
