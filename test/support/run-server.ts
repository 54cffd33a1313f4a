/**
 * The PostgreSQL of one `npm test` run: a new one in a temporary folder, gone when the run is over. A run that was killed
 * leaves its server behind; the next run ends it and removes its folder.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { claimDataFolder } from '../../src/embedded/data-folder.ts';
import { FolderHeldError, lockFolder } from '../../src/embedded/folder-lock.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { findPostmaster, stopPostmaster } from '../../src/embedded/postmaster.ts';

/** The server and what the test files find it by. */
export interface RunServer {
  environment: Record<string, string>;
  stop(): Promise<void>;
}

const prefix = `tender-test-run-${userInfo().uid}-`;

/** Starts the server, unless `TEST_DATABASE_URL` names one. */
export async function startRunServer(say: (line: string) => void): Promise<RunServer> {
  if (process.env.TEST_DATABASE_URL) {
    say('Tests use the PostgreSQL named by TEST_DATABASE_URL.');
    return { environment: {}, stop: async () => undefined };
  }
  await endAbandonedRuns(say);
  const dataDir = mkdtempSync(join(tmpdir(), prefix));
  const startedAt = performance.now();
  const server = await startEmbeddedPostgres({ dataDir, say: () => undefined, database: 'postgres' });
  say(`✔ PostgreSQL for the tests (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return {
    environment: { TENDER_TEST_POSTGRES_URL: server.url },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function endAbandonedRuns(say: (line: string) => void): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dataDir = join(tmpdir(), name);
    try {
      const folder = claimDataFolder(dataDir);
      lockFolder(folder.lock, folder.root);
      const server = await findPostmaster(folder);
      if (server) await stopPostmaster(server);
      rmSync(dataDir, { recursive: true, force: true });
      say(`Removed what an interrupted test run left in ${dataDir}`);
    } catch (error) {
      if (error instanceof FolderHeldError) continue; // another run, alive
      say(`${dataDir}, left by an interrupted test run, stays: ${(error as Error).message}`);
    }
  }
}
