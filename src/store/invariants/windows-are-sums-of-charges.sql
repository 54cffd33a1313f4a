-- What is used of each window of a period limit is the sum of the charges that fall into it.
with used as (
  select c.tenant_id, c.series_id, w.place - 1 as limit_number, (w.value ->> 'start')::date as window_start, count(*) as count,
    sum(case c.state when 'counted' then c.counted_amount else c.amount end) as amount
  from mandate_charges c cross join lateral json_array_elements(c.windows) with ordinality w (value, place)
  where c.state in ('open', 'counted') group by 1, 2, 3, 4)
select coalesce(w.tenant_id, u.tenant_id) as tenant_id, coalesce(w.series_id, u.series_id) as id,
  format('limit %s from %s says %s, the charges say %s', coalesce(w.limit_number, u.limit_number), coalesce(w.window_start, u.window_start),
    (w.used_count, w.used_amount), (u.count, u.amount)) as detail
from mandate_windows w
  full join used u on u.tenant_id = w.tenant_id and u.series_id = w.series_id and u.limit_number = w.limit_number
    and u.window_start = w.window_start
where (coalesce(w.used_count, 0), coalesce(w.used_amount, 0)) is distinct from (coalesce(u.count, 0), coalesce(u.amount, 0))
