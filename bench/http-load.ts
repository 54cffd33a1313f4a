/**
 * A lean load generator: plain sockets, one request in flight on each, no parsing beyond what the figures need. It shares the
 * machine with the server it measures, so every microsecond it spends is one the server does not get.
 */
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

export interface Answered {
  status: number;
  head: string;
  body: string;
}

export interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** One connection; requests go one after another. */
export class Line {
  readonly #socket: Socket;
  readonly #host: string;
  #buffer = '';
  #waiting: ((answer: Answered) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(url: URL) {
    this.#host = url.host;
    this.#socket = connect({
      port: Number(url.port),
      host: url.hostname === 'localhost' ? '127.0.0.1' : url.hostname,
      noDelay: true,
    });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#failed?.(error));
    this.#socket.on('close', () => this.#failed?.(new Error('the server closed the connection')));
  }

  ask(asked: Asked): Promise<Answered> {
    let text = `${asked.method} ${asked.path} HTTP/1.1\r\nhost: ${this.#host}\r\n`;
    for (const [name, value] of Object.entries(asked.headers ?? {})) text += `${name}: ${value}\r\n`;
    if (asked.body !== undefined) text += `content-length: ${Buffer.byteLength(asked.body)}\r\n`;
    this.#socket.write(`${text}\r\n${asked.body ?? ''}`);
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#failed = reject;
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#buffer = this.#buffer === '' ? chunk : this.#buffer + chunk;
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#buffer.slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    const bodyStart = end + 4;
    if (Number.isNaN(length)) {
      if (/transfer-encoding: chunked/i.test(head) && !this.#buffer.endsWith('0\r\n\r\n')) return;
    } else if (this.#buffer.length < bodyStart + length) return;
    const answer = { status: Number(head.slice(9, 12)), head, body: this.#buffer.slice(bodyStart) };
    this.#buffer = '';
    const resolve = this.#waiting;
    this.#waiting = undefined;
    this.#failed = undefined;
    resolve?.(answer);
  }
}

export interface Measured {
  /** Operations a second. */
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  count: number;
}

/** Runs `work` on `lanes` lanes for about `ms` milliseconds after a short warm-up, and measures. */
export async function measure(lanes: number, ms: number, work: (lane: number) => Promise<void>): Promise<Measured> {
  const times: number[] = [];
  const warmUntil = performance.now() + Math.min(ms / 4, 1_000);
  const state = { count: 0, started: 0 };
  const until = warmUntil + ms;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (;;) {
        const from = performance.now();
        if (from >= until) return;
        await work(lane);
        const to = performance.now();
        if (from >= warmUntil && to <= until) {
          times.push(to - from);
          state.count++;
        }
      }
    }),
  );
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: (state.count / ms) * 1_000, p50: at(0.5), p99: at(0.99), count: state.count };
}
