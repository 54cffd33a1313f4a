-- What the files of src/store/migrations add up to. Made by `npm run generate`; do not edit, write a migration.

create table accounts (
  account_id text not null,
  name text not null,
  created_at timestamp with time zone not null,
  constraint accounts_pkey PRIMARY KEY (account_id)
);

create table api_keys (
  key_hash bytea not null,
  tenant_id text not null,
  id text not null,
  kind text not null,
  hint text not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (key_hash),
  constraint api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id),
  constraint api_keys_kind_check CHECK ((kind = ANY (ARRAY['secret'::text, 'public'::text])))
);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id, id);

create table attempts (
  tenant_id text not null,
  id text not null,
  version integer not null,
  session_id text not null,
  payment_id text not null,
  kind text not null,
  status text not null,
  amount bigint not null,
  currency text not null,
  request_key text not null,
  processor text not null,
  processor_ref text,
  reference text not null,
  initiator text not null,
  attempt_key text,
  browser text,
  idempotency_key text,
  card_id text,
  card_fingerprint text,
  method_details json,
  payment_method_id text,
  mandate_id text,
  saves boolean not null,
  consent json,
  next_action json,
  action_expires_at timestamp with time zone,
  decline json,
  evidence json,
  sent_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  next_sync_at timestamp with time zone,
  sync_count integer not null default 0,
  leaving boolean not null default false,
  created_at timestamp with time zone not null,
  external_reference text,
  metadata json,
  constraint attempts_pkey PRIMARY KEY (tenant_id, id),
  constraint attempts_tenant_id_request_key_key UNIQUE (tenant_id, request_key),
  constraint attempts_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments(tenant_id, id),
  constraint attempts_check CHECK (((status = ANY (ARRAY['succeeded'::text, 'declined'::text])) = (settled_at IS NOT NULL))),
  constraint attempts_check1 CHECK (((settled_at IS NULL) OR (next_sync_at IS NULL))),
  constraint attempts_initiator_check CHECK ((initiator = ANY (ARRAY['customer'::text, 'merchant'::text]))),
  constraint attempts_kind_check CHECK ((kind = ANY (ARRAY['charge'::text, 'authorise'::text, 'verify'::text, 'capture'::text, 'void'::text, 'refund'::text]))),
  constraint attempts_status_check CHECK ((status = ANY (ARRAY['sent'::text, 'action_required'::text, 'pending'::text, 'unknown'::text, 'succeeded'::text, 'declined'::text]))),
  constraint attempts_version_check CHECK ((version > 0))
);
CREATE UNIQUE INDEX attempts_by_key ON attempts (tenant_id, session_id, attempt_key) WHERE (attempt_key IS NOT NULL);
CREATE INDEX attempts_by_payment ON attempts (tenant_id, payment_id, id);
CREATE INDEX attempts_due ON attempts (next_sync_at, tenant_id) WHERE (next_sync_at IS NOT NULL);
CREATE INDEX attempts_due_of_tenant ON attempts (tenant_id, next_sync_at) WHERE (next_sync_at IS NOT NULL);
CREATE UNIQUE INDEX attempts_one_open ON attempts (tenant_id, payment_id) WHERE ((status = ANY (ARRAY['sent'::text, 'action_required'::text, 'pending'::text, 'unknown'::text])) AND (kind <> 'refund'::text));
CREATE UNIQUE INDEX attempts_one_success ON attempts (tenant_id, payment_id) WHERE ((status = 'succeeded'::text) AND (kind = ANY (ARRAY['charge'::text, 'authorise'::text, 'verify'::text])));

create table branding_drafts (
  tenant_id text not null,
  id text not null,
  branding json not null,
  derived json not null,
  expires_at timestamp with time zone not null,
  constraint branding_drafts_pkey PRIMARY KEY (tenant_id, id),
  constraint branding_drafts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

create table branding_files (
  tenant_id text not null,
  slot text not null,
  hash text not null,
  type text not null,
  width integer,
  height integer,
  content bytea not null,
  created_at timestamp with time zone not null,
  constraint branding_files_pkey PRIMARY KEY (tenant_id, slot),
  constraint branding_files_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id),
  constraint branding_files_height_check CHECK ((height > 0)),
  constraint branding_files_slot_check CHECK ((slot = ANY (ARRAY['logo_light'::text, 'logo_dark'::text, 'icon'::text, 'font_regular'::text, 'font_bold'::text]))),
  constraint branding_files_width_check CHECK ((width > 0))
);
CREATE INDEX branding_files_by_hash ON branding_files (hash);

create table brandings (
  tenant_id text not null,
  version integer not null,
  branding json not null,
  derived json not null,
  contrast_report json not null,
  updated_at timestamp with time zone not null,
  constraint brandings_pkey PRIMARY KEY (tenant_id),
  constraint brandings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id),
  constraint brandings_version_check CHECK ((version > 0))
);

