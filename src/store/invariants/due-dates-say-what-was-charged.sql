-- A due date is paid exactly when a charge for it succeeded, and open exactly while one is under way.
select c.tenant_id, c.subscription_id as id, format('%s is %s, its payment is %s', c.due_date, c.status, coalesce(p.status, 'missing')) as detail
from subscription_charges c left join payments p on p.tenant_id = c.tenant_id and p.id = c.payment_id
where (c.status = 'paid' and p.status is distinct from 'succeeded')
  or (c.status = 'open' and (p.id is null or p.status in ('succeeded', 'failed', 'cancelled', 'expired')))
  or (c.status in ('unpaid', 'retrying', 'skipped', 'missed') and p.status in ('succeeded', 'initiating', 'pending_action', 'processing'))
union all
select p.tenant_id, p.id, format('paid %s of %s, which has no such due date paid', p.due_date, p.subscription_id)
from payments p
where p.due_date is not null and p.status = 'succeeded' and not exists (select 1 from subscription_charges c
  where c.tenant_id = p.tenant_id and c.subscription_id = p.subscription_id and c.due_date = p.due_date and c.status = 'paid')
