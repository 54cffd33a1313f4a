-- The indexes and triggers that make double charges and changed books impossible are there, valid and switched on.
with guard (name, kind) as (values
  ('attempts_one_open', 'unique index'), ('attempts_one_success', 'unique index'), ('attempts_by_key', 'unique index'),
  ('attempts_tenant_id_request_key_key', 'unique index'), ('payments_tenant_id_session_id_key', 'unique index'),
  ('idempotency_keys_pkey', 'unique index'), ('events_in_order', 'unique index'),
  ('events_tenant_id_object_id_object_version_type_key', 'unique index'), ('refunds_tenant_id_attempt_id_key', 'unique index'),
  ('mandates_tenant_id_session_id_key', 'unique index'), ('ledger_entries_pkey', 'unique index'),
  ('ledger_entries_stay', 'trigger'), ('payment_resolutions_stay', 'trigger'))
select null::text as tenant_id, g.name as id, format('this %s is missing, broken or off', g.kind) as detail
from guard g
where case g.kind
  when 'trigger' then not exists (select 1 from pg_trigger t where t.tgname = g.name and t.tgenabled in ('O', 'A'))
  else not exists (select 1 from pg_class c join pg_index i on i.indexrelid = c.oid
    where c.relname = g.name and i.indisunique and i.indisvalid and i.indisready) end
union all
select null::text, c.conname, format('this constraint of %s was never validated', c.conrelid::regclass)
from pg_constraint c
where not c.convalidated and c.connamespace = current_schema()::regnamespace
