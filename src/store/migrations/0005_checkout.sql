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
