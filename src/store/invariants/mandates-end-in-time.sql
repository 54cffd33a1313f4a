-- A mandate whose last day has passed is ended.
select m.tenant_id, m.id, format('is active, its last day ended %s', m.ends_at) as detail
from mandates m, moment
where m.status = 'active' and m.ends_at <= moment.now - moment.patience
