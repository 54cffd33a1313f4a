-- While an attempt is open nothing else moves money on its payment; only refunds, whose amounts are reserved, run side by side.
select tenant_id, payment_id as id, count(*) || ' attempts are open' as detail
from attempts
where settled_at is null and kind <> 'refund'
group by tenant_id, payment_id
having count(*) > 1
