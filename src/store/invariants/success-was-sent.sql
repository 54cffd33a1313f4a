-- Every attempt was written before it was sent, and none has an end without having been sent; an end says why or that it succeeded.
select a.tenant_id, a.id,
  format('%s is %s, sent %s, settled %s', a.kind, a.status, coalesce(a.sent_at::text, 'never'), coalesce(a.settled_at::text, 'never'))
    as detail
from attempts a, moment
where a.sent_at is null
  or (a.status in ('succeeded', 'declined')) <> (a.settled_at is not null)
  or (a.status = 'declined' and a.decline is null)
  -- Two servers' clocks may differ a little.
  or a.settled_at < a.sent_at - moment.patience
