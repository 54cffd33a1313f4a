/** Health for those who run it, and the documents a client fetches. */
import type { FastifyInstance } from 'fastify';
import type { App } from '../../app/context.ts';
import { type Health, ready } from '../../app/health.ts';
import { ERROR_ADVICE } from '../../domain/error-advice.ts';
import { ERRORS, type ErrorCode } from '../../domain/errors.ts';
import { toIso } from '../../lib/time.ts';

export function healthRoutes(server: FastifyInstance, { app }: { app: App; publicUrl: string }): void {
  server.get('/health/live', { schema: { hide: true } }, async (_request, reply) => reply.send({ status: 'ok' }));
  server.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
    const health = await ready(app);
    return reply
      .code(health.status === 'ok' ? 200 : 503)
      .headers(health.status === 'ok' ? {} : { 'retry-after': '2' })
      .send(rendered(health));
  });
  server.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => reply.send(server.swagger()));
  server.get<{ Params: { code: string } }>('/docs/errors/:code', { schema: { hide: true } }, async (request, reply) => {
    const code = request.params.code as ErrorCode;
    if (!Object.hasOwn(ERRORS, code)) return reply.callNotFound();
    return reply
      .type('text/plain; charset=utf-8')
      .send(`${code} (HTTP ${ERRORS[code].status})\n\n${ERRORS[code].title}.\n\n${ERROR_ADVICE[code]}\n`);
  });
}

function rendered({ status, details: { database, checks } }: Health) {
  if (checks === undefined) return { status, details: { database } };
  const { endedAt, tookMs, violations, broken, unchecked } = checks;
  const check = { ended_at: toIso(endedAt), took_ms: tookMs, violations, broken, unchecked };
  return { status, details: { database, checks: check } };
}
