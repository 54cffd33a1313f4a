-- What the newest event of a mandate says is what stands: its status, its limits, whom it binds.
with told as (
  select m.*, e.type as event, e.data::jsonb as data
  from mandates m
    join events e on e.tenant_id = m.tenant_id and e.object_id = m.id and e.object_version = m.version)
select tenant_id, id, format('%s says %s, the mandate is %s', event, data ->> 'status', status) as detail
from told
where jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'status', status, 'status_reason', status_reason, 'type', type, 'customer_id', customer_id,
    'payment_method_id', payment_method_id, 'payment_session_id', session_id, 'initial_payment_id', payment_id,
    'currency', currency, 'min', min_amount, 'max', max_amount, 'external_reference', external_reference))
  <> jsonb_strip_nulls(jsonb_build_object(
    'id', data -> 'id', 'status', data -> 'status', 'status_reason', data -> 'status_reason', 'type', data -> 'type',
    'customer_id', data -> 'customer_id', 'payment_method_id', data -> 'payment_method_id',
    'payment_session_id', data -> 'payment_session_id', 'initial_payment_id', data -> 'initial_payment_id',
    'currency', data -> 'currency', 'min', data -> 'amount' -> 'min', 'max', data -> 'amount' -> 'max',
    'external_reference', data -> 'external_reference'))
