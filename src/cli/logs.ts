/**
 * `tender logs`: what is asked of a running server with this account's keys, as it happens, and one request with its bodies. Following
 * is one small question a second: what came since, and a little before, because a slow request is listed where it began.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { plus, SECOND, type Timestamp, toIso } from '../lib/time.ts';
import { whenTold } from './ending.ts';
import type { Given } from './given.ts';
import { ask, type RunningServer, refusal, runningServer } from './running-server.ts';
import { Usage } from './usage.ts';

/** A request as the API lists it; what else it has is printed as it comes. */
interface Row {
  id: string;
  at: string;
  method: string;
  path: string;
  query?: Record<string, unknown>;
  status: number;
  latency_ms: number;
  error_code?: string;
}

export async function runLogs(given: Given): Promise<number> {
  const server = runningServer(given);
  const json = given.flag('json');
  const [id] = given.words;
  if (id !== undefined) {
    const found = await asked(server, `/collect/request_logs/${encodeURIComponent(id)}`);
    process.stdout.write(`${JSON.stringify(found, null, json ? 0 : 2)}\n`);
    return 0;
  }
  const lines = Number(given.text('lines') ?? 10);
  if (!Number.isInteger(lines) || lines < 0 || lines > PAGE)
    throw new Usage(`--lines takes a number from 0 to ${PAGE}.`);
  const tail = new Tail(server, filtersOf(given));
  const print = json ? (row: Row) => JSON.stringify(row) : wordsOf;
  const show = (rows: readonly Row[]): void => {
    if (rows.length > 0) process.stdout.write(`${rows.map(print).join('\n')}\n`);
  };
  const there = await tail.begin();
  show(there.slice(there.length - Math.min(lines, there.length)));
  if (!given.flag('no-follow')) await follow(tail, show);
  return 0;
}

/** The parameters of every question. What they may hold is for the server to say. */
function filtersOf(given: Given): URLSearchParams {
  const [status, method, path] = ['status', 'method', 'path'].map((name) => given.text(name));
  const filters = new URLSearchParams();
  if (given.flag('errors')) filters.set('errors_only', 'true');
  if (status !== undefined) filters.set('status', status.toLowerCase());
  if (method !== undefined) filters.set('method', method.toUpperCase());
  if (path !== undefined) filters.set('path', path);
  return filters;
}

/** Shows what is new each second until the process is told to stop, or nobody reads any more. */
async function follow(tail: Tail, show: (rows: readonly Row[]) => void): Promise<void> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  void whenTold().then(end);
  process.stdout.on('error', end);
  let gone = false;
  while (!ending.signal.aborted) {
    try {
      await wait(SECOND, undefined, { signal: ending.signal });
      show(await tail.news());
      if (gone) process.stderr.write('The server answers again.\n');
      gone = false;
    } catch (error) {
      if (ending.signal.aborted) return;
      if (error instanceof Refused) throw error;
      // It is restarted, perhaps: what it answered meanwhile is in the log, and is shown then.
      if (!gone) process.stderr.write(`${(error as Error).message} Trying again each second; Ctrl-C ends this.\n`);
      gone = true;
    }
  }
}

/** Of this many is a page. */
const PAGE = 100;
/** At most so many pages a second: of more than {@link PAGE} times this the rest is left out, and it is said. */
const MOST_PAGES = 5;
/** A request is listed by the time it came and shown when it was answered: how long that may take. */
const OVERLAP_MS = 30 * SECOND;

class Tail {
  readonly #server: RunningServer;
  readonly #filters: URLSearchParams;
  /** What was shown already, of the time that is asked about again. */
  readonly #shown = new Map<string, number>();
  #from: number | undefined;

  constructor(server: RunningServer, filters: URLSearchParams) {
    this.#server = server;
    this.#filters = filters;
  }

  /** What there is, oldest first, at most one page. */
  async begin(): Promise<Row[]> {
    const rows = await this.#page({});
    const oldest = rows.at(-1);
    // Behind a whole page there is more, which is not news.
    if (oldest !== undefined && rows.length === PAGE) this.#from = Date.parse(oldest.at) + 1;
    return this.#unshown(rows);
  }

  /** What came since, oldest first. */
  async news(): Promise<Row[]> {
    const found: Row[] = [];
    let before: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const rows = await this.#page({ before });
      found.push(...rows);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return this.#unshown(found);
      // Those of the same millisecond are asked for once more, and shown once.
      before = toIso(plus(Date.parse(last.at) as Timestamp, 1));
    }
    process.stderr.write(`More than ${PAGE * MOST_PAGES} requests a second: some are not shown.\n`);
    return this.#unshown(found);
  }

  #unshown(rows: readonly Row[]): Row[] {
    const fresh = new Map(rows.filter(({ id }) => !this.#shown.has(id)).map((row) => [row.id, row]));
    for (const { id, at } of fresh.values()) this.#shown.set(id, Date.parse(at));
    const newest = Math.max(...this.#shown.values());
    if (this.#shown.size > 0) this.#from = Math.max(this.#from ?? 0, newest - OVERLAP_MS);
    for (const [id, at] of this.#shown) if (at < (this.#from ?? 0)) this.#shown.delete(id);
    return [...fresh.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async #page({ before }: { before?: string | undefined }): Promise<Row[]> {
    const query = new URLSearchParams(this.#filters);
    query.set('limit', String(PAGE));
    if (this.#from !== undefined) query.set('created_after', toIso(this.#from as Timestamp));
    if (before !== undefined) query.set('created_before', before);
    const { data } = await asked(this.#server, `/collect/request_logs?${query}`);
    return data as Row[];
  }
}

/** The server understood, and said no: asking again would not help. */
class Refused extends Error {
  override name = 'Refused';
}

/** The body of a 200; waits where the server says how long. */
async function asked(server: RunningServer, path: string): Promise<Record<string, unknown>> {
  for (;;) {
    const answer = await ask(server, { method: 'GET', path });
    if (answer.status === 200) return answer.body;
    if (answer.status !== 429) throw answer.status < 500 ? new Refused(refusal(answer).message) : refusal(answer);
    await wait((answer.retryAfter ?? 1) * SECOND);
  }
}

/** `12:00:03.120  201  POST    /collect/payment_sessions  12 ms  req_…` and the code of an error. */
function wordsOf(row: Row): string {
  const query = row.query === undefined ? '' : `?${new URLSearchParams(row.query as Record<string, string>)}`;
  const words = [
    dim(row.at.slice(11, 23)),
    painted(row.status, String(row.status)),
    row.method.padEnd(6),
    decodeURIComponent(row.path + query),
    dim(`${row.latency_ms} ms`),
    dim(row.id),
  ];
  return [...words, ...(row.error_code === undefined ? [] : [painted(row.status, row.error_code)])].join('  ');
}

const inColour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;

function dim(text: string): string {
  return inColour ? `\u001b[2m${text}\u001b[0m` : text;
}

/** Green for what was done, yellow for what the client can mend, red for what we must. */
function painted(status: number, text: string): string {
  const colour = status >= 500 ? 31 : status >= 400 ? 33 : 32;
  return inColour ? `\u001b[${colour}m${text}\u001b[0m` : text;
}
