-- Never more is charged under a series of mandates than its limits allow: occurrences, periods, and the total of instalments.
select m.tenant_id, m.id, format('%s of %s charges', u.counted_count + u.open_count, m.terms ->> 'maxOccurrences') as detail
from mandates m join mandate_usage u on u.tenant_id = m.tenant_id and u.series_id = m.series_id
where u.counted_count + u.open_count > (m.terms ->> 'maxOccurrences')::bigint
union all
select m.tenant_id, m.id, format('%s of %s in all', m.first_amount + u.counted_amount + u.open_amount, m.terms ->> 'totalAmountMinor')
from mandates m join mandate_usage u on u.tenant_id = m.tenant_id and u.series_id = m.series_id
where m.first_amount + u.counted_amount + u.open_amount > (m.terms ->> 'totalAmountMinor')::bigint
union all
select m.tenant_id, m.id, format('limit %s from %s: %s charges, %s', w.limit_number, w.window_start, w.used_count, w.used_amount)
from mandates m join mandate_windows w on w.tenant_id = m.tenant_id and w.series_id = m.series_id
  cross join lateral (select m.terms -> 'periodLimits' -> w.limit_number as its) l
where w.used_count > (l.its ->> 'maxCount')::bigint or w.used_amount > (l.its ->> 'maxAmountMinor')::bigint
