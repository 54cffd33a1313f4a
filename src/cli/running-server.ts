/** How a command speaks to a running server: by `--url` and `--key`, else as `tender dev` wrote them down in the data folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
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

/** Throws Usage where neither options nor environment nor the data folder say. */
export function runningServer(given: { url: string | undefined; key: string | undefined }): RunningServer {
  const file = join(resolve(readConfig(process.env).TENDER_DATA_DIR), 'server.json');
  const known = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { api_url?: string; secret_key?: string })
    : {};
  const url = given.url ?? known.api_url;
  // The key that lies here is of the server that lies here.
  const key = given.key ?? process.env.TENDER_KEY ?? (given.url === undefined ? known.secret_key : undefined);
  if (url === undefined) throw new Usage('Which server? Name it with --url, or start `npm start` here first.');
  if (key === undefined) throw new Usage('Which account? Give its secret test key with --key or TENDER_KEY.');
  return { url: url.replace(/\/+$/, ''), key };
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
    throw new Error(`No server answers at ${server.url} (${String((error as Error).cause ?? error)}).`);
  }
  const retryAfter = answer.headers.get('retry-after');
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  return { status: answer.status, body: said, ...(retryAfter === null ? {} : { retryAfter: Number(retryAfter) }) };
}

/** The words of a refusal. */
export function refusal({ status, body }: Said): Error {
  return new Error(typeof body.detail === 'string' ? body.detail : `The server answered ${status}.`);
}