create table card_blocks (
  tenant_id text not null,
  card_key text not null,
  rule text not null,
  since timestamp with time zone not null,
  attempt_id text not null,
  code text not null,
  lifted_at timestamp with time zone,
  constraint card_blocks_pkey PRIMARY KEY (tenant_id, card_key, rule)
);

create table card_declines (
  tenant_id text not null,
  card_key text not null,
  attempt_id text not null,
  at timestamp with time zone not null,
  open boolean not null,
  amount bigint not null,
  currency text not null,
  network text not null,
  code text,
  response text,
  advice text,
  wait_until timestamp with time zone,
  constraint card_declines_pkey PRIMARY KEY (tenant_id, card_key, attempt_id)
);
CREATE INDEX card_declines_old ON card_declines (at, tenant_id);

create table card_unblocks (
  tenant_id text not null,
  id text not null,
  card_key text not null,
  rule text not null,
  note text not null,
  lifted_by text not null,
  created_at timestamp with time zone not null,
  constraint card_unblocks_pkey PRIMARY KEY (tenant_id, id)
);

create table card_watch (
  tenant_id text not null,
  card_key text not null,
  version integer not null,
  watched_until timestamp with time zone not null,
  constraint card_watch_pkey PRIMARY KEY (tenant_id, card_key),
  constraint card_watch_version_check CHECK ((version > 0))
);
CREATE INDEX card_watch_ended ON card_watch (watched_until, tenant_id);

create table checkout_forms (
  tenant_id text not null,
  session_id text not null,
  browser text not null,
  form json not null,
  expires_at timestamp with time zone not null,
  constraint checkout_forms_pkey PRIMARY KEY (tenant_id, session_id, browser)
);

create table checkout_tokens (
  token text not null,
  tenant_id text not null,
  session_id text not null,
  constraint checkout_tokens_pkey PRIMARY KEY (token)
);

create table checkout_tries (
  tenant_id text not null,
  kind text not null,
  digest text not null,
  place text not null,
  attempt_id text not null,
  open boolean not null,
  until timestamp with time zone not null,
  constraint checkout_tries_pkey PRIMARY KEY (tenant_id, kind, digest, place),
  constraint checkout_tries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id),
  constraint checkout_tries_kind_check CHECK ((kind = ANY (ARRAY['card'::text, 'address'::text])))
);
CREATE INDEX checkout_tries_by_attempt ON checkout_tries (tenant_id, attempt_id);
CREATE INDEX checkout_tries_by_end ON checkout_tries (until);

create table customers (
  tenant_id text not null,
  id text not null,
  version integer not null,
  name text,
  email text,
  phone text,
  external_reference text,
  metadata json,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  constraint customers_pkey PRIMARY KEY (tenant_id, id),
  constraint customers_version_check CHECK ((version > 0))
);
CREATE INDEX customers_by_reference ON customers (tenant_id, external_reference, id) WHERE (external_reference IS NOT NULL);

create table deliveries (
  tenant_id text not null,
  id text not null,
  version integer not null,
  endpoint_id text not null,
  event_id text not null,
  event_type text not null,
  sequence bigint not null,
  lane text not null,
  status text not null,
  try_count integer not null,
  next_attempt_at timestamp with time zone,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  asked_at timestamp with time zone,
  constraint deliveries_pkey PRIMARY KEY (tenant_id, id),
  constraint deliveries_tenant_id_endpoint_id_fkey FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints(tenant_id, id),
  constraint deliveries_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES events(tenant_id, id),
  constraint deliveries_check CHECK (((status = 'pending'::text) = (ended_at IS NULL))),
  constraint deliveries_check1 CHECK (((status = 'pending'::text) OR (next_attempt_at IS NULL))),
  constraint deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'exhausted'::text]))),
  constraint deliveries_try_count_check CHECK ((try_count >= 0)),
  constraint deliveries_version_check CHECK ((version > 0))
);
CREATE INDEX deliveries_by_endpoint ON deliveries (tenant_id, endpoint_id, id);
CREATE INDEX deliveries_due ON deliveries (tenant_id, endpoint_id, next_attempt_at, sequence) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX deliveries_exhausted ON deliveries (tenant_id, endpoint_id, id) WHERE (status = 'exhausted'::text);
CREATE INDEX deliveries_in_lanes ON deliveries (tenant_id, endpoint_id, lane, sequence) WHERE (status = 'pending'::text);
CREATE UNIQUE INDEX deliveries_once ON deliveries (tenant_id, endpoint_id, sequence);
CREATE INDEX deliveries_waiting ON deliveries (tenant_id, endpoint_id, lane) WHERE ((status = 'pending'::text) AND (next_attempt_at IS NULL));

