/** A merchant's notification address: keeps what it is told, answers as ordered, and lets a test wait for the next. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Told {
  path: string;
  signature: string;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read many shapes
  body: any;
}

export interface Receiver {
  url: string;
  told: Told[];
  /** What it answers from now on. */
  status: number;
  /** Resolves once so many have come. */
  heard(count: number): Promise<Told[]>;
}

/** Listens on a free port until the test ends. */
export async function startReceiver(t: TestContext): Promise<Receiver> {
  let more = Promise.withResolvers<void>();
  const server = createServer((req, res) => {
    let text = '';
    req.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    req.on('end', () => {
      const signature = String(req.headers['sandbox-signature']);
      receiver.told.push({ path: req.url ?? '', signature, text, body: parse(text) });
      res.writeHead(receiver.status).end();
      more.resolve();
      more = Promise.withResolvers();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify?tenant=7`,
    told: [],
    status: 204,
    async heard(count) {
      while (receiver.told.length < count) await more.promise;
      return receiver.told;
    },
  };
  return receiver;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A malformed notification, as ordered.
  }
}
