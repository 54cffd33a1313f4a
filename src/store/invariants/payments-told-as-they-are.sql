-- What the newest event of a payment says is what stands, once the payment has a result.
with told as (
  select p.*, t.mode, e.type as event, e.data::jsonb as data
  from payments p
    join tenants t on t.tenant_id = p.tenant_id
    join (select tenant_id, object_id, max(object_version) as version from events group by tenant_id, object_id) n
      on n.tenant_id = p.tenant_id and n.object_id = p.id
    join events e on e.tenant_id = n.tenant_id and e.object_id = n.object_id and e.object_version = n.version
  where p.status in ('draft', 'succeeded', 'failed', 'cancelled', 'expired'))
select tenant_id, id,
  format('%s says %s, paid %s, voided %s, refunded %s', event, data ->> 'status', data ->> 'paid_amount',
    data ->> 'voided_amount', data ->> 'refunded_amount') as detail
from told
where jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'payment_session_id', session_id, 'status', status, 'intent', intent, 'initiator', initiator,
    'capture_method', capture_method, 'amount', amount, 'currency', currency, 'authorised_amount', authorised_amount,
    'paid_amount', paid_amount, 'voided_amount', voided_amount, 'refunded_amount', refunded_amount, 'mode', mode,
    'external_reference', external_reference, 'metadata', metadata, 'customer_id', customer_id,
    'payment_method_id', payment_method_id, 'mandate_id', mandate_id, 'reconciliation_reference', reconciliation_reference,
    'decline_code', last_payment_error -> 'declineCode',
    'updated_at', to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
  <> jsonb_strip_nulls(jsonb_build_object(
    'id', data -> 'id', 'payment_session_id', data -> 'payment_session_id', 'status', data -> 'status',
    'intent', data -> 'intent', 'initiator', data -> 'initiator', 'capture_method', data -> 'capture_method',
    'amount', data -> 'amount', 'currency', data -> 'currency', 'authorised_amount', data -> 'authorised_amount',
    'paid_amount', data -> 'paid_amount', 'voided_amount', data -> 'voided_amount',
    'refunded_amount', data -> 'refunded_amount', 'mode', data -> 'mode', 'external_reference', data -> 'external_reference',
    'metadata', data -> 'metadata', 'customer_id', data -> 'customer_id', 'payment_method_id', data -> 'payment_method_id',
    'mandate_id', data -> 'mandate_id', 'reconciliation_reference', data -> 'reconciliation_reference',
    'decline_code', data -> 'last_payment_error' -> 'decline_code',
    'updated_at', data -> 'updated_at'))
