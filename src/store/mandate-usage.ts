/**
 * What was taken under a series of mandates: a row for each charge and, where a rule looks at what was taken before, running sums and
 * windows beside them. Reading it for a charge is bounded by the terms, never by the history. Sums are moved by what a charge adds or
 * gives back, and their version serialises the charges of the series; a series without such rules keeps none, so that its charges do
 * not wait for each other.
 */
import type { Mandate } from '../domain/mandate.ts';
import {
  type ChargeState,
  type MandateCharge,
  type MandateUsage,
  NOTHING_TAKEN,
  type Taken,
} from '../domain/mandate-usage.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { compact, json, text } from './rows.ts';
import { type Sql, sql } from './sql.ts';

/** A new series whose rules look at what was taken: nothing yet. */
export function insertUsage(tx: Tx, series: { tenantId: string; seriesId: string }): void {
  tx.write(sql`
    insert into mandate_usage (tenant_id, series_id, version, counted_count, counted_amount, open_count, open_amount)
    values (${series.tenantId}, ${series.seriesId}, 1, 0, 0, 0, 0)`);
}

/**
 * Reserves what a charge takes. `version` is that of the sums it was decided on, where the series keeps sums: the commit is Stale when
 * another charge of the series was faster, because what was decided would no longer be true.
 */
export function takeCharge(tx: Tx, c: MandateCharge, version: number | undefined): void {
  if (version !== undefined) {
    tx.write(sql`
      update mandate_usage set version = version + 1, open_count = open_count + 1, open_amount = open_amount + ${c.amountMinor}
      where tenant_id = ${c.tenantId} and series_id = ${c.seriesId} and version = ${version}`);
  }
  c.windows.forEach((window, limit) => {
    tx.write(sql`
      insert into mandate_windows (tenant_id, series_id, limit_number, window_start, window_end, used_count, used_amount)
      values (${c.tenantId}, ${c.seriesId}, ${limit}, ${window.start}, ${window.end}, 1, ${c.amountMinor})
      on conflict (tenant_id, series_id, limit_number, window_start) do update set
        used_count = mandate_windows.used_count + 1, used_amount = mandate_windows.used_amount + excluded.used_amount`);
  });
  tx.write(sql`
    insert into mandate_charges (tenant_id, series_id, payment_id, mandate_id, subscription_id, due_date, occurrence, instalment,
      effective_date, started_at, amount, counted_amount, state, unknown, declined, windows)
    values (${c.tenantId}, ${c.seriesId}, ${c.paymentId}, ${c.mandateId}, ${text(c.subscriptionId)}, ${text(c.dueDate)},
      ${text(c.occurrence)}, ${c.instalment ?? null}, ${c.effectiveDate}, ${toIso(c.startedAt)}, ${c.amountMinor}, 0, 'open', false,
      false, ${c.windows.length === 0 ? null : json(c.windows)})`);
}

/**
 * Writes what became of a charge and moves the sums, where the series keeps them, by the difference. With `version` the commit is Stale
 * when the sums have moved since. A charge that counts again after it had been released keeps its occurrence or instalment only if no
 * other has taken it since.
 */
export function saveCharge(
  tx: Tx,
  { before, after }: { before: MandateCharge; after: MandateCharge },
  sums: { kept: boolean; version?: number },
): void {
  const { tenantId, seriesId, paymentId } = after;
  tx.write(sql`
    update mandate_charges c set state = ${after.state}, counted_amount = ${after.countedMinor}, unknown = ${after.unknown},
      declined = ${after.declined},
      occurrence = case when exists (select 1 from mandate_charges o where o.tenant_id = c.tenant_id and o.series_id = c.series_id
        and o.occurrence = c.occurrence and o.state in ('open', 'counted') and o.payment_id <> c.payment_id) then null else occurrence end,
      instalment = case when exists (select 1 from mandate_charges o where o.tenant_id = c.tenant_id and o.series_id = c.series_id
        and o.instalment = c.instalment and o.state in ('open', 'counted') and o.payment_id <> c.payment_id) then null else instalment end
    where tenant_id = ${tenantId} and series_id = ${seriesId} and payment_id = ${paymentId} and state = ${before.state}
      and counted_amount = ${before.countedMinor}`);
  const open = difference(before, after, 'open');
  const counted = difference(before, after, 'counted');
  if (!sums.kept || [open, counted].every(({ count, amountMinor }) => count === 0 && amountMinor === 0)) return;
  // A condition that is always true costs nothing, and one statement is read more easily than two.
  const version = sums.version ?? null;
  tx.write(sql`
    update mandate_usage set version = version + 1, open_count = open_count + ${open.count},
      open_amount = open_amount + ${open.amountMinor}, counted_count = counted_count + ${counted.count},
      counted_amount = counted_amount + ${counted.amountMinor}
    where tenant_id = ${tenantId} and series_id = ${seriesId} and version = coalesce(${version}, version)`);
  const moved = { count: open.count + counted.count, amountMinor: open.amountMinor + counted.amountMinor };
  if (moved.count === 0 && moved.amountMinor === 0) return;
  after.windows.forEach((window, limit) => {
    tx.write(sql`
      update mandate_windows set used_count = used_count + ${moved.count}, used_amount = used_amount + ${moved.amountMinor}
      where tenant_id = ${tenantId} and series_id = ${seriesId} and limit_number = ${limit} and window_start = ${window.start}`);
  });
}

