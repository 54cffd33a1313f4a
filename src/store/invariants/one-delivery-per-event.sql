-- Every event has exactly one delivery for each endpoint that was enabled for its type when it was numbered, and no other.
--
-- An endpoint's own events say from which number on it wanted what. Whoever numbered an event saw each endpoint as its last
-- change with a smaller number left it, or later, for a change gets its number a moment after it was made. So a delivery must be
-- there when the endpoint has wanted the type ever since that change, and must not be when it never has, unless the merchant asked for it; between, both are right.
with kind as materialized (select distinct type from events),
version as (
  select e.tenant_id, e.object_id as endpoint_id, e.object_version as version, min(e.sequence) as since,
    bool_and((e.data ->> 'enabled')::boolean) as enabled, min(e.data ->> 'event_types')::json as types
  from events e
    join webhook_endpoints w on w.tenant_id = e.tenant_id and w.id = e.object_id
  where e.sequence is not null
  group by e.tenant_id, e.object_id, e.object_version),
wish as (
  select v.tenant_id, v.endpoint_id, v.version, v.since, k.type, v.enabled and (k.type = 'webhook_endpoint.ping'
    or exists (select 1 from json_array_elements_text(v.types) t (type) where t.type in ('*', k.type))) as wanted
  from version v, kind k),
change as (
  select w.*, lag(wanted) over (partition by tenant_id, endpoint_id, type order by version) is distinct from wanted as differs
  from wish w),
period as (
  select tenant_id, endpoint_id, type, since, lead(since) over later as until,
    bool_and(wanted) over (later rows between current row and unbounded following) as must,
    bool_or(wanted) over (later rows between current row and unbounded following) as may
  from change where differs
  window later as (partition by tenant_id, endpoint_id, type order by version)),
expected as (
  select e.tenant_id, p.endpoint_id, e.id as event_id, p.must, p.may
  from events e
    join period p on p.tenant_id = e.tenant_id and p.type = e.type
      and e.sequence >= p.since and (p.until is null or e.sequence < p.until)
  where e.type <> 'webhook_endpoint.ping' or e.object_id = p.endpoint_id),
made as (
  select tenant_id, endpoint_id, event_id, count(*) as count, bool_or(asked_at is not null) as asked from deliveries group by tenant_id, endpoint_id, event_id)
select coalesce(x.tenant_id, m.tenant_id) as tenant_id, coalesce(x.event_id, m.event_id) as id,
  format('has %s deliveries to %s', coalesce(m.count, 0), coalesce(x.endpoint_id, m.endpoint_id)) as detail
from expected x
  full join made m on m.tenant_id = x.tenant_id and m.endpoint_id = x.endpoint_id and m.event_id = x.event_id
where m.count > 1 or (x.must and m.count is null) or (not x.may and m.count is not null and not m.asked)
union all
select d.tenant_id, d.event_id, format('a ping of %s went to %s', e.object_id, d.endpoint_id)
from deliveries d
  join events e on e.tenant_id = d.tenant_id and e.id = d.event_id
where d.event_type = 'webhook_endpoint.ping' and e.object_id <> d.endpoint_id
