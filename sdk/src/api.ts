/**
 * One call to the API: sent, and sent again where that is safe. Every call that changes something carries one idempotency key
 * for all its tries, so that a repeat can never do it twice.
 */
import { ApiError, ConnectionError, errorFor, TenderError } from './errors.ts';
import type { Problem } from './generated/types.ts';

export interface ClientOptions {
  /** Where your Tender answers; default `http://localhost:4600`. */
  baseUrl?: string;
  /** How long one try may take, in milliseconds; default 60,000, since a bank may take half of it. */
  timeoutMs?: number;
  /** How often a call is repeated after a failure that may pass; default 2. */
  maxRetries?: number;
  /** Another `fetch`, for proxies and runtimes that bring their own. */
  fetch?: typeof fetch;
}

export interface CallOptions {
  /** Yours instead of a random one: the same key and request never do it twice, across processes and days. */
  idempotencyKey?: string;
  /** Gives up when it fires; nothing is repeated then. */
  signal?: AbortSignal;
  timeoutMs?: number;
  maxRetries?: number;
}

/** A file as it is sent, with its media type such as `image/png`. */
export interface FileBody {
  content: Uint8Array<ArrayBuffer> | Blob;
  type: string;
}

export interface Call {
  method: string;
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  body?: unknown;
  file?: FileBody;
  options?: CallOptions;
}

/** The parts of an answer that lists need beside the body. */
export interface Answer<T> {
  body: T;
  headers: Headers;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** A server that asks for more patience than this is reported instead of waited for. */
const LONGEST_ASKED_MS = 60_000;

/** Programs without types would else never learn that an option of theirs does nothing. */
const OPTIONS: readonly string[] = ['baseUrl', 'timeoutMs', 'maxRetries', 'fetch'] satisfies (keyof ClientOptions)[];

export class Api {
  readonly #secretKey: string;
  readonly #options: ClientOptions;
  readonly #baseUrl: string;

  constructor(secretKey: string, options: ClientOptions) {
    if (typeof secretKey !== 'string' || !/^[sp]k_(test|live)_\w+$/.test(secretKey)) {
      throw new TenderError('That is not an API key. Pass the key that begins with sk_test_ or sk_live_.');
    }
    const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
    if (unknown !== undefined) throw new TenderError(`There is no option ${unknown}. There are ${OPTIONS.join(', ')}.`);
    this.#secretKey = secretKey;
    this.#options = options;
    this.#baseUrl = (options.baseUrl ?? 'http://localhost:4600').replace(/\/+$/, '');
  }

  /** The body of the answer; throws an {@link ApiError} or a {@link ConnectionError}. */
  async call<T>(call: Call): Promise<T> {
    return (await this.send<T>(call)).body;
  }

  /** The same with its headers. */
  async send<T>(call: Call): Promise<Answer<T>> {
    const { options = {} } = call;
    const retries = options.maxRetries ?? this.#options.maxRetries ?? 2;
    const request = this.#request(call);
    for (let tried = 0; ; tried++) {
      const outcome = await this.#try<T>(request, options);
      if (!(outcome instanceof TenderError)) return outcome;
      const pauseMs = tried < retries && !options.signal?.aborted ? pauseBefore(outcome, tried) : undefined;
      if (pauseMs === undefined) throw outcome;
      await pause(pauseMs, options.signal);
    }
  }

  #request({ method, path, query = {}, body, file, options = {} }: Call): { url: string; init: RequestInit } {
    // A URL resolves dots and forgets empty parts: the call would go to another route than was meant.
    if (path.split('/').some((part, at) => at > 0 && /^\.{0,2}$/.test(part)))
      throw new TenderError(`An id is empty or is no id: ${path}`);
    const url = new URL(this.#baseUrl + path);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const headers: Record<string, string> = { authorization: `Bearer ${this.#secretKey}`, accept: 'application/json' };
    if (method === 'POST' || method === 'PATCH')
      headers['idempotency-key'] = options.idempotencyKey ?? crypto.randomUUID();
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (file !== undefined) headers['content-type'] = file.type;
    const sent = file === undefined ? (body === undefined ? undefined : JSON.stringify(body)) : file.content;
    return { url: url.href, init: { method, headers, ...(sent === undefined ? {} : { body: sent }) } };
  }

  async #try<T>(
    { url, init }: { url: string; init: RequestInit },
    options: CallOptions,
  ): Promise<Answer<T> | TenderError> {
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? 60_000;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
    try {
      const response = await (this.#options.fetch ?? fetch)(url, { ...init, signal, redirect: 'manual' });
      // Browsers and workers show a redirect that is not followed as status 0.
      if (response.status === 0 || (response.status >= 300 && response.status < 400)) throw new Redirected();
      const text = await response.text();
      if (!response.ok) return errorFor(response.status, problemIn(text), response.headers);
      return { body: (text === '' ? undefined : JSON.parse(text)) as T, headers: response.headers };
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason;
      return new ConnectionError(connectionWords(cause, { url, timeoutMs, late: timeout.aborted }), { cause });
    }
  }
}

/** How long to wait before the next try, in milliseconds; undefined where a repeat would not help. */
function pauseBefore(error: TenderError, tried: number): number | undefined {
  if (error instanceof ApiError) {
    const { status, code, retryAfterMs } = error;
    const mayPass = status === 408 || status === 429 || status >= 500 || code === 'idempotency_in_progress';
    if (!mayPass || (retryAfterMs ?? 0) > LONGEST_ASKED_MS) return undefined;
    if (retryAfterMs !== undefined) return retryAfterMs;
  }
  // Half of it by chance, so that a crowd that failed together does not come back together.
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS);
  return longest / 2 + (Math.random() * longest) / 2;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      signal?.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function problemIn(text: string): Partial<Problem> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body as Problem;
  } catch {
    // Not from Tender but from something before it, such as a proxy: its beginning is all there is to tell.
  }
  return { detail: text.slice(0, 200) };
}

/** The address is not that of the API: following it could carry the key to somewhere else. */
class Redirected extends Error {}

function connectionWords(cause: unknown, facts: { url: string; timeoutMs: number; late: boolean }): string {
  const { origin } = new URL(facts.url);
  if (facts.late)
    return `No answer from ${origin} within ${facts.timeoutMs} ms. What was asked may have been done: repeat it with the same idempotency key.`;
  if (cause instanceof Redirected)
    return `${origin} answered with a redirect, which is not followed. Is baseUrl the address of Tender's API, with https where it wants it?`;
  if (cause instanceof SyntaxError)
    return `The answer of ${origin} was not JSON. Is baseUrl the address of Tender's API?`;
  return `${origin} could not be reached. Is Tender running there, and is baseUrl right?`;
}
