/**
 * Sealed cards: number and expiry as 32 bytes of one layout, sealed under the tenant's key and bound to tenant, card and key
 * version. There is no place for a verification code, neither in the type nor in the table.
 */
import { type Timestamp, toIso } from '../lib/time.ts';
import type { DataKeys } from './data-keys.ts';
import { NONCE_BYTES, SealBroken, seal, unseal } from './sealing.ts';
import { type VaultDatabase, VaultTaken } from './vault-database.ts';

/** A card in clear: digits only, month 1–12, four-digit year. */
export interface ClearCard {
  number: string;
  expMonth: number;
  expYear: number;
}

export interface CardToSeal extends ClearCard {
  tenantId: string;
  cardId: string;
  at: Timestamp;
  /** From then on the card is offered by {@link dueCards}, unless it was kept. */
  sweepAt: Timestamp;
}

export interface CardParts {
  database: VaultDatabase;
  keys: DataKeys;
  random(bytes: number): Buffer;
}

/** Seals and stores a card in one statement. Throws VaultTaken when the card id is in use. */
export async function sealCard(parts: CardParts, card: CardToSeal): Promise<void> {
  const { tenantId, cardId } = card;
  const key = await parts.keys.current(tenantId);
  for (let tries = 1; ; tries++) {
    const nonce = parts.random(NONCE_BYTES);
    const sealed = seal(key.cards, pack(card), { nonce, boundTo: [tenantId, cardId, key.version] });
    try {
      await parts.database.run(sealSql, [
        tenantId,
        cardId,
        key.version,
        nonce,
        sealed,
        toIso(card.at),
        toIso(card.sweepAt),
      ]);
      return;
    } catch (error) {
      // A nonce must never be used twice with one key; the table refuses it and another is drawn.
      const repeatedNonce = error instanceof VaultTaken && error.constraint === 'cards_nonce_once';
      if (!repeatedNonce || tries === 3) throw error;
    }
  }
}

/** The card in clear, or undefined when it is not there. Throws {@link SealBroken} when its row was changed or moved. */
export async function openCard(parts: CardParts, tenantId: string, cardId: string): Promise<ClearCard | undefined> {
  const [row] = await parts.database.run<CardRow>(openSql, [tenantId, cardId]);
  if (row === undefined) return undefined;
  const key = await parts.keys.version(tenantId, row.key_version);
  if (key === undefined) throw new SealBroken('a card names a key version that does not exist');
  return unpack(unseal(key.cards, row.sealed, { nonce: row.nonce, boundTo: [tenantId, cardId, row.key_version] }));
}

/** Deletes cards. The row is gone at once; backups hold it, sealed, until they expire. */
export async function shredCards(parts: CardParts, tenantId: string, cardIds: readonly string[]): Promise<void> {
  if (cardIds.length > 0) await parts.database.run(shredSql, [tenantId, cardIds]);
}

/** Deletes those of the cards whose sweep time has still come: one that was kept or postponed meanwhile stays. */
export async function shredDueCards(
  parts: CardParts,
  tenantId: string,
  due: { cardIds: readonly string[]; now: Timestamp },
): Promise<void> {
  if (due.cardIds.length > 0) await parts.database.run(shredDueSql, [tenantId, due.cardIds, toIso(due.now)]);
}

/** Cards whose sweep time has come, of any tenant, the longest due first. */
export async function dueCards(
  parts: CardParts,
  now: Timestamp,
  limit: number,
): Promise<{ tenantId: string; cardId: string }[]> {
  const rows = await parts.database.run<{ tenant_id: string; card_id: string }>(dueSql, [toIso(now), limit]);
  return rows.map((row) => ({ tenantId: row.tenant_id, cardId: row.card_id }));
}

/** Takes the sweep time away: the cards stay until they are shredded by name. */
export async function keepCards(parts: CardParts, tenantId: string, cardIds: readonly string[]): Promise<void> {
  if (cardIds.length > 0) await parts.database.run(keepSql, [tenantId, cardIds]);
}

/** Moves the sweep time of cards that still have one. */
export async function postponeCards(
  parts: CardParts,
  tenantId: string,
  later: { cardIds: readonly string[]; sweepAt: Timestamp },
): Promise<void> {
  if (later.cardIds.length > 0) await parts.database.run(postponeSql, [tenantId, later.cardIds, toIso(later.sweepAt)]);
}

const LAYOUT = 1;
const NUMBER_AT = 2;
const NUMBER_BYTES = 19;
const PACKED_BYTES = 32;

/** Layout, length of the number, the number, month, year, zeros: the same length for every card. */
function pack(card: ClearCard): Buffer {
  if (!/^\d{8,19}$/.test(card.number)) throw new RangeError('a card number has 8 to 19 digits');
  if (!(card.expMonth >= 1 && card.expMonth <= 12 && card.expYear >= 2000 && card.expYear <= 9999)) {
    throw new RangeError('a card expires in a month 1 to 12 of a year with four digits');
  }
  const bytes = Buffer.alloc(PACKED_BYTES);
  bytes.writeUInt8(LAYOUT, 0);
  bytes.writeUInt8(card.number.length, 1);
  bytes.write(card.number, NUMBER_AT, 'latin1');
  bytes.writeUInt8(card.expMonth, NUMBER_AT + NUMBER_BYTES);
  bytes.writeUInt16BE(card.expYear, NUMBER_AT + NUMBER_BYTES + 1);
  return bytes;
}

function unpack(bytes: Buffer): ClearCard {
  if (bytes.length !== PACKED_BYTES || bytes.readUInt8(0) !== LAYOUT)
    throw new SealBroken('a card was sealed in a layout this version cannot read');
  return {
    number: bytes.toString('latin1', NUMBER_AT, NUMBER_AT + bytes.readUInt8(1)),
    expMonth: bytes.readUInt8(NUMBER_AT + NUMBER_BYTES),
    expYear: bytes.readUInt16BE(NUMBER_AT + NUMBER_BYTES + 1),
  };
}

interface CardRow {
  key_version: number;
  nonce: Buffer;
  sealed: Buffer;
}

const sealSql = {
  name: 'vault_seal_card',
  text: `insert into vault.cards (tenant_id, card_id, key_version, nonce, sealed, created_at, sweep_at)
    values ($1, $2, $3, $4, $5, $6, $7)`,
};
const openSql = {
  name: 'vault_open_card',
  text: 'select key_version, nonce, sealed from vault.cards where tenant_id = $1 and card_id = $2',
};
const shredSql = {
  name: 'vault_shred_cards',
  text: 'delete from vault.cards where tenant_id = $1 and card_id = any($2::text[])',
};
const shredDueSql = {
  name: 'vault_shred_due_cards',
  text: 'delete from vault.cards where tenant_id = $1 and card_id = any($2::text[]) and sweep_at <= $3',
};
const dueSql = {
  name: 'vault_due_cards',
  text: 'select tenant_id, card_id from vault.cards where sweep_at <= $1 order by sweep_at limit $2',
};
const keepSql = {
  name: 'vault_keep_cards',
  text: 'update vault.cards set sweep_at = null where tenant_id = $1 and card_id = any($2::text[])',
};
const postponeSql = {
  name: 'vault_postpone_cards',
  text: 'update vault.cards set sweep_at = $3 where tenant_id = $1 and card_id = any($2::text[]) and sweep_at is not null',
};
