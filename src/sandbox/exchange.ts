/** One request and its answer, over Node's own HTTP: reading bounded bodies, writing JSON, refusing. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from './fields.ts';

export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** The origin under which the caller reached the sandbox; addresses of pages begin with it. */
  base: string;
  /** Empty for methods without a body. */
  body: string;
}

export const MAX_BODY_BYTES = 65_536;

/** Reads the whole body. Throws a 413 refusal where it is larger than `limit`. */
export function readBody(req: IncomingMessage, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    req.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= limit) parts.push(part);
      else reject(new Refusal(413, 'too_large', { message: `a body may have at most ${limit} bytes` }));
    });
    req.on('end', () => resolve(parts.length === 1 ? parts[0]!.toString() : Buffer.concat(parts).toString()));
    req.on('error', reject);
    req.on('close', () => reject(new Error('the caller went away')));
  });
}

/** The body as JSON; 400 where it is none. */
export function jsonOf(exchange: Exchange): unknown {
  try {
    return JSON.parse(exchange.body);
  } catch {
    throw new Refusal(400, 'invalid_request', { message: 'the body must be JSON' });
  }
}

export function answerJson(
  res: ServerResponse,
  status: number,
  value: unknown,
  headers?: Record<string, string>,
): void {
  const text = JSON.stringify(value);
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  });
  res.end(text);
}

/** Says no. Nothing has moved. */
export function answerRefusal(res: ServerResponse, refusal: Refusal): void {
  const headers: Record<string, string> = refusal.status === 413 ? { connection: 'close' } : {};
  if (refusal.status === 429 || refusal.status === 503) headers['retry-after'] = '1';
  answerJson(
    res,
    refusal.status,
    {
      error: {
        code: refusal.code,
        message: refusal.message,
        ...(refusal.field !== undefined && { field: refusal.field }),
      },
    },
    headers,
  );
}

/** A header's value; empty where it is absent or given more than once. */
export function header(req: IncomingMessage, name: string): string {
  const value = req.headers[name];
  return typeof value === 'string' ? value : '';
}