create table delivery_tries (
  tenant_id text not null,
  delivery_id text not null,
  number integer not null,
  at timestamp with time zone not null,
  latency_ms integer not null,
  status integer,
  failure text,
  answer text not null,
  url text,
  signature text,
  constraint delivery_tries_pkey PRIMARY KEY (tenant_id, delivery_id, number),
  constraint delivery_tries_tenant_id_delivery_id_fkey FOREIGN KEY (tenant_id, delivery_id) REFERENCES deliveries(tenant_id, id),
  constraint delivery_tries_latency_ms_check CHECK ((latency_ms >= 0)),
  constraint delivery_tries_number_check CHECK ((number > 0))
);

create table event_counters (
  tenant_id text not null,
  last_sequence bigint not null,
  constraint event_counters_pkey PRIMARY KEY (tenant_id),
  constraint event_counters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id),
  constraint event_counters_last_sequence_check CHECK ((last_sequence >= 0))
);

create table events (
  tenant_id text not null,
  id text not null,
  type text not null,
  object_id text not null,
  object_version integer not null,
  sequence bigint,
  occurred_at timestamp with time zone not null,
  data json not null,
  constraint events_pkey PRIMARY KEY (tenant_id, id),
  constraint events_tenant_id_object_id_object_version_type_key UNIQUE (tenant_id, object_id, object_version, type)
);
CREATE UNIQUE INDEX events_in_order ON events (tenant_id, sequence) WHERE (sequence IS NOT NULL);
CREATE INDEX events_unsequenced ON events (tenant_id, id) WHERE (sequence IS NULL);

create table idempotency_keys (
  tenant_id text not null,
  key text not null,
  fingerprint bytea not null,
  resource_id text,
  busy_until timestamp with time zone not null,
  status integer,
  body text,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (tenant_id, key),
  constraint idempotency_keys_check CHECK (((status IS NULL) = (body IS NULL)))
);
CREATE INDEX idempotency_keys_unfinished ON idempotency_keys (created_at) WHERE (status IS NULL);

create table kept_cards (
  tenant_id text not null,
  session_id text not null,
  browser text not null,
  card_id text not null,
  details json not null,
  fingerprint text not null,
  expires_at timestamp with time zone not null,
  constraint kept_cards_pkey PRIMARY KEY (tenant_id, session_id, browser)
);

create table last_check (
  name text not null,
  next_check_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  took_ms integer,
  result json,
  constraint last_check_pkey PRIMARY KEY (name),
  constraint last_check_name_check CHECK ((name = 'invariants'::text))
);

create table ledger_entries (
  tenant_id text not null,
  payment_id text not null,
  attempt_id text not null,
  number integer not null,
  kind text not null,
  payer bigint not null,
  held bigint not null,
  collected bigint not null,
  currency text not null,
  created_at timestamp with time zone not null,
  constraint ledger_entries_pkey PRIMARY KEY (tenant_id, payment_id, attempt_id, number),
  constraint ledger_entries_check CHECK ((((payer + held) + collected) = 0)),
  constraint ledger_entries_kind_check CHECK ((kind = ANY (ARRAY['charge'::text, 'authorise'::text, 'capture'::text, 'void'::text, 'refund'::text, 'lapse'::text, 'capture_failed'::text, 'void_failed'::text, 'refund_failed'::text]))),
  constraint ledger_entries_number_check CHECK ((number = ANY (ARRAY[1, 2])))
);

create table mandate_charges (
  tenant_id text not null,
  series_id text not null,
  payment_id text not null,
  mandate_id text not null,
  subscription_id text,
  due_date date,
  occurrence date,
  instalment integer,
  effective_date date not null,
  started_at timestamp with time zone not null,
  amount bigint not null,
  counted_amount bigint not null default 0,
  state text not null,
  unknown boolean not null default false,
  declined boolean not null default false,
  windows json,
  constraint mandate_charges_pkey PRIMARY KEY (tenant_id, series_id, payment_id),
  constraint mandate_charges_tenant_id_mandate_id_fkey FOREIGN KEY (tenant_id, mandate_id) REFERENCES mandates(tenant_id, id),
  constraint mandate_charges_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments(tenant_id, id),
  constraint mandate_charges_amount_check CHECK ((amount > 0)),
  constraint mandate_charges_check CHECK (((counted_amount >= 0) AND (counted_amount <= amount))),
  constraint mandate_charges_check1 CHECK (((state = 'counted'::text) OR (counted_amount = 0))),
  constraint mandate_charges_check2 CHECK (((NOT unknown) OR (state = 'open'::text))),
  constraint mandate_charges_check3 CHECK (((NOT declined) OR (state = 'released'::text))),
  constraint mandate_charges_state_check CHECK ((state = ANY (ARRAY['open'::text, 'counted'::text, 'released'::text])))
);
CREATE UNIQUE INDEX mandate_charges_one_per_instalment ON mandate_charges (tenant_id, series_id, instalment) WHERE ((instalment IS NOT NULL) AND (state = ANY (ARRAY['open'::text, 'counted'::text])));
CREATE UNIQUE INDEX mandate_charges_one_per_occurrence ON mandate_charges (tenant_id, series_id, occurrence) WHERE ((occurrence IS NOT NULL) AND (state = ANY (ARRAY['open'::text, 'counted'::text])));
CREATE INDEX mandate_charges_unknown ON mandate_charges (tenant_id, series_id) WHERE unknown;

