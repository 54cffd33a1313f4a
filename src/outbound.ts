/**
 * The only way out: one HTTP request to another machine, reported as a value.
 *
 * The connection is made ready first (name, address, TCP, TLS) and only then handed to Node's HTTP client. So the line
 * between `not_sent` and `failed` is exact: before the hand-over no byte of the request can have left, after it any may
 * have. Nothing is repeated, followed or pipelined. A connection is used again only if it has been idle for less than
 * two seconds; if it then turns out to be dead, the request counts as sent, because nobody can tell.
 */
import { type LookupAddress, lookup as resolveName } from 'node:dns';
import http from 'node:http';
import net, { type LookupFunction, type Socket } from 'node:net';
import tls from 'node:tls';
import type { Outbound, OutboundRequest, OutboundResult } from './system.ts';

type NotSent = Extract<OutboundResult, { kind: 'not_sent' }>;
type Failed = Extract<OutboundResult, { kind: 'failed' }>;
type ConnectFailure = Pick<NotSent, 'why' | 'detail'>;
type Judge = NonNullable<OutboundRequest['allowAddress']>;

/** Shorter than the keep-alive time of common servers (5 s and up), so that a reused connection is hardly ever a dead one. */
const MAX_IDLE_MS = 2_000;
const MAX_IDLE_PER_ORIGIN = 64;
const ENDS_OF_WAITING = ['data', 'end', 'close', 'error', 'timeout'];

/** Sends `request` at most once. Rejects only for a request that could never be sent: a bad URL or header is a bug. */
export const send: Outbound = async (request) => {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  const url = new URL(request.url);
  if (request.signal?.aborted) return { kind: 'not_sent', why: 'aborted', detail: 'before connecting', latencyMs: 0 };
  const ready = takeIdle(url, request.allowAddress) ?? (await connect(url, request));
  if ('why' in ready) return { kind: 'not_sent', ...ready, latencyMs: elapsed() };
  if (request.signal?.aborted) {
    ready.destroy();
    return { kind: 'not_sent', why: 'aborted', detail: 'before sending', latencyMs: elapsed() };
  }
  return exchange({ request, url, socket: ready, elapsed });
};

interface Exchange {
  request: OutboundRequest;
  url: URL;
  socket: Socket;
  /** Milliseconds since the call of `send`. */
  elapsed: () => number;
}

/** Writes the request to a ready connection and reads the answer within the limits; the connection ends with any failure. */
function exchange({ request, url, socket, elapsed }: Exchange): Promise<OutboundResult> {
  const call = openCall(request, url, socket);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status: number | undefined;
    let settled = false;

    const settle = (result: OutboundResult): void => {
      settled = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const fail = (why: Failed['why'], detail: string): void => {
      if (settled) return;
      const partial = Buffer.concat(chunks).subarray(0, request.maxAnswerBytes);
      settle({ kind: 'failed', why, detail, ...(status && { status }), partial, latencyMs: elapsed() });
      call.destroy();
      socket.destroy();
    };
    const onAbort = (): void => fail('aborted', 'by the caller');
    const onTimeout = (): void => fail('response_timeout', `no whole answer within ${request.totalTimeoutMs} ms`);
    const timer = setTimeout(onTimeout, Math.max(0, request.totalTimeoutMs - elapsed()));
    request.signal?.addEventListener('abort', onAbort, { once: true });

    call.on('response', (answer) => {
      status = answer.statusCode;
      answer.on('data', (chunk: Buffer) => {
        if (settled) return;
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > request.maxAnswerBytes) fail('too_large', `more than ${request.maxAnswerBytes} bytes`);
      });
      answer.on('end', () => {
        if (settled) return;
        const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
        const headers = joinHeaders(answer.headers);
        settle({ kind: 'answer', status: answer.statusCode ?? 0, headers, body, latencyMs: elapsed() });
      });
      answer.on('error', (error) => fail(...readFailure(error)));
    });
    call.on('error', (error) => fail(...readFailure(error)));
    call.on('close', () => {
      // A peer that says goodbye in the middle of its answer has answered wrongly; one that vanishes has not answered.
      const ended = status !== undefined && socket.readableEnded;
      fail(ended ? 'unreadable' : 'reset', 'closed without a whole answer');
    });
    call.end(request.body);
  });
}

