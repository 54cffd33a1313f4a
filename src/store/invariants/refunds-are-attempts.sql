-- Every refund is one attempt of its payment, of the same amount and with the same end, and every such attempt is a refund.
select coalesce(r.tenant_id, a.tenant_id) as tenant_id, coalesce(r.id, a.id) as id,
  format('refund %s of %s %s, attempt %s of %s %s', coalesce(r.status, 'none'), r.amount, r.currency,
    coalesce(a.status, 'none'), a.amount, a.currency) as detail
from refunds r
  full join (select * from attempts where kind = 'refund') a on a.tenant_id = r.tenant_id and a.id = r.attempt_id
where r.id is null or a.id is null
  or (r.payment_id, r.amount, r.currency) <> (a.payment_id, a.amount, a.currency)
  or r.status <> case a.status when 'succeeded' then 'succeeded' when 'declined' then 'failed' else 'pending' end
