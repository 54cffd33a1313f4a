/**
 * Gathers what was asked and answered, and writes it down a moment later, many requests at once.
 *
 * - Never in the way of a request: noting one is a line in memory, and redaction, the statement and its connection come afterwards.
 * - Bounded: {@link MOST_WAITING} requests and about {@link MOST_WAITING_BYTES} wait at most, and {@link BATCH} are written each
 *   {@link BEAT_MS}. What comes while there is no room is dropped before anything is made of it, so that a crowd costs next to nothing:
 *   payments go before their own record.
 * - Nothing is tried twice: what the database does not take is dropped. What is dropped is counted and said in the log.
 * - A crash loses what was not written yet, which is the last moment; an orderly end writes it.
 */
import { requestLogOf, type SeenRequest } from '../domain/request-log.ts';
import { MINUTE } from '../lib/time.ts';
import type { Database } from '../store/database.ts';
import { insertRequestLogs } from '../store/request-logs.ts';
import type { System } from '../system.ts';

/** Together 500 a second, which is what one key may ask; so few at once that a batch is no pause in which payments wait. */
const BEAT_MS = 50;
const BATCH = 25;
export const MOST_WAITING = 1_000;
export const MOST_WAITING_BYTES = 8 * 1024 * 1024;
/** Many lost requests are one line of the log. */
const SAID_EVERY_MS = MINUTE;

export interface RequestLogCounts {
  written: number;
  dropped: number;
  waiting: number;
}

export interface RequestLogParts {
  system: Pick<System, 'clock' | 'log'>;
  /** A handle of its own, so that payments never wait for a connection that the log holds. */
  database: Database;
}

/** One per process that answers requests. */
export class RequestLogWriter {
  readonly #system: RequestLogParts['system'];
  readonly #database: Database;
  #waiting: SeenRequest[] = [];
  #bytes = 0;
  #written = 0;
  #dropped = 0;
  /** Of those, how many no line of the log has told yet, and why the last were lost. */
  #untold = 0;
  #cause: unknown;
  #toldAt: number | undefined;
  #writing: Promise<boolean> | undefined;
  #callOff: (() => void) | undefined;
  #closed = false;

  constructor({ system, database }: RequestLogParts) {
    this.#system = system;
    this.#database = database;
  }

  /** Takes a request that was answered, or drops it: `see` is called only where there is room. Costs a microsecond. */
  note(see: () => SeenRequest): void {
    if (this.#closed) return;
    if (this.#waiting.length >= MOST_WAITING || this.#bytes >= MOST_WAITING_BYTES) {
      this.#lost(1);
      return;
    }
    const seen = see();
    this.#waiting.push(seen);
    this.#bytes += seen.bytes;
    this.#arm();
  }

  counts(): RequestLogCounts {
    return { written: this.#written, dropped: this.#dropped, waiting: this.#waiting.length };
  }

  /** Writes everything that waits now. What the database does not take is dropped. */
  async flush(): Promise<void> {
    await this.#writing;
    while (this.#waiting.length > 0) {
      if (!(await this.#write())) this.#lost(this.#take(this.#waiting.length).length);
    }
    this.#say();
  }

  /** Writes what waits and closes the handle; takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#callOff?.();
    await this.flush();
    await this.#database.close();
  }

  #arm(): void {
    if (this.#callOff !== undefined || this.#writing !== undefined || this.#closed || this.#waiting.length === 0)
      return;
    this.#callOff = this.#system.clock.timer(BEAT_MS, () => {
      this.#callOff = undefined;
      void this.#write();
    });
  }

  /** Writes one batch, one at a time; answers whether the database took it. Never throws. */
  #write(): Promise<boolean> {
    this.#writing ??= this.#writeBatch().then((taken) => {
      this.#writing = undefined;
      this.#say();
      this.#arm();
      return taken;
    });
    return this.#writing;
  }

  async #writeBatch(): Promise<boolean> {
    const batch = this.#take(BATCH);
    try {
      if (batch.length > 0) await insertRequestLogs(this.#database, batch.map(requestLogOf));
      this.#written += batch.length;
      return true;
    } catch (error) {
      this.#cause = error;
      this.#lost(batch.length);
      return false;
    }
  }

  #take(most: number): SeenRequest[] {
    const taken = this.#waiting.slice(0, most);
    this.#waiting = this.#waiting.slice(most);
    for (const { bytes } of taken) this.#bytes -= bytes;
    return taken;
  }

  #lost(count: number): void {
    this.#dropped += count;
    this.#untold += count;
  }

  #say(): void {
    const now = this.#system.clock.now();
    if (this.#untold === 0 || (this.#toldAt !== undefined && now - this.#toldAt < SAID_EVERY_MS)) return;
    const facts = { dropped: this.#untold, ...(this.#cause === undefined ? {} : { err: this.#cause }) };
    this.#system.log.warn(facts, 'requests are missing in the request log');
    this.#toldAt = now;
    this.#untold = 0;
    this.#cause = undefined;
  }
}
