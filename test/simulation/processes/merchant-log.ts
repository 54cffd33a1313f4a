/**
 * The merchant's side of webhooks, which lives through every kill: takes each webhook on loopback, verifies it with the
 * public library for Standard Webhooks, and writes it down. Now and then it answers 500 or drops the line after it has
 * taken one, as servers do; what it has taken counts as told.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { Json } from '../../support/merchant.ts';
import type { Draws } from '../seeded-world/draws.ts';

export interface Told {
  id: string;
  type: string;
  sequence: number;
  data: Json;
}

export class MerchantLog {
  /** Every webhook in order of arrival, repeats included. */
  readonly told: Told[] = [];
  /** What no webhook of ours may be. */
  readonly findings: string[] = [];
  readonly #server = createServer((request, response) => {
    this.#take(request).then(
      (answer) => {
        if (answer === 'drop') request.socket.destroy();
        else response.writeHead(answer).end();
      },
      // The sender died in the middle of its request: nothing was told.
      () => request.socket.destroy(),
    );
  });
  readonly #draws: Draws;
  /** The endpoint's own creation may be told before its answer was read. */
  readonly #secret = Promise.withResolvers<string>();
  readonly #taken = new Set<string>();
  #moody = true;

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/hooks`;
  }

  /** Everything is verified against this secret, as the endpoint's creation showed it. */
  trust(secret: string): void {
    this.#secret.resolve(secret);
  }

  /** From now on every webhook is answered 200. */
  calm(): void {
    this.#moody = false;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<number | 'drop'> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!request.complete) return 'drop';
    const body = Buffer.concat(chunks).toString('utf8');
    const headers = request.headers as Record<string, string>;
    const secret = await this.#secret.promise;
    try {
      new Webhook(secret).verify(body, headers);
    } catch (error) {
      this.findings.push(`a webhook that cannot be verified: ${(error as Error).message}`);
      return 400;
    }
    const event = JSON.parse(body) as Told;
    if (event.id !== headers['webhook-id']) this.findings.push(`${event.id} came as ${headers['webhook-id']}`);
    const isRepeat = this.#taken.has(event.id);
    this.#taken.add(event.id);
    this.told.push(event);
    // Refused twice, it would come again only minutes later.
    if (!this.#moody || isRepeat) return 200;
    return this.#draws.chance(0.005) ? 'drop' : this.#draws.chance(0.005) ? 500 : 200;
  }
}
