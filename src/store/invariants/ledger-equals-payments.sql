-- The ledger's totals are the amounts of the payment: held = authorised − paid − voided, collected = paid − refunded, and the
-- payer has given both.
select p.tenant_id, p.id,
  format('held %s, collected %s, payer %s; authorised %s, paid %s, voided %s, refunded %s', l.held, l.collected, l.payer,
    p.authorised_amount, p.paid_amount, p.voided_amount, p.refunded_amount) as detail
from payments p
  left join (
    select tenant_id, payment_id, sum(payer) as payer, sum(held) as held, sum(collected) as collected,
      min(currency) as least_currency, max(currency) as most_currency
    from ledger_entries group by tenant_id, payment_id) l on l.tenant_id = p.tenant_id and l.payment_id = p.id
where coalesce(l.held, 0) <> p.authorised_amount - p.paid_amount - p.voided_amount
  or coalesce(l.collected, 0) <> p.paid_amount - p.refunded_amount
  or coalesce(l.payer, 0) <> p.refunded_amount + p.voided_amount - p.authorised_amount
  or l.least_currency <> p.currency or l.most_currency <> p.currency