create table mandate_consents (
  tenant_id text not null,
  mandate_id text not null,
  evidence json not null,
  accepted_at timestamp with time zone not null,
  constraint mandate_consents_pkey PRIMARY KEY (tenant_id, mandate_id),
  constraint mandate_consents_tenant_id_mandate_id_fkey FOREIGN KEY (tenant_id, mandate_id) REFERENCES mandates(tenant_id, id)
);

create table mandate_usage (
  tenant_id text not null,
  series_id text not null,
  version integer not null,
  counted_count integer not null,
  counted_amount bigint not null,
  open_count integer not null,
  open_amount bigint not null,
  constraint mandate_usage_pkey PRIMARY KEY (tenant_id, series_id),
  constraint mandate_usage_tenant_id_series_id_fkey FOREIGN KEY (tenant_id, series_id) REFERENCES mandates(tenant_id, id),
  constraint mandate_usage_counted_amount_check CHECK ((counted_amount >= 0)),
  constraint mandate_usage_counted_count_check CHECK ((counted_count >= 0)),
  constraint mandate_usage_open_amount_check CHECK ((open_amount >= 0)),
  constraint mandate_usage_open_count_check CHECK ((open_count >= 0)),
  constraint mandate_usage_version_check CHECK ((version > 0))
);

create table mandate_windows (
  tenant_id text not null,
  series_id text not null,
  limit_number integer not null,
  window_start date not null,
  window_end date not null,
  used_count integer not null,
  used_amount bigint not null,
  constraint mandate_windows_pkey PRIMARY KEY (tenant_id, series_id, limit_number, window_start),
  constraint mandate_windows_tenant_id_series_id_fkey FOREIGN KEY (tenant_id, series_id) REFERENCES mandates(tenant_id, id),
  constraint mandate_windows_limit_number_check CHECK ((limit_number >= 0)),
  constraint mandate_windows_used_amount_check CHECK ((used_amount >= 0)),
  constraint mandate_windows_used_count_check CHECK ((used_count >= 0))
);
CREATE INDEX mandate_windows_recent ON mandate_windows (tenant_id, series_id, window_end);

create table mandates (
  tenant_id text not null,
  id text not null,
  version integer not null,
  status text not null,
  status_reason text,
  type text not null,
  customer_id text not null,
  payment_method_id text not null,
  session_id text not null,
  payment_id text not null,
  currency text not null,
  description text,
  external_reference text,
  metadata json,
  network_transaction_id text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  ended_at timestamp with time zone,
  series_id text not null,
  replaces_mandate_id text,
  subscription_id text,
  terms json not null,
  first_date date not null,
  first_paid_at timestamp with time zone not null,
  first_amount bigint not null,
  instalments json,
  anchor_date date not null,
  ends_at timestamp with time zone,
  charge_hold json,
  constraint mandates_pkey PRIMARY KEY (tenant_id, id),
  constraint mandates_tenant_id_session_id_key UNIQUE (tenant_id, session_id),
  constraint mandates_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint mandates_tenant_id_payment_method_id_fkey FOREIGN KEY (tenant_id, payment_method_id) REFERENCES payment_methods(tenant_id, id),
  constraint mandates_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES payment_sessions(tenant_id, id),
  constraint mandates_check1 CHECK (((status = 'revoked'::text) = (revoked_at IS NOT NULL))),
  constraint mandates_check2 CHECK (((status = 'ended'::text) = (ended_at IS NOT NULL))),
  constraint mandates_status_check CHECK ((status = ANY (ARRAY['active'::text, 'revoked'::text, 'ended'::text]))),
  constraint mandates_type_check CHECK ((type = ANY (ARRAY['on_demand'::text, 'scheduled'::text, 'installment'::text]))),
  constraint mandates_version_check CHECK ((version > 0))
);
CREATE INDEX mandates_by_method ON mandates (tenant_id, customer_id, payment_method_id);
CREATE INDEX mandates_by_series ON mandates (tenant_id, series_id, id);
CREATE INDEX mandates_ending ON mandates (ends_at, tenant_id) WHERE ((status = 'active'::text) AND (ends_at IS NOT NULL));
CREATE INDEX mandates_ending_of_tenant ON mandates (tenant_id, ends_at) WHERE ((status = 'active'::text) AND (ends_at IS NOT NULL));

