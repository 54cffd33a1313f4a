/** The Idempotency-Key header: reading it, and the fingerprint of the request it protects. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { IdempotentRequest } from '../app/idempotency.ts';
import { Rejected, reject } from '../domain/errors.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { renderProblem } from '../wire/problem.ts';

/** Reads the key. Throws Rejected with 400 when it is needed and missing, or cannot be used. */
export function idempotencyOf(
  request: FastifyRequest,
  need: 'required' | 'optional',
  docsUrl: string,
): IdempotentRequest | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) {
    if (need === 'optional') return undefined;
    throw new Rejected(
      reject(
        'idempotency_key_required',
        'Send an Idempotency-Key header with a value of your own, a UUID for example, and the same one when you repeat the request.',
      ),
    );
  }
  const text = Array.isArray(header) ? header.join(',') : header;
  const key = /^".*"$/.test(text) ? text.slice(1, -1) : text;
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new Rejected(
      reject('idempotency_key_invalid', 'An Idempotency-Key has 1 to 255 printable ASCII characters.'),
    );
  }
  const path = request.url.split('?', 1)[0]!;
  const fingerprint = createHash('sha256')
    .update(
      `${request.method}\n${path}\n${request.body === undefined || request.body === null ? '' : canonicalJson(request.body)}`,
    )
    .digest();
  return {
    key,
    fingerprint,
    renderProblem(rejection) {
      const problem = renderProblem(rejection, { requestId: request.id, docsUrl });
      return { status: problem.status, body: JSON.stringify(problem) };
    },
  };
}