/** How one of the two sums changes when a charge does. */
function difference(before: MandateCharge, after: MandateCharge, sum: 'open' | 'counted'): Taken {
  const [was, is] = [held(before, sum), held(after, sum)];
  return { count: is.count - was.count, amountMinor: is.amountMinor - was.amountMinor };
}

/** What a charge holds of a sum: an open one its asked amount, a counted one what counts. */
function held(charge: MandateCharge, sum: 'open' | 'counted'): Taken {
  if (charge.state !== sum) return { count: 0, amountMinor: 0 };
  return { count: 1, amountMinor: sum === 'open' ? charge.amountMinor : charge.countedMinor };
}

/** The charge that a payment is; undefined for a payment under no mandate, and for the first of a series. */
export async function findMandateCharge(
  reader: Reader,
  tenantId: string,
  of: { mandateId: string; paymentId: string },
): Promise<MandateCharge | undefined> {
  const rows = await reader.read<ChargeRow>(sql`
    select c.* from mandates m join mandate_charges c on c.tenant_id = m.tenant_id and c.series_id = m.series_id
      and c.payment_id = ${of.paymentId}
    where m.tenant_id = ${tenantId} and m.id = ${of.mandateId}`);
  return rows[0] && toCharge(rows[0]);
}

/** The sums of a series that keeps none, added up: as long as its history, so only for people who ask. */
export async function sumsOfCharges(
  reader: Reader,
  tenantId: string,
  seriesId: string,
): Promise<Pick<MandateUsage, 'counted' | 'open'>> {
  const rows = await reader.read<{ state: 'counted' | 'open'; count: number; amount: number }>(sql`
    select state, count(*)::int as count, sum(case state when 'counted' then counted_amount else amount end)::bigint as amount
    from mandate_charges where tenant_id = ${tenantId} and series_id = ${seriesId} and state in ('counted', 'open') group by state`);
  const sum = (state: 'counted' | 'open'): Taken => {
    const row = rows.find((one) => one.state === state);
    return { count: row?.count ?? 0, amountMinor: row?.amount ?? 0 };
  };
  return { counted: sum('counted'), open: sum('open') };
}

/** The charges of a series, newest first. */
export async function chargesOfSeries(
  reader: Reader,
  tenantId: string,
  of: { seriesId: string; limit: number },
): Promise<MandateCharge[]> {
  const rows = await reader.read<ChargeRow>(sql`
    select * from mandate_charges where tenant_id = ${tenantId} and series_id = ${of.seriesId} order by payment_id desc limit ${of.limit}`);
  return rows.map(toCharge);
}

/**
 * How many dates a look goes back: a charge may be for the newest date or for one that is still collected, so of each limit only the
 * windows of that many dates can matter, and only that many occurrences.
 */
export interface UsageReach {
  reach: number;
}

/**
 * The columns of `usage` beside a mandate `d`, for a statement that has read the mandate: only what its terms make the rules look at.
 * The statement brings a relation `k` with the column `key_reach`.
 */
