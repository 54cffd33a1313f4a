/**
 * What banks have said about cards, by card key. A card that a bank said no to is *watched*: its row in `card_watch` has a version
 * that everything tried with it moves on, so its caps are exact. A card that nobody watches costs no row, no lock and no reading.
 */
import type { CardBlock, CardDecline, WatchedCard } from '../domain/card-rules.ts';
import type { Mandate } from '../domain/mandate.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader, Tx } from './database.ts';
import { type MandateRow, toMandate } from './mandates.ts';
import { compact, iso, text } from './rows.ts';
import { type Sql, sql, sqlOf } from './sql.ts';

/** A card within a tenant: its fingerprint, or the id of its method where no number is known. */
export interface CardKey {
  tenantId: string;
  cardKey: string;
}

/** Of one amount more are never needed, and of all together far fewer. */
const EACH_AMOUNT = 36;
const MOST = 2_000;

/**
 * A column of a statement: what is known about the card of the payment method `m`, as JSON for {@link toWatchedCard}. Bounded: the
 * newest declines of each amount.
 */
export const WATCHED_CARD_OF_METHOD: Sql = sql`
  (select json_build_object('version', w.version,
    'blocks', (select json_agg(b) from card_blocks b
      where b.tenant_id = w.tenant_id and b.card_key = w.card_key and b.lifted_at is null),
    'declines', (select json_agg(n) from (select e.* from (select d.*, row_number() over (partition by d.amount, d.currency
        order by d.at desc) as nth from card_declines d where d.tenant_id = w.tenant_id and d.card_key = w.card_key) e
      where e.nth <= ${EACH_AMOUNT} order by e.at desc limit ${MOST}) n))
  from card_watch w where w.tenant_id = m.tenant_id and w.card_key = m.fingerprint)`;

/** What is known about a card; undefined for one that nobody watches. */
export async function findWatchedCard(reader: Reader, key: CardKey): Promise<WatchedCard | undefined> {
  const rows = await reader.read<{ its_card: string | null }>(
    sqlOf('watched card', [
      sql`select `,
      WATCHED_CARD_OF_METHOD,
      sql`as its_card from (select ${key.tenantId}::text as tenant_id, ${key.cardKey}::text as fingerprint) m`,
    ]),
  );
  return toWatchedCard(rows[0]?.its_card ?? null);
}

/** Reads the column {@link WATCHED_CARD_OF_METHOD}, as text or as the value it stands for. */
export function toWatchedCard(column: unknown): WatchedCard | undefined {
  if (column === null || column === undefined) return undefined;
  const value = typeof column === 'string' ? JSON.parse(column) : column;
  const { version, blocks, declines } = value as {
    version: number;
    blocks: BlockRow[] | null;
    declines: DeclineRow[] | null;
  };
  return { version, blocks: (blocks ?? []).map(toBlock), declines: (declines ?? []).map(toDecline) };
}

/** Asserts in a transaction that nobody watches the card: if somebody does, it is Stale and what is known has to be read. */
export function expectUnwatched(tx: Tx, { tenantId, cardKey }: CardKey): void {
  tx.expect(sql`select 1 from card_watch where tenant_id = ${tenantId} and card_key = ${cardKey}`, 0);
}

/** Asserts that the card is as it was read, and lets nobody else decide on that any more: Stale if another was faster. */
export function holdCard(tx: Tx, { tenantId, cardKey }: CardKey, version: number): void {
  tx.write(sql`
    update card_watch set version = version + 1
    where tenant_id = ${tenantId} and card_key = ${cardKey} and version = ${version}`);
}

/** A try with a watched card, decided on `version`: it counts as declined until its end is known. Stale if another was faster. */
export function noteTry(tx: Tx, key: CardKey, tried: { version: number; decline: CardDecline }): void {
  holdCard(tx, key, tried.version);
  writeDecline(tx, key, tried.decline);
}

