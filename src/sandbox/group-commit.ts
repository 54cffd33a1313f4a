/**
 * Text to disk, many callers to one sync: what queues up while the disk is busy goes out together with the next write. A
 * write or sync that fails is fatal, and nobody who waits is ever called.
 */
import { close, fdatasync, write } from 'node:fs';

/** The two things asked of a disk; replaced by tests that let the n-th of them fail. */
export interface Disk {
  write(file: number, data: Buffer, done: (error: Error | null, written: number) => void): void;
  sync(file: number, done: (error: Error | null) => void): void;
}

export const realDisk: Disk = {
  write: (file, data, done) => write(file, data, 0, data.length, null, done),
  sync: (file, done) => fdatasync(file, done),
};

export interface GroupCommit {
  /** Queues the text of line `n`, the next after the one pushed before. */
  push(n: number, text: string): void;
  /** Calls `then` once line `n` is on disk; at once if it is already; never once the disk has failed. */
  whenDurable(n: number, then: () => void): void;
  /** How many syncs there have been. */
  syncs(): number;
  /** Waits for all that was pushed, then closes the file. */
  close(): Promise<void>;
}

export interface GroupCommitOptions {
  file: number;
  /** Lines in the file already. */
  durable: number;
  sync: 'always' | 'off';
  disk: Disk;
  onFatal: (error: Error) => void;
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { file, disk } = options;
  let { durable } = options;
  let pushed = durable;
  let syncs = 0;
  let queue: string[] = [];
  let state: 'idle' | 'busy' | 'dead' = 'idle';
  const waiting: { n: number; run: () => void }[] = [];

  const fail = (error: Error): void => {
    state = 'dead';
    options.onFatal(error);
  };
  const finish = (upTo: number): void => {
    durable = upTo;
    let ready = 0;
    while (ready < waiting.length && waiting[ready]!.n <= upTo) ready++;
    for (const waiter of waiting.splice(0, ready)) waiter.run();
    if (queue.length > 0) flush();
    else state = 'idle';
  };
  const settle = (upTo: number): void => {
    if (options.sync === 'off') finish(upTo);
    else
      disk.sync(file, (error) => {
        syncs++;
        if (error === null) finish(upTo);
        else fail(error);
      });
  };
  const flush = (): void => {
    const batch = Buffer.from(queue.join(''));
    const upTo = pushed;
    queue = [];
    writeWhole({ file, disk, fail, done: () => settle(upTo) }, batch);
  };

  return {
    push(n, text) {
      pushed = n;
      queue.push(text);
      if (state !== 'idle') return;
      state = 'busy';
      // After this turn of the event loop, so that every request that arrived with it shares one sync.
      setImmediate(flush);
    },
    whenDurable(n, then) {
      if (state === 'dead') return;
      if (n <= durable) then();
      else waiting.push({ n, run: then });
    },
    syncs: () => syncs,
    close: () =>
      new Promise((resolve) => {
        const end = (): void => close(file, () => resolve());
        if (state === 'dead' || durable === pushed) end();
        else waiting.push({ n: pushed, run: end });
      }),
  };
}

/** Carries short writes on until everything is out. */
function writeWhole(
  about: { file: number; disk: Disk; fail: (error: Error) => void; done: () => void },
  data: Buffer,
): void {
  about.disk.write(about.file, data, (error, written) => {
    if (error !== null) about.fail(error);
    else if (written < data.length) writeWhole(about, data.subarray(written));
    else about.done();
  });
}
