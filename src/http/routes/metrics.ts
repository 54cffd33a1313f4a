/**
 * Numbers for a monitoring system, in the text format of Prometheus 0.0.4, and the clock on every request. No tenant, no id, no
 * secret; whoever can reach the port can read it. Routes count by their template, so that nobody makes labels by asking for addresses.
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { App } from '../../app/context.ts';
import { createMeasure } from '../../app/measuring.ts';
import type { Metrics } from '../../app/metrics.ts';
import { SECOND } from '../../lib/time.ts';

export function metricsRoutes(server: FastifyInstance, { app }: { app: App }): void {
  const measure = createMeasure(app);
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await measure()),
  );
}

/** Times every request. Must be called before the first route. */
export function timeRequests(server: FastifyInstance, { metrics }: App): void {
  // Each route has a hook of its own: asking a request for its route makes an object of everything that is known of it.
  server.addHook('onRoute', (route) => {
    const own = route.onResponse === undefined ? [] : [route.onResponse].flat();
    route.onResponse = [...own, timed(metrics, route.url)];
  });
  const elsewhere = timed(metrics, 'none');
  server.addHook('onResponse', (request, reply, done) => {
    if (request.is404) elsewhere(request, reply, done);
    else done();
  });
}

type Seen = (
  request: Pick<FastifyRequest, 'method'>,
  reply: Pick<FastifyReply, 'statusCode' | 'elapsedTime'>,
  done: () => void,
) => void;

/** A hook that adds to the numbers of one route; the few combinations of its labels are put together once. */
function timed({ requests }: Metrics, route: string): Seen {
  const known = new Map<string, ((seconds: number) => void)[]>();
  return ({ method }, reply, done) => {
    const classes = known.get(method) ?? [];
    if (classes.length === 0) known.set(method, classes);
    const family = Math.floor(reply.statusCode / 100);
    classes[family] ??= requests.of({ route, method, status: `${family}xx` });
    classes[family](reply.elapsedTime / SECOND);
    done();
  };
}

/** A server with the metrics and nothing else: for processes that serve nobody. */
export function metricsServer(app: App): FastifyInstance {
  const server = Fastify({ logger: false, forceCloseConnections: true });
  metricsRoutes(server, { app });
  return server;
}
