-- A session takes money at most once: of its charges, authorisations and verifications at most one has succeeded.
select tenant_id, session_id as id, count(*) || ' attempts succeeded' as detail
from attempts
where status = 'succeeded' and kind in ('charge', 'authorise', 'verify')
group by tenant_id, session_id
having count(*) > 1
