-- The last requests of each tenant, for people to look into. Rows that nobody's money depends on: written in batches off the way of
-- requests, after they were answered, and dropped when they are old. No secret, no card number, no personal data stands here.
--
-- An id begins with its time (lib/ids), so the key is in order of time: lists read it backwards, old rows lie together, and a large
-- installation can make this a table partitioned by ranges of id. For the same reasons no row refers to another table.
create table request_logs (
  tenant_id text collate "C" not null,
  -- That of the Request-Id header.
  id text collate "C" not null,
  -- When the request came, in real time whatever the tenant's clock says.
  at timestamptz not null,
  method text not null,
  -- As it was asked, without what is neither word nor id, and the pattern of its route if it has one.
  path text not null,
  route text,
  -- JSON, redacted.
  query text,
  status integer not null,
  latency_ms integer not null check (latency_ms >= 0),
  api_key_id text collate "C" not null,
  api_key_type text not null check (api_key_type in ('secret', 'public')),
  idempotency_key text,
  replayed boolean not null,
  error_code text,
  -- JSON, redacted; absent where there was none or it was too long.
  request_body text,
  answer_body text,
  primary key (tenant_id, id)
);
-- What went wrong is looked for most, and is rare.
create index request_logs_of_errors on request_logs (tenant_id, id) where status >= 400;
