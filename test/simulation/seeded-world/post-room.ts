/**
 * Between the processor's notifications and the server: holds them until the world says when they are heard, and hands them on
 * one by one. Without it a notification would race with the answer it repeats, and no run could be replayed.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `hold`: wait. `deliver`: hand on. `refuse`: answer 503, as a server does that is not there; the processor tries again. */
export type PostMode = 'hold' | 'deliver' | 'refuse';

interface Letter {
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  answer(status: number): void;
}

const CARRIED = ['content-type', 'sandbox-signature'] as const;

export class PostRoom {
  readonly #server: Server;
  #mode: PostMode = 'hold';
  #held: Letter[] = [];
  #working: Promise<void> = Promise.resolve();
  /** Origin that letters are handed on to; set once the server listens. */
  to = '';

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      read(request).then(
        (body) => {
          const headers = Object.fromEntries(CARRIED.map((name) => [name, String(request.headers[name] ?? '')]));
          const answer = (status: number): void => void response.writeHead(status).end();
          this.#held.push({ path: request.url ?? '/', headers, body, answer });
          this.#work();
        },
        () => response.destroy(),
      );
    });
  }

  static async open(): Promise<PostRoom> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PostRoom(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  turn(mode: PostMode): void {
    this.#mode = mode;
    this.#work();
  }

  async close(): Promise<void> {
    this.turn('refuse');
    await this.#working;
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #work(): void {
    if (this.#mode === 'hold') return;
    for (const letter of this.#held.splice(0)) this.#working = this.#working.then(() => this.#handOn(letter));
  }

  async #handOn(letter: Letter): Promise<void> {
    if (this.#mode === 'refuse') {
      letter.answer(503);
      return;
    }
    try {
      const { headers, body } = letter;
      const answer = await fetch(this.to + letter.path, { method: 'POST', headers, body: new Uint8Array(body) });
      await answer.arrayBuffer();
      letter.answer(answer.status);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      letter.answer(502);
    }
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
