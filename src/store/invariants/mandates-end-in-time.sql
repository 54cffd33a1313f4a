-- A mandate whose last day has passed is ended.
select m.tenant_id, m.id, format('is active, its last day ended %s', m.ends_at) as detail
from mandates m join tenants t on t.tenant_id = m.tenant_id, moment
where m.status = 'active' and m.ends_at <= moment.now + t.clock_offset_ms * interval '1 millisecond' - moment.patience
