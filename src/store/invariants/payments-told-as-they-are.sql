-- What the newest event of a payment says is what stands, once the payment has a result.
select p.tenant_id, p.id,
  format('%s says %s, paid %s, voided %s, refunded %s', e.type, d.status, d.paid_amount, d.voided_amount, d.refunded_amount)
    as detail
from payments p
  join tenants t on t.tenant_id = p.tenant_id
  join (select tenant_id, object_id, max(object_version) as version from events group by tenant_id, object_id) n
    on n.tenant_id = p.tenant_id and n.object_id = p.id
  join events e on e.tenant_id = n.tenant_id and e.object_id = n.object_id and e.object_version = n.version
  cross join lateral json_to_record(e.data) d (id text, payment_session_id text, status text, intent text, initiator text,
    capture_method text, amount bigint, currency text, authorised_amount bigint, paid_amount bigint, voided_amount bigint,
    refunded_amount bigint, mode text, external_reference text, metadata jsonb, customer_id text, payment_method_id text,
    mandate_id text, reconciliation_reference text, last_payment_error jsonb, review jsonb, updated_at timestamptz)
where p.status in ('draft', 'succeeded', 'failed', 'cancelled', 'expired')
  and (d.id, d.payment_session_id, d.status, d.intent, d.initiator, d.capture_method, d.amount, d.currency, d.authorised_amount,
    d.paid_amount, d.voided_amount, d.refunded_amount, d.mode, d.external_reference, d.metadata, d.customer_id,
    d.payment_method_id, d.mandate_id, d.reconciliation_reference, d.last_payment_error ->> 'decline_code',
    d.review ->> 'reason', d.updated_at)
  is distinct from (p.id, p.session_id, p.status, p.intent, p.initiator, p.capture_method, p.amount, p.currency,
    p.authorised_amount, p.paid_amount, p.voided_amount, p.refunded_amount, t.mode, p.external_reference, p.metadata::jsonb,
    p.customer_id, p.payment_method_id, p.mandate_id, p.reconciliation_reference, p.last_payment_error ->> 'declineCode',
    p.review ->> 'reason', p.updated_at)
