/**
 * The vault: the only place where a card number may exist in clear, and the only one that can open a stored one. Stored
 * cards are useless without the master key, and a copy of the database does not let anyone search for a known number.
 * Verification codes are never given to it. Also seals the few other secrets that must be read back (webhook secrets,
 * processor credentials); their bytes are stored by the caller.
 */
import { createHmac } from 'node:crypto';
import type { Timestamp } from '../lib/time.ts';
import {
  type CardToSeal,
  type ClearCard,
  dueCards,
  keepCards,
  openCard,
  postponeCards,
  sealCard,
  shredCards,
  shredDueCards,
} from './cards.ts';
import { createDataKeys, type DataKeys } from './data-keys.ts';
import type { MasterKey } from './master-key.ts';
import { NONCE_BYTES, SealBroken, seal, unseal } from './sealing.ts';
import { openVaultDatabase, type VaultDatabaseOptions } from './vault-database.ts';

export { SealBroken } from './sealing.ts';
export { VaultUnavailable } from './vault-database.ts';

/** Every method that reaches the database may throw VaultUnavailable. */
export interface Vault {
  /** The same card has the same fingerprint within one tenant, and another in every other tenant: HMAC-SHA-256, base64url. */
  fingerprint(tenantId: string, number: string): Promise<string>;
  /** Seals a number and its expiry. Until kept, it is offered by {@link Vault.dueForSweep} from `sweepAt` on. */
  seal(card: CardToSeal): Promise<void>;
  /** The card in clear, or undefined when it is not there. Throws SealBroken when its row was changed or moved. */
  open(tenantId: string, cardId: string): Promise<ClearCard | undefined>;
  /** Deletes cards, kept or not. Unknown ids are no error. */
  shred(tenantId: string, cardIds: readonly string[]): Promise<void>;
  /** Cards whose sweep time has come: the caller looks which are still needed, keeps or postpones those, and shreds the rest. */
  dueForSweep(now: Timestamp, limit: number): Promise<{ tenantId: string; cardId: string }[]>;
  /** As {@link Vault.shred}, but leaves a card that was kept or postponed since it was found due. */
  shredDue(tenantId: string, cardIds: readonly string[], now: Timestamp): Promise<void>;
  /** Needed for good: never due again, stays until shredded by name. */
  keep(tenantId: string, cardIds: readonly string[]): Promise<void>;
  /** Needed for a while longer. A kept card stays kept. */
  postpone(tenantId: string, cardIds: readonly string[], sweepAt: Timestamp): Promise<void>;
  /** Bytes that {@link Vault.openSecret} opens for the same tenant and purpose only. */
  sealSecret(tenantId: string, purpose: string, plain: Buffer): Promise<Buffer>;
  /** Throws SealBroken for bytes of another tenant or purpose, or changed ones. */
  openSecret(tenantId: string, purpose: string, sealed: Buffer): Promise<Buffer>;
  /** Throws MasterKeyProblem when this database was used with another master key. For the start of the program. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface VaultOptions extends VaultDatabaseOptions {
  masterKey: MasterKey;
  random(bytes: number): Buffer;
}

/** Opens the vault on a migrated database. No connection is made before the first use. */
export function openVault(options: VaultOptions): Vault {
  const { masterKey, random } = options;
  const database = openVaultDatabase(options);
  const keys = createDataKeys({ database, masterKey, random });
  const parts = { database, keys, random };
  return {
    async fingerprint(tenantId, number) {
      const key = await keys.first(tenantId);
      return createHmac('sha256', key.fingerprints).update(number).digest('base64url');
    },
    seal: (card) => sealCard(parts, card),
    open: (tenantId, cardId) => openCard(parts, tenantId, cardId),
    shred: (tenantId, cardIds) => shredCards(parts, tenantId, cardIds),
    dueForSweep: (now, limit) => dueCards(parts, now, limit),
    shredDue: (tenantId, cardIds, now) => shredDueCards(parts, tenantId, { cardIds, now }),
    keep: (tenantId, cardIds) => keepCards(parts, tenantId, cardIds),
    postpone: (tenantId, cardIds, sweepAt) => postponeCards(parts, tenantId, { cardIds, sweepAt }),
    async sealSecret(tenantId, purpose, plain) {
      const key = await keys.current(tenantId);
      const nonce = random(NONCE_BYTES);
      const sealed = seal(key.secrets, plain, { nonce, boundTo: [tenantId, purpose, key.version] });
      return Buffer.concat([secretHeader(key.version), nonce, sealed]);
    },
    openSecret: (tenantId, purpose, sealed) => openSecret(keys, { tenantId, purpose }, sealed),
    check: () => keys.check(),
    close: () => database.close(),
  };
}

const SECRET_LAYOUT = 1;
const HEADER_BYTES = 5;

/** One byte of layout, four of key version; nonce and ciphertext follow. */
function secretHeader(keyVersion: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(SECRET_LAYOUT, 0);
  header.writeUInt32BE(keyVersion, 1);
  return header;
}

async function openSecret(
  keys: DataKeys,
  owner: { tenantId: string; purpose: string },
  sealed: Buffer,
): Promise<Buffer> {
  const { tenantId, purpose } = owner;
  if (sealed.length < HEADER_BYTES + NONCE_BYTES || sealed.readUInt8(0) !== SECRET_LAYOUT)
    throw new SealBroken('not a sealed secret');
  const version = sealed.readUInt32BE(1);
  const key = await keys.version(tenantId, version);
  if (key === undefined) throw new SealBroken('a secret names a key version that does not exist');
  const nonce = sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
  return unseal(key.secrets, sealed.subarray(HEADER_BYTES + NONCE_BYTES), {
    nonce,
    boundTo: [tenantId, purpose, version],
  });
}
