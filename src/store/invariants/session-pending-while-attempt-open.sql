-- A session is pending exactly while a charge, authorisation or verification of it is open.
select s.tenant_id, s.id, format('says %s, attempt open: %s', s.payment_outcome, a.tenant_id is not null) as detail
from payment_sessions s
  left join (select distinct tenant_id, session_id from attempts
    where settled_at is null and kind in ('charge', 'authorise', 'verify')) a
    on a.tenant_id = s.tenant_id and a.session_id = s.id
where (s.payment_outcome = 'pending') <> (a.tenant_id is not null)
