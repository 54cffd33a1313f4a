-- A subscription whose due date or next try has come is looked at: none is forgotten.
select s.tenant_id, s.id, format('%s, was to be charged %s', s.status, s.next_charge_at) as detail
from subscriptions s join tenants t on t.tenant_id = s.tenant_id, moment
where s.next_charge_at <= moment.now + t.clock_offset_ms * interval '1 millisecond' - moment.patience - interval '5 minutes'
