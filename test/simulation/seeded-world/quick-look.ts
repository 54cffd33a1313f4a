/**
 * The whole catalogue of invariants in one prepared statement, and the processor's book beside our attempts: cheap enough to be
 * asked after every step.
 */
import pg from 'pg';
import { knownInvariants } from '../../../src/store/invariants.ts';
import type { BookRow, SandboxControl } from '../../support/sandbox-control.ts';
import type { Standing } from './sight.ts';

/** These speak of the server's settings or of what no step changes: looked at once, in the end. */
const ONCE = new Set(['guards-are-in-place', 'no-place-for-security-codes', 'server-keeps-what-it-confirms']);

/** True between steps only once workers have run and clients have asked again. */
const NOT_YET = new Set([
  'authorisations-lapse-in-time',
  'deliveries-go-out-in-time',
  'idempotency-keys-get-their-answer',
  'open-attempts-are-asked-about',
  'sessions-end-in-time',
]);

/** These read every word of every row: looked at now and then. */
const SLOW = new Set([
  'card-numbers-stay-in-the-vault',
  'payments-told-as-they-are',
  'refunds-are-attempts',
  'sessions-told-as-they-are',
]);

export class QuickLook {
  readonly #client: pg.Client;
  readonly #quick: string;
  readonly #all: string;

  private constructor(client: pg.Client) {
    this.#client = client;
    const asked = knownInvariants().filter(({ name }) => !ONCE.has(name) && !NOT_YET.has(name));
    this.#quick = together(asked.filter(({ name }) => !SLOW.has(name)));
    this.#all = together(asked);
  }

  static async open(url: string): Promise<QuickLook> {
    // Planned once: planning anew would cost more than looking.
    const client = new pg.Client({
      connectionString: url,
      options: '-c plan_cache_mode=force_generic_plan -c jit=off',
    });
    client.on('error', () => undefined);
    await client.connect();
    return new QuickLook(client);
  }

  /** What is broken now, in sentences. `all`: the slow ones too. */
  async broken(nowMs: number, all: boolean): Promise<string[]> {
    const statement = all ? { name: 'all', text: this.#all } : { name: 'quick', text: this.#quick };
    const { rows } = await this.#client.query<{ name: string; id: string; detail: string }>({
      ...statement,
      values: [new Date(nowMs)],
    });
    return rows.map(({ name, id, detail }) => `${name}: ${id} ${detail}`);
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}

function together(invariants: readonly { name: string; text: string }[]): string {
  const each = invariants.map(({ name, text }) => `select '${name}' as name, id, detail from (\n${text}\n) broken`);
  return `with moment (now, patience) as (select $1::timestamptz, interval '0')\n${each.join('\nunion all\n')}`;
}

/** Our attempts and the processor's book, key by key, as far as they must agree while things are still under way. */
export async function bookDisagrees(now: Standing, control: SandboxControl): Promise<string[]> {
  const found: string[] = [];
  const own = new Map(now.attempts.map((attempt) => [attempt.request_key, attempt]));
  const kept = new Map<string, number>();
  const book = new Map<string, BookRow>();
  for (const row of await control.book()) {
    book.set(row.request_key, row);
    const attempt = own.get(row.request_key);
    if (attempt === undefined) found.push(`the processor knows ${row.request_key}, of which there is no record`);
    if (row.arrivals > 1) found.push(`${row.request_key} arrived ${row.arrivals} times`);
    if (!keepsCharge(row)) continue;
    kept.set(row.reference, (kept.get(row.reference) ?? 0) + 1);
    if (attempt?.status === 'declined') found.push(`${row.request_key} was charged and is recorded as declined`);
  }
  for (const [reference, times] of kept) if (times > 1) found.push(`${reference} was charged ${times} times`);
  for (const attempt of now.attempts) {
    if (attempt.status !== 'succeeded') continue;
    const row = book.get(attempt.request_key);
    if (row === undefined || (isCharge(row) && !keepsCharge(row)))
      found.push(`${attempt.request_key}, a ${attempt.kind}, succeeded here and not at the processor`);
    else if (row.amount !== attempt.amount)
      found.push(`${attempt.request_key} moved ${row.amount}, recorded are ${attempt.amount}`);
  }
  return found;
}

export function isCharge(row: BookRow): boolean {
  return row.kind === 'charge' || row.kind === 'authorize' || row.kind === 'verify';
}

/** True for a row that took or reserved money, or verified a card, and was not given back. */
export function keepsCharge(row: BookRow): boolean {
  return isCharge(row) && row.state === 'approved' && !row.reversed;
}
