-- A request with an Idempotency-Key gets its answer written down: none stays unfinished for longer than five minutes.
select k.tenant_id, k.key as id, format('%s, since %s', coalesce(k.resource_id, 'no object'), k.created_at) as detail
from idempotency_keys k, moment
where k.status is null and k.created_at <= moment.now - moment.patience