create table payment_methods (
  tenant_id text not null,
  id text not null,
  version integer not null,
  customer_id text not null,
  type text not null,
  usage text not null,
  status text not null,
  card_id text,
  scheme text not null,
  card_type text,
  country text,
  bin text not null,
  last4 text not null,
  exp_month integer not null,
  exp_year integer not null,
  fingerprint text not null,
  processor_token text,
  network_transaction_id text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint payment_methods_pkey PRIMARY KEY (tenant_id, id),
  constraint payment_methods_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint payment_methods_check CHECK (((status = 'removed'::text) = (removed_at IS NOT NULL))),
  constraint payment_methods_check1 CHECK (((card_id IS NOT NULL) OR (processor_token IS NOT NULL))),
  constraint payment_methods_exp_month_check CHECK (((exp_month >= 1) AND (exp_month <= 12))),
  constraint payment_methods_status_check CHECK ((status = ANY (ARRAY['active'::text, 'removed'::text]))),
  constraint payment_methods_type_check CHECK ((type = 'card'::text)),
  constraint payment_methods_usage_check CHECK ((usage = ANY (ARRAY['customer_present'::text, 'merchant_initiated'::text]))),
  constraint payment_methods_version_check CHECK ((version > 0))
);
CREATE INDEX payment_methods_by_card ON payment_methods (tenant_id, fingerprint) WHERE (status = 'active'::text);
CREATE UNIQUE INDEX payment_methods_one_per_card ON payment_methods (tenant_id, customer_id, fingerprint) WHERE (status = 'active'::text);

create table payment_resolutions (
  tenant_id text not null,
  id text not null,
  payment_id text not null,
  attempt_id text,
  outcome text,
  note text not null,
  review json not null,
  resolved_by text not null,
  created_at timestamp with time zone not null,
  constraint payment_resolutions_pkey PRIMARY KEY (tenant_id, id),
  constraint payment_resolutions_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments(tenant_id, id),
  constraint payment_resolutions_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'failed'::text])))
);
CREATE INDEX payment_resolutions_by_payment ON payment_resolutions (tenant_id, payment_id, id);

create table payment_sessions (
  tenant_id text not null,
  id text not null,
  version integer not null,
  type text not null,
  status text not null,
  payment_outcome text not null,
  amount bigint not null,
  currency text not null,
  description text,
  external_reference text,
  metadata json,
  created_by text not null,
  offers_saved_methods boolean not null,
  customer_id text,
  payment_method_id text,
  mandate_id text,
  payment_id text,
  checkout_id text,
  return_url text,
  options json not null,
  expires_at timestamp with time zone,
  time_extensions integer not null default 0,
  cancelled_by text,
  last_payment_error json,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  subscription_id text,
  due_date date,
  attempt_number integer,
  instalment_number integer,
  constraint payment_sessions_pkey PRIMARY KEY (tenant_id, id),
  constraint payment_sessions_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint payment_sessions_amount_check CHECK (((amount >= 0) AND (amount <= '999999999999'::bigint))),
  constraint payment_sessions_cancelled_by_check CHECK ((cancelled_by = ANY (ARRAY['payer'::text, 'merchant'::text]))),
  constraint payment_sessions_check CHECK (((status = 'active'::text) = (ended_at IS NULL))),
  constraint payment_sessions_check1 CHECK (((status = 'cancelled'::text) = (cancelled_by IS NOT NULL))),
  constraint payment_sessions_check2 CHECK (((checkout_id IS NULL) = (type = 'next_in_series'::text))),
  constraint payment_sessions_check3 CHECK (((status <> 'active'::text) OR (payment_outcome = ANY (ARRAY['not_started'::text, 'pending'::text, 'unpaid'::text])))),
  constraint payment_sessions_check4 CHECK (((status <> ALL (ARRAY['expired'::text, 'cancelled'::text])) OR (payment_outcome = 'unpaid'::text))),
  constraint payment_sessions_check5 CHECK (((status <> 'completed'::text) OR (payment_outcome = ANY (ARRAY['paid'::text, 'reserved'::text, 'payment_method_verified'::text])) OR ((payment_outcome = 'unpaid'::text) AND (type = 'next_in_series'::text)))),
  constraint payment_sessions_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint payment_sessions_payment_outcome_check CHECK ((payment_outcome = ANY (ARRAY['not_started'::text, 'pending'::text, 'paid'::text, 'unpaid'::text, 'reserved'::text, 'payment_method_verified'::text]))),
  constraint payment_sessions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'completed'::text, 'expired'::text, 'cancelled'::text]))),
  constraint payment_sessions_type_check CHECK ((type = ANY (ARRAY['one_time'::text, 'first_in_series'::text, 'next_in_series'::text]))),
  constraint payment_sessions_version_check CHECK ((version > 0))
);
CREATE INDEX payment_sessions_by_customer ON payment_sessions (tenant_id, customer_id, id) WHERE (customer_id IS NOT NULL);
CREATE INDEX payment_sessions_by_reference ON payment_sessions (tenant_id, external_reference, id) WHERE (external_reference IS NOT NULL);
CREATE INDEX payment_sessions_due ON payment_sessions (expires_at, tenant_id) WHERE ((status = 'active'::text) AND (expires_at IS NOT NULL));
CREATE INDEX payment_sessions_due_of_tenant ON payment_sessions (tenant_id, expires_at) WHERE ((status = 'active'::text) AND (expires_at IS NOT NULL));
CREATE UNIQUE INDEX payment_sessions_one_per_try ON payment_sessions (tenant_id, subscription_id, due_date, attempt_number) WHERE ((subscription_id IS NOT NULL) AND (attempt_number IS NOT NULL));

