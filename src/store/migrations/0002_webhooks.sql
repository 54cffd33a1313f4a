-- Where events are sent, and what became of each try to send one.
-- A delivery's next_attempt_at is both its due time and its lease: whoever takes it moves it past the longest try.

create table webhook_endpoints (
  tenant_id text collate "C" not null references tenants (tenant_id),
  id text collate "C" not null,
  version integer not null check (version > 0),
  -- One of sixteen places: a seventeenth endpoint is impossible, whoever asks at the same moment.
  slot integer check (slot between 1 and 16),
  url text not null,
  description text,
  event_types text[] not null check (cardinality(event_types) > 0),
  ordering text not null check (ordering in ('per_object', 'none')),
  enabled boolean not null,
  disabled_reason text check (disabled_reason in ('requested', 'failing', 'gone')),
  disabled_at timestamptz,
  -- Gone with the endpoint.
  sealed_secret bytea,
  -- For a while after a rotation the old secret signs beside the new one.
  previous_sealed_secret bytea,
  previous_secret_until timestamptz,
  -- Since when no try has succeeded, and the last failure noted. Not part of the public object: changes without a version.
  failing_since timestamptz,
  last_failure_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (tenant_id, id),
  check (enabled = (disabled_reason is null)),
  check (enabled = (disabled_at is null)),
  check ((deleted_at is null) = (slot is not null)),
  check ((deleted_at is null) = (sealed_secret is not null)),
  check ((previous_sealed_secret is null) = (previous_secret_until is null)),
  check (deleted_at is null or not enabled)
);
create unique index webhook_endpoints_slots on webhook_endpoints (tenant_id, slot) where slot is not null;

-- One event on its way to one endpoint. Deliveries of one lane (an object, or the event itself where order is not asked
-- for) go one after another: one that waits for an earlier one has no next_attempt_at.
create table deliveries (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  endpoint_id text collate "C" not null,
  event_id text collate "C" not null,
  event_type text not null,
  sequence bigint not null,
  lane text collate "C" not null,
  status text not null check (status in ('pending', 'succeeded', 'exhausted')),
  try_count integer not null check (try_count >= 0),
  next_attempt_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, endpoint_id) references webhook_endpoints (tenant_id, id),
  foreign key (tenant_id, event_id) references events (tenant_id, id),
  check ((status = 'pending') = (ended_at is null)),
  check (status = 'pending' or next_attempt_at is null)
);
create index deliveries_due on deliveries (tenant_id, endpoint_id, next_attempt_at, sequence) where next_attempt_at is not null;
create index deliveries_in_lanes on deliveries (tenant_id, endpoint_id, lane, sequence) where status = 'pending';
create index deliveries_waiting on deliveries (tenant_id, endpoint_id, lane)
  where status = 'pending' and next_attempt_at is null;
create index deliveries_by_endpoint on deliveries (tenant_id, endpoint_id, id);

create table delivery_tries (
  tenant_id text collate "C" not null,
  delivery_id text collate "C" not null,
  number integer not null check (number > 0),
  at timestamptz not null,
  latency_ms integer not null check (latency_ms >= 0),
  status integer,
  failure text,
  answer text not null,
  primary key (tenant_id, delivery_id, number),
  foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id)
);
