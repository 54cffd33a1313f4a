/** From a page or facts to bytes on the wire: headers, compression, redirects. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Asset } from './assets.ts';
import { styleOf } from './brand-style.ts';
import { pageHeaders } from './headers.ts';
import type { Page } from './page.ts';

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

export interface AnswerSettings {
  https: boolean;
  sandboxOrigin?: string | undefined;
  /** Of an embedded session: who may frame its documents. */
  framers?: readonly string[] | undefined;
}

/** Sends a document. `locale` is the language it speaks. */
export async function sendPage(
  reply: FastifyReply,
  page: Page,
  settings: AnswerSettings & { locale: string; frame?: boolean },
): Promise<FastifyReply> {
  const headers = pageHeaders({
    state: settings.frame ? 'frame' : page.state,
    styleHash: page.styleHash ?? styleOf().hash,
    https: settings.https,
    locale: settings.locale,
    acsOrigin: page.acsOrigin,
    postsAway: page.postsAway,
    sandboxOrigin: settings.sandboxOrigin,
    framers: settings.framers,
  });
  const encoding = acceptedEncoding(reply.request);
  const body = await encode(Buffer.from(page.body), encoding);
  reply.code(page.status).headers(headers).type('text/html; charset=utf-8');
  if (encoding) reply.header('content-encoding', encoding);
  return reply.send(body);
}

/** Sends facts for the script, with the headers that every answer of the checkout has. */
export function sendFacts(reply: FastifyReply, status: number, facts: object): FastifyReply {
  return reply
    .code(status)
    .headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex, nofollow, noarchive',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    })
    .send(facts);
}

/** 303, the answer to every form. */
export function seeOther(reply: FastifyReply, location: string): FastifyReply {
  return reply
    .code(303)
    .headers({ location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', vary: 'Cookie, Accept' })
    .send();
}

/** A new version is in use everywhere after this time. */
const UNNAMED_FOR_S = 300;

/** One of our own files. Under the name that holds its hash it never changes; `unnamed`: under one that stays. */
export function sendAsset(reply: FastifyReply, asset: Asset, unnamed = false): FastifyReply {
  const encoding = acceptedEncoding(reply.request);
  reply.type(asset.type).headers({
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': asset.forShops ? 'cross-origin' : 'same-origin',
    // With `integrity` and `crossorigin` a browser takes a script of another origin by these rules alone.
    ...(asset.forShops && { 'access-control-allow-origin': '*' }),
    vary: 'Accept-Encoding',
  });
  if (unnamed) reply.header('cache-control', `public, max-age=${UNNAMED_FOR_S}`);
  if (encoding) reply.header('content-encoding', encoding);
  return reply.send(encoding === 'br' ? asset.brotli : encoding === 'gzip' ? asset.gzip : asset.body);
}

/** Whether the client asked for facts instead of a document. */
export function wantsFacts(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').startsWith('application/json');
}

type Encoding = 'br' | 'gzip' | undefined;

function acceptedEncoding(request: FastifyRequest): Encoding {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const takes = (name: string): boolean =>
    new RegExp(`(^|,)\\s*${name}\\s*(;\\s*q=(?!0(\\.0*)?\\s*(,|$))[^,]*)?(,|$)`).test(accepted);
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : undefined;
}

async function encode(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'br') {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
    return brotli(body, { params });
  }
  return encoding === 'gzip' ? gzipped(body, { level: 6 }) : body;
}