create table payments (
  tenant_id text not null,
  id text not null,
  version integer not null,
  session_id text not null,
  status text not null,
  intent text not null,
  initiator text not null,
  capture_method text not null,
  amount bigint not null,
  currency text not null,
  authorised_amount bigint not null default 0,
  paid_amount bigint not null default 0,
  voided_amount bigint not null default 0,
  refunded_amount bigint not null default 0,
  authorisation_expires_at timestamp with time zone,
  external_reference text,
  metadata json,
  customer_id text,
  payment_method_id text,
  mandate_id text,
  method_details json,
  reconciliation_reference text not null,
  last_payment_error json,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  succeeded_at timestamp with time zone,
  refunding_amount bigint not null default 0,
  lapse_due_at timestamp with time zone,
  lapsed_at timestamp with time zone,
  review json,
  subscription_id text,
  due_date date,
  attempt_number integer,
  instalment_number integer,
  constraint payments_pkey PRIMARY KEY (tenant_id, id),
  constraint payments_tenant_id_session_id_key UNIQUE (tenant_id, session_id),
  constraint payments_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES payment_sessions(tenant_id, id),
  constraint payments_amount_check CHECK (((amount >= 0) AND (amount <= '999999999999'::bigint))),
  constraint payments_capture_method_check CHECK ((capture_method = ANY (ARRAY['automatic'::text, 'manual'::text]))),
  constraint payments_check CHECK (((authorised_amount >= 0) AND (authorised_amount <= amount))),
  constraint payments_check1 CHECK (((paid_amount + voided_amount) <= authorised_amount)),
  constraint payments_check2 CHECK ((refunded_amount <= paid_amount)),
  constraint payments_check3 CHECK (((status = 'succeeded'::text) = (succeeded_at IS NOT NULL))),
  constraint payments_check4 CHECK (((refunded_amount + refunding_amount) <= paid_amount)),
  constraint payments_initiator_check CHECK ((initiator = ANY (ARRAY['customer'::text, 'merchant'::text]))),
  constraint payments_intent_check CHECK ((intent = ANY (ARRAY['payment'::text, 'payment_method_verification'::text]))),
  constraint payments_paid_amount_check CHECK ((paid_amount >= 0)),
  constraint payments_refunded_amount_check CHECK ((refunded_amount >= 0)),
  constraint payments_refunding_amount_check CHECK ((refunding_amount >= 0)),
  constraint payments_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'initiating'::text, 'pending_action'::text, 'processing'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text, 'expired'::text]))),
  constraint payments_version_check CHECK ((version > 0)),
  constraint payments_voided_amount_check CHECK ((voided_amount >= 0))
);
CREATE INDEX payments_by_customer ON payments (tenant_id, customer_id, id) WHERE (customer_id IS NOT NULL);
CREATE INDEX payments_by_mandate ON payments (tenant_id, mandate_id, id) WHERE (mandate_id IS NOT NULL);
CREATE INDEX payments_by_reference ON payments (tenant_id, external_reference, id) WHERE (external_reference IS NOT NULL);
CREATE INDEX payments_by_subscription ON payments (tenant_id, subscription_id, id) WHERE (subscription_id IS NOT NULL);
CREATE INDEX payments_in_review ON payments (tenant_id, id) WHERE (review IS NOT NULL);
CREATE INDEX payments_lapsing ON payments (lapse_due_at, tenant_id) WHERE (lapse_due_at IS NOT NULL);
CREATE INDEX payments_lapsing_of_tenant ON payments (tenant_id, lapse_due_at) WHERE (lapse_due_at IS NOT NULL);