/** A decline that counts. The card must be watched from here on, in the same transaction. */
export function noteDecline(tx: Tx, key: CardKey, decline: CardDecline): void {
  writeDecline(tx, key, decline);
}

/** Watches a card until `until`, or for as long as it was to be watched anyway. */
export function watchCard(tx: Tx, key: CardKey, until: Timestamp): void {
  tx.write(sql`
    insert into card_watch (tenant_id, card_key, version, watched_until)
    values (${key.tenantId}, ${key.cardKey}, 1, ${toIso(until)})
    on conflict (tenant_id, card_key) do update set version = card_watch.version + 1,
      watched_until = greatest(card_watch.watched_until, excluded.watched_until)`);
}

function writeDecline(tx: Tx, { tenantId, cardKey }: CardKey, d: CardDecline): void {
  tx.write(sql`
    insert into card_declines (tenant_id, card_key, attempt_id, at, open, amount, currency, network, code, response, advice, wait_until)
    values (${tenantId}, ${cardKey}, ${d.attemptId}, ${toIso(d.at)}, ${d.open}, ${d.amountMinor}, ${d.currency}, ${d.network},
      ${text(d.code)}, ${text(d.response)}, ${text(d.advice)}, ${iso(d.waitUntil)})
    on conflict (tenant_id, card_key, attempt_id) do update set at = excluded.at, open = excluded.open, code = excluded.code,
      response = excluded.response, advice = excluded.advice, wait_until = excluded.wait_until`);
}

/** The try ended without a decline that counts. */
export function forgetTry(tx: Tx, { tenantId, cardKey }: CardKey, attemptId: string): void {
  tx.writeAny(sql`
    delete from card_declines where tenant_id = ${tenantId} and card_key = ${cardKey} and attempt_id = ${attemptId}`);
}

/** Blocks a card by a rule; a block that stands, or was lifted, begins anew with this answer. The card must be watched too. */
export function blockCard(tx: Tx, key: CardKey, block: CardBlock): void {
  tx.write(sql`
    insert into card_blocks (tenant_id, card_key, rule, since, attempt_id, code)
    values (${key.tenantId}, ${key.cardKey}, ${block.rule}, ${toIso(block.since)}, ${block.attemptId}, ${block.code})
    on conflict (tenant_id, card_key, rule) do update set since = excluded.since, attempt_id = excluded.attempt_id,
      code = excluded.code, lifted_at = null`);
}

/** An operator lifts a block, saying why. Stale when it does not stand any more. */
export function liftBlock(
  tx: Tx,
  key: CardKey,
  lifted: { id: string; rule: string; note: string; by: string; at: Timestamp },
): void {
  const at = toIso(lifted.at);
  tx.write(sql`
    update card_blocks set lifted_at = ${at}
    where tenant_id = ${key.tenantId} and card_key = ${key.cardKey} and rule = ${lifted.rule} and lifted_at is null`);
  tx.write(sql`
    insert into card_unblocks (tenant_id, id, card_key, rule, note, lifted_by, created_at)
    values (${key.tenantId}, ${lifted.id}, ${key.cardKey}, ${lifted.rule}, ${lifted.note}, ${lifted.by}, ${at})`);
}

/** A standing block with its card, newest first. */
export interface ListedBlock extends CardBlock {
  cardKey: string;
  /** Of the methods that have this card. */
  paymentMethodIds: readonly string[];
}

export async function listBlocks(reader: Reader, tenantId: string, limit: number): Promise<ListedBlock[]> {
  const rows = await reader.read<BlockRow & { methods: string | null }>(sql`
    select b.*, (select json_agg(m.id order by m.id) from payment_methods m where m.tenant_id = b.tenant_id
      and m.fingerprint = b.card_key and m.status = 'active') as methods
    from card_blocks b where b.tenant_id = ${tenantId} and b.lifted_at is null order by b.since desc, b.card_key, b.rule limit ${limit}`);
  return rows.map(({ methods, ...row }) => ({
    ...toBlock(row),
    cardKey: row.card_key,
    paymentMethodIds: methods === null ? [] : (JSON.parse(methods) as string[]),
  }));
}

