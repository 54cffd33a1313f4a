-- The amounts of a payment are the sums of its attempts: paid by charges and captures, voided by voids and by what lapsed,
-- refunded by refunds, and on its way back what open refunds have reserved.
with done as (
  select tenant_id, payment_id,
    coalesce(sum(amount) filter (where status = 'succeeded' and kind in ('charge', 'capture')), 0) as paid,
    coalesce(sum(amount) filter (where status = 'succeeded' and kind = 'void'), 0) as voided,
    coalesce(sum(amount) filter (where status = 'succeeded' and kind = 'refund'), 0) as refunded,
    coalesce(sum(amount) filter (where settled_at is null and kind = 'refund'), 0) as refunding
  from attempts group by tenant_id, payment_id),
lapsed as (
  select tenant_id, payment_id, sum(payer) as voided from ledger_entries where kind = 'lapse' group by tenant_id, payment_id)
select p.tenant_id, p.id,
  format('paid %s (attempts: %s), voided %s (%s), refunded %s (%s), on its way back %s (%s)', p.paid_amount, d.paid,
    p.voided_amount, d.voided + coalesce(l.voided, 0), p.refunded_amount, d.refunded, p.refunding_amount, d.refunding) as detail
from payments p
  left join done d on d.tenant_id = p.tenant_id and d.payment_id = p.id
  left join lapsed l on l.tenant_id = p.tenant_id and l.payment_id = p.id
where p.paid_amount <> coalesce(d.paid, 0)
  or p.voided_amount <> coalesce(d.voided, 0) + coalesce(l.voided, 0)
  or p.refunded_amount <> coalesce(d.refunded, 0)
  or p.refunding_amount <> coalesce(d.refunding, 0)
