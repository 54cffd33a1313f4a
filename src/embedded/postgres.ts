/**
 * The embedded PostgreSQL: a real server on a private folder, so that Tender runs without any other software.
 * It keeps everything durable, outlives the sudden death of the process that started it, and is then adopted by the next one.
 * It listens on a socket that only this user can reach; where sockets do not exist, on 127.0.0.1 with a password.
 */
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { postgresPrograms } from './binaries.ts';
import {
  claimDataFolder,
  clusterExists,
  createCluster,
  type DataFolder,
  makeSocketFolder,
  superuser,
} from './data-folder.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { giveFiles, type Identity, possibleIdentities, workingIdentity } from './identity.ts';
import {
  findPostmaster,
  type Listening,
  type Postmaster,
  servesCluster,
  startPostmaster,
  stopPostmaster,
} from './postmaster.ts';
import { serverEnvironment, serverSettings, socketSettings, tcpSettings } from './server-settings.ts';
import { type ServerWatch, watchServer } from './watch.ts';

export interface EmbeddedPostgres {
  /** For `pg` and libpq alike. Holds a password when the server listens on TCP: never print it. */
  url: string;
  /** True when the server ran already, left behind by a process that was killed or that called `detach`. */
  adopted: boolean;
  /** The server's main process; another one after the server died and was started again. */
  readonly pid: number;
  /** Ends the server: open transactions are rolled back, committed ones are safe. Waits until it is gone. */
  stop(): Promise<void>;
  /** Leaves the server running and lets go of it, so that another process can adopt it. */
  detach(): Promise<void>;
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
    const survivor = await adopt(folder, options.say);
    server = survivor ?? (await bringUp(folder, options));
    const database = options.database ?? 'tender';
    await ensureDatabase(folder, server, database);
    const watch = watchServer(server, {
      folder,
      say: options.say,
      restart: ({ listening }) => bringUp(folder, options, listening),
    });
    return handle({ folder, lock, watch, database, adopted: survivor !== undefined });
  } catch (error) {
    if (server) await stopPostmaster(server);
    lock.release();
    throw error;
  }
}

function handle(parts: {
  folder: DataFolder;
  lock: FolderLock;
  watch: ServerWatch;
  database: string;
  adopted: boolean;
}): EmbeddedPostgres {
  const { folder, lock, watch } = parts;
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await watch.end();
    await stopPostmaster(watch.server());
    removeSocketFolder(folder, watch.server().listening);
    lock.release();
  };
  return {
    url: connectionUrl(folder, watch.server().listening, parts.database),
    adopted: parts.adopted,
    get pid() {
      return watch.server().pid;
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
    async detach() {
      await watch.end();
      lock.release();
    },
  };
}

/** The server that a killed process left behind, when it is healthy. One that does not answer is stopped. */
async function adopt(folder: DataFolder, say: (line: string) => void): Promise<Postmaster | undefined> {
  const survivor = await findPostmaster(folder);
  if (!survivor || (await answers(folder, survivor))) return survivor;
  if (!servesCluster(survivor.pid, folder)) {
    throw new Error(
      `Process ${survivor.pid} may be a PostgreSQL server on ${folder.root}, but it does not answer. ` +
        `Stop it; or, if it is something else, delete ${join(folder.cluster, 'postmaster.pid')}. Then start again.`,
    );
  }
  say(`The database (process ${survivor.pid}) still runs but does not answer: starting it again.`);
  await stopPostmaster(survivor);
  return undefined;
}

/** Starts the server, making the cluster first when there is none. `where` keeps the address of a server that died. */
async function bringUp(folder: DataFolder, options: EmbeddedPostgresOptions, where?: Listening): Promise<Postmaster> {
  const programs = postgresPrograms(folder.libraries);
  const isNew = !clusterExists(folder, programs);
  if (isNew && where) throw new Error(`The data folder ${folder.root} was removed while its database was running.`);
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
  const listen = transport === 'socket' ? socketSettings(makeSocketFolder(folder, identity)) : await tcpSettings();
  if (where) listen.port = String(where.port);
  const settings = { ...serverSettings, ...listen };
  const server = await startPostmaster(folder, { program: programs.postgres, identity, environment, settings });
  if (isNew) options.say('The database is ready.');
  return server;
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
