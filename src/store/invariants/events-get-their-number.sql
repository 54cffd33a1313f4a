-- Every event gets its number, and with it its deliveries.
select e.tenant_id, e.id, format('%s of %s', e.type, e.object_id) as detail
from events e join tenants t on t.tenant_id = e.tenant_id, moment
where e.sequence is null and e.occurred_at <= moment.now + t.clock_offset_ms * interval '1 millisecond' - moment.patience
