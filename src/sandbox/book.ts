/**
 * The book, written: append only, one JSON object a line, each line chained to the one before. A line counts once it has
 * been written and synced; lines that queue up during a sync share the next one. A write or sync that fails ends the
 * process without an answer, because nobody may be told what the disk did not keep.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { BookError, type BookLine, chainSum, readBook } from './book-file.ts';
import { createGroupCommit, type Disk, type GroupCommit } from './group-commit.ts';

export interface BookOptions {
  folder: string;
  seed?: string;
  sync: 'always' | 'off';
  maxBytes: number;
  now: () => number;
  disk: Disk;
  /** Words for people. */
  say?: (words: string) => void;
  /** Called once when the disk failed; must not return to work that answers. */
  onFatal: (error: Error) => void;
}

export interface Book {
  readonly path: string;
  readonly seed: string;
  readonly salt: string;
  /** Sum of the first line: names this book among all others. */
  readonly id: string;
  readonly lines: number;
  readonly bytes: number;
  readonly syncs: number;
  /** Bytes of the torn line that was cut off at start. */
  readonly torn: number;
  /** True once no more may be charged: the file has reached its bound. */
  readonly full: boolean;
  /** Queues a line and returns its number. `fields` must not hold `n`, `at`, `kind` or `sum`. */
  append(kind: string, fields: object): number;
  /** Calls `then` once line `n` is on disk; at once if it is already. */
  whenDurable(n: number, then: () => void): void;
  /** Writes and syncs all that is queued, then closes the file. */
  close(): Promise<void>;
}

const VERSION = 1;
export const MAX_LINE_BYTES = 4096;
/** Kept free for the lines that follow from charges already decided. */
const RESERVE_BYTES = 64 * 1024;

/** Opens or begins the book in `folder`, giving each line after the first to `replay`. */
export function openBook(options: BookOptions, replay: (line: BookLine) => void): Book {
  const path = join(options.folder, 'book.jsonl');
  let first: BookLine | undefined;
  const end = readBook(path, (line) => {
    if (first === undefined) first = line;
    else replay(line);
  });
  if (first !== undefined && (first.kind !== 'book' || first.version !== VERSION)) {
    throw new BookError(`${path} is not a book of version ${VERSION}`);
  }
  const file = openSync(path, 'a', 0o600);
  const commit = createGroupCommit({ ...options, file, durable: end.lines });
  const writer = createWriter(end, commit, options);
  if (first === undefined) {
    const seed = options.seed ?? randomBytes(16).toString('hex');
    const salt = randomBytes(16).toString('hex');
    writer.append('book', { format: 'tender-sandbox-book', version: VERSION, seed, salt, sync: options.sync });
    syncFolder(options.folder);
    first = { n: 1, at: '', kind: 'book', sum: writer.sum(), seed, salt };
  }
  const head = first;
  return {
    path,
    seed: String(head.seed),
    salt: String(head.salt),
    id: head.sum.slice(0, 32),
    torn: end.torn,
    get lines() {
      return writer.lines();
    },
    get bytes() {
      return writer.bytes();
    },
    get syncs() {
      return commit.syncs();
    },
    get full() {
      return writer.bytes() + RESERVE_BYTES > options.maxBytes;
    },
    append: writer.append,
    whenDurable: commit.whenDurable,
    close: commit.close,
  };
}

interface Writer {
  append(kind: string, fields: object): number;
  lines(): number;
  bytes(): number;
  sum(): string;
}

/** Numbers and chains lines, and hands them to `commit`. */
function createWriter(
  end: { lines: number; bytes: number; sum: string },
  commit: GroupCommit,
  options: Pick<BookOptions, 'now' | 'maxBytes' | 'say'>,
): Writer {
  let { lines, bytes, sum } = end;
  return {
    append(kind, fields) {
      const n = lines + 1;
      const body = JSON.stringify(fields);
      const start = `{"n":${n},"at":"${new Date(options.now()).toISOString()}","kind":"${kind}"`;
      const content = body === '{}' ? `${start}}` : `${start},${body.slice(1)}`;
      const next = chainSum(sum, content);
      const line = `${content.slice(0, -1)},"sum":"${next}"}\n`;
      const size = Buffer.byteLength(line);
      if (size > MAX_LINE_BYTES) throw new Error(`a ${kind} line of ${size} bytes does not fit the book`);
      lines = n;
      sum = next;
      const warnAt = options.maxBytes * 0.9;
      if (bytes < warnAt && bytes + size >= warnAt) options.say?.('the book is at 90 % of its bound');
      bytes += size;
      commit.push(n, line);
      return n;
    },
    lines: () => lines,
    bytes: () => bytes,
    sum: () => sum,
  };
}

/** Makes the file's name as lasting as its content. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
