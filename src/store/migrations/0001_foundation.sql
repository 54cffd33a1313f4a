-- The tables of a payment, from the account that takes it to the event that tells of it.
-- Every key begins with tenant_id; ids and times come from the application; a final status and its time go together.

create table accounts (
  account_id text collate "C" primary key,
  name text not null,
  created_at timestamptz not null
);

create table tenants (
  tenant_id text collate "C" primary key,
  account_id text collate "C" not null references accounts (account_id),
  mode text not null check (mode in ('test', 'live')),
  processor text not null,
  sealed_credentials bytea,
  created_at timestamptz not null,
  unique (account_id, mode)
);

create table event_counters (
  tenant_id text collate "C" primary key references tenants (tenant_id),
  last_sequence bigint not null check (last_sequence >= 0)
);

-- Global look-ups: a key, a page's address. Small tables of their own, so that all else can begin with tenant_id.
create table api_keys (
  key_hash bytea primary key,
  tenant_id text collate "C" not null references tenants (tenant_id),
  id text collate "C" not null,
  kind text not null check (kind in ('secret', 'public')),
  hint text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_by_tenant on api_keys (tenant_id, id);

create table checkout_tokens (
  token text collate "C" primary key,
  tenant_id text collate "C" not null,
  session_id text collate "C" not null
);

create table idempotency_keys (
  tenant_id text collate "C" not null,
  key text collate "C" not null,
  fingerprint bytea not null,
  resource_id text collate "C",
  busy_until timestamptz not null,
  status integer,
  body text,
  created_at timestamptz not null,
  primary key (tenant_id, key),
  check ((status is null) = (body is null))
);
create index idempotency_keys_unfinished on idempotency_keys (created_at) where status is null;

create table customers (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  name text,
  email text,
  phone text,
  external_reference text,
  metadata json,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (tenant_id, id)
);
create index customers_by_reference on customers (tenant_id, external_reference, id) where external_reference is not null;

create table payment_methods (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  customer_id text collate "C" not null,
  type text not null check (type = 'card'),
  usage text not null check (usage in ('customer_present', 'merchant_initiated')),
  status text not null check (status in ('active', 'removed')),
  card_id text collate "C" not null,
  scheme text not null,
  card_type text,
  country text,
  bin text not null,
  last4 text not null,
  exp_month integer not null check (exp_month between 1 and 12),
  exp_year integer not null,
  fingerprint text not null,
  processor_token text,
  network_transaction_id text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  removed_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  check ((status = 'removed') = (removed_at is not null))
);
create unique index payment_methods_one_per_card on payment_methods (tenant_id, customer_id, fingerprint) where status = 'active';

create table payment_sessions (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  type text not null check (type in ('one_time', 'first_in_series', 'next_in_series')),
  status text not null check (status in ('active', 'completed', 'expired', 'cancelled')),
  payment_outcome text not null
    check (payment_outcome in ('not_started', 'pending', 'paid', 'unpaid', 'reserved', 'payment_method_verified')),
  amount bigint not null check (amount between 0 and 999999999999),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  description text,
  external_reference text,
  metadata json,
  created_by text not null,
  offers_saved_methods boolean not null,
  customer_id text collate "C",
  payment_method_id text collate "C",
  mandate_id text collate "C",
  payment_id text collate "C",
  checkout_id text collate "C",
  return_url text,
  options json not null,
  expires_at timestamptz,
  time_extensions integer not null default 0,
  cancelled_by text check (cancelled_by in ('payer', 'merchant')),
  last_payment_error json,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  check ((status = 'active') = (ended_at is null)),
  check ((status = 'cancelled') = (cancelled_by is not null)),
  check ((checkout_id is null) = (type = 'next_in_series')),
  check (status <> 'active' or payment_outcome in ('not_started', 'pending', 'unpaid')),
  check (status not in ('expired', 'cancelled') or payment_outcome = 'unpaid'),
  check (status <> 'completed' or payment_outcome in ('paid', 'reserved', 'payment_method_verified')
    or (payment_outcome = 'unpaid' and type = 'next_in_series'))
);
create index payment_sessions_due on payment_sessions (expires_at, tenant_id) where status = 'active' and expires_at is not null;
create index payment_sessions_by_customer on payment_sessions (tenant_id, customer_id, id) where customer_id is not null;
create index payment_sessions_by_reference on payment_sessions (tenant_id, external_reference, id)
  where external_reference is not null;

create table payments (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  session_id text collate "C" not null,
  status text not null check (status in
    ('draft', 'initiating', 'pending_action', 'processing', 'succeeded', 'failed', 'cancelled', 'expired')),
  intent text not null check (intent in ('payment', 'payment_method_verification')),
  initiator text not null check (initiator in ('customer', 'merchant')),
  capture_method text not null check (capture_method in ('automatic', 'manual')),
  amount bigint not null check (amount between 0 and 999999999999),
  currency text not null,
  authorised_amount bigint not null default 0 check (authorised_amount between 0 and amount),
  paid_amount bigint not null default 0 check (paid_amount >= 0),
  voided_amount bigint not null default 0 check (voided_amount >= 0),
  refunded_amount bigint not null default 0 check (refunded_amount >= 0),
  authorisation_expires_at timestamptz,
  external_reference text,
  metadata json,
  customer_id text collate "C",
  payment_method_id text collate "C",
  mandate_id text collate "C",
  method_details json,
  reconciliation_reference text not null,
  review_reason text,
  last_payment_error json,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  succeeded_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, session_id),
  foreign key (tenant_id, session_id) references payment_sessions (tenant_id, id),
  check (paid_amount + voided_amount <= authorised_amount),
  check (refunded_amount <= paid_amount),
  check ((status = 'succeeded') = (succeeded_at is not null))
);
create index payments_by_customer on payments (tenant_id, customer_id, id) where customer_id is not null;
create index payments_by_reference on payments (tenant_id, external_reference, id) where external_reference is not null;

