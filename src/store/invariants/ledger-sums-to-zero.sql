-- Each attempt's entries in the ledger add up to zero over payer, held and collected: money is moved, never made or lost.
select tenant_id, attempt_id as id, format('sum is %s', sum(payer + held + collected)) as detail
from ledger_entries
group by tenant_id, attempt_id
having sum(payer + held + collected) <> 0 or bool_or(payer + held + collected <> 0)