export const USAGE_OF_MANDATE: Sql = sql`
  (select row_to_json(u) from mandate_usage u where u.tenant_id = d.tenant_id and u.series_id = d.series_id) as its_sums,
  case when json_array_length(d.terms -> 'periodLimits') > 0 then (select json_agg(w) from (select * from mandate_windows v
    where v.tenant_id = d.tenant_id and v.series_id = d.series_id order by v.window_end desc limit k.key_reach * 4) w) end as its_windows,
  (select c.started_at from mandate_charges c where c.tenant_id = d.tenant_id and c.series_id = d.series_id
    and c.state in ('open', 'counted') order by c.payment_id desc limit 1) as its_last,
  case when d.type = 'scheduled' then (select json_agg(c.occurrence) from (select o.occurrence from mandate_charges o
    where o.tenant_id = d.tenant_id and o.series_id = d.series_id and o.occurrence is not null and o.state in ('open', 'counted')
    order by o.occurrence desc limit k.key_reach) c) end as its_occurrences,
  case when d.type = 'installment' then (select json_agg(json_build_object('number', c.instalment, 'state', c.state,
    'paymentId', c.payment_id) order by c.instalment) from mandate_charges c where c.tenant_id = d.tenant_id
    and c.series_id = d.series_id and c.instalment is not null and c.state in ('open', 'counted')) end as its_instalments,
  case when d.terms -> 'retry' is not null then (select json_agg(c) from (select * from mandate_charges r
    where r.tenant_id = d.tenant_id and r.series_id = d.series_id order by r.payment_id desc limit 200) c) end as its_recent,
  (select json_agg(c) from mandate_charges c where c.tenant_id = d.tenant_id and c.series_id = d.series_id and c.unknown)
    as its_unknown`;

/** The columns of {@link USAGE_OF_MANDATE} as they come inside a JSON row. */
export interface UsageColumns {
  its_sums: SumsRow | null;
  its_windows: WindowRow[] | null;
  its_last: string | null;
  its_occurrences: string[] | null;
  its_instalments: { number: number; state: 'open' | 'counted'; paymentId: string }[] | null;
  its_recent: ChargeRow[] | null;
  its_unknown: ChargeRow[] | null;
}

interface SumsRow {
  version: number;
  counted_count: number;
  counted_amount: number;
  open_count: number;
  open_amount: number;
}

interface WindowRow {
  limit_number: number;
  window_start: string;
  window_end: string;
  used_count: number;
  used_amount: number;
}

export function toUsage(row: UsageColumns): MandateUsage {
  const usage: MandateUsage = {
    ...(row.its_sums === null ? NOTHING_TAKEN : toSums(row.its_sums)),
    windows: (row.its_windows ?? []).map((window) => ({
      limit: window.limit_number,
      start: window.window_start,
      end: window.window_end,
      used: { count: window.used_count, amountMinor: window.used_amount },
    })),
    usedOccurrences: row.its_occurrences ?? [],
    instalments: row.its_instalments ?? [],
    recent: (row.its_recent ?? []).map(toCharge),
    unknown: (row.its_unknown ?? []).map(toCharge),
  };
  return row.its_last === null ? usage : { ...usage, lastChargeAt: Date.parse(row.its_last) as Mandate['createdAt'] };
}

function toSums(sums: SumsRow): Pick<MandateUsage, 'version' | 'counted' | 'open'> {
  return {
    version: sums.version,
    counted: { count: sums.counted_count, amountMinor: sums.counted_amount },
    open: { count: sums.open_count, amountMinor: sums.open_amount },
  };
}

interface ChargeRow {
  tenant_id: string;
  series_id: string;
  payment_id: string;
  mandate_id: string;
  subscription_id: string | null;
  due_date: string | null;
  occurrence: string | null;
  instalment: number | null;
  effective_date: string;
  /** A number from a plain row, text from a JSON one. */
  started_at: number | string;
  amount: number;
  counted_amount: number;
  state: ChargeState;
  unknown: boolean;
  declined: boolean;
  windows: unknown;
}

function toCharge(row: ChargeRow): MandateCharge {
  const { windows, started_at: startedAt } = row;
  return compact<MandateCharge>({
    tenantId: row.tenant_id,
    seriesId: row.series_id,
    paymentId: row.payment_id,
    mandateId: row.mandate_id,
    subscriptionId: row.subscription_id,
    dueDate: row.due_date,
    occurrence: row.occurrence,
    instalment: row.instalment,
    effectiveDate: row.effective_date,
    startedAt: typeof startedAt === 'number' ? startedAt : Date.parse(startedAt),
    amountMinor: row.amount,
    countedMinor: row.counted_amount,
    state: row.state,
    unknown: row.unknown,
    declined: row.declined,
    windows: windows === null ? [] : typeof windows === 'string' ? JSON.parse(windows) : windows,
  });
}
