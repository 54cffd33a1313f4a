-- A review says since when and about what, and the attempt it doubts is one of its payment.
select p.tenant_id, p.id, format('review of %s', coalesce(p.review ->> 'attemptId', 'no attempt')) as detail
from payments p
where p.review is not null and (
  coalesce(p.review ->> 'reason', '') = '' or p.review ->> 'since' is null
  or (p.review ->> 'attemptId' is not null and not exists (select 1 from attempts a
    where a.tenant_id = p.tenant_id and a.payment_id = p.id and a.id = p.review ->> 'attemptId')))
