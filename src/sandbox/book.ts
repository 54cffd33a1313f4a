/**
 * The book, written: append only, one JSON object a line, each line chained to the one before. A line counts once it has
 * been written and synced; lines that queue up during a sync share the next one. A write or sync that fails ends the
 * process without an answer, because nobody may be told what the disk did not keep.
 */
import { randomBytes } from 'node:crypto';
import { close, closeSync, fdatasync, fsyncSync, openSync, write } from 'node:fs';
import { join } from 'node:path';
import { type BookLine, chainSum, readBook } from './book-file.ts';

/** The two things asked of a disk; replaced by tests that let the n-th of them fail. */
export interface Disk {
  write(file: number, data: Buffer, done: (error: Error | null, written: number) => void): void;
  sync(file: number, done: (error: Error | null) => void): void;
}

export const realDisk: Disk = {
  write: (file, data, done) => write(file, data, 0, data.length, null, done),
  sync: (file, done) => fdatasync(file, done),
};

export interface BookOptions {
  folder: string;
  seed?: string;
  sync: 'always' | 'off';
  maxBytes: number;
  now: () => number;
  disk: Disk;
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
  const writer = createWriter(options, openSync(path, 'a', 0o600), end);
  if (first === undefined) {
    const seed = options.seed ?? randomBytes(16).toString('hex');
    const salt = randomBytes(16).toString('hex');
    writer.append('book', { format: 'tender-sandbox-book', version: 1, seed, salt, sync: options.sync });
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
      return writer.syncs();
    },
    get full() {
      return writer.bytes() + RESERVE_BYTES > options.maxBytes;
    },
    append: writer.append,
    whenDurable: writer.whenDurable,
    close: writer.close,
  };
}

interface Writer {
  append(kind: string, fields: object): number;
  whenDurable(n: number, then: () => void): void;
  close(): Promise<void>;
  lines(): number;
  bytes(): number;
  syncs(): number;
  sum(): string;
}

function createWriter(options: BookOptions, file: number, end: { lines: number; bytes: number; sum: string }): Writer {
  let { lines, bytes, sum } = end;
  let durable = lines;
  let syncs = 0;
  let queue: string[] = [];
  let busy = false;
  let dead = false;
  const waiting: { n: number; run: () => void }[] = [];

  const fail = (error: Error): void => {
    dead = true;
    options.onFatal(error);
  };
  const finish = (upTo: number): void => {
    durable = upTo;
    let ready = 0;
    while (ready < waiting.length && waiting[ready]!.n <= upTo) ready++;
    for (const waiter of waiting.splice(0, ready)) waiter.run();
    if (queue.length > 0) flush();
    else busy = false;
  };
  const settle = (upTo: number): void => {
    if (options.sync === 'off') {
      finish(upTo);
      return;
    }
    options.disk.sync(file, (error) => {
      if (error !== null) return fail(error);
      syncs++;
      finish(upTo);
    });
  };
  const writeAll = (data: Buffer, upTo: number): void => {
    options.disk.write(file, data, (error, written) => {
      if (error !== null) return fail(error);
      if (written < data.length) writeAll(data.subarray(written), upTo);
      else settle(upTo);
    });
  };
  const flush = (): void => {
    const batch = queue;
    queue = [];
    writeAll(Buffer.from(batch.join('')), lines);
  };

  return {
    append(kind, fields) {
      const n = lines + 1;
      const body = JSON.stringify(fields);
      const start = `{"n":${n},"at":"${new Date(options.now()).toISOString()}","kind":"${kind}"`;
      const content = body === '{}' ? `${start}}` : `${start},${body.slice(1)}`;
      const size = Buffer.byteLength(content) + 73;
      if (size > MAX_LINE_BYTES) throw new Error(`a ${kind} line of ${size} bytes does not fit the book`);
      lines = n;
      sum = chainSum(sum, content);
      bytes += size + 1;
      queue.push(`${content.slice(0, -1)},"sum":"${sum}"}\n`);
      if (!busy && !dead) {
        busy = true;
        // After this turn of the event loop, so that every request that arrived with it shares one sync.
        setImmediate(flush);
      }
      return n;
    },
    whenDurable(n, then) {
      if (dead) return;
      if (n <= durable) then();
      else waiting.push({ n, run: then });
    },
    close: () =>
      new Promise((resolve) => {
        const end = (): void => close(file, () => resolve());
        if (dead) closeSync(file);
        if (dead) resolve();
        else if (durable === lines) end();
        else waiting.push({ n: lines, run: end });
      }),
    lines: () => lines,
    bytes: () => bytes,
    syncs: () => syncs,
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
