/**
 * The folder of a world of processes. A test that is itself killed leaves its processes behind; the folder says who they are
 * and whose they were, and whoever makes the next one ends them first.
 */
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { claimDataFolder } from '../../../src/embedded/data-folder.ts';
import { findPostmaster, stopPostmaster } from '../../../src/embedded/postmaster.ts';
import { processCommand, processStartMark } from '../../../src/embedded/process-table.ts';

const prefix = `tender-processes-${userInfo().uid}-`;
const OWNER = 'owner';
const PIDS = 'pids';

export interface WorldFolder {
  path: string;
  /** Notes a process that belongs to this world. */
  note(pid: number): void;
  remove(): void;
}

/** Makes a folder, after ending what dead tests have left. */
export async function makeWorldFolder(): Promise<WorldFolder> {
  for (const name of readdirSync(tmpdir())) if (name.startsWith(prefix)) await endAbandoned(join(tmpdir(), name));
  const path = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(path, 0o711); // the database server may run as another user, who must be able to pass
  writeFileSync(join(path, OWNER), ownMark());
  return {
    path,
    note: (pid) => appendFileSync(join(path, PIDS), `${pid}\n`),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  };
}

function ownMark(): string {
  return `${process.pid} ${processStartMark(process.pid)}`;
}

/** Ends the servers and the database server of a world whose owner is gone. Its sandbox ends by itself. */
async function endAbandoned(folder: string): Promise<void> {
  const [owner, mark] = textOf(join(folder, OWNER)).split(' ');
  // A folder without an owner is being made at this moment.
  if (mark === undefined || processStartMark(Number(owner)) === mark) return;
  for (const pid of textOf(join(folder, PIDS)).split('\n').filter(Boolean).map(Number)) {
    if (processCommand(pid)?.includes('src/cli/tender.mjs')) process.kill(pid, 'SIGKILL');
  }
  const postmaster = await findPostmaster(claimDataFolder(folder));
  if (postmaster !== undefined) await stopPostmaster(postmaster);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not written yet
  }
}
