/** The ceiling for reads: Fastify that does nothing but answer a constant. */
import Fastify from 'fastify';

const body = JSON.stringify({ text: 'x'.repeat(Math.max(0, Number(process.argv[2] ?? 600) - 11)) });
const server = Fastify();
server.get('/constant', (_request, reply) => reply.type('application/json; charset=utf-8').send(body));
process.stdout.write(`${await server.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
