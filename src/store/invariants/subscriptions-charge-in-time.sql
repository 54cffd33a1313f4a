-- A subscription whose due date or next try has come is looked at: none is forgotten.
select s.tenant_id, s.id, format('%s, was to be charged %s', s.status, s.next_charge_at) as detail
from subscriptions s, moment
where s.next_charge_at <= moment.now - moment.patience - interval '5 minutes'
