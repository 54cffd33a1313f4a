-- A charge without the payer has a mandate and keeps to it: its currency, its amount, its customer, its card.
select a.tenant_id, a.id,
  format('%s %s under %s: %s in %s', a.amount, a.currency, coalesce(m.id, 'no mandate'), coalesce(m.terms -> 'amount', 'null'), m.currency)
    as detail
from attempts a
  join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
  left join mandates m on m.tenant_id = a.tenant_id and m.id = a.mandate_id
where a.initiator = 'merchant' and a.kind in ('charge', 'authorise')
  and (m.id is null or a.currency <> m.currency
    or a.amount <> coalesce((m.terms -> 'amount' ->> 'exactMinor')::bigint, a.amount)
    or a.amount < coalesce((m.terms -> 'amount' ->> 'minMinor')::bigint, 1)
    or a.amount > coalesce((m.terms -> 'amount' ->> 'maxMinor')::bigint, a.amount)
    or (a.payment_method_id, p.customer_id, p.mandate_id) is distinct from (m.payment_method_id, m.customer_id, m.id))
