-- What a person decided about money was done: the attempt in doubt has the end they named, and note and author are on record.
select r.tenant_id, r.id,
  format('a person said %s, the attempt is %s', coalesce(r.outcome, 'nothing new'), coalesce(a.status, 'unknown here')) as detail
from payment_resolutions r
  left join attempts a on a.tenant_id = r.tenant_id and a.payment_id = r.payment_id and a.id = r.review ->> 'attemptId'
where trim(r.note) = '' or trim(r.resolved_by) = ''
  or (r.outcome is not null and a.id is null)
  or (r.outcome = 'failed' and a.status <> 'declined')
  -- A step that succeeded by their word may have failed after all since: then the ledger has both.
  or (r.outcome = 'succeeded' and a.status <> 'succeeded' and not exists (select 1 from ledger_entries l
    where l.tenant_id = a.tenant_id and l.payment_id = a.payment_id and l.attempt_id = a.id and l.number = 2))
