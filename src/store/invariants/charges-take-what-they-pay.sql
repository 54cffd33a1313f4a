-- Every payment without the payer takes of its mandate what it asks while it is open, what is authorised and not voided once it has
-- succeeded, and nothing once it was declined or voided whole.
select p.tenant_id, p.id, format('payment is %s, %s of %s left; the charge is %s with %s', p.status, p.authorised_amount - p.voided_amount,
    p.amount, coalesce(c.state, 'missing'), c.counted_amount) as detail
from payments p
  left join mandates m on m.tenant_id = p.tenant_id and m.id = p.mandate_id
  left join mandate_charges c on c.tenant_id = p.tenant_id and c.series_id = m.series_id and c.payment_id = p.id
where p.initiator = 'merchant' and (c.payment_id is null or c.mandate_id <> p.mandate_id or c.amount <> p.amount
  or c.subscription_id is distinct from p.subscription_id or c.due_date is distinct from p.due_date
  or c.state <> case
    when p.status = 'succeeded' and (p.voided_amount < p.authorised_amount or p.paid_amount > 0) then 'counted'
    when p.status in ('succeeded', 'failed') then 'released' else 'open' end
  or c.counted_amount <> case when c.state = 'counted' then p.authorised_amount - p.voided_amount else 0 end
  or (c.declined and p.status <> 'failed'))
