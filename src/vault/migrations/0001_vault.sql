-- The vault: sealed cards and the wrapped keys that open them. Nothing here can be read without the master key, which is
-- never in any database. No column can hold a verification code. The schema `vault` is there already: the record of what was
-- migrated lies in it.

-- One key per tenant and version, wrapped by the master key that `master_key_id` names. Version 1 also makes the tenant's
-- fingerprints, so it is kept for as long as the tenant is.
create table vault.data_keys (
  tenant_id text not null,
  key_version integer not null check (key_version > 0),
  master_key_id text not null,
  nonce bytea not null check (octet_length(nonce) = 12),
  wrapped bytea not null check (octet_length(wrapped) = 48),
  primary key (tenant_id, key_version)
);

-- `sealed` is of one length for every card, so that it does not tell how long the number is. `sweep_at` is empty once the
-- application said that the card is needed for good.
create table vault.cards (
  tenant_id text not null,
  card_id text not null,
  key_version integer not null,
  nonce bytea not null check (octet_length(nonce) = 12),
  sealed bytea not null check (octet_length(sealed) = 48),
  created_at timestamptz not null,
  sweep_at timestamptz,
  primary key (tenant_id, card_id),
  constraint cards_nonce_once unique (tenant_id, key_version, nonce),
  foreign key (tenant_id, key_version) references vault.data_keys (tenant_id, key_version)
);
create index cards_due on vault.cards (sweep_at, tenant_id) where sweep_at is not null;
