-- The events of a tenant are numbered from 1 without hole or repeat, and the counter stands at the last.
select c.tenant_id, c.tenant_id as id,
  format('%s numbers from %s to %s, the counter is at %s', n.count, n.first, n.last, c.last_sequence) as detail
from event_counters c
  left join (select tenant_id, count(distinct sequence) as count, count(*) as events, min(sequence) as first, max(sequence) as last
    from events where sequence is not null group by tenant_id) n on n.tenant_id = c.tenant_id
where coalesce(n.last, 0) <> c.last_sequence or n.count <> n.last or n.events <> n.last or n.first <> 1
union all
select e.tenant_id, e.tenant_id, 'has events and no counter'
from (select distinct tenant_id from events) e
where not exists (select 1 from event_counters c where c.tenant_id = e.tenant_id)
