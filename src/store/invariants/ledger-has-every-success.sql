-- Every movement of money that succeeded stands in the ledger once, from the right account to the right account.
select a.tenant_id, a.id,
  case when l.attempt_id is null then format('%s of %s is not in the ledger', a.kind, a.amount)
    else format('%s of %s stands as %s: payer %s, held %s, collected %s', a.kind, a.amount, l.kind, l.payer, l.held, l.collected)
  end as detail
from attempts a
  left join ledger_entries l
    on l.tenant_id = a.tenant_id and l.payment_id = a.payment_id and l.attempt_id = a.id and l.number = 1
where a.kind <> 'verify' and (a.status = 'succeeded' or l.attempt_id is not null)
  and (l.kind, l.currency, l.payer, l.held, l.collected) is distinct from (a.kind, a.currency,
    case a.kind when 'charge' then -a.amount when 'authorise' then -a.amount when 'capture' then 0 else a.amount end,
    case a.kind when 'authorise' then a.amount when 'capture' then -a.amount when 'void' then -a.amount else 0 end,
    case a.kind when 'charge' then a.amount when 'capture' then a.amount when 'refund' then -a.amount else 0 end)
