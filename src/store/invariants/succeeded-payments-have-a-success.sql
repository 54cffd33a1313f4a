-- A payment that succeeded has an attempt that succeeded.
select p.tenant_id, p.id, 'succeeded without an attempt that did' as detail
from payments p
where p.status = 'succeeded'
  and not exists (select 1 from attempts a
    where a.tenant_id = p.tenant_id and a.payment_id = p.id
      and a.status = 'succeeded' and a.kind in ('charge', 'authorise', 'verify'))
