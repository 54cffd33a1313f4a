/**
 * The documentation under `/docs`: static pages with tags, types and a policy that allows nothing but their own style and script. People
 * get pages; a program that asks for the page of an error without wanting HTML gets its words.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_ADVICE } from '../../domain/error-advice.ts';
import { ERRORS, type ErrorCode } from '../../domain/errors.ts';
import { type BuiltDocs, type BuiltFile, builtDocs } from './built.ts';
import { NOT_BUILT, NOT_BUILT_STYLE } from './not-built.ts';

/** Adds the documentation that lies in `folder`; without it every page says how to build it. */
export function registerDocs(server: FastifyInstance, { folder }: { folder: string }): void {
  const docs = builtDocs(folder);
  server.get('/docs', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs/', 308));
  server.get('/docs/*', { schema: { hide: true } }, (request, reply) => answer(docs, request, reply));
}

async function answer(docs: BuiltDocs, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const url = request.url.split('?', 1)[0] as string;
  const page = wantsPage(request);
  const code = /^\/docs\/errors\/(\w+)$/.exec(url)?.[1];
  reply.header('vary', 'accept');
  if (code !== undefined && !page && isErrorCode(code)) return sendErrorWords(reply, code);
  const found = await docs.find(url);
  if (found !== undefined) return sendFile(docs, { request, reply, file: found });
  if (!page) {
    reply.callNotFound();
    return reply;
  }
  if (await docs.there()) {
    // A slash too many, or none where a page was meant.
    const other = url.endsWith('/') ? url.slice(0, -1) : undefined;
    if (other !== undefined && (await docs.find(other)) !== undefined) return reply.redirect(other, 308);
    const missing = await docs.find('404');
    if (missing !== undefined) return sendFile(docs, { request, reply: reply.code(404), file: missing });
  }
  if (code !== undefined && isErrorCode(code)) return sendErrorWords(reply, code);
  return reply
    .code(404)
    .headers({ ...pageHeaders(`'sha256-${STYLE_HASH}'`), 'cache-control': 'no-store' })
    .type('text/html; charset=utf-8')
    .send(NOT_BUILT);
}

function isErrorCode(word: string): word is ErrorCode {
  return Object.hasOwn(ERRORS, word);
}

function wantsPage({ headers }: FastifyRequest): boolean {
  return /text\/html/.test(headers.accept ?? '');
}

/** What curl shows after an error: three sentences. */
function sendErrorWords(reply: FastifyReply, code: ErrorCode): FastifyReply {
  const { status, title } = ERRORS[code];
  return reply
    .type('text/plain; charset=utf-8')
    .send(`${code} (HTTP ${status})\n\n${title}.\n\n${ERROR_ADVICE[code]}\n`);
}

interface Sending {
  request: FastifyRequest;
  reply: FastifyReply;
  file: BuiltFile;
}

async function sendFile(docs: BuiltDocs, { request, reply, file }: Sending): Promise<FastifyReply> {
  const tag = `"${file.tag}"`;
  const isAsset = /^assets\/.+\.[0-9a-f]{16}\./.test(file.path);
  reply.headers({
    ...pageHeaders("'self'"),
    etag: tag,
    'cache-control': isAsset ? 'public, max-age=31536000, immutable' : 'public, no-cache',
  });
  const known = (request.headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (reply.statusCode === 200 && known.includes(tag)) return reply.code(304).send();
  return reply.type(file.type).send(await docs.read(file));
}

const STYLE_HASH = createHash('sha256').update(NOT_BUILT_STYLE).digest('base64');

/** Headers of everything under `/docs`. Pages may be framed by nobody and load nothing from elsewhere. */
function pageHeaders(styles: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      `style-src ${styles}`,
      "img-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  };
}
