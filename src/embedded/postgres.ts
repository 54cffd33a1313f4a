/**
 * The embedded PostgreSQL: a real server on a private folder, so that Tender runs without any other software.
 * It keeps everything durable, outlives the sudden death of the process that started it, and is then adopted by the next one.
 * It listens on a socket that only this user can reach; where sockets do not exist, on 127.0.0.1 with a password.
 */
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import pg from 'pg';
import { type PostgresPrograms, postgresPrograms } from './binaries.ts';
import {
  claimDataFolder,
  clusterExists,
  createCluster,
  type DataFolder,
  makeSocketFolder,
  superuser,
} from './data-folder.ts';
import { lockFolder } from './folder-lock.ts';
import { giveFiles, type Identity, possibleIdentities, workingIdentity } from './identity.ts';
import { findPostmaster, type Listening, type Postmaster, startPostmaster, stopPostmaster } from './postmaster.ts';

export interface EmbeddedPostgres {
  /** For `pg` and libpq alike. Holds a password when the server listens on TCP: never print it. */
  url: string;
  /** True when the server ran already, left behind by a process that was killed or that called `detach`. */
  adopted: boolean;
  /** The server's main process. */
  pid: number;
  /** Ends the server: open transactions are rolled back, committed ones are safe. Waits until it is gone. */
  stop(): Promise<void>;
  /** Leaves the server running and lets go of it, so that another process can adopt it. */
  detach(): void;
}

export interface EmbeddedPostgresOptions {
  /** The cluster lives in the folder `postgres` in here. Made when missing. */
  dataDir: string;
  /** Receives a line for a person whenever something takes longer than a moment. */
  say(line: string): void;
  /** Created when missing. */
  database?: string;
  /** `tcp` is for platforms without unix sockets. */
  transport?: 'socket' | 'tcp';
  /** Which ways to run as another user are tried when this process is root; all of them by default. */
  identities?: readonly Identity[];
}

/**
 * Starts, recovers or adopts the server of a data folder. Throws `FolderHeldError` when another living process uses it, and
 * an error that says what to do when the folder is not ours, has another version, or the server does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = claimDataFolder(options.dataDir);
  const lock = lockFolder(folder.lock, folder.root);
  let server: Postmaster | undefined;
  try {
    server = await findPostmaster(folder);
    if (server) options.say(`Found the database still running (process ${server.pid}).`);
    const adopted = server !== undefined && (await answers(folder, server));
    if (server && !adopted) {
      options.say('It does not answer: starting it again.');
      await stopPostmaster(server);
      server = undefined;
    }
    server ??= await bringUp(folder, options);
    const running = server;
    const database = options.database ?? 'tender';
    await ensureDatabase(folder, running, database);
    return {
      url: connectionUrl(folder, running.listening, database),
      adopted,
      pid: running.pid,
      async stop() {
        await stopPostmaster(running);
        removeSocketFolder(folder, running.listening);
        lock.release();
      },
      detach: () => lock.release(),
    };
  } catch (error) {
    if (server) await stopPostmaster(server);
    lock.release();
    throw error;
  }
}

async function bringUp(folder: DataFolder, options: EmbeddedPostgresOptions): Promise<Postmaster> {
  const programs = postgresPrograms(folder.libraries);
  const isNew = !clusterExists(folder, programs);
  const environment = serverEnvironment(programs);
  const identity = workingIdentity(options.identities ?? possibleIdentities(), {
    program: programs.postgres,
    folder: folder.root,
    environment,
  });
  if (isNew) {
    options.say(`Creating the database in ${folder.root} (only the first time, a few seconds) …`);
    await createCluster(folder, programs, { identity, environment });
  } else {
    giveFiles(identity, folder.cluster);
  }
  const transport = options.transport ?? (process.platform === 'win32' ? 'tcp' : 'socket');
  const settings = { ...serverSettings, ...(await listenSettings(folder, identity, transport)) };
  const server = await startPostmaster(folder, { program: programs.postgres, identity, environment, settings });
  if (isNew) options.say('The database is ready.');
  return server;
}

/**
 * Durability is never traded away. The rest suits a small machine: checkpoints spread out and far apart, no parallel
 * queries, no just-in-time compiler. The log holds starts, stops and crashes only: statements and values stay out of it.
 */
const serverSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  shared_buffers: '128MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  checkpoint_timeout: '15min',
  max_wal_size: '1GB',
  min_wal_size: '128MB',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
} as const;

/** The server outlives us: it gets none of our environment, which may hold keys. */
function serverEnvironment(programs: PostgresPrograms): Record<string, string> {
  const kept = ['PATH', 'SystemRoot', 'TEMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC', ...programs.environment };
}

async function listenSettings(
  folder: DataFolder,
  identity: Identity,
  transport: 'socket' | 'tcp',
): Promise<Record<string, string>> {
  if (transport === 'socket') {
    const socketFolder = makeSocketFolder(folder, identity);
    // The port is only a part of the socket's name here.
    return {
      listen_addresses: '',
      unix_socket_directories: socketFolder,
      unix_socket_permissions: '0700',
      port: '4632',
    };
  }
  return { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(await freePort()) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function connectionUrl(folder: DataFolder, listening: Listening, database: string): string {
  const name = encodeURIComponent(database);
  if (listening.socketFolder !== undefined) {
    const host = encodeURIComponent(listening.socketFolder);
    return `postgres://${superuser}@localhost/${name}?host=${host}&port=${listening.port}`;
  }
  const password = readFileSync(folder.password, 'utf8');
  return `postgres://${superuser}:${password}@127.0.0.1:${listening.port}/${name}`;
}

/** Whether the server answers and says itself that it serves this folder. */
async function answers(folder: DataFolder, server: Postmaster): Promise<boolean> {
  const client = maintenanceClient(folder, server);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory === folder.cluster;
  } catch {
    return false; // whatever the reason, the caller starts it again
  } finally {
    await client.end();
  }
}

async function ensureDatabase(folder: DataFolder, server: Postmaster, database: string): Promise<void> {
  const client = maintenanceClient(folder, server);
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

function maintenanceClient(folder: DataFolder, server: Postmaster): pg.Client {
  const client = new pg.Client({
    connectionString: connectionUrl(folder, server.listening, 'postgres'),
    connectionTimeoutMillis: 10_000,
  });
  // A lost connection also rejects the statement that waits on it, which is where it is dealt with.
  client.on('error', () => undefined);
  return client;
}

function removeSocketFolder(folder: DataFolder, listening: Listening): void {
  const path = listening.socketFolder;
  if (path !== undefined && dirname(path) !== folder.root) rmSync(path, { recursive: true, force: true });
}
