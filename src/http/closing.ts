/**
 * The end of a server: what it has accepted it answers, and nothing else holds it up. Without this, a client that keeps its
 * connection for later, or opened one and never asked, would keep the process alive until a time-out.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Makes `server.close()` wait for requests that were read completely, and for no connection. */
export function closeWithoutWaiting(server: FastifyInstance): void {
  const connections = new Set<Socket>();
  const busy = new Set<Socket>();
  let closing = false;
  server.server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  // From here on a request may have done something; before, nobody has looked at it.
  server.addHook('preValidation', (request, _reply, done) => {
    busy.add(request.raw.socket);
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    busy.delete(request.raw.socket);
    if (closing) request.raw.socket.end();
    done();
  });
  server.addHook('preClose', async () => {
    closing = true;
    for (const socket of connections) if (!busy.has(socket)) socket.destroy();
  });
}
