/**
 * Where processors tell us that something happened. A notification is checked, acknowledged, and only makes us ask: what it
 * says about money is never believed.
 */
import type { FastifyInstance } from 'fastify';
import { type App, contextFor } from '../../app/context.ts';
import { takeNotification } from '../../app/notifications.ts';
import type { Identities } from '../../app/tenants.ts';

export function notificationRoutes(
  server: FastifyInstance,
  { app, identities }: { app: App; identities: Identities },
): void {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The signature covers the bytes: they are kept as they came.
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { tenant: string }; Body: string }>(
      '/notifications/:tenant',
      { schema: { hide: true } },
      async (request, reply) => {
        const tenant = await identities.tenantToldOf(request.params.tenant);
        if (tenant === undefined || tenant.sealedCredentials === undefined) return reply.code(404).send();
        const headers: Record<string, string | undefined> = {};
        for (const [name, value] of Object.entries(request.headers))
          headers[name] = Array.isArray(value) ? value.join(',') : value;
        const taken = await takeNotification(contextFor(app, tenant), {
          method: 'POST',
          path: request.url,
          headers,
          body: request.body ?? '',
        });
        return reply.code(taken === 'rejected' ? 400 : 204).send();
      },
    );
  });
}
