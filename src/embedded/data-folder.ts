/**
 * The folder that holds an embedded cluster: what lies where, whether it is ours to use, and how a new cluster gets there.
 * A cluster appears under its final name only when it is complete, so an interrupted first start leaves nothing to trip over.
 */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresPrograms } from './binaries.ts';
import { giveFiles, type Identity } from './identity.ts';

export interface DataFolder {
  /** Everything below lies in here; the folder is ours alone. */
  root: string;
  /** PostgreSQL's own data directory. */
  cluster: string;
  lock: string;
  log: string;
  /** The superuser's password, used over TCP only. Mode 0600. */
  password: string;
  /** Takes links to shared libraries when node_modules is read-only. */
  libraries: string;
}

/** The one database superuser of an embedded cluster. */
export const superuser = 'tender';

const marker = 'MADE_BY_TENDER';

/** Makes or checks the folder `postgres` inside `dataDir`. Throws when it belongs to somebody or something else. */
export function claimDataFolder(dataDir: string): DataFolder {
  const wanted = join(resolve(dataDir), 'postgres');
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  const owner = lstatSync(wanted).uid;
  if (process.getuid && owner !== process.getuid()) {
    throw new Error(
      `The data folder ${wanted} belongs to user ${owner}, and this process runs as user ${process.getuid()}. ` +
        'Run as its owner, or choose another folder with TENDER_DATA_DIR.',
    );
  }
  const names = readdirSync(wanted);
  if (names.length > 0 && !names.includes(marker)) {
    throw new Error(
      `The folder ${wanted} was not made by Tender (it holds ${names.slice(0, 3).join(', ')}). ` +
        'It stays untouched: choose another folder with TENDER_DATA_DIR.',
    );
  }
  if (names.length === 0)
    writeFileSync(join(wanted, marker), 'The files of an embedded PostgreSQL. Never edit them.\n');
  const root = realpathSync(wanted);
  return {
    root,
    cluster: join(root, 'cluster'),
    lock: join(root, 'lock'),
    log: join(root, 'postgres.log'),
    password: join(root, 'password'),
    libraries: join(root, 'libraries'),
  };
}

/** Whether a complete cluster is there. Throws when only another major version of PostgreSQL can open it. */
export function clusterExists(folder: DataFolder, programs: PostgresPrograms): boolean {
  if (!existsSync(folder.cluster)) return false;
  const major = readFileSync(join(folder.cluster, 'PG_VERSION'), 'utf8').trim();
  if (major === programs.major) return true;
  throw new Error(
    `The data folder ${folder.root} was written by PostgreSQL ${major}; the installed one is ${programs.major} and cannot read it. ` +
      'Go back to the version of Tender that wrote it and move the data with pg_dump, or choose another folder with TENDER_DATA_DIR.',
  );
}

/** Creates the cluster. Leftovers of interrupted attempts are removed; needs the folder's lock. */
export async function createCluster(
  folder: DataFolder,
  programs: PostgresPrograms,
  as: { identity: Identity; environment: Record<string, string> },
): Promise<void> {
  for (const name of readdirSync(folder.root)) {
    // An initdb that outlived its parent may still write into an old one; then it stays until the next first start.
    if (name.startsWith('initialising-'))
      rmSync(join(folder.root, name), { recursive: true, force: true, maxRetries: 3 });
  }
  writeFileSync(folder.password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  const draft = mkdtempSync(join(folder.root, 'initialising-'));
  giveFiles(as.identity, draft);
  giveFiles(as.identity, folder.password);
  const words = [...as.identity.prefix, programs.initdb, '-D', draft, '-U', superuser, `--pwfile=${folder.password}`];
  words.push('--no-locale', '-E', 'UTF8', '--auth-local=trust', '--auth-host=scram-sha-256', '--no-instructions');
  try {
    await promisify(execFile)(words[0]!, words.slice(1), { ...as.identity.credentials, env: as.environment });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`initdb failed in ${folder.root}:\n${stderr?.trim() || (error as Error).message}`, {
      cause: error,
    });
  }
  giveFiles(direct, folder.password);
  renameSync(draft, folder.cluster);
  syncFolder(folder.root);
}

const direct = { name: 'direct', prefix: [], credentials: {} } as const;

/** The name of a new file or folder survives a power cut only when its parent is written out. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The longest path of a unix socket: 103 bytes on macOS, 107 on Linux. */
const socketPathLimit = 103;

/**
 * A folder for the server's socket that only this user can enter: inside the data folder, or, when that path is too long
 * for a socket, in the temporary folder under a name that follows from the data folder.
 */
export function makeSocketFolder(folder: DataFolder, identity: Identity): string {
  const fits = (path: string) => Buffer.byteLength(join(path, '.s.PGSQL.65535')) <= socketPathLimit;
  const name = `tender-${createHash('sha256').update(folder.root).digest('hex').slice(0, 16)}`;
  const path = [join(folder.root, 'socket'), join(tmpdir(), name), join('/tmp', name)].find(fits)!;
  if (dirname(path) !== folder.root) refuseForeignFolder(path, identity);
  // No server runs now, but a dead one may have left a lock file that names a process id in use again.
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  giveFiles(identity, path);
  return path;
}

/** In a temporary folder anybody may have put something under our name. */
function refuseForeignFolder(path: string, identity: Identity): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  const owners = [process.getuid?.(), identity.owner?.uid];
  if (!found || (found.isDirectory() && (found.mode & 0o077) === 0 && owners.includes(found.uid))) return;
  throw new Error(
    `${path} is needed for the database's socket, but it belongs to somebody else. Remove it and start again.`,
  );
}
