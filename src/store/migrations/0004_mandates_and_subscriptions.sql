-- What a mandate allows and what was taken under it; subscriptions and their due dates; what banks have said about cards; and
-- the clock and settings of a tenant.

alter table tenants
  -- How far a test tenant's clock is ahead of real time; it only grows.
  add column clock_offset_ms bigint not null default 0 check (clock_offset_ms >= 0),
  -- While somebody moves the clock the worker leaves the tenant's due rows to them. Real time.
  add column clock_lease_until timestamptz,
  -- What differs from the defaults.
  add column settings json,
  add check (mode = 'test' or clock_offset_ms = 0);
create index tenants_with_moved_clock on tenants (tenant_id) where clock_offset_ms > 0;
-- What is due of one tenant: by its own clock, and what comes next while its clock is moved.
create index payment_sessions_due_of_tenant on payment_sessions (tenant_id, expires_at) where status = 'active' and expires_at is not null;
create index payments_lapsing_of_tenant on payments (tenant_id, lapse_due_at) where lapse_due_at is not null;
create index attempts_due_of_tenant on attempts (tenant_id, next_sync_at) where next_sync_at is not null;

-- A number that came from the processor's updater is not known here: only its token is.
alter table payment_methods
  alter column card_id drop not null,
  add check (card_id is not null or processor_token is not null);
create index payment_methods_by_card on payment_methods (tenant_id, fingerprint) where status = 'active';

alter table mandates
  drop constraint mandates_type_check,
  add check (type in ('on_demand', 'scheduled', 'installment')),
  -- The first mandate of a chain of replaced cards: usage is counted for all of them together.
  add column series_id text collate "C",
  add column replaces_mandate_id text collate "C",
  add column subscription_id text collate "C",
  add column terms json,
  -- The local date of the success that began the series, and the date that recurrences and cycles count from.
  add column first_date date,
  add column first_paid_at timestamptz,
  add column first_amount bigint,
  -- `installment`: what is due when.
  add column instalments json,
  add column anchor_date date,
  -- The start of the local day after the last one.
  add column ends_at timestamptz,
  add column charge_hold json;
update mandates m set series_id = m.id, first_paid_at = p.succeeded_at, first_amount = p.amount,
  first_date = (m.created_at at time zone 'UTC')::date, anchor_date = (m.created_at at time zone 'UTC')::date,
  terms = json_strip_nulls(json_build_object('type', m.type, 'currency', m.currency,
    'amount', json_build_object('minMinor', m.min_amount, 'maxMinor', m.max_amount), 'periodLimits', json_build_array(), 'timeZone', 'UTC'))
  from payments p where p.tenant_id = m.tenant_id and p.id = m.payment_id;
alter table mandates
  alter column series_id set not null,
  alter column terms set not null,
  alter column first_date set not null,
  alter column first_paid_at set not null,
  alter column first_amount set not null,
  alter column anchor_date set not null,
  -- What the limits of one charge say is read from the terms.
  drop column min_amount,
  drop column max_amount;
create index mandates_by_series on mandates (tenant_id, series_id, id);
create index mandates_ending on mandates (ends_at, tenant_id) where status = 'active' and ends_at is not null;
create index mandates_ending_of_tenant on mandates (tenant_id, ends_at) where status = 'active' and ends_at is not null;

-- Running sums of a series whose rules look at what was taken before; its version serialises the charges. Others keep none.
create table mandate_usage (
  tenant_id text collate "C" not null,
  series_id text collate "C" not null,
  version integer not null check (version > 0),
  counted_count integer not null check (counted_count >= 0),
  counted_amount bigint not null check (counted_amount >= 0),
  open_count integer not null check (open_count >= 0),
  open_amount bigint not null check (open_amount >= 0),
  primary key (tenant_id, series_id),
  foreign key (tenant_id, series_id) references mandates (tenant_id, id)
);
-- The same for each window of each period limit that something was charged in.
create table mandate_windows (
  tenant_id text collate "C" not null,
  series_id text collate "C" not null,
  -- The place of the limit in the terms.
  limit_number integer not null check (limit_number >= 0),
  window_start date not null,
  window_end date not null,
  used_count integer not null check (used_count >= 0),
  used_amount bigint not null check (used_amount >= 0),
  primary key (tenant_id, series_id, limit_number, window_start),
  foreign key (tenant_id, series_id) references mandates (tenant_id, id)
);
create index mandate_windows_recent on mandate_windows (tenant_id, series_id, window_end);

