-- What the newest event of a session says is what stands.
with told as (
  select s.*, t.mode, e.type as event, e.data::jsonb as data
  from payment_sessions s
    join tenants t on t.tenant_id = s.tenant_id
    join events e on e.tenant_id = s.tenant_id and e.object_id = s.id and e.object_version = s.version)
select tenant_id, id, format('%s says %s, %s', event, data ->> 'status', data ->> 'payment_outcome') as detail
from told
where jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'type', type, 'status', status, 'payment_outcome', payment_outcome, 'amount', amount, 'currency', currency,
    'mode', mode, 'description', description, 'external_reference', external_reference, 'metadata', metadata,
    'customer_id', customer_id, 'payment_method_id', payment_method_id, 'mandate_id', mandate_id, 'payment_id', payment_id,
    'checkout_session_id', checkout_id, 'return_url', return_url,
    'decline_code', last_payment_error -> 'declineCode',
    'updated_at', to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
  <> jsonb_strip_nulls(jsonb_build_object(
    'id', data -> 'id', 'type', data -> 'type', 'status', data -> 'status', 'payment_outcome', data -> 'payment_outcome',
    'amount', data -> 'amount', 'currency', data -> 'currency', 'mode', data -> 'mode', 'description', data -> 'description',
    'external_reference', data -> 'external_reference', 'metadata', data -> 'metadata', 'customer_id', data -> 'customer_id',
    'payment_method_id', data -> 'payment_method_id', 'mandate_id', data -> 'mandate_id', 'payment_id', data -> 'payment_id',
    'checkout_session_id', data -> 'checkout_session_id', 'return_url', data -> 'return_url',
    'decline_code', data -> 'last_payment_error' -> 'decline_code',
    'updated_at', data -> 'updated_at'))
