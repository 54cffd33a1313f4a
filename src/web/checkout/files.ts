/**
 * `GET /checkout/files/{hash}`: merchants' logos and fonts. They were written anew when they came; should one still hold something
 * that acts, this answer's own policy keeps it from doing so even when it is opened by itself.
 */
import type { FastifyInstance } from 'fastify';
import type { BrandDoor } from '../../app/brand-door.ts';

export const FILES_PATH = '/checkout/files/:hash';

/** Adds the route; the caller refuses other methods. */
export function addBrandFiles(scope: FastifyInstance, door: BrandDoor): void {
  scope.get(FILES_PATH, async (request, reply) => {
    const file = await door.file((request.params as { hash: string }).hash);
    reply.headers({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow, noarchive',
    });
    if (file === undefined)
      return reply
        .code(404)
        .header('cache-control', 'no-store')
        .type('text/plain; charset=utf-8')
        .send('No such file.\n');
    return reply.header('cache-control', 'public, max-age=31536000, immutable').type(file.type).send(file.content);
  });
}