-- One row for each charge under a mandate: what it takes of the limits.
create table mandate_charges (
  tenant_id text collate "C" not null,
  series_id text collate "C" not null,
  payment_id text collate "C" not null,
  mandate_id text collate "C" not null,
  subscription_id text collate "C",
  due_date date,
  occurrence date,
  instalment integer,
  effective_date date not null,
  started_at timestamptz not null,
  amount bigint not null check (amount > 0),
  counted_amount bigint not null default 0 check (counted_amount between 0 and amount),
  state text not null check (state in ('open', 'counted', 'released')),
  -- Nobody knows what became of it.
  unknown boolean not null default false,
  declined boolean not null default false,
  -- The windows it takes from, one for each period limit.
  windows json,
  primary key (tenant_id, series_id, payment_id),
  foreign key (tenant_id, payment_id) references payments (tenant_id, id),
  foreign key (tenant_id, mandate_id) references mandates (tenant_id, id),
  check (state = 'counted' or counted_amount = 0),
  check (not unknown or state = 'open'),
  check (not declined or state = 'released')
);
create unique index mandate_charges_one_per_occurrence on mandate_charges (tenant_id, series_id, occurrence)
  where occurrence is not null and state in ('open', 'counted');
create unique index mandate_charges_one_per_instalment on mandate_charges (tenant_id, series_id, instalment)
  where instalment is not null and state in ('open', 'counted');
create index mandate_charges_unknown on mandate_charges (tenant_id, series_id) where unknown;
insert into mandate_charges (tenant_id, series_id, payment_id, mandate_id, effective_date, started_at, amount, counted_amount, state, unknown,
    declined)
  select p.tenant_id, p.mandate_id, p.id, p.mandate_id, (p.created_at at time zone 'UTC')::date, p.created_at, p.amount,
    case when p.status = 'succeeded' then p.authorised_amount - p.voided_amount else 0 end,
    case when p.status = 'succeeded' and p.voided_amount < p.authorised_amount then 'counted'
      when p.status in ('initiating', 'pending_action', 'processing') then 'open' else 'released' end,
    -- Rules must see what nobody knows the end of, or the same amount could be taken twice.
    exists (select 1 from attempts a where a.tenant_id = p.tenant_id and a.payment_id = p.id and a.kind in ('charge', 'authorise')
      and a.status = 'unknown'),
    -- One that never left was declined by nobody.
    p.status = 'failed' and p.last_payment_error ->> 'errorCode' is distinct from 'processor_unavailable'
  from payments p where p.initiator = 'merchant' and p.mandate_id is not null;

create table subscriptions (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  status text not null check (status in ('active', 'past_due', 'paused', 'cancelled', 'ended')),
  status_reason text,
  -- Where `resume` leads back to.
  paused_from text check (paused_from in ('active', 'past_due')),
  customer_id text collate "C" not null,
  payment_method_id text collate "C" not null,
  mandate_id text collate "C" not null,
  session_id text collate "C" not null,
  -- Of each charge; an instalment brings its own.
  amount bigint check (amount > 0),
  currency text not null,
  -- Cadence, zone, time of day, active period, dunning.
  plan json not null,
  next_due_date date,
  next_due_at timestamptz,
  retry_at timestamptz,
  next_charge_at timestamptz,
  paid_count integer not null default 0 check (paid_count >= 0),
  unpaid_count integer not null default 0 check (unpaid_count >= 0),
  skipped_count integer not null default 0 check (skipped_count >= 0),
  missed_count integer not null default 0 check (missed_count >= 0),
  current_charge json,
  description text,
  external_reference text,
  metadata json,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  paused_at timestamptz,
  past_due_since timestamptz,
  cancelled_at timestamptz,
  ended_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, session_id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  foreign key (tenant_id, payment_method_id) references payment_methods (tenant_id, id),
  foreign key (tenant_id, mandate_id) references mandates (tenant_id, id),
  foreign key (tenant_id, session_id) references payment_sessions (tenant_id, id),
  check ((status = 'paused') = (paused_at is not null)),
  check ((status = 'paused') = (paused_from is not null)),
  check ((status = 'cancelled') = (cancelled_at is not null)),
  check ((status = 'ended') = (ended_at is not null)),
  check (status not in ('cancelled', 'ended') or next_charge_at is null)
);
create index subscriptions_due on subscriptions (next_charge_at, tenant_id) where next_charge_at is not null;
create index subscriptions_due_of_tenant on subscriptions (tenant_id, next_charge_at) where next_charge_at is not null;
create index subscriptions_by_customer on subscriptions (tenant_id, customer_id, id);
create index subscriptions_by_mandate on subscriptions (tenant_id, mandate_id, id);

