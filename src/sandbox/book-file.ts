/**
 * The book's file, read: every line is checked against the chain of sums before it is believed. A torn last line is what a
 * kill leaves behind and is cut off; damage anywhere else means that money was forgotten, and nothing may start on it.
 * Also the lock that keeps a second writer out.
 */
import { hash } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export interface BookLine {
  n: number;
  at: string;
  kind: string;
  sum: string;
  [field: string]: unknown;
}

export interface BookEnd {
  lines: number;
  bytes: number;
  sum: string;
  /** Length of the torn last line that was cut off, 0 if there was none. */
  torn: number;
}

/** The book is damaged, or someone else is writing it. */
export class BookError extends Error {
  override name = 'BookError';
}

/** SHA-256 over the line before's sum and this line without its own, hex. */
export function chainSum(before: string, line: string): string {
  return hash('sha256', before + line, 'hex');
}

const SUM_TAIL = ',"sum":"'.length + 64 + '"}'.length;
const CHUNK = 1 << 20;
const NEWLINE = 10;

/**
 * Reads the book at `path` line by line into `take`, and cuts off a torn last line. A file that does not exist is an
 * empty book. Throws {@link BookError} naming the line where the chain breaks.
 */
export function readBook(path: string, take: (line: BookLine) => void): BookEnd {
  const end: BookEnd = { lines: 0, bytes: 0, sum: '', torn: 0 };
  const file = openForReading(path);
  if (file === undefined) return end;
  let rest = Buffer.alloc(0);
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let got = readSync(file, chunk, 0, CHUNK, null); got > 0; got = readSync(file, chunk, 0, CHUNK, null)) {
      const data = rest.length === 0 ? chunk.subarray(0, got) : Buffer.concat([rest, chunk.subarray(0, got)]);
      let from = 0;
      for (let to = data.indexOf(NEWLINE); to !== -1; to = data.indexOf(NEWLINE, from)) {
        take(checkedLine(data.toString('utf8', from, to), end));
        end.bytes += to + 1 - from;
        from = to + 1;
      }
      rest = Buffer.from(data.subarray(from));
    }
  } finally {
    closeSync(file);
  }
  if (rest.length > 0) {
    end.torn = rest.length;
    truncateSync(path, end.bytes);
  }
  return end;
}

function openForReading(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Parses one line, holds it against the chain and moves `end` behind it. */
function checkedLine(text: string, end: BookEnd): BookLine {
  const n = end.lines + 1;
  const sum = text.slice(-66, -2);
  const content = `${text.slice(0, -SUM_TAIL)}}`;
  if (chainSum(end.sum, content) !== sum) {
    throw new BookError(`the book is damaged at line ${n}: its sum does not fit; nothing after it can be believed`);
  }
  const line = JSON.parse(text) as BookLine;
  if (line.n !== n) throw new BookError(`the book is damaged at line ${n}: it calls itself ${line.n}`);
  end.lines = n;
  end.sum = sum;
  return line;
}

interface LockContent {
  pid: number;
  /** Clock ticks since boot, where the system tells: a pid alone may have been given out again. */
  started: string;
}

/**
 * Takes `<folder>/lock`, or throws {@link BookError} if a living process holds it. The returned function gives it back.
 */
export function lockBook(folder: string): () => void {
  const path = join(folder, 'lock');
  const mine = JSON.stringify({ pid: process.pid, started: statOf(process.pid)[19] ?? '' } satisfies LockContent);
  const draft = join(folder, `lock.${process.pid}`);
  for (let turn = 0; turn < 3; turn++) {
    writeFileSync(draft, mine, { mode: 0o600 });
    try {
      linkSync(draft, path);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    const holder = readLock(path);
    if (holder !== undefined && isAlive(holder)) {
      throw new BookError(`process ${holder.pid} is already writing the book in ${folder}`);
    }
    // Left behind by a kill. Moving it away first means that of two starters only one can go on with the same lock.
    if (holder !== undefined) {
      renameSync(path, `${draft}.stale`);
      rmSync(`${draft}.stale`, { force: true });
    }
  }
  throw new BookError(`could not lock the book in ${folder}`);
}

function readLock(path: string): LockContent | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockContent;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // A lock that cannot be read was torn by a kill between open and write: nobody living holds it.
    return { pid: 0, started: '' };
  }
}

function isAlive(holder: LockContent): boolean {
  if (holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const fields = statOf(holder.pid);
  // Ended and not collected by its parent, which in many containers nobody ever does.
  if (fields[0] === 'Z') return false;
  const started = fields[19] ?? '';
  return started === '' || holder.started === '' || started === holder.started;
}

/** Fields of Linux's /proc/PID/stat behind the name: first the state, twentieth the start time. Empty where there is none. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return []; // No /proc on this system: the pid alone has to do.
  }
}
