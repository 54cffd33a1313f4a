/** The HTTP server: limits, reading of bodies, error answers, health, and the routes. */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import type { App } from '../app/context.ts';
import type { Identities, Identity } from '../app/tenants.ts';
import { Rejected, reject } from '../domain/errors.ts';
import { parseStrictJson } from '../lib/strict-json.ts';
import { RateLimit } from './auth.ts';
import { errorHandler, sendProblem, shapeRejection } from './errors.ts';
import { openapiInfo } from './openapi.ts';
import { registrar } from './route.ts';
import { customerRoutes } from './routes/customers.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { mandateRoutes } from './routes/mandates.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { paymentSessionRoutes } from './routes/payment-sessions.ts';
import { paymentRoutes } from './routes/payments.ts';
import { webhookEndpointRoutes } from './routes/webhook-endpoints.ts';

declare module 'fastify' {
  interface FastifyRequest {
    identity?: Identity;
  }
}

export interface ServerOptions {
  app: App;
  identities: Identities;
  /** Origin of this server as others see it, without a slash at the end; error pages live under it. */
  publicUrl: string;
  /** Requests a second per API key; 0 for no limit. */
  rateLimitPerSecond: number;
  /** Adds what is not the API: the checkout pages. */
  pages?: (server: FastifyInstance) => void | Promise<void>;
}

const BODY_LIMIT_BYTES = 64 * 1024;
const JSON_DEPTH = 20;

/** Builds the server; it does not listen yet. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { app, publicUrl } = options;
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 20_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    genReqId: () => app.system.ids.next('req'),
    http: { maxHeaderSize: 8 * 1024, headersTimeout: 10_000 },
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: true, useDefaults: false } },
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
  });
  server.setErrorHandler(errorHandler({ docsUrl: publicUrl, log: app.system.log }));
  readStrictJson(server);
  await server.register(swagger, openapiInfo(publicUrl));
  const parts = {
    app,
    identities: options.identities,
    rateLimit: new RateLimit(options.rateLimitPerSecond, app.system.clock.now),
    docsUrl: publicUrl,
  };
  await server.register(async (scope) => {
    const register = registrar(scope, parts);
    paymentSessionRoutes(register);
    paymentRoutes(register);
    customerRoutes(register);
    mandateRoutes(register);
    eventRoutes(register);
    webhookEndpointRoutes(register);
    deliveryRoutes(register);
  });
  notificationRoutes(server, { app, identities: parts.identities });
  healthRoutes(server, { app, publicUrl });
  await options.pages?.(server);
  answerUnknownRoutes(server, publicUrl);
  return server;
}

/** JSON bodies: repeated keys, prototype keys and deep nesting are refused; an empty body is no body. */
function readStrictJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined);
    const parsed = parseStrictJson(body as string, { maxDepth: JSON_DEPTH });
    if (parsed.ok) return done(null, parsed.value);
    const pointer =
      parsed.path === undefined
        ? ''
        : `/${parsed.path
            .replaceAll(/\[(\d+)\]/g, '.$1')
            .split('.')
            .join('/')}`;
    done(new Rejected(shapeRejection([{ pointer, code: parsed.why, detail: parsed.message }])), undefined);
  });
}

/** 405 with `Allow` where the path exists under another method, 404 for the rest. */
function answerUnknownRoutes(server: FastifyInstance, docsUrl: string): void {
  const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const allowed = methods.filter(
      (method) => server.findRoute({ method, url: path }) !== null || matches(server, method, path),
    );
    if (allowed.length === 0)
      return sendProblem(
        reply,
        reject('not_found', `There is nothing at this address. The API begins at /collect.`),
        docsUrl,
      );
    reply.header('allow', allowed.join(', '));
    return sendProblem(reply, reject('method_not_allowed', `This address answers ${allowed.join(', ')}.`), docsUrl);
  });
}

function matches(server: FastifyInstance, method: string, path: string): boolean {
  return (
    (server as unknown as { routeTable?: { method: string; pattern: RegExp }[] }).routeTable?.some(
      (row) => row.method === method && row.pattern.test(path),
    ) ?? false
  );
}
