-- What the newest event of a webhook endpoint says is what stands.
with told as (
  select w.*, e.type as event, e.data::jsonb as data
  from webhook_endpoints w
    join events e on e.tenant_id = w.tenant_id and e.object_id = w.id and e.object_version = w.version)
select tenant_id, id, format('%s says enabled: %s, the endpoint: %s', event, data ->> 'enabled', enabled) as detail
from told
where jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'url', url, 'enabled', enabled, 'ordering', ordering, 'disabled_reason', disabled_reason,
    'event_types', event_types))
  <> jsonb_strip_nulls(jsonb_build_object(
    'id', data -> 'id', 'url', data -> 'url', 'enabled', data -> 'enabled', 'ordering', data -> 'ordering',
    'disabled_reason', data -> 'disabled_reason', 'event_types', data -> 'event_types'))
