-- The unique indexes that make double charges and lost order impossible are there, the foreign keys that keep tenants apart too, and
-- every one of them is valid.
with guard (name) as (values
  ('attempts_one_open'), ('attempts_one_success'), ('attempts_by_key'), ('attempts_tenant_id_request_key_key'),
  ('payments_tenant_id_session_id_key'), ('idempotency_keys_pkey'), ('refunds_tenant_id_attempt_id_key'),
  ('ledger_entries_pkey'), ('mandates_tenant_id_session_id_key'), ('events_in_order'), ('deliveries_once'),
  ('events_tenant_id_object_id_object_version_type_key'), ('mandate_charges_one_per_occurrence'),
  ('mandate_charges_one_per_instalment'), ('payment_sessions_one_per_try'), ('subscription_charges_pkey'),
  ('subscriptions_tenant_id_session_id_key')),
reference (name) as (values
  ('attempts_tenant_id_payment_id_fkey'),
  ('deliveries_tenant_id_endpoint_id_fkey'),
  ('deliveries_tenant_id_event_id_fkey'),
  ('delivery_tries_tenant_id_delivery_id_fkey'),
  ('mandate_charges_tenant_id_mandate_id_fkey'),
  ('mandate_charges_tenant_id_payment_id_fkey'),
  ('mandate_consents_tenant_id_mandate_id_fkey'),
  ('mandate_usage_tenant_id_series_id_fkey'),
  ('mandate_windows_tenant_id_series_id_fkey'),
  ('mandates_tenant_id_customer_id_fkey'),
  ('mandates_tenant_id_payment_method_id_fkey'),
  ('mandates_tenant_id_session_id_fkey'),
  ('payment_methods_tenant_id_customer_id_fkey'),
  ('payment_resolutions_tenant_id_payment_id_fkey'),
  ('payment_sessions_tenant_id_customer_id_fkey'),
  ('payments_tenant_id_session_id_fkey'),
  ('refunds_tenant_id_attempt_id_fkey'),
  ('refunds_tenant_id_payment_id_fkey'),
  ('subscription_charges_tenant_id_subscription_id_fkey'),
  ('subscriptions_tenant_id_customer_id_fkey'),
  ('subscriptions_tenant_id_mandate_id_fkey'),
  ('subscriptions_tenant_id_payment_method_id_fkey'),
  ('subscriptions_tenant_id_session_id_fkey')
)
select null::text as tenant_id, g.name as id, 'this unique index is missing or broken' as detail
from guard g
where not exists (select 1 from pg_class c join pg_index i on i.indexrelid = c.oid
  where c.oid = to_regclass(g.name) and i.indisunique and i.indisvalid and i.indisready)
union all
select null::text, r.name, 'this foreign key is missing'
from reference r
where not exists (select 1 from pg_constraint c
  where c.conname = r.name and c.contype = 'f' and c.connamespace = current_schema()::regnamespace)
union all
select null::text, c.conname, format('this constraint of %s was never validated', c.conrelid::regclass)
from pg_constraint c
where not c.convalidated and c.connamespace = current_schema()::regnamespace
