-- The database server writes to disk before it confirms: after a loss of power nothing that was answered is gone.
select null::text as tenant_id, name as id, format('is %s', setting) as detail
from pg_settings
where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'
