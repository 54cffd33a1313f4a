-- A request key names one operation for ever, in all tenants together: a processor that sees it twice sees one and the same.
select min(tenant_id) as tenant_id, min(id) as id, count(*) || ' attempts have its request key' as detail
from attempts
group by processor, request_key
having count(*) > 1
