-- Sending again on request: one delivery, or everything since a moment.

-- When the merchant asked for this delivery: made though the endpoint did not want the event when it was numbered, or sent again
-- after its end. Without such a request nothing of the kind happens.
alter table deliveries add column asked_at timestamptz;

-- One delivery of an event to an endpoint, whoever makes it; and what a recovery finds the present ones by.
create unique index deliveries_once on deliveries (tenant_id, endpoint_id, sequence);

-- Those that were given up, for people who look for them.
create index deliveries_exhausted on deliveries (tenant_id, endpoint_id, id) where status = 'exhausted';

-- A recovery under way: events numbered after recover_after up to recover_until that happened at recover_since or later.
alter table webhook_endpoints
  add column recover_since timestamptz,
  add column recover_after bigint,
  add column recover_until bigint,
  add constraint webhook_endpoints_recovery check (
    (recover_since is null) = (recover_until is null) and (recover_after is null) = (recover_until is null));
create index webhook_endpoints_recovering on webhook_endpoints (tenant_id, id) where recover_until is not null;
