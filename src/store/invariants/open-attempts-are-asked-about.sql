-- Every open attempt is asked about when its time has come: none is forgotten.
select a.tenant_id, a.id, format('%s is %s, next question %s', a.kind, a.status, coalesce(a.next_sync_at::text, 'never')) as detail
from attempts a, moment
where a.settled_at is null and (a.next_sync_at is null or a.next_sync_at < moment.now - moment.patience)
