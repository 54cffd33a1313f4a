/**
 * Numbers for a monitoring system, in the text format of Prometheus 0.0.4, and the clock on every request. No tenant, no id, no
 * secret; whoever can reach the port can read it. Routes count by their template, so that nobody makes labels by asking for addresses.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import type { App } from '../../app/context.ts';
import { createMeasure } from '../../app/measuring.ts';
import { SECOND } from '../../lib/time.ts';

export function metricsRoutes(server: FastifyInstance, { app }: { app: App }): void {
  const measure = createMeasure(app);
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await measure()),
  );
}

/** Times every request. Must be called before the first route. */
export function timeRequests(server: FastifyInstance, { metrics }: App): void {
  server.addHook('onResponse', (request, reply, done) => {
    const labels = {
      route: request.is404 ? 'none' : (request.routeOptions.url ?? 'none'),
      method: request.method,
      status: `${Math.floor(reply.statusCode / 100)}xx`,
    };
    metrics.requests.observe(labels, reply.elapsedTime / SECOND);
    done();
  });
}

/** A server with the metrics and nothing else: for processes that serve nobody. */
export function metricsServer(app: App): FastifyInstance {
  const server = Fastify({ logger: false, forceCloseConnections: true });
  metricsRoutes(server, { app });
  return server;
}
