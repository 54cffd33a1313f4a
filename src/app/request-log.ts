/**
 * Gathers what was asked and answered, and writes it down a moment later, many requests at once.
 *
 * - Never in the way of a request: noting one is a line in memory, and redaction, the statement and its connection come afterwards.
 * - Bounded: {@link MOST_WAITING} requests and {@link MOST_WAITING_BYTES} wait at most, the oldest are dropped for new ones, and
 *   {@link BATCH} are written each {@link BEAT_MS}. Payments go before their own record.
 * - Nothing is tried twice: what the database does not take is dropped. What is dropped is counted and said in the log.
 * - A crash loses what was not written yet, which is the last moment; an orderly end writes it.
 */
import { requestLogOf, type SeenRequest } from '../domain/request-log.ts';
import { MINUTE } from '../lib/time.ts';
import type { Database } from '../store/database.ts';
import { insertRequestLogs } from '../store/request-logs.ts';
import type { System } from '../system.ts';

const BEAT_MS = 50;
const BATCH = 50;
export const MOST_WAITING = 2_000;
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
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
  /** How many at the beginning of `#waiting` are gone already. */
  #gone = 0;
  #bytes = 0;
  #written = 0;
  #dropped = 0;
  #untold = 0;
  #toldAt: number | undefined;
  #writing: Promise<boolean> | undefined;
  #callOff: (() => void) | undefined;
  #closed = false;

  constructor({ system, database }: RequestLogParts) {
    this.#system = system;
    this.#database = database;
  }

  /** Takes a request that was answered. Costs a microsecond and never throws. */
  note(seen: SeenRequest): void {
    if (this.#closed) return;
    this.#waiting.push(seen);
    this.#bytes += seen.bytes;
    while (this.#count() > MOST_WAITING || (this.#bytes > MOST_WAITING_BYTES && this.#count() > 1)) this.#dropOldest();
    this.#arm();
  }

  counts(): RequestLogCounts {
    return { written: this.#written, dropped: this.#dropped, waiting: this.#count() };
  }

  /** Writes everything that waits now. What the database does not take is dropped. */
  async flush(): Promise<void> {
    await this.#writing;
    while (this.#count() > 0) {
      if (await this.#write()) continue;
      this.#lost(this.#take(this.#count()).length);
    }
  }

  /** Writes what waits and closes the handle; takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#callOff?.();
    await this.flush();
    await this.#database.close();
  }

  #count(): number {
    return this.#waiting.length - this.#gone;
  }

  #arm(): void {
    if (this.#callOff !== undefined || this.#writing !== undefined || this.#closed || this.#count() === 0) return;
    this.#callOff = this.#system.clock.timer(BEAT_MS, () => {
      this.#callOff = undefined;
      void this.#write();
    });
  }

  /** Writes one batch, one at a time; answers whether the database took it. Never throws. */
  #write(): Promise<boolean> {
    this.#writing ??= this.#writeBatch().then((taken) => {
      this.#writing = undefined;
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
      this.#lost(batch.length, error);
      return false;
    }
  }

  #take(most: number): SeenRequest[] {
    const taken = this.#waiting.slice(this.#gone, this.#gone + most);
    this.#waiting = this.#waiting.slice(this.#gone + most);
    this.#gone = 0;
    for (const { bytes } of taken) this.#bytes -= bytes;
    return taken;
  }

  #dropOldest(): void {
    this.#bytes -= (this.#waiting[this.#gone] as SeenRequest).bytes;
    this.#gone += 1;
    // The array is made anew now and then, not for each.
    if (this.#gone >= MOST_WAITING) this.#take(0);
    this.#lost(1);
  }

  #lost(count: number, error?: unknown): void {
    if (count === 0) return;
    this.#dropped += count;
    this.#untold += count;
    const now = this.#system.clock.now();
    if (this.#toldAt !== undefined && now - this.#toldAt < SAID_EVERY_MS) return;
    const facts = { dropped: this.#untold, ...(error === undefined ? {} : { err: error }) };
    this.#system.log.warn(facts, 'requests are missing in the request log: they came faster than it is written');
    this.#toldAt = now;
    this.#untold = 0;
  }
}
