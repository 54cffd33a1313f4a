/**
 * The database as two handles. A {@link Reader} reads. A {@link Tx} collects writes, and committing it sends **one statement**:
 * each write becomes a common table expression, and the statement fails as a whole unless each touched the number of rows it
 * promised. So a transaction costs one round trip, holds no lock while our code runs, and works through any pooler.
 *
 * Code reads what it needs, decides, and writes with the versions it read. If another writer was faster the commit answers
 * {@link Stale}, nothing is changed, and the caller decides again on fresh facts. See docs/decisions/0002.
 */
import pg from 'pg';
import { type Inspector, openInspections } from './inspection.ts';
import { type Compiled, compile, named, numbered, type Sql } from './sql.ts';
import { isPlainInsert, manyRows, shareStatements } from './together.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, parseInstant);
pg.types.setTypeParser(pg.types.builtins.JSON, (text) => text);
// A local date is text everywhere.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** `2026-11-22 14:25:29.123+00` as milliseconds. Another zone comes as `+02` or `+05:30`; a date needs the minutes. */
function parseInstant(text: string): number {
  const iso = `${text.slice(0, 10)}T${text.slice(11)}`;
  return Date.parse(text.endsWith('+00') || /[+-]\d\d$/.test(text) ? `${iso}:00` : iso);
}

/** Somebody changed a row between our reading and our writing; nothing was written. Read again and decide again. */
export class Stale extends Error {
  override name = 'Stale';
}

/** A unique key was already taken; nothing was written. `constraint` names it. */
export class Taken extends Error {
  override name = 'Taken';
  readonly constraint: string;
  constructor(constraint: string) {
    super(`unique key already taken: ${constraint}`);
    this.constraint = constraint;
  }
}

/** The database did not answer or refused the connection; whether a write happened is not known. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export interface Reader {
  read<Row>(statement: Sql): Promise<Row[]>;
}

/** Collects the writes of one transaction. */
export interface Tx {
  /** Adds a write that must touch exactly `rows` rows (default 1); any other number makes the commit {@link Stale}. */
  write(statement: Sql, rows?: number): void;
  /** Adds a write that may touch any number of rows. */
  writeAny(statement: Sql): void;
  /** Adds a locking select (`… for share`) that must find exactly one row: holds a fact still until the commit. */
  hold(statement: Sql): void;
  /** Adds a plain select that must find exactly `rows` rows; any other number makes the commit {@link Stale}. It locks nothing. */
  expect(statement: Sql, rows: number): void;
}

export interface Database extends Reader {
  /** Runs `body` to collect writes, then commits them as one statement. Throws {@link Stale}, {@link Taken} or {@link Unavailable}. */
  transaction(body: (tx: Tx) => void): Promise<void>;
  /** One writing statement that answers rows: taking leases and the like. It is a transaction of its own. */
  claim<Row>(statement: Sql): Promise<Row[]>;
  /** Runs `work` on a read-only connection beside the pool, for long looks at everything. Closing the database breaks it off. */
  inspect<T>(work: (inspector: Inspector) => Promise<T>): Promise<T>;
  /** The pool at this moment: connections at work and at rest, and statements that wait for one. */
  connections(): { inUse: number; idle: number; waiting: number };
  close(): Promise<void>;
}

/** Sees every statement before it is sent and after it was answered: where tests stop the process or count round trips. */
export interface StatementWatch {
  before(text: string): void | Promise<void>;
  after(text: string): void | Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  maxConnections: number;
  /** Milliseconds to wait for a connection, and for a lock. */
  connectTimeoutMs: number;
  /** False where a pooler forbids prepared statements. */
  prepared: boolean;
  /** False: a crash of the database may lose the last moment of what was written here. Default true. */
  durable?: boolean;
  /** False: every transaction is a statement of its own, also under load. Default true. */
  sharing?: boolean;
  watch?: StatementWatch;
}

interface Write {
  statement: Sql;
  rows: number | undefined;
  kind: 'write' | 'hold';
}

