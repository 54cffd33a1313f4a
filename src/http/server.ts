/** The HTTP server: limits, error answers, health, and the routes. */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { App } from '../app/context.ts';
import type { RequestLogWriter } from '../app/request-log.ts';
import type { Identities, Identity } from '../app/tenants.ts';
import { FILE_TYPES } from '../wire/branding-files.ts';
import { RateLimit } from './auth.ts';
import { closeWithoutWaiting } from './closing.ts';
import { errorHandler } from './errors.ts';
import { readStrictJson } from './json-body.ts';
import { openapiInfo } from './openapi.ts';
import { readRawBodies } from './raw-body.ts';
import { noteRequests } from './request-log.ts';
import { registrar } from './route.ts';
import { brandingRoutes } from './routes/branding.ts';
import { brandingFileRoutes, brandingPreviewRoutes } from './routes/branding-files.ts';
import { checkoutSettingsRoutes } from './routes/checkout-settings.ts';
import { customerRoutes } from './routes/customers.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { mandateRoutes } from './routes/mandates.ts';
import { metricsRoutes, timeRequests } from './routes/metrics.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { paymentMethodTypeRoutes } from './routes/payment-method-types.ts';
import { paymentSessionRoutes } from './routes/payment-sessions.ts';
import { paymentStepRoutes } from './routes/payment-steps.ts';
import { paymentRoutes } from './routes/payments.ts';
import { refundRoutes } from './routes/refunds.ts';
import { requestLogRoutes } from './routes/request-logs.ts';
import { settingsRoutes } from './routes/settings.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { testCardRoutes } from './routes/test-cards.ts';
import { testClockRoutes } from './routes/test-clock.ts';
import { webhookEndpointRoutes } from './routes/webhook-endpoints.ts';
import { answerUnknownRoutes } from './unknown-routes.ts';
import { answerUnreadable } from './unreadable.ts';

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
  /** Makes the checks of requests out of their schemas; Fastify's own if absent. */
  validators?: Validators;
  /** Is told of every request whose key was known. Absent: none is kept. */
  requestLog?: RequestLogWriter;
  /** Adds what is not the API: the checkout pages. */
  pages?: (server: FastifyInstance) => void | Promise<void>;
}

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;
export type Validators = NonNullable<Compilers['buildValidator']>;

const BODY_LIMIT_BYTES = 64 * 1024;
const HEADERS_LIMIT_BYTES = 8 * 1024;

/** Builds the server; it does not listen yet. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { app, publicUrl } = options;
  const answerError = errorHandler({ docsUrl: publicUrl, log: app.system.log });
  const server = openServer(options, answerError);
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    if (publicUrl.startsWith('https:'))
      reply.header('strict-transport-security', 'max-age=63072000; includeSubDomains');
    done();
  });
  // Every answer leaves as text that `wire/` made: serialisers compiled from the schemas would never be called.
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  closeWithoutWaiting(server);
  timeRequests(server, app);
  if (options.requestLog !== undefined)
    noteRequests(server, { log: options.requestLog, identities: options.identities });
  server.setErrorHandler(answerError);
  answerUnknownRoutes(server, publicUrl);
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
    paymentMethodTypeRoutes(register);
    paymentStepRoutes(register);
    refundRoutes(register);
    customerRoutes(register);
    mandateRoutes(register);
    subscriptionRoutes(register);
    eventRoutes(register);
    webhookEndpointRoutes(register);
    deliveryRoutes(register);
    requestLogRoutes(register);
    testCardRoutes(register);
    testClockRoutes(register, parts.identities);
    settingsRoutes(register, parts.identities);
    brandingRoutes(register, parts.identities);
    brandingPreviewRoutes(register);
    checkoutSettingsRoutes(register, parts.identities);
  });
  await server.register(async (scope) => {
    readRawBodies(scope, FILE_TYPES);
    brandingFileRoutes(registrar(scope, parts), parts.identities);
  });
  notificationRoutes(server, { app, identities: parts.identities });
  healthRoutes(server, { app, publicUrl });
  metricsRoutes(server, { app });
  await options.pages?.(server);
  return server;
}

/** Fastify with our limits, and without its habit of dropping and bending what clients send. */
function openServer(
  { app, publicUrl, validators }: ServerOptions,
  answerError: ReturnType<typeof errorHandler>,
): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 20_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    genReqId: () => app.system.ids.next('req'),
    http: { maxHeaderSize: HEADERS_LIMIT_BYTES, headersTimeout: 10_000 },
    // An id of any length is an unknown id; how long an address can be is bounded by the headers.
    routerOptions: { maxParamLength: HEADERS_LIMIT_BYTES, ignoreTrailingSlash: false },
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        allErrors: true,
        useDefaults: false,
        verbose: true,
      },
    },
    ...(validators && { schemaController: { compilersFactory: { buildValidator: validators } } }),
    // An address that cannot be decoded never reaches the hooks.
    frameworkErrors(error, request, reply) {
      void answerError(error, request, reply.header('request-id', request.id));
    },
    clientErrorHandler: (error, socket) =>
      answerUnreadable(error, socket, { requestId: app.system.ids.next('req'), docsUrl: publicUrl }),
  });
  // An expectation that nobody knows may be passed over (RFC 9110, 10.1.1); Node would answer it bare, past everything here.
  server.server.on('checkExpectation', (request, answer) => server.server.emit('request', request, answer));
  return server;
}
