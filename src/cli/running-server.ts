/** How a command speaks to a running server: by `--url` and `--key`, else as `tender dev` wrote them down in the data folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
import type { Given } from './given.ts';
import { Usage } from './usage.ts';

export interface RunningServer {
  url: string;
  key: string;
}

/** What a server answered. */
export interface Said {
  status: number;
  /** Seconds, where waiting helps. */
  retryAfter?: number;
  body: Record<string, unknown>;
}

/** Named by `--url` and `--key`, else by TENDER_URL and TENDER_SECRET_KEY. Throws Usage where neither those nor the data folder say. */
export function runningServer(given: Pick<Given, 'text'>): RunningServer {
  const file = join(resolve(readConfig(process.env).TENDER_DATA_DIR), 'server.json');
  const known = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { api_url?: string; secret_key?: string })
    : {};
  const named = given.text('url') ?? (process.env.TENDER_URL || undefined);
  const url = named ?? known.api_url;
  // The key that lies here is of the server that lies here.
  const kept = named === undefined || withoutEnd(named) === known.api_url ? known.secret_key : undefined;
  const key = given.text('key') ?? (process.env.TENDER_SECRET_KEY || undefined) ?? kept;
  if (url === undefined)
    throw new Usage('Which server? Start one here with `npm start`, or name one with --url or TENDER_URL.');
  if (key === undefined) throw new Usage('Which account? Give its secret key with --key or TENDER_SECRET_KEY.');
  return { url: withoutEnd(url), key };
}

function withoutEnd(url: string): string {
  return url.replace(/\/+$/, '');
}

/** One call. Throws when nobody answers, with words for people. */
export async function ask(
  server: RunningServer,
  request: { method: 'GET' | 'POST'; path: string; body?: unknown },
): Promise<Said> {
  const { method, path, body } = request;
  let answer: Response;
  try {
    answer = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${server.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new Error(
      `No server answers at ${server.url} (${String((error as Error).cause ?? error)}). Start one with \`npm start\`, or set TENDER_URL.`,
    );
  }
  const retryAfter = answer.headers.get('retry-after');
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  return { status: answer.status, body: said, ...(retryAfter === null ? {} : { retryAfter: Number(retryAfter) }) };
}

/** The words of a refusal. */
export function refusal({ status, body }: Said): Error {
  return new Error(typeof body.detail === 'string' ? body.detail : `The server answered ${status}.`);
}
