-- Nothing that has ended has an open attempt; captures, voids and refunds are open on succeeded payments only.
select a.tenant_id, a.id, format('%s is %s, session is %s, payment is %s', a.kind, a.status, s.status, p.status) as detail
from attempts a
  join payment_sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
  join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
where a.settled_at is null and case
  when a.kind in ('charge', 'authorise', 'verify')
    then s.status <> 'active' or p.status in ('draft', 'succeeded', 'failed', 'cancelled', 'expired')
  else s.status <> 'completed' or p.status <> 'succeeded' end
