-- Every event gets its number, and with it its deliveries.
select e.tenant_id, e.id, format('%s of %s', e.type, e.object_id) as detail
from events e, moment
where e.sequence is null and e.occurred_at <= moment.now - moment.patience