/** The HTTP client on `socket`. Throws for headers that cannot be sent, before anything is. */
function openCall(request: OutboundRequest, url: URL, socket: Socket): http.ClientRequest {
  const headers: Record<string, string | number> = { host: url.host, connection: 'keep-alive', ...request.headers };
  if (request.body !== undefined) headers['content-length'] = Buffer.byteLength(request.body);
  try {
    const call = http.request({
      method: request.method,
      path: url.pathname + url.search,
      headers,
      createConnection: () => socket,
    });
    socket.once('free', () => keepIdle(url, request.allowAddress, socket));
    return call;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function joinHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}

/** The parser's errors begin with HPE_; an answer that merely stops is a reset like any other. */
function readFailure(error: NodeJS.ErrnoException): [why: Failed['why'], detail: string] {
  const code = error.code ?? error.name;
  if (code === 'HPE_HEADER_OVERFLOW') return ['too_large', 'headers too long'];
  if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') return ['unreadable', code];
  return ['reset', code];
}

/** A connection that is ready to carry a request, or why there is none. Only addresses that were judged are tried. */
function connect(url: URL, request: OutboundRequest): Promise<Socket | ConnectFailure> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const judge = request.allowAddress;
  if (judge && net.isIP(host) !== 0 && !judge(host)) {
    return Promise.resolve({ why: 'address_not_allowed', detail: host });
  }
  const limitMs = Math.min(request.connectTimeoutMs, request.totalTimeoutMs);
  return new Promise((resolve) => {
    const secure = url.protocol === 'https:';
    const options = { host, port: Number(url.port) || (secure ? 443 : 80), noDelay: true, lookup: judgedLookup(judge) };
    const socket = secure ? tls.connect({ ...options, ...tlsOptions(host) }) : net.connect(options);
    let stage = 'connecting';

    const settle = (result: Socket | ConnectFailure): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      // The error listener stays on a socket that is given up: what it still reports is known already.
      if (!('why' in result)) socket.removeListener('error', onError);
      else socket.destroy();
      resolve(result);
    };
    const onAbort = (): void => settle({ why: 'aborted', detail: stage });
    const onError = (error: NodeJS.ErrnoException): void => settle(connectFailure(error, stage));
    const timer = setTimeout(() => settle({ why: 'connect_timeout', detail: `${stage}, ${limitMs} ms` }), limitMs);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.once('connect', () => {
      stage = 'in the TLS handshake';
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => settle(socket));
  });
}

function tlsOptions(host: string): tls.ConnectionOptions {
  const name = net.isIP(host) === 0 ? { servername: host } : {};
  return { ...name, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true };
}

class AddressRefused extends Error {
  override name = 'AddressRefused';
}

/** Name resolution that hands on judged addresses only, so that a second resolution cannot slip in another one. */
function judgedLookup(judge: Judge | undefined): LookupFunction {
  return (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, '');
      const allowed = judge ? found.filter(({ address }) => judge(address)) : found;
      const first = allowed[0];
      if (first === undefined) return done(new AddressRefused(found.map(({ address }) => address).join(' ')), '');
      return options.all ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}

function connectFailure(error: NodeJS.ErrnoException, stage: string): ConnectFailure {
  if (error instanceof AddressRefused) return { why: 'address_not_allowed', detail: error.message };
  const code = error.code ?? error.name;
  const detail = `${code} ${stage}`;
  if (error.syscall === 'getaddrinfo') return { why: 'dns_failed', detail };
  if (code === 'ECONNRESET' || code === 'EPIPE') return { why: 'connect_reset', detail };
  if (stage !== 'connecting') return { why: 'tls_failed', detail };
  // Everything else (no route, no free port, no descriptor) failed before a connection stood, as a refusal does.
  return { why: code === 'ETIMEDOUT' ? 'connect_timeout' : 'connect_refused', detail };
}

interface Idle {
  socket: Socket;
  since: number;
  /** Takes the socket out of the pool and the listeners of the waiting time off it. */
  wake: () => void;
}

/**
 * Idle connections by origin, one pool for each judge: one opened under one rule is never used under another. A judge is
 * known by its identity, so callers that want connections reused pass the same function each time.
 */
type Pool = Map<string, Idle[]>;
const pools = new WeakMap<object, Pool>();
const unjudged = {};

function poolOf(judge: Judge | undefined): Pool {
  const known = pools.get(judge ?? unjudged);
  if (known) return known;
  const pool: Pool = new Map();
  pools.set(judge ?? unjudged, pool);
  return pool;
}

/** The connection that fell idle last, if it may be used: fresh, open, silent, and its address still allowed. */
function takeIdle(url: URL, judge: Judge | undefined): Socket | undefined {
  const waiting = poolOf(judge).get(url.origin) ?? [];
  for (let idle = waiting.at(-1); idle !== undefined; idle = waiting.at(-1)) {
    idle.wake();
    const { socket, since } = idle;
    const fresh = performance.now() - since < MAX_IDLE_MS && !socket.destroyed && socket.writable;
    if (fresh && socket.readableLength === 0 && (!judge || judge(socket.remoteAddress ?? ''))) return socket;
    socket.destroy();
  }
  return undefined;
}

/** Lets `socket` wait for the next request. Bytes nobody asked for, an end, an error or two seconds close it. */
function keepIdle(url: URL, judge: Judge | undefined, socket: Socket): void {
  const pool = poolOf(judge);
  const waiting = pool.get(url.origin) ?? [];
  if (socket.destroyed || !socket.writable || waiting.length >= MAX_IDLE_PER_ORIGIN) {
    socket.destroy();
    return;
  }
  const drop = (): void => {
    wake();
    socket.destroy();
  };
  const wake = (): void => {
    for (const event of ENDS_OF_WAITING) socket.removeListener(event, drop);
    socket.setTimeout(0);
    socket.ref();
    waiting.splice(waiting.indexOf(idle), 1);
    if (waiting.length === 0) pool.delete(url.origin);
  };
  for (const event of ENDS_OF_WAITING) socket.on(event, drop);
  socket.setTimeout(MAX_IDLE_MS);
  socket.unref();
  const idle: Idle = { socket, since: performance.now(), wake };
  waiting.push(idle);
  pool.set(url.origin, waiting);
}
