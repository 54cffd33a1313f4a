-- A success completes its session and its payment, with the outcome that its kind promises.
select a.tenant_id, a.id,
  format('%s succeeded, session is %s (%s), payment is %s', a.kind, s.status, s.payment_outcome, p.status) as detail
from attempts a
  join payment_sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
  join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
where a.status = 'succeeded' and a.kind in ('charge', 'authorise', 'verify')
  and (s.status <> 'completed' or p.status <> 'succeeded' or s.payment_outcome <>
    case a.kind when 'charge' then 'paid' when 'authorise' then 'reserved' else 'payment_method_verified' end)
