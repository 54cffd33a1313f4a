-- Attempt, payment and session speak of one sum in one currency; a capture, void or refund never of more than was authorised.
select a.tenant_id, a.id,
  format('%s of %s %s, payment %s %s, session %s %s', a.kind, a.amount, a.currency, p.amount, p.currency, s.amount, s.currency)
    as detail
from attempts a
  join payment_sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
  join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
where a.currency <> p.currency or a.currency <> s.currency
  or case when a.kind in ('charge', 'authorise', 'verify')
    then (a.status = 'succeeded' or a.settled_at is null) and (a.amount <> p.amount or a.amount <> s.amount)
    else a.amount <= 0 or a.amount > p.authorised_amount end
