-- What the newest event of a webhook endpoint says is what stands. Events from before its concurrency was part of it mean the 8 of then.
select w.tenant_id, w.id, format('%s says enabled: %s, the endpoint: %s', e.type, d.enabled, w.enabled) as detail
from webhook_endpoints w
  join events e on e.tenant_id = w.tenant_id and e.object_id = w.id and e.object_version = w.version
  cross join lateral json_to_record(e.data) d (id text, url text, enabled boolean, ordering text, disabled_reason text,
    event_types text[], concurrency integer)
where (d.id, d.url, d.enabled, d.ordering, d.disabled_reason, d.event_types, coalesce(d.concurrency, 8))
  is distinct from (w.id, w.url, w.enabled, w.ordering, w.disabled_reason, w.event_types, w.concurrency)
