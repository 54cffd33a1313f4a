-- What is counted and reserved of a series of mandates is the sum of its charges, kept wherever a limit looks at it.
select u.tenant_id, u.series_id as id,
  format('says %s counted and %s open, the charges say %s and %s', (u.counted_count, u.counted_amount), (u.open_count, u.open_amount),
    (c.counted, c.counted_amount), (c.open, c.open_amount)) as detail
from mandate_usage u
  cross join lateral (select count(*) filter (where state = 'counted') as counted,
    coalesce(sum(counted_amount) filter (where state = 'counted'), 0) as counted_amount,
    count(*) filter (where state = 'open') as open, coalesce(sum(amount) filter (where state = 'open'), 0) as open_amount
    from mandate_charges c where c.tenant_id = u.tenant_id and c.series_id = u.series_id) c
where (u.counted_count, u.counted_amount, u.open_count, u.open_amount) is distinct from
  (c.counted, c.counted_amount, c.open, c.open_amount)
union all
select m.tenant_id, m.id, 'nothing keeps the sums of its series, which its limits look at'
from mandates m
where (m.type <> 'on_demand' or m.terms ->> 'maxOccurrences' is not null or m.terms ->> 'spacing' is not null
    or m.terms ->> 'retry' is not null or json_array_length(m.terms -> 'periodLimits') > 0)
  and not exists (select 1 from mandate_usage u where u.tenant_id = m.tenant_id and u.series_id = m.series_id)
