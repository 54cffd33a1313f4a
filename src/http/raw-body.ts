/** Reads bodies that are files: the bytes as they come, whatever they are called, for routes that judge them by themselves. */
import type { FastifyInstance } from 'fastify';
import { Rejected, reject } from '../domain/errors.ts';

/** In this scope a body is a Buffer of one of `types`; any other type, JSON too, is 415. */
export function readRawBodies(scope: FastifyInstance, types: readonly string[]): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const type = String(request.headers['content-type']).split(';')[0]?.trim().toLowerCase() ?? '';
    const encoded = (request.headers['content-encoding'] ?? 'identity') !== 'identity';
    if (types.includes(type) && !encoded) done(null, body);
    else done(new Rejected(reject('unsupported_media_type', `Send the bytes of the file as ${types.join(', ')}.`)));
  });
}
