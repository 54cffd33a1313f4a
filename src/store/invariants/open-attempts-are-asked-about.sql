-- Every open attempt is asked about when its time has come: none is forgotten, and none stays without a single answer.
select a.tenant_id, a.id,
  format('%s is %s, sent %s, next question %s', a.kind, a.status, a.sent_at, coalesce(a.next_sync_at::text, 'never')) as detail
from attempts a join tenants t on t.tenant_id = a.tenant_id, moment
where a.settled_at is null
  and (a.next_sync_at is null or a.next_sync_at < moment.now + t.clock_offset_ms * interval '1 millisecond' - moment.patience
    or (a.status = 'sent'
      and a.sent_at < moment.now + t.clock_offset_ms * interval '1 millisecond' - moment.patience - interval '5 minutes'))
