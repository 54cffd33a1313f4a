/**
 * The PostgreSQL server that tests share. `npm test` starts one and names it in the environment; a test file run alone
 * starts one in a temporary folder that belongs to this checkout and leaves it running, so that the next run finds it at once.
 * `TEST_DATABASE_URL` puts another server in its place. Tests run with full durability, like the product.
 */
import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FolderHeldError } from '../../src/embedded/folder-lock.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';

/** Two test files may start at the same moment; the second waits this long for the first to be through. */
const busyTimeoutMs = 60_000;

let shared: Promise<{ adminUrl: string }> | undefined;

/** The shared server; `adminUrl` connects as a superuser to a database that no test writes to. */
export function testPostgres(): Promise<{ adminUrl: string }> {
  shared ??= findOrStart();
  return shared;
}

async function findOrStart(): Promise<{ adminUrl: string }> {
  const given = process.env.TEST_DATABASE_URL || process.env.TENDER_TEST_POSTGRES_URL;
  if (given) return { adminUrl: given };
  const deadline = Date.now() + busyTimeoutMs;
  for (;;) {
    try {
      const server = await startEmbeddedPostgres({ dataDir: checkoutFolder(), say, database: 'postgres' });
      await server.detach();
      return { adminUrl: server.url };
    } catch (error) {
      if (!(error instanceof FolderHeldError) || Date.now() > deadline) throw error;
      await pause(20);
    }
  }
}

/** Where single test files of this checkout keep their server, for every run the same place. */
function checkoutFolder(): string {
  const mark = createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12);
  return join(tmpdir(), `tender-test-${userInfo().uid}-${mark}`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
