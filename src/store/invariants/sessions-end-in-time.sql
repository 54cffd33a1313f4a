-- A session whose time has run out is ended, unless an attempt of it is still open.
select s.tenant_id, s.id, format('is active, its time ran out %s', s.expires_at) as detail
from payment_sessions s join tenants t on t.tenant_id = s.tenant_id, moment
where s.status = 'active' and s.payment_outcome <> 'pending'
  and s.expires_at <= moment.now + t.clock_offset_ms * interval '1 millisecond' - moment.patience
