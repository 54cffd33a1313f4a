/**
 * A small shop, as one would write it against Tender: calls the API, takes webhooks on a local address and believes none
 * whose signature the unmodified `standardwebhooks` package does not verify.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

const webhookTimeoutMs = 15_000;

export interface ShopSession {
  id: string;
  status: string;
  payment_outcome: string;
  session_url: string;
  customer_id?: string;
  payment_method_id?: string;
  mandate_id?: string;
  last_payment_error?: { decline_code?: string };
}

interface Told {
  id: string;
  type: string;
  data: ShopSession;
}

export class Shop {
  readonly #url: string;
  readonly #key: string;
  readonly #told: Told[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #hooks = createServer((request, response) => {
    void this.#take(request).then((status) => response.writeHead(status).end());
  });
  /** A webhook may come before the answer that holds the secret: it waits. */
  readonly #verifier = Promise.withResolvers<Webhook>();
  /** Webhooks whose signature did not verify. */
  refused = 0;

  constructor(url: string, secretKey: string) {
    this.#url = url;
    this.#key = secretKey;
  }

  /** Opens for webhooks and tells Tender where. */
  async open(): Promise<void> {
    this.#hooks.listen(0, '127.0.0.1');
    await once(this.#hooks, 'listening');
    const { port } = this.#hooks.address() as AddressInfo;
    const endpoint = await this.post<{ secret: string }>('/collect/webhook_endpoints', {
      url: `http://127.0.0.1:${port}/webhooks`,
      event_types: ['*'],
    });
    this.#verifier.resolve(new Webhook(endpoint.secret));
  }

  async close(): Promise<void> {
    this.#hooks.closeAllConnections();
    this.#hooks.close();
    await once(this.#hooks, 'close');
  }

  createSession(body: Record<string, unknown>): Promise<ShopSession> {
    return this.post<ShopSession>('/collect/payment_sessions', { currency: 'ZAR', ...body });
  }

  session(id: string): Promise<ShopSession> {
    return this.#call<ShopSession>('GET', `/collect/payment_sessions/${id}`);
  }

  post<Answer>(path: string, body: object): Promise<Answer> {
    return this.#call<Answer>('POST', path, body);
  }

  /** Waits for a verified webhook about a session; throws when none comes in time. */
  async toldOf(sessionId: string, type: string): Promise<ShopSession> {
    const deadline = AbortSignal.timeout(webhookTimeoutMs);
    for (;;) {
      const found = this.#told.find((one) => one.type === type && one.data.id === sessionId);
      if (found !== undefined) return found.data;
      await new Promise<void>((resolve, reject) => {
        const late = (): void => reject(new Error(`no webhook ${type} within ${webhookTimeoutMs / 1000} s`));
        deadline.addEventListener('abort', late, { once: true });
        this.#waiting.add(() => {
          deadline.removeEventListener('abort', late);
          resolve();
        });
      });
    }
  }

  get webhooks(): number {
    return this.#told.length;
  }

  async #take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const verifier = await this.#verifier.promise;
    try {
      this.#told.push(verifier.verify(body, request.headers as Record<string, string>) as Told);
    } catch {
      this.refused++;
      return 400;
    }
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    return 204;
  }

  async #call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as Answer;
  }
}
