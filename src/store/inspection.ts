/**
 * A connection of its own for a long look at everything: one statement after another, each a read-only transaction that plans
 * for what it is asked and gives up in time. Requests keep their pool, and no statement holds a lock or an old snapshot for
 * longer than itself.
 */
import pg from 'pg';

/** Reads, statement by statement. Errors are those of the driver. */
export interface Inspector {
  rows<Row>(text: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface Inspections {
  /** Runs `work` on a new connection and closes it. */
  inspect<T>(work: (inspector: Inspector) => Promise<T>): Promise<T>;
  /** Breaks off what is running. */
  close(): void;
}

/** The longest that one statement may run. */
export const INSPECTION_LIMIT_MS = 600_000;

// One core, and no more memory than a busy server can spare. By statements, because a pooler may not pass settings on.
const BEGIN = `begin read only; set local statement_timeout = ${INSPECTION_LIMIT_MS}; set local lock_timeout = 1000;
  set local jit = off; set local max_parallel_workers_per_gather = 0; set local work_mem = '32MB'; set local timezone = 'UTC'`;

/** Inspections of one database. No connection is made before the first. */
export function openInspections(options: { url: string; connectTimeoutMs: number }): Inspections {
  const open = new Set<pg.Client>();
  let closed = false;

  async function inspect<T>(work: (inspector: Inspector) => Promise<T>): Promise<T> {
    if (closed) throw new Error('Connection terminated: the database was closed');
    const client = new pg.Client({
      connectionString: options.url,
      connectionTimeoutMillis: options.connectTimeoutMs,
    });
    // The statement that was running fails by name; this event says the same once more.
    client.on('error', () => undefined);
    open.add(client);
    try {
      await client.connect();
      return await work({
        async rows<Row>(text: string, values: readonly unknown[]) {
          await client.query(BEGIN);
          try {
            const { rows } = await client.query(text, [...values]);
            await client.query('commit');
            return rows as Row[];
          } catch (error) {
            // A connection that is gone cannot roll back either; the first error says why.
            await client.query('rollback').catch(() => undefined);
            throw error;
          }
        },
      });
    } finally {
      open.delete(client);
      await client.end();
    }
  }

  return {
    inspect,
    close() {
      closed = true;
      for (const client of open) void client.end();
    },
  };
}
