-- The order of numbers never contradicts the order of versions: whoever reads events in turn sees each object grow.
select tenant_id, id, format('version %s has number %s, an earlier version has %s', object_version, sequence, before) as detail
from (
  select tenant_id, id, object_version, sequence,
    max(sequence) over (partition by tenant_id, object_id order by object_version
      range between unbounded preceding and 1 preceding) as before
  from events where sequence is not null) numbered
where before > sequence
union all
-- An event without a number while a later version of its object has one.
select e.tenant_id, e.id, format('version %s has no number, a later version has', e.object_version)
from events e
where e.sequence is null and exists (select 1 from events f
  where f.tenant_id = e.tenant_id and f.object_id = e.object_id and f.object_version > e.object_version
    and f.sequence is not null)
