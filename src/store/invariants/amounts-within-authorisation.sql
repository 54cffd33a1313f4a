-- Never more is paid and voided than was authorised, nor refunded than was paid; a payment authorises all or nothing.
select tenant_id, id,
  format('%s: %s of %s authorised, %s paid, %s voided, %s refunded, %s on its way back',
    status, authorised_amount, amount, paid_amount, voided_amount, refunded_amount, refunding_amount) as detail
from payments
where least(amount, authorised_amount, paid_amount, voided_amount, refunded_amount, refunding_amount) < 0
  or authorised_amount <> case status when 'succeeded' then amount else 0 end
  or paid_amount + voided_amount > authorised_amount
  or refunded_amount + refunding_amount > paid_amount
