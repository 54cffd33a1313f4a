/** A temporary data folder for one test; at its end the server in it is stopped and the folder removed. */
import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { claimDataFolder } from '../../src/embedded/data-folder.ts';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/embedded/postgres.ts';
import { findPostmaster, stopPostmaster } from '../../src/embedded/postmaster.ts';

/** What a test does with its data folder. */
export interface Place {
  dataDir: string;
  /** The folder inside `dataDir` that holds everything. */
  root: string;
  /** What was said to the person at the terminal so far. */
  said: string[];
  /** Resolves as soon as a line with this text is said. */
  hears(text: string): Promise<void>;
  start(options?: Partial<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres>;
}

/** Makes the folder; `name` may be long, to try long paths. */
export function emptyPlace(test: TestContext, name = 'data'): Place {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'tender-embedded-')));
  chmodSync(home, 0o711); // the server may run as another user, who must be able to pass
  const dataDir = join(home, name);
  const said: string[] = [];
  const listeners: (() => void)[] = [];
  const started: EmbeddedPostgres[] = [];
  test.after(async () => {
    // Ending the watch first: it would bring a server back that is stopped below.
    for (const server of started) await server.detach();
    if (existsSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'))) {
      const server = await findPostmaster(claimDataFolder(dataDir));
      if (server) await stopPostmaster(server);
    }
    rmSync(home, { recursive: true, force: true });
  });
  return {
    dataDir,
    root: join(dataDir, 'postgres'),
    said,
    hears: (text) =>
      new Promise((resolve) => {
        const look = () => said.some((line) => line.includes(text)) && resolve();
        listeners.push(look);
        look();
      }),
    async start(options = {}) {
      const say = (line: string) => {
        said.push(line);
        for (const look of listeners) look();
      };
      const server = await startEmbeddedPostgres({ dataDir, say, ...options });
      started.push(server);
      return server;
    },
  };
}

/** Runs one statement on a connection of its own and returns the rows. */
export async function ask<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
