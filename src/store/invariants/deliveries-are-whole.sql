-- A delivery is of its event, counts each of its tries, and says of its end what its last try says. Only when the merchant asked for it
-- is one that was delivered on its way once more.
with tried as (
  select tenant_id, delivery_id, count(*) as tries, max(number) as last,
    (array_agg(failure is null order by number desc))[1] as succeeded
  from delivery_tries group by tenant_id, delivery_id)
select d.tenant_id, d.id,
  format('is %s with %s tries, written are %s; event %s is number %s', d.status, d.try_count, coalesce(t.tries, 0),
    coalesce(e.type, 'unknown'), e.sequence) as detail
from deliveries d
  left join events e on e.tenant_id = d.tenant_id and e.id = d.event_id
  left join tried t on t.tenant_id = d.tenant_id and t.delivery_id = d.id
  left join webhook_endpoints w on w.tenant_id = d.tenant_id and w.id = d.endpoint_id
where (d.event_type, d.sequence) is distinct from (e.type, e.sequence)
  or w.id is null
  or d.try_count <> coalesce(t.tries, 0) or d.try_count <> coalesce(t.last, 0)
  or (d.status = 'succeeded' and not coalesce(t.succeeded, false))
  or (d.status <> 'succeeded' and t.succeeded and d.asked_at is null)
  or (d.status = 'exhausted' and d.try_count < 10 and w.deleted_at is null)
