/**
 * The vault's own connections to PostgreSQL: a small pool on VAULT_DATABASE_URL, apart from the application's, so that the
 * vault can live under another role or on another server. One statement is one transaction.
 */
import pg from 'pg';

/** The vault's database did not answer; whether a write happened is not known. */
export class VaultUnavailable extends Error {
  override name = 'VaultUnavailable';
}

/** A unique key was already taken; nothing was written. */
export class VaultTaken extends Error {
  override name = 'VaultTaken';
  readonly constraint: string;
  constructor(constraint: string) {
    super(`unique key already taken in the vault: ${constraint}`);
    this.constraint = constraint;
  }
}

export interface VaultDatabaseOptions {
  url: string;
  maxConnections: number;
  /** False where a pooler forbids prepared statements; default true. */
  prepared?: boolean;
  /** Sees every statement before it is sent and after it was answered. */
  watch?: { before(text: string): void | Promise<void>; after(text: string): void | Promise<void> };
}

/** One statement; `name` is constant with its text. */
export interface VaultStatement {
  name: string;
  text: string;
}

export interface VaultDatabase {
  /** Rows of one statement. Throws {@link VaultTaken} or {@link VaultUnavailable}. */
  run<Row>(statement: VaultStatement, values: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Milliseconds to wait for a connection. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Opens a pool. No connection is made before the first statement. */
export function openVaultDatabase(options: VaultDatabaseOptions): VaultDatabase {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    options: '-c lock_timeout=5000 -c statement_timeout=20000 -c timezone=UTC -c jit=off',
  });
  // An idle connection that breaks is thrown away by the pool; the next statement opens a new one or fails by name.
  pool.on('error', () => undefined);
  return {
    async run<Row>(statement: VaultStatement, values: readonly unknown[]): Promise<Row[]> {
      for (let tries = 1; ; tries++) {
        try {
          await options.watch?.before(statement.text);
          const name = options.prepared === false ? {} : { name: statement.name };
          const result = await pool.query({ ...name, text: statement.text, values: values as unknown[] });
          await options.watch?.after(statement.text);
          return result.rows as Row[];
        } catch (error) {
          // After 40001 or 40P01 nothing happened, so the same statement may run again.
          const { code } = error as { code?: string };
          if ((code !== '40001' && code !== '40P01') || tries === 10) throw translated(error);
        }
      }
    },
    close: () => pool.end(),
  };
}

function translated(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return error;
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === '23505') return new VaultTaken(constraint ?? 'unknown');
  const away =
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', '53300', '55P03', '57014'].includes(
      code ?? '',
    ) ||
    /^(08|57P)/.test(code ?? '') ||
    /^(timeout exceeded|Connection terminated|Client has encountered a connection error)/.test(error.message);
  return away ? new VaultUnavailable(`the vault's database did not answer: ${error.message}`, { cause: error }) : error;
}