create table refunds (
  tenant_id text not null,
  id text not null,
  version integer not null,
  payment_id text not null,
  attempt_id text not null,
  amount bigint not null,
  currency text not null,
  reason text,
  status text not null,
  failure_code text,
  metadata json,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint refunds_pkey PRIMARY KEY (tenant_id, id),
  constraint refunds_tenant_id_attempt_id_key UNIQUE (tenant_id, attempt_id),
  constraint refunds_tenant_id_attempt_id_fkey FOREIGN KEY (tenant_id, attempt_id) REFERENCES attempts(tenant_id, id),
  constraint refunds_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments(tenant_id, id),
  constraint refunds_amount_check CHECK ((amount > 0)),
  constraint refunds_check CHECK (((status = 'failed'::text) = (failure_code IS NOT NULL))),
  constraint refunds_reason_check CHECK ((reason = ANY (ARRAY['duplicate'::text, 'fraudulent'::text, 'requested_by_customer'::text, 'other'::text]))),
  constraint refunds_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text]))),
  constraint refunds_version_check CHECK ((version > 0))
);
CREATE INDEX refunds_by_payment ON refunds (tenant_id, payment_id, id);

create table request_logs (
  tenant_id text not null,
  id text not null,
  at timestamp with time zone not null,
  method text not null,
  path text not null,
  route text,
  query text,
  status integer not null,
  latency_ms integer not null,
  api_key_id text not null,
  api_key_type text not null,
  idempotency_key text,
  replayed boolean not null,
  error_code text,
  request_body text,
  answer_body text,
  constraint request_logs_pkey PRIMARY KEY (tenant_id, id),
  constraint request_logs_api_key_type_check CHECK ((api_key_type = ANY (ARRAY['secret'::text, 'public'::text]))),
  constraint request_logs_latency_ms_check CHECK ((latency_ms >= 0))
);
CREATE INDEX request_logs_of_errors ON request_logs (tenant_id, id) WHERE (status >= 400);

create table schema_migrations (
  name text not null,
  applied_at timestamp with time zone not null,
  constraint schema_migrations_pkey PRIMARY KEY (name)
);

create table subscription_charges (
  tenant_id text not null,
  subscription_id text not null,
  due_date date not null,
  version integer not null,
  status text not null,
  due_at timestamp with time zone not null,
  amount bigint not null,
  instalment integer,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone,
  reason text,
  violations json,
  last_payment_error json,
  session_id text,
  payment_id text,
  dunning json,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint subscription_charges_pkey PRIMARY KEY (tenant_id, subscription_id, due_date),
  constraint subscription_charges_tenant_id_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions(tenant_id, id),
  constraint subscription_charges_amount_check CHECK ((amount > 0)),
  constraint subscription_charges_attempts_check CHECK ((attempts >= 0)),
  constraint subscription_charges_check CHECK (((status = 'retrying'::text) = (next_attempt_at IS NOT NULL))),
  constraint subscription_charges_check1 CHECK (((status <> 'open'::text) OR (session_id IS NOT NULL))),
  constraint subscription_charges_status_check CHECK ((status = ANY (ARRAY['open'::text, 'paid'::text, 'retrying'::text, 'unpaid'::text, 'skipped'::text, 'missed'::text]))),
  constraint subscription_charges_version_check CHECK ((version > 0))
);
CREATE INDEX subscription_charges_unfinished ON subscription_charges (tenant_id, subscription_id, due_date) WHERE (status = ANY (ARRAY['open'::text, 'retrying'::text]));

create table subscriptions (
  tenant_id text not null,
  id text not null,
  version integer not null,
  status text not null,
  status_reason text,
  paused_from text,
  customer_id text not null,
  payment_method_id text not null,
  mandate_id text not null,
  session_id text not null,
  amount bigint,
  currency text not null,
  plan json not null,
  next_due_date date,
  next_due_at timestamp with time zone,
  retry_at timestamp with time zone,
  next_charge_at timestamp with time zone,
  paid_count integer not null default 0,
  unpaid_count integer not null default 0,
  skipped_count integer not null default 0,
  missed_count integer not null default 0,
  current_charge json,
  description text,
  external_reference text,
  metadata json,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  paused_at timestamp with time zone,
  past_due_since timestamp with time zone,
  cancelled_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint subscriptions_pkey PRIMARY KEY (tenant_id, id),
  constraint subscriptions_tenant_id_session_id_key UNIQUE (tenant_id, session_id),
  constraint subscriptions_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint subscriptions_tenant_id_mandate_id_fkey FOREIGN KEY (tenant_id, mandate_id) REFERENCES mandates(tenant_id, id),
  constraint subscriptions_tenant_id_payment_method_id_fkey FOREIGN KEY (tenant_id, payment_method_id) REFERENCES payment_methods(tenant_id, id),
  constraint subscriptions_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES payment_sessions(tenant_id, id),
  constraint subscriptions_amount_check CHECK ((amount > 0)),
  constraint subscriptions_check CHECK (((status = 'paused'::text) = (paused_at IS NOT NULL))),
  constraint subscriptions_check1 CHECK (((status = 'paused'::text) = (paused_from IS NOT NULL))),
  constraint subscriptions_check2 CHECK (((status = 'cancelled'::text) = (cancelled_at IS NOT NULL))),
  constraint subscriptions_check3 CHECK (((status = 'ended'::text) = (ended_at IS NOT NULL))),
  constraint subscriptions_check4 CHECK (((status <> ALL (ARRAY['cancelled'::text, 'ended'::text])) OR (next_charge_at IS NULL))),
  constraint subscriptions_missed_count_check CHECK ((missed_count >= 0)),
  constraint subscriptions_paid_count_check CHECK ((paid_count >= 0)),
  constraint subscriptions_paused_from_check CHECK ((paused_from = ANY (ARRAY['active'::text, 'past_due'::text]))),
  constraint subscriptions_skipped_count_check CHECK ((skipped_count >= 0)),
  constraint subscriptions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'past_due'::text, 'paused'::text, 'cancelled'::text, 'ended'::text]))),
  constraint subscriptions_unpaid_count_check CHECK ((unpaid_count >= 0)),
  constraint subscriptions_version_check CHECK ((version > 0))
);
CREATE INDEX subscriptions_by_customer ON subscriptions (tenant_id, customer_id, id);
CREATE INDEX subscriptions_by_mandate ON subscriptions (tenant_id, mandate_id, id);
CREATE INDEX subscriptions_due ON subscriptions (next_charge_at, tenant_id) WHERE (next_charge_at IS NOT NULL);
CREATE INDEX subscriptions_due_of_tenant ON subscriptions (tenant_id, next_charge_at) WHERE (next_charge_at IS NOT NULL);

