-- The look and the behaviour of the checkout page, per tenant.
alter table tenants add column checkout_settings json;

-- What a merchant set, and what was made from it at that moment: a page only reads.
create table brandings (
  tenant_id text collate "C" not null,
  version integer not null check (version > 0),
  branding json not null,
  derived json not null,
  contrast_report json not null,
  updated_at timestamptz not null,
  primary key (tenant_id),
  foreign key (tenant_id) references tenants (tenant_id)
);

-- Logos and fonts, as they are served: parsed and written anew, never as they came.
create table branding_files (
  tenant_id text collate "C" not null,
  slot text collate "C" not null check (slot in ('logo_light', 'logo_dark', 'icon', 'font_regular', 'font_bold')),
  hash text collate "C" not null,
  type text not null,
  width integer check (width > 0),
  height integer check (height > 0),
  content bytea not null,
  created_at timestamptz not null,
  primary key (tenant_id, slot),
  foreign key (tenant_id) references tenants (tenant_id)
);
-- The address of a file is the hash of its bytes; whose they are does not matter to a browser.
create index branding_files_by_hash on branding_files (hash);

-- Tries that brakes count over all pages of a tenant, by card and by address: digests, never an address or a number. A numbered place is
-- taken once at a time, so that of tries at the same moment no more pass than the limit has room for.
create table checkout_tries (
  tenant_id text collate "C" not null,
  kind text collate "C" not null check (kind in ('card', 'address')),
  digest text collate "C" not null,
  place text collate "C" not null,
  attempt_id text collate "C" not null,
  open boolean not null,
  -- It counts before this instant.
  until timestamptz not null,
  primary key (tenant_id, kind, digest, place),
  foreign key (tenant_id) references tenants (tenant_id)
);
create index checkout_tries_by_attempt on checkout_tries (tenant_id, attempt_id);
create index checkout_tries_by_end on checkout_tries (until);

-- Brandings that nobody has saved yet, to be looked at for an hour. The id is the permission to see it.
create table branding_drafts (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  branding json not null,
  derived json not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id) references tenants (tenant_id)
);
