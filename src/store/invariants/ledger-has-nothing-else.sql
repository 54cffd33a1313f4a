-- The ledger holds nothing but successes and what took them back: a step that failed after all, an authorisation that lapsed.
select l.tenant_id, l.attempt_id as id,
  format('entry %s (%s) of an attempt that is %s (%s)', l.number, l.kind, coalesce(a.status, 'unknown here'), a.kind) as detail
from ledger_entries l
  left join attempts a on a.tenant_id = l.tenant_id and a.payment_id = l.payment_id and a.id = l.attempt_id
  left join ledger_entries o on o.tenant_id = l.tenant_id and o.payment_id = l.payment_id and o.attempt_id = l.attempt_id
    and o.number = 3 - l.number
  left join payments p on p.tenant_id = l.tenant_id and p.id = l.payment_id
where not coalesce(case
  when a.kind = 'verify' or a.settled_at is null then false
  when l.number = 1 then a.status = 'succeeded' or o.attempt_id is not null
  when l.kind = 'lapse' then
    a.kind = 'authorise' and a.status = 'succeeded' and p.lapsed_at is not null
    and l.payer > 0 and l.held = -l.payer and l.payer <= o.held and l.currency = o.currency
  else a.status = 'declined' and l.kind = o.kind || '_failed' and l.currency = o.currency
    and (l.payer, l.held, l.collected) = (-o.payer, -o.held, -o.collected) end, false)
