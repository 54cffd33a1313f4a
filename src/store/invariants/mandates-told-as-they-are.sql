-- What the newest event of a mandate says is what stands: its status, its limits, its hold, whom it binds.
--
-- Events of the time before mandates had terms say neither zone nor anchor.
select m.tenant_id, m.id, format('%s says %s, the mandate is %s', e.type, d.status, m.status) as detail
from mandates m
  join events e on e.tenant_id = m.tenant_id and e.object_id = m.id and e.object_version = m.version
  cross join lateral json_to_record(e.data) d (id text, status text, status_reason text, type text, customer_id text,
    payment_method_id text, payment_session_id text, initial_payment_id text, subscription_id text, currency text, amount jsonb,
    total_amount bigint, time_zone text, anchor_date date, charge_hold jsonb, external_reference text, updated_at timestamptz)
  cross join lateral (select m.terms -> 'amount' as amount) t
where (d.id, d.status, d.status_reason, d.type, d.customer_id, d.payment_method_id, d.payment_session_id, d.initial_payment_id,
    d.subscription_id, d.currency, coalesce(d.amount ->> 'min', d.amount #>> '{}'), coalesce(d.amount ->> 'max', d.amount #>> '{}'),
    d.total_amount, coalesce(d.time_zone, m.terms ->> 'timeZone'), coalesce(d.anchor_date, m.anchor_date), d.charge_hold ->> 'rule', d.external_reference, d.updated_at)
  is distinct from (m.id, m.status, m.status_reason, m.type, m.customer_id, m.payment_method_id, m.session_id, m.payment_id,
    m.subscription_id, m.currency, coalesce(t.amount ->> 'exactMinor', t.amount ->> 'minMinor'),
    coalesce(t.amount ->> 'exactMinor', t.amount ->> 'maxMinor', d.amount #>> '{}'),
    (m.terms ->> 'totalAmountMinor')::bigint, m.terms ->> 'timeZone', m.anchor_date, m.charge_hold ->> 'rule', m.external_reference,
    m.updated_at)
