/**
 * The sandbox as an HTTP server: Node's own, one process, one folder. Sockets are counted, held, closed and reset here,
 * because faults of the connect stage act before any request exists.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { controlKey } from './accounts.ts';
import type { Timer } from './answer-faults.ts';
import { type Assembly, assemble } from './assembly.ts';
import { answerRefusal, type Exchange, MAX_BODY_BYTES, readBody } from './exchange.ts';
import type { FaultFacts } from './faults.ts';
import { Refusal } from './fields.ts';
import { type Disk, realDisk } from './group-commit.ts';
import { type Latency, readLatency } from './latency.ts';
import { route, routeName, type Surroundings } from './routes.ts';
import { dieOf, SocketDesk } from './sockets.ts';

export interface SandboxOptions {
  /** Data folder; made if absent. One process at a time. */
  folder: string;
  /** 0: any free port. */
  port?: number;
  host?: string;
  /** For a new book only; an existing one keeps its own. */
  seed?: string;
  /** See latency.ts; default `0`. */
  latency?: string;
  /** `off` for unit tests only. */
  sync?: 'always' | 'off';
  authorizationDays?: number;
  bookMaxBytes?: number;
  /** PEM. */
  tls?: { cert: string; key: string };
  /** Milliseconds since 1970; real time by default. */
  now?: () => number;
  /** Real timers by default. */
  timer?: Timer;
  disk?: Disk;
  /** Words for people. */
  say?: (words: string) => void;
  /** The disk failed: end without answering. Default: throws, which ends the process. */
  onFatal?: (error: Error) => void;
  /** Called whenever the number of held connections of `GET /control/hold` changes. */
  onHolders?: (holders: number) => void;
}

export interface RunningSandbox {
  url: string;
  port: number;
  controlKey: string;
  /** Stops accepting, ends connections, writes what is queued, gives the folder back. */
  close(): Promise<void>;
}

const TWO_GIB = 2 ** 31;
const LOOPBACK_NAMES = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** Starts a sandbox; resolves once it listens and its book is on disk. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const timer: Timer = options.timer ?? realTimer;
  const say = options.say ?? (() => {});
  const host = options.host ?? '127.0.0.1';
  const sockets = new SocketDesk(timer, say);
  let base = '';
  const assembly = assemble({
    folder: options.folder,
    ...(options.seed !== undefined && { seed: options.seed }),
    sync: options.sync ?? 'always',
    bookMaxBytes: options.bookMaxBytes ?? TWO_GIB,
    authorizationDays: options.authorizationDays ?? 7,
    now: options.now ?? Date.now,
    timer,
    disk: options.disk ?? realDisk,
    say,
    onFatal: options.onFatal ?? dieOf,
    base: () => base,
    onOutage: (seconds) => sockets.goDown(seconds),
  });
  const { torn } = assembly.context.book;
  if (torn > 0) say(`the book ended in a torn line of ${torn} bytes, as after a kill; it was cut off`);
  try {
    sockets.onAccept = (nth) => assembly.context.faults.fire('connect', connectionFacts(nth))?.kind;
    const around = surroundings(options, { assembly, sockets, timer, base: () => base });
    const scheme = options.tls === undefined ? 'http' : 'https';
    const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
    server.on('request', (req: IncomingMessage, res: ServerResponse) => {
      serve(around, sockets, { req, res, base: baseOf(req, scheme, base) }).catch(dieOf);
    });
    await sockets.listen(server as Server, { host, port: options.port ?? 0 });
    const { port } = server.address() as AddressInfo;
    base = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    await new Promise<void>((resolve) => assembly.context.book.whenDurable(assembly.context.book.lines, resolve));
    assembly.resume();
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closing ??= sockets.close().then(() => assembly.close());
      return closing;
    };
    return { url: base, port, controlKey: around.controlKey, close };
  } catch (error) {
    await assembly.close();
    throw error;
  }
}

const realTimer: Timer = (ms, then) => {
  const handle = setTimeout(then, ms);
  return () => clearTimeout(handle);
};

/** All that is known of a caller before it has said anything. */
function connectionFacts(nth: number): FaultFacts {
  return { account: '', accountName: '', operations: [], key: 'connection', use: nth, method: '' };
}

function surroundings(
  options: SandboxOptions,
  parts: { assembly: Assembly; sockets: SocketDesk; timer: Timer; base: () => string },
): Surroundings {
  const { assembly, sockets } = parts;
  const { context } = assembly;
  const latency: Latency = readLatency(options.latency ?? '0');
  let holders = 0;
  const changeHolders = (by: number): void => {
    holders += by;
    options.onHolders?.(holders);
  };
  return {
    desk: { context, latency: () => context.faults.latency() ?? latency, timer: parts.timer },
    file: assembly.file,
    controlKey: controlKey(options.folder),
    health: () => ({ name: 'tender-sandbox', book: context.book.id, pid: process.pid, url: parts.base() }),
    stats: () => ({
      connections: { open: sockets.openCount, accepted: sockets.accepted, holders },
      calls: Object.fromEntries(sockets.calls),
      book: { lines: context.book.lines, bytes: context.book.bytes, syncs: context.book.syncs },
      charges: context.world.charges.size,
      undelivered_notifications: context.world.notices.size,
      latency: (context.faults.latency() ?? latency).text,
    }),
    hold(exchange) {
      changeHolders(1);
      exchange.res.once('close', () => changeHolders(-1));
      exchange.res.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
      exchange.res.write('{"held":true}\n');
    },
  };
}

async function serve(
  around: Surroundings,
  sockets: SocketDesk,
  call: { req: IncomingMessage; res: ServerResponse; base: string },
): Promise<void> {
  const { req, res } = call;
  const url = req.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const method = req.method ?? 'GET';
  sockets.count(routeName(method, path));
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  const exchange: Exchange = { req, res, method, path, query, base: call.base, body: '' };
  try {
    if (method === 'POST' || method === 'PUT') exchange.body = await readBody(req, MAX_BODY_BYTES);
    await route(around, exchange);
  } catch (error) {
    if (error instanceof Refusal) answerRefusal(res, error);
    // A caller that goes away in the middle of its own request is its own affair; anything else is a bug.
    else if (!req.complete) res.destroy();
    else throw error;
  }
}

/** The origin the caller used, where it is one of ours; else the address we listen on. */
function baseOf(req: IncomingMessage, scheme: string, own: string): string {
  const host = req.headers.host ?? '';
  return LOOPBACK_NAMES.test(host) ? `${scheme}://${host}` : own;
}
