-- What the files of src/vault/migrations add up to. Made by `npm run generate`; do not edit, write a migration.

create table vault.cards (
  tenant_id text not null,
  card_id text not null,
  key_version integer not null,
  nonce bytea not null,
  sealed bytea not null,
  created_at timestamp with time zone not null,
  sweep_at timestamp with time zone,
  constraint cards_pkey PRIMARY KEY (tenant_id, card_id),
  constraint cards_nonce_once UNIQUE (tenant_id, key_version, nonce),
  constraint cards_tenant_id_key_version_fkey FOREIGN KEY (tenant_id, key_version) REFERENCES vault.data_keys(tenant_id, key_version),
  constraint cards_nonce_check CHECK ((octet_length(nonce) = 12)),
  constraint cards_sealed_check CHECK ((octet_length(sealed) = 48))
);
CREATE INDEX cards_due ON vault.cards (sweep_at, tenant_id) WHERE (sweep_at IS NOT NULL);

create table vault.data_keys (
  tenant_id text not null,
  key_version integer not null,
  master_key_id text not null,
  nonce bytea not null,
  wrapped bytea not null,
  constraint data_keys_pkey PRIMARY KEY (tenant_id, key_version),
  constraint data_keys_key_version_check CHECK ((key_version > 0)),
  constraint data_keys_nonce_check CHECK ((octet_length(nonce) = 12)),
  constraint data_keys_wrapped_check CHECK ((octet_length(wrapped) = 48))
);

create table vault.schema_migrations (
  name text not null,
  applied_at timestamp with time zone not null,
  constraint schema_migrations_pkey PRIMARY KEY (name)
);
