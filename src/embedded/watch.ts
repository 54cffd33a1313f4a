/**
 * Brings the server back when it dies under a living parent (the kernel's out-of-memory killer, an operator's mistake).
 * Looking at the process table twice a second costs nothing and also works for an adopted server, whose end no event reports.
 */
import type { DataFolder } from './data-folder.ts';
import { keepLogSmall, type Postmaster, postmasterRuns } from './postmaster.ts';

export interface ServerWatch {
  /** The server as it runs now: another process after a restart. */
  server(): Postmaster;
  /** Ends the watch; waits for a restart that is under way. */
  end(): Promise<void>;
}

const lookMs = 500;
const retryMs = 5_000;

/** Watches a server; `restart` must make it listen where it listened before. Never keeps the process alive by itself. */
export function watchServer(
  first: Postmaster,
  work: { folder: DataFolder; restart(died: Postmaster): Promise<Postmaster>; say(line: string): void },
): ServerWatch {
  let server = first;
  let ended = false;
  let timer: NodeJS.Timeout;
  let restarting: Promise<void> = Promise.resolve();

  const schedule = (ms: number) => {
    if (!ended) timer = setTimeout(look, ms).unref();
  };
  const look = () => {
    try {
      keepLogSmall(work.folder);
    } catch (error) {
      work.say(`The database's log could not be shortened: ${(error as Error).message}`);
    }
    if (postmasterRuns(server)) return schedule(lookMs);
    work.say(`The database (process ${server.pid}) has died. Starting it again …`);
    restarting = work.restart(server).then(
      (next) => {
        server = next;
        work.say(`The database runs again (process ${next.pid}); everything committed is there.`);
        schedule(lookMs);
      },
      (error: Error) => {
        work.say(`${error.message}\nTrying again in ${retryMs / 1000} s.`);
        schedule(retryMs);
      },
    );
  };
  schedule(lookMs);

  return {
    server: () => server,
    async end() {
      ended = true;
      clearTimeout(timer);
      await restarting;
    },
  };
}
