/**
 * One owner at a time for a folder, even when owners are killed without warning.
 *
 * Each owner adds a file whose name is one higher than the last: creating it is atomic, so of two processes that both find
 * the last owner dead only one can succeed it. The highest file is never deleted, only overtaken, so a slow process that
 * decided on old knowledge notices that it was overtaken and gives way.
 */
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStartMark } from './process-table.ts';

export interface FolderLock {
  /** Gives the folder free. Calling it twice does nothing more. */
  release(): void;
}

/** Another living process owns the folder. */
export class FolderHeldError extends Error {
  readonly pid: number;
  constructor(folder: string, pid: number) {
    super(
      `The data folder ${folder} is in use by process ${pid}${pid === process.pid ? ' (this one)' : ''}. ` +
        'Stop that process first, or choose another folder with TENDER_DATA_DIR.',
    );
    this.name = 'FolderHeldError';
    this.pid = pid;
  }
}

interface Holder {
  pid: number;
  /** See `processStartMark`. */
  started: string;
}

/** Takes the lock kept in `folder`; `owned` is the folder named in the message. Throws {@link FolderHeldError}. */
export function lockFolder(folder: string, owned: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mine: Holder = { pid: process.pid, started: processStartMark(process.pid) ?? 'unknown' };
  const draft = join(folder, `draft-${process.pid}`);
  for (;;) {
    const last = highest(folder);
    const holder = last === 0 ? undefined : readHolder(join(folder, String(last)));
    if (holder && processStartMark(holder.pid) === holder.started) throw new FolderHeldError(owned, holder.pid);
    const turn = join(folder, String(last + 1));
    if (!createWhole(draft, turn, mine)) continue; // somebody was faster: look again
    if (highest(folder) > last + 1) {
      rmSync(turn, { force: true }); // we acted on old knowledge: give way
      continue;
    }
    for (const turnNumber of turns(folder)) {
      if (turnNumber <= last) rmSync(join(folder, String(turnNumber)), { force: true });
    }
    return { release: () => releaseTurn(draft, turn) };
  }
}

/** Marks the turn as over; the file stays as the highest number, see above. */
function releaseTurn(draft: string, turn: string): void {
  const holder = readHolder(turn);
  if (!holder || holder.pid !== process.pid) return;
  writeFileSync(draft, '{}', { mode: 0o600 });
  renameSync(draft, turn);
}

/** Creates `path` with its full content in one step; false when it exists already. */
function createWhole(draft: string, path: string, holder: Holder): boolean {
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function turns(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function highest(folder: string): number {
  return Math.max(0, ...turns(folder));
}

/** Undefined when the turn was given up, overtaken, or holds no readable owner. */
function readHolder(path: string): Holder | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return typeof value.pid === 'number' && typeof value.started === 'string' ? (value as Holder) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
