-- No delivery to an enabled endpoint is overdue while nobody works on that endpoint, and none waits behind nothing.
--
-- A receiver that answers slowly may have a long queue: then tries to it are being made all the time.
with worked_on as (
  select distinct d.tenant_id, d.endpoint_id
  from delivery_tries t
    join deliveries d on d.tenant_id = t.tenant_id and d.id = t.delivery_id, moment
  where t.at > moment.now - moment.patience)
select d.tenant_id, d.id,
  case when d.next_attempt_at is null then 'waits, and nothing is before it' else format('due %s', d.next_attempt_at) end as detail
from deliveries d
  join webhook_endpoints w on w.tenant_id = d.tenant_id and w.id = d.endpoint_id and w.enabled, moment
where d.status = 'pending'
  and not exists (select 1 from worked_on o where o.tenant_id = d.tenant_id and o.endpoint_id = d.endpoint_id)
  and case when d.next_attempt_at is not null then d.next_attempt_at < moment.now - moment.patience
    else d.created_at <= moment.now - moment.patience and not exists (select 1 from deliveries b
      where b.tenant_id = d.tenant_id and b.endpoint_id = d.endpoint_id and b.lane = d.lane and b.status = 'pending'
        and b.sequence < d.sequence) end
