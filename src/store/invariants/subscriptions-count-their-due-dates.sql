-- A subscription counts its due dates by what they are: paid, unpaid, skipped, missed.
select s.tenant_id, s.id, format('says %s, its due dates say %s', (s.paid_count, s.unpaid_count, s.skipped_count, s.missed_count),
    (c.paid, c.unpaid, c.skipped, c.missed)) as detail
from subscriptions s
  cross join lateral (select count(*) filter (where status = 'paid') as paid, count(*) filter (where status = 'unpaid') as unpaid,
    count(*) filter (where status = 'skipped') as skipped, count(*) filter (where status = 'missed') as missed
    from subscription_charges c where c.tenant_id = s.tenant_id and c.subscription_id = s.id) c
where (s.paid_count, s.unpaid_count, s.skipped_count, s.missed_count) is distinct from (c.paid, c.unpaid, c.skipped, c.missed)