create table tenants (
  tenant_id text not null,
  account_id text not null,
  mode text not null,
  processor text not null,
  sealed_credentials bytea,
  created_at timestamp with time zone not null,
  clock_offset_ms bigint not null default 0,
  clock_lease_until timestamp with time zone,
  settings json,
  checkout_settings json,
  constraint tenants_pkey PRIMARY KEY (tenant_id),
  constraint tenants_account_id_mode_key UNIQUE (account_id, mode),
  constraint tenants_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint tenants_check CHECK (((mode = 'test'::text) OR (clock_offset_ms = 0))),
  constraint tenants_clock_offset_ms_check CHECK ((clock_offset_ms >= 0)),
  constraint tenants_mode_check CHECK ((mode = ANY (ARRAY['test'::text, 'live'::text])))
);
CREATE INDEX tenants_with_moved_clock ON tenants (tenant_id) WHERE (clock_offset_ms > 0);

create table webhook_endpoints (
  tenant_id text not null,
  id text not null,
  version integer not null,
  slot integer,
  url text not null,
  description text,
  event_types text[] not null,
  ordering text not null,
  enabled boolean not null,
  disabled_reason text,
  disabled_at timestamp with time zone,
  sealed_secret bytea,
  previous_sealed_secret bytea,
  previous_secret_until timestamp with time zone,
  failing_since timestamp with time zone,
  last_failure_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  recover_since timestamp with time zone,
  recover_after bigint,
  recover_until bigint,
  concurrency smallint not null default 8,
  constraint webhook_endpoints_pkey PRIMARY KEY (tenant_id, id),
  constraint webhook_endpoints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id),
  constraint webhook_endpoints_check CHECK ((enabled = (disabled_reason IS NULL))),
  constraint webhook_endpoints_check1 CHECK ((enabled = (disabled_at IS NULL))),
  constraint webhook_endpoints_check2 CHECK (((deleted_at IS NULL) = (slot IS NOT NULL))),
  constraint webhook_endpoints_check3 CHECK (((deleted_at IS NULL) = (sealed_secret IS NOT NULL))),
  constraint webhook_endpoints_check4 CHECK (((previous_sealed_secret IS NULL) = (previous_secret_until IS NULL))),
  constraint webhook_endpoints_check5 CHECK (((deleted_at IS NULL) OR (NOT enabled))),
  constraint webhook_endpoints_concurrency_check CHECK (((concurrency >= 1) AND (concurrency <= 32))),
  constraint webhook_endpoints_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['requested'::text, 'failing'::text, 'gone'::text]))),
  constraint webhook_endpoints_event_types_check CHECK ((cardinality(event_types) > 0)),
  constraint webhook_endpoints_ordering_check CHECK ((ordering = ANY (ARRAY['per_object'::text, 'none'::text]))),
  constraint webhook_endpoints_recovery CHECK ((((recover_since IS NULL) = (recover_until IS NULL)) AND ((recover_after IS NULL) = (recover_until IS NULL)))),
  constraint webhook_endpoints_slot_check CHECK (((slot >= 1) AND (slot <= 16))),
  constraint webhook_endpoints_version_check CHECK ((version > 0))
);
CREATE INDEX webhook_endpoints_recovering ON webhook_endpoints (tenant_id, id) WHERE (recover_until IS NOT NULL);
CREATE UNIQUE INDEX webhook_endpoints_slots ON webhook_endpoints (tenant_id, slot) WHERE (slot IS NOT NULL);
