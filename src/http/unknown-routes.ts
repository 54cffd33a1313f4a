/** Answers for addresses that no route has: 405 with `Allow` where the address exists under another method, else 404. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { reject } from '../domain/errors.ts';
import { sendProblem } from './errors.ts';

interface Address {
  pattern: RegExp;
  methods: Set<string>;
}

/**
 * Must be called before the first route: it notes every address as it is added. The address is judged before the body is
 * read, so that a wrong address is never answered with an error about its body.
 */
export function answerUnknownRoutes(server: FastifyInstance, docsUrl: string): void {
  const addresses = new Map<string, Address>();
  server.addHook('onRoute', ({ url, method }) => {
    const address = addresses.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const one of [method].flat()) address.methods.add(one);
    addresses.set(url, address);
  });
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const allowed = methodsOf(addresses.values(), request.url.split('?', 1)[0]!);
    // A handler may say itself that nothing is there (callNotFound): then the method was not the problem.
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return sendProblem(
        reply,
        reject('not_found', 'There is nothing at this address: /openapi.json lists every route.'),
        docsUrl,
      );
    }
    reply.header('allow', allowed.join(', '));
    return sendProblem(reply, reject('method_not_allowed', `This address answers ${allowed.join(', ')}.`), docsUrl);
  };
  server.addHook('onRequest', async (request, reply) => (request.is404 ? answer(request, reply) : undefined));
  server.setNotFoundHandler(answer);
}

/** The router keeps one tree per method, so an address has the methods of every pattern it fits. */
function methodsOf(addresses: Iterable<Address>, path: string): string[] {
  const fitting = [...addresses].filter(({ pattern }) => pattern.test(path));
  return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
}

/** `/a/:id/b` as an expression for paths; `*` stands for any rest. */
function patternOf(url: string): RegExp {
  const literal = url.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll(/:\w+/g, '[^/]+')}$`);
}
