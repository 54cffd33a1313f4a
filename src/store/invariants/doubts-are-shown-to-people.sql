-- A payment whose truth could not be learned on schedule is on the list for people.
--
-- Fourteen questions are the whole schedule; see src/domain/attempt.ts.
select a.tenant_id, a.id, format('%s is %s after %s questions, its payment is not in review', a.kind, a.status, a.sync_count) as detail
from attempts a
  join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
where a.settled_at is null and a.status = 'unknown' and a.sync_count >= 14 and p.review is null