-- One row for each due date, made when it is first touched.
create table subscription_charges (
  tenant_id text collate "C" not null,
  subscription_id text collate "C" not null,
  due_date date not null,
  version integer not null check (version > 0),
  status text not null check (status in ('open', 'paid', 'retrying', 'unpaid', 'skipped', 'missed')),
  due_at timestamptz not null,
  amount bigint not null check (amount > 0),
  instalment integer,
  -- Tries that were sent and answered.
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz,
  reason text,
  violations json,
  last_payment_error json,
  session_id text collate "C",
  payment_id text collate "C",
  -- What the next try depends on beside the above: waits used up, tries that never left.
  dunning json,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, subscription_id, due_date),
  foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id),
  check ((status = 'retrying') = (next_attempt_at is not null)),
  check (status <> 'open' or session_id is not null)
);
create index subscription_charges_unfinished on subscription_charges (tenant_id, subscription_id, due_date)
  where status in ('open', 'retrying');

-- Which due date a charge was for, and which try of it.
alter table payment_sessions
  add column subscription_id text collate "C",
  add column due_date date,
  add column attempt_number integer,
  add column instalment_number integer;
create unique index payment_sessions_one_per_try on payment_sessions (tenant_id, subscription_id, due_date, attempt_number)
  where subscription_id is not null and attempt_number is not null;
alter table payments
  add column subscription_id text collate "C",
  add column due_date date,
  add column attempt_number integer,
  add column instalment_number integer;
create index payments_by_mandate on payments (tenant_id, mandate_id, id) where mandate_id is not null;
create index payments_by_subscription on payments (tenant_id, subscription_id, id) where subscription_id is not null;

-- Cards that a bank said no to lately, by fingerprint: saving the card again changes nothing here. The version serialises what
-- is tried with a watched card, so that its caps are exact.
create table card_watch (
  tenant_id text collate "C" not null,
  card_key text collate "C" not null,
  version integer not null check (version > 0),
  watched_until timestamptz not null,
  primary key (tenant_id, card_key)
);
create index card_watch_ended on card_watch (watched_until, tenant_id);

-- The declines that count, and what is under way with a watched card: it counts as declined until its end is known.
create table card_declines (
  tenant_id text collate "C" not null,
  card_key text collate "C" not null,
  attempt_id text collate "C" not null,
  at timestamptz not null,
  open boolean not null,
  amount bigint not null,
  currency text not null,
  network text not null,
  code text,
  response text,
  advice text,
  -- Until when the network's advice asks to wait, for this amount.
  wait_until timestamptz,
  primary key (tenant_id, card_key, attempt_id)
);
create index card_declines_old on card_declines (at, tenant_id);

create table card_blocks (
  tenant_id text collate "C" not null,
  card_key text collate "C" not null,
  rule text not null,
  since timestamptz not null,
  attempt_id text collate "C" not null,
  code text not null,
  lifted_at timestamptz,
  primary key (tenant_id, card_key, rule)
);

-- Who lifted a block, saying why. Append-only.
create table card_unblocks (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  card_key text collate "C" not null,
  rule text not null,
  note text not null,
  lifted_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);

-- What a payer agreed to is evidence: the role that owns this database may add to it and never change it.
revoke update on mandate_consents from current_user;
