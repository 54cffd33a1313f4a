-- A mandate began with a payment that succeeded, in the session in which the payer agreed, and what they agreed to is kept.
select m.tenant_id, m.id, format('payment %s, consent kept: %s', m.payment_id, c.mandate_id is not null) as detail
from mandates m
  left join mandate_consents c on c.tenant_id = m.tenant_id and c.mandate_id = m.id
where c.mandate_id is null or not exists (select 1 from attempts a
  where a.tenant_id = m.tenant_id and a.payment_id = m.payment_id and a.session_id = m.session_id
    and a.status = 'succeeded' and a.kind in ('charge', 'authorise', 'verify'))
