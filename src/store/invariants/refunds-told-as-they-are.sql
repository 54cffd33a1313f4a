-- What the newest event of a refund says is what stands.
with told as (
  select r.*, e.type as event, e.data::jsonb as data
  from refunds r
    join events e on e.tenant_id = r.tenant_id and e.object_id = r.id and e.object_version = r.version)
select tenant_id, id, format('%s says %s, the refund is %s', event, data ->> 'status', status) as detail
from told
where jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'payment_id', payment_id, 'amount', amount, 'currency', currency, 'status', status, 'reason', reason,
    'failure_code', failure_code, 'metadata', metadata))
  <> jsonb_strip_nulls(jsonb_build_object(
    'id', data -> 'id', 'payment_id', data -> 'payment_id', 'amount', data -> 'amount', 'currency', data -> 'currency',
    'status', data -> 'status', 'reason', data -> 'reason', 'failure_code', data -> 'failure_code',
    'metadata', data -> 'metadata'))
