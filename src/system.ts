/**
 * Everything that comes from outside the program: time, randomness, the network, the log.
 * Only this file, `outbound.ts`, `main.ts` and `config.ts` touch them; all else receives a {@link System}.
 * Tests replace any part of it; nothing in the code asks whether it is being tested.
 */
import { randomFillSync } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import pino, { type Logger } from 'pino';
import { createIdSource, type IdSource } from './lib/ids.ts';
import type { Timestamp } from './lib/time.ts';
import { send } from './outbound.ts';

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): Timestamp;
  /** Calls `then` once after `ms` of real time; the returned function calls it off. */
  timer(ms: number, then: () => void): () => void;
}

/** One HTTP request to another machine. Sent at most once: nothing below this type repeats or follows anything. */
export interface OutboundRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Name resolution, TCP and TLS together, in milliseconds. */
  connectTimeoutMs: number;
  /** From the call to the last byte of the answer, in milliseconds. */
  totalTimeoutMs: number;
  /** An answer with a longer body is cut here and reported as `too_large`. */
  maxAnswerBytes: number;
  /** Asked for every address before the connection to it is opened; false refuses it. Absent: every address is allowed. */
  allowAddress?: (address: string) => boolean;
  signal?: AbortSignal;
}

/**
 * `not_sent` is a promise that no byte of the request left this machine; `failed` promises nothing.
 * `why` uses one word per cause; `partial` holds the bytes read before the failure, at most `maxAnswerBytes`.
 */
export type OutboundResult =
  | { kind: 'answer'; status: number; headers: Record<string, string>; body: Buffer; latencyMs: number }
  | {
      kind: 'not_sent';
      why:
        | 'dns_failed'
        | 'address_not_allowed'
        | 'connect_refused'
        | 'connect_timeout'
        | 'connect_reset'
        | 'tls_failed'
        | 'aborted';
      detail: string;
      latencyMs: number;
    }
  | {
      kind: 'failed';
      why: 'response_timeout' | 'reset' | 'too_large' | 'unreadable' | 'aborted';
      detail: string;
      status?: number;
      partial: Buffer;
      latencyMs: number;
    };

/** Sends one request and reports what happened; never throws for what the network did. */
export type Outbound = (request: OutboundRequest) => Promise<OutboundResult>;

export interface System {
  clock: Clock;
  ids: IdSource;
  /** Cryptographically strong bytes. */
  random(bytes: number): Buffer;
  send: Outbound;
  log: Logger;
}

/** The real world. `logLevel` as pino's; logs go to stderr so that stdout stays for data. */
export function realSystem(logLevel: string): System {
  const clock: Clock = {
    now: () => Date.now() as Timestamp,
    timer(ms, then) {
      const handle = setTimeout(then, ms);
      return () => clearTimeout(handle);
    },
  };
  const random = (bytes: number): Buffer => randomFillSync(Buffer.allocUnsafe(bytes));
  return {
    clock,
    random,
    ids: createIdSource(clock.now, random),
    send,
    log: pino({ level: logLevel }, pino.destination(2)),
  };
}

/** Memory of this process, in bytes. */
export function processMemory(): { residentBytes: number; heapBytes: number } {
  const { rss, heapUsed } = process.memoryUsage();
  return { residentBytes: rss, heapBytes: heapUsed };
}

/** The addresses of this machine's network interfaces: what listens there is ours or the operator's, never a merchant's. */
export function ownAddresses(): ReadonlySet<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)));
}