/** Forgets everything about every card of a tenant. */
export function forgetCards(tx: Tx, tenantId: string): void {
  tx.writeAny(sql`delete from card_declines where tenant_id = ${tenantId}`);
  tx.writeAny(sql`delete from card_blocks where tenant_id = ${tenantId}`);
  tx.writeAny(sql`delete from card_watch where tenant_id = ${tenantId}`);
}

/** Active mandates of a tenant whose charges are stopped. */
export async function heldMandates(reader: Reader, tenantId: string, limit: number): Promise<Mandate[]> {
  const rows = await reader.read<MandateRow>(sql`
    select * from mandates where tenant_id = ${tenantId} and status = 'active' and charge_hold is not null order by id limit ${limit}`);
  return rows.map(toMandate);
}

/** Drops declines that left every window, and tries whose end was never learned in as long. Answers how many. */
export async function dropDeclines(database: Database, due: { before: Timestamp; limit: number }): Promise<number> {
  const rows = await database.claim<{ tenant_id: string }>(sql`
    delete from card_declines where (tenant_id, card_key, attempt_id) in (
      select tenant_id, card_key, attempt_id from card_declines where at <= ${toIso(due.before)} order by at limit ${due.limit})
    returning tenant_id`);
  return rows.length;
}

/**
 * Ends the watch over cards whose time is over, except for blocked ones and those whose mandates are held: they are looked at again
 * later. Answers how many are watched no longer.
 */
export async function endWatches(
  database: Database,
  due: { now: Timestamp; again: Timestamp; limit: number },
): Promise<number> {
  const rows = await database.claim<{ tenant_id: string }>(sql`
    with d as (
      select w.tenant_id, w.card_key, exists (select 1 from card_blocks b where b.tenant_id = w.tenant_id and b.card_key = w.card_key
          and b.lifted_at is null) or exists (select 1 from payment_methods m join mandates a on a.tenant_id = m.tenant_id
            and a.customer_id = m.customer_id and a.payment_method_id = m.id
          where m.tenant_id = w.tenant_id and m.fingerprint = w.card_key and m.status = 'active' and a.status = 'active'
            and a.charge_hold is not null) as kept
      from card_watch w where w.watched_until <= ${toIso(due.now)} order by w.watched_until limit ${due.limit}
      for update skip locked),
    longer as (update card_watch w set watched_until = ${toIso(due.again)} from d
      where w.tenant_id = d.tenant_id and w.card_key = d.card_key and d.kept)
    delete from card_watch w using d where w.tenant_id = d.tenant_id and w.card_key = d.card_key and not d.kept
    returning w.tenant_id`);
  return rows.length;
}

interface BlockRow {
  card_key: string;
  rule: string;
  /** A number from a plain row, text from a JSON one. */
  since: number | string;
  attempt_id: string;
  code: string;
}

function toBlock(row: BlockRow): CardBlock {
  return { rule: row.rule, since: instant(row.since), attemptId: row.attempt_id, code: row.code };
}

interface DeclineRow {
  attempt_id: string;
  at: string;
  open: boolean;
  amount: number;
  currency: string;
  network: string;
  code: string | null;
  response: string | null;
  advice: string | null;
  wait_until: string | null;
}

function toDecline(row: DeclineRow): CardDecline {
  return compact<CardDecline>({
    attemptId: row.attempt_id,
    at: instant(row.at),
    open: row.open,
    amountMinor: row.amount,
    currency: row.currency,
    network: row.network,
    code: row.code,
    response: row.response,
    advice: row.advice,
    waitUntil: row.wait_until === null ? null : instant(row.wait_until),
  });
}

function instant(value: number | string): Timestamp {
  return (typeof value === 'number' ? value : Date.parse(value)) as Timestamp;
}
