-- A first_in_series session that completed has its mandate, for the customer and the card it was agreed with.
select s.tenant_id, s.id, format('mandate %s', coalesce(m.id, 'missing')) as detail
from payment_sessions s
  left join mandates m on m.tenant_id = s.tenant_id and m.session_id = s.id and m.id = s.mandate_id
where s.type = 'first_in_series' and s.status = 'completed'
  and (m.id is null or (m.customer_id, m.payment_method_id, m.currency) is distinct from
    (s.customer_id, s.payment_method_id, s.currency))
