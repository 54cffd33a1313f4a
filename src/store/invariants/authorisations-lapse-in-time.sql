-- An authorisation that ran out is released, unless a capture or void of it is still open.
select p.tenant_id, p.id, format('due %s', p.lapse_due_at) as detail
from payments p join tenants t on t.tenant_id = p.tenant_id, moment
where p.lapse_due_at <= moment.now + t.clock_offset_ms * interval '1 millisecond' - moment.patience
  and not exists (select 1 from attempts a
    where a.tenant_id = p.tenant_id and a.payment_id = p.id and a.settled_at is null and a.kind in ('capture', 'void'))
