/** Endpoints as people write them: one that does it right, and each usual mistake. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhooks } from '../../sdk/src/tender.ts';

export interface Receiver {
  url: string;
  /** Every body, in the order of arrival. */
  bodies: string[];
  close(): Promise<void>;
}

export type Judges = (raw: string, headers: IncomingHttpHeaders) => Promise<number>;

export const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

/** Verifies the bytes that came. */
export const right: Judges = async (raw, headers) => ((await believes(raw, headers, SECRET)) ? 204 : 400);

/** Verifies what a parser made of them, written again. */
export const parsedBody: Judges = async (raw, headers) =>
  (await believes(JSON.stringify(JSON.parse(raw)), headers, SECRET)) ? 204 : 400;

/** Has the secret of another endpoint. */
export const wrongSecret: Judges = async (raw, headers) =>
  (await believes(raw, headers, `whsec_${Buffer.alloc(32, 6).toString('base64')}`)) ? 204 : 400;

/** Verifies nothing. */
export const credulous: Judges = async () => 200;

async function believes(raw: string, headers: IncomingHttpHeaders, secret: string): Promise<boolean> {
  try {
    await webhooks.verify(raw, headers, secret);
    return true;
  } catch {
    // Whatever is wrong with it, the answer is the same.
    return false;
  }
}

export async function receiver(judges: Judges): Promise<Receiver> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    bodies.push(raw);
    response.writeHead(await judges(raw, request.headers)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
