/** A merchant's server: takes webhooks on loopback, remembers them byte for byte, and answers what the test says. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
  event: {
    id: string;
    type: string;
    sequence: number;
    mode: string;
    timestamp: string;
    data: { id: string; name?: string };
  };
}

export type Reply = (request: Received, response: ServerResponse, nth: number) => void | Promise<void>;

export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  /** Replaces the answer, which is 200 at first. */
  reply(next: Reply): void;
  /** Resolves once at least `count` webhooks have come. */
  arrived(count: number): Promise<void>;
  connections(): number;
  close(): Promise<void>;
}

export async function startReceiver(t: Pick<TestContext, 'after'>): Promise<Receiver> {
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let connections = 0;
  let answer: Reply = (_, response) => void response.end('thanks');
  const server = createServer(async (request, response) => {
    const whole = await readAll(request);
    received.push(whole);
    for (const one of waiting) if (received.length >= one.count) one.resolve();
    await answer(whole, response, received.length);
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  t.after(close);
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    port,
    received,
    reply(next) {
      answer = next;
    },
    arrived: (count) =>
      received.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    connections: () => connections,
    close,
  };
}

async function readAll(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  return {
    path: request.url ?? '',
    headers: request.headers as Record<string, string>,
    body,
    event: JSON.parse(body) as Received['event'],
  };
}
