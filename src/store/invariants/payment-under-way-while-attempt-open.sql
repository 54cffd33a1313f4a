-- A payment is under way exactly while a charge, authorisation or verification of it is open.
select p.tenant_id, p.id, format('is %s, attempt open: %s', p.status, a.tenant_id is not null) as detail
from payments p
  left join (select distinct tenant_id, payment_id from attempts
    where settled_at is null and kind in ('charge', 'authorise', 'verify')) a
    on a.tenant_id = p.tenant_id and a.payment_id = p.id
where (p.status in ('initiating', 'pending_action', 'processing')) <> (a.tenant_id is not null)
