-- Every result of a payment has its event: beyond the newest one lie only captures, voids and refunds that are still open.
--
-- While a payment is under way its session's events tell of it; see docs/decisions/0003.
select p.tenant_id, p.id,
  format('is %s at version %s, told is %s, %s steps are open', p.status, p.version, coalesce(e.last::text, 'nothing'),
    coalesce(a.open, 0)) as detail
from payments p
  left join (select tenant_id, object_id, max(object_version) as last from events group by tenant_id, object_id) e
    on e.tenant_id = p.tenant_id and e.object_id = p.id
  left join (select tenant_id, payment_id, count(*) as open from attempts
    where settled_at is null and kind in ('capture', 'void', 'refund') group by tenant_id, payment_id) a
    on a.tenant_id = p.tenant_id and a.payment_id = p.id
where e.last > p.version
  or (p.status in ('draft', 'succeeded', 'failed', 'cancelled', 'expired')
    and (e.last is null or p.version - e.last > coalesce(a.open, 0)))