/** Opens a pool. No connection is made before the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    options: `-c lock_timeout=5000 -c statement_timeout=20000 -c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan${
      options.durable === false ? ' -c synchronous_commit=off' : ''
    }`,
  });
  // An idle connection that breaks is thrown away by the pool; the next statement opens a new one or fails by name.
  pool.on('error', () => undefined);
  const inspections = openInspections(options);

  async function run<Row>(query: Compiled, values: readonly unknown[]): Promise<Row[]> {
    for (let tries = 1; ; tries++) {
      try {
        await options.watch?.before(query.text);
        const result = await pool.query({
          ...(options.prepared ? { name: query.name } : {}),
          text: query.text,
          values: values as unknown[],
        });
        await options.watch?.after(query.text);
        return result.rows as Row[];
      } catch (error) {
        // A statement is its own transaction: after 40001 or 40P01 nothing happened, so the same statement may run again.
        if (!isRetryable(error) || tries === 10) throw translated(error);
      }
    }
  }

  const senders = new Map<string, (writes: Write[]) => Promise<void>>();
  function senderFor(shape: string, example: readonly Write[]): (writes: Write[]) => Promise<void> {
    let sender = senders.get(shape);
    if (sender === undefined) {
      sender = shareStatements<Write[]>({
        async together(transactions) {
          const [first] = transactions as [Write[]];
          const count = transactions.length;
          await run(combined(`${shape}*${count}`, first, count), valuesOf(transactions));
        },
        most: example.every(isInsert) ? 32 : 8,
        isOwnFailure: (error) => !(error instanceof Unavailable),
      });
      senders.set(shape, sender);
    }
    return sender;
  }

  return {
    read: (statement) => run(compile(statement), statement.values),
    claim: (statement) => run(compile(statement), statement.values),
    async transaction(body) {
      const writes: Write[] = [];
      body({
        write: (statement, rows = 1) => writes.push({ statement, rows, kind: 'write' }),
        writeAny: (statement) => writes.push({ statement, rows: undefined, kind: 'write' }),
        hold: (statement) => writes.push({ statement, rows: 1, kind: 'hold' }),
        expect: (statement, rows) => writes.push({ statement, rows, kind: 'hold' }),
      });
      if (writes.length === 0) return;
      const shape = shapeOf(writes);
      if (options.sharing === false) await run(combined(shape, writes), valuesOf([writes]));
      else await senderFor(shape, writes)(writes);
    },
    async inspect(work) {
      try {
        return await inspections.inspect(work);
      } catch (error) {
        throw translated(error);
      }
    },
    connections: () => stateOf(pool),
    async close() {
      inspections.close();
      await pool.end();
    },
  };
}

function stateOf({ totalCount, idleCount, waitingCount }: pg.Pool): ReturnType<Database['connections']> {
  return { inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}

const combinations = new Map<string, Compiled>();

function isInsert(write: Write): boolean {
  return write.kind === 'write' && isPlainInsert(write.statement);
}

/** Names the statement that a list of writes becomes. */
function shapeOf(writes: readonly Write[]): string {
  return writes.map((write) => `${write.statement.template.id}:${write.rows ?? '*'}`).join(',');
}

/** The parameters of transactions of one shape, write by write: what one statement inserts stands together. */
function valuesOf(transactions: readonly (readonly Write[])[]): unknown[] {
  const [first] = transactions;
  if (transactions.length === 1) return (first as Write[]).flatMap((write) => write.statement.values);
  return (first as Write[]).flatMap((_, i) => transactions.flatMap((writes) => (writes[i] as Write).statement.values));
}

/**
 * One statement of many writes, for `count` transactions of one shape. The last line divides by zero when a count is off,
 * which undoes everything: PostgreSQL has no plainer way to make a statement fail by its own result.
 */
function combined(key: string, writes: readonly Write[], count = 1): Compiled {
  let result = combinations.get(key);
  if (result === undefined) {
    let offset = 0;
    const parts: string[] = [];
    const checks: string[] = [];
    const add = (write: Write, texts: { parts: readonly string[]; rows: number | undefined; values: number }): void => {
      const name = `w${parts.length}`;
      parts.push(`${name} as (${numbered(texts.parts, offset)}${write.kind === 'write' ? ' returning 1' : ''})`);
      offset += texts.values;
      if (texts.rows !== undefined) checks.push(`(select count(*) from ${name}) = ${texts.rows}`);
    };
    for (const write of writes) {
      const { template, values } = write.statement;
      const { rows } = write;
      if (isInsert(write) && rows !== undefined) {
        add(write, { parts: manyRows(template.parts, count), rows: rows * count, values: values.length * count });
      } else {
        for (let n = 0; n < count; n++) add(write, { parts: template.parts, rows, values: values.length });
      }
    }
    const check = checks.length === 0 ? '1' : `1 / (case when ${checks.join(' and ')} then 1 else 0 end)`;
    result = named(`with ${parts.join(', ')} select ${check} as ok`);
    combinations.set(key, result);
  }
  return result;
}

function isRetryable(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === '40001' || code === '40P01';
}

function translated(error: unknown): unknown {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === '22012') return new Stale('a row changed between reading and writing');
  if (code === '23505') return new Taken(constraint ?? 'unknown');
  const gone =
    code === undefined ||
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(code) ||
    code.startsWith('08') ||
    code.startsWith('57P') ||
    code === '53300' ||
    code === '57014' ||
    code === '55P03';
  if (gone && !(error instanceof TypeError) && !(error instanceof RangeError)) {
    return new Unavailable(`the database did not answer: ${(error as Error).message}`, { cause: error });
  }
  return error;
}
