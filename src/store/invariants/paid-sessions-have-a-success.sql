-- A session that says it was paid, reserved or verified has an attempt that succeeded.
select s.tenant_id, s.id, format('says %s', s.payment_outcome) as detail
from payment_sessions s
where s.payment_outcome in ('paid', 'reserved', 'payment_method_verified')
  and not exists (select 1 from attempts a
    where a.tenant_id = s.tenant_id and a.session_id = s.id
      and a.status = 'succeeded' and a.kind in ('charge', 'authorise', 'verify'))