-- One row for each outbound operation that can move money, written before the call.
create table attempts (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  session_id text collate "C" not null,
  payment_id text collate "C" not null,
  kind text not null check (kind in ('charge', 'authorise', 'verify', 'capture', 'void', 'refund')),
  status text not null check (status in
    ('sent', 'action_required', 'pending', 'unknown', 'succeeded', 'declined')),
  amount bigint not null,
  currency text not null,
  request_key text not null,
  processor text not null,
  processor_ref text,
  reference text not null,
  initiator text not null check (initiator in ('customer', 'merchant')),
  attempt_key text,
  browser text collate "C",
  idempotency_key text,
  card_id text collate "C",
  card_fingerprint text,
  method_details json,
  payment_method_id text collate "C",
  mandate_id text collate "C",
  saves boolean not null,
  consent json,
  next_action json,
  action_expires_at timestamptz,
  decline json,
  evidence json,
  sent_at timestamptz not null,
  settled_at timestamptz,
  next_sync_at timestamptz,
  sync_count integer not null default 0,
  leaving boolean not null default false,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, request_key),
  foreign key (tenant_id, payment_id) references payments (tenant_id, id),
  check ((status in ('succeeded', 'declined')) = (settled_at is not null)),
  check ((settled_at is null) or (next_sync_at is null))
);
create index attempts_by_payment on attempts (tenant_id, payment_id, id);
create unique index attempts_one_open on attempts (tenant_id, payment_id)
  where status in ('sent', 'action_required', 'pending', 'unknown') and kind <> 'refund';
create unique index attempts_one_success on attempts (tenant_id, payment_id)
  where status = 'succeeded' and kind in ('charge', 'authorise', 'verify');
create unique index attempts_by_key on attempts (tenant_id, session_id, attempt_key) where attempt_key is not null;
create index attempts_due on attempts (next_sync_at, tenant_id) where next_sync_at is not null;

create table mandates (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  status text not null check (status in ('active', 'revoked', 'ended')),
  status_reason text,
  type text not null check (type = 'on_demand'),
  customer_id text collate "C" not null,
  payment_method_id text collate "C" not null,
  session_id text collate "C" not null,
  payment_id text collate "C" not null,
  currency text not null,
  min_amount bigint not null check (min_amount > 0),
  max_amount bigint check (max_amount >= min_amount),
  description text,
  external_reference text,
  metadata json,
  network_transaction_id text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revoked_at timestamptz,
  ended_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, session_id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  foreign key (tenant_id, payment_method_id) references payment_methods (tenant_id, id),
  foreign key (tenant_id, session_id) references payment_sessions (tenant_id, id),
  check ((status = 'revoked') = (revoked_at is not null)),
  check ((status = 'ended') = (ended_at is not null))
);
create index mandates_by_method on mandates (tenant_id, customer_id, payment_method_id);

-- What the payer read and pressed: written once, never changed.
create table mandate_consents (
  tenant_id text collate "C" not null,
  mandate_id text collate "C" not null,
  evidence json not null,
  accepted_at timestamptz not null,
  primary key (tenant_id, mandate_id),
  foreign key (tenant_id, mandate_id) references mandates (tenant_id, id)
);

create table events (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  type text not null,
  object_id text collate "C" not null,
  object_version integer not null,
  sequence bigint,
  occurred_at timestamptz not null,
  data json not null,
  primary key (tenant_id, id),
  unique (tenant_id, object_id, object_version, type)
);
create index events_unsequenced on events (tenant_id, id) where sequence is null;
create unique index events_in_order on events (tenant_id, sequence) where sequence is not null;

-- What a browser typed and got back, without number and code; and the sealed card it may try again.
create table checkout_forms (
  tenant_id text collate "C" not null,
  session_id text collate "C" not null,
  browser text collate "C" not null,
  form json not null,
  expires_at timestamptz not null,
  primary key (tenant_id, session_id, browser)
);

create table kept_cards (
  tenant_id text collate "C" not null,
  session_id text collate "C" not null,
  browser text collate "C" not null,
  card_id text collate "C" not null,
  details json not null,
  fingerprint text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, session_id, browser)
);
