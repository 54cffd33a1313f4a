/** The Idempotency-Key header: reading it, and the fingerprint of the request it protects. */
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { IdempotentRequest } from '../app/idempotency.ts';
import { Rejected, reject } from '../domain/errors.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { renderProblem } from '../wire/problem.ts';

/**
 * Reads the key; undefined when none was sent (that one is needed is said by the route's schema). Throws Rejected with 400 when
 * it cannot be used.
 */
export function idempotencyOf(request: FastifyRequest, docsUrl: string): IdempotentRequest | undefined {
  const sent = request.raw.headersDistinct['idempotency-key'];
  if (sent === undefined) return undefined;
  const text = sent[0] ?? '';
  const key = /^".*"$/.test(text) ? text.slice(1, -1) : text;
  if (sent.length > 1 || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new Rejected(
      reject('idempotency_key_invalid', 'Send one Idempotency-Key of 1 to 255 printable ASCII characters.'),
    );
  }
  const path = request.url.split('?', 1)[0]!;
  const body = request.body === undefined || request.body === null ? '' : canonicalJson(request.body);
  const fingerprint = hash('sha256', `${askerOf(request)}${request.method}\n${path}\n${body}`, 'buffer');
  return {
    key,
    fingerprint,
    renderProblem(rejection) {
      const problem = renderProblem(rejection, { requestId: request.id, docsUrl });
      return { status: problem.status, body: JSON.stringify(problem) };
    },
  };
}

/** Keys are one space per tenant; a public key must not be answered what another key was told. */
function askerOf(request: FastifyRequest): string {
  const actor = request.identity?.actor;
  return actor?.kind === 'public' ? `${actor.keyId}\n` : '';
}
