/** Health for those who run it, and the documents a client fetches. */
import type { FastifyInstance } from 'fastify';
import type { App } from '../../app/context.ts';
import { type Health, ready } from '../../app/health.ts';
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
}

function rendered({ status, details: { database, checks } }: Health) {
  if (checks === undefined) return { status, details: { database } };
  const { endedAt, tookMs, violations, broken, unchecked } = checks;
  const check = { ended_at: toIso(endedAt), took_ms: tookMs, violations, broken, unchecked };
  return { status, details: { database, checks: check } };
}
