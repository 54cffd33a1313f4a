-- A payment and its session end together and in the same way.
select p.tenant_id, p.id, format('payment is %s, session is %s', p.status, s.status) as detail
from payments p
  join payment_sessions s on s.tenant_id = p.tenant_id and s.id = p.session_id
where (p.status = 'cancelled') <> (s.status = 'cancelled')
  or (p.status = 'expired') <> (s.status = 'expired')
  or (p.status in ('succeeded', 'failed')) <> (s.status = 'completed')
