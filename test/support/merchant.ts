/** A merchant's backend: calls the API like any client, and holds every answer to the API's own document. */
import { randomUUID } from 'node:crypto';
import { contractOf } from './contract.ts';

export interface Reply<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape is what they check.
export type Json = any;

export interface CallOptions {
  key?: string | null;
  bearer?: string | null;
  headers?: Record<string, string>;
  /** Sent as it is instead of `body`. */
  raw?: string;
}

export class Merchant {
  readonly url: string;
  readonly secretKey: string;
  readonly publicKey: string;

  constructor(url: string, secretKey: string, publicKey: string) {
    this.url = url;
    this.secretKey = secretKey;
    this.publicKey = publicKey;
  }

  /** One call. Posts carry a fresh Idempotency-Key unless `key` says otherwise (null: none). */
  async call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Reply<Json>> {
    const headers: Record<string, string> = { ...options.headers };
    if (options.bearer !== null) headers.authorization = `Bearer ${options.bearer ?? this.secretKey}`;
    if (method === 'POST' && options.key !== null) headers['idempotency-key'] = options.key ?? randomUUID();
    else if (options.key) headers['idempotency-key'] = options.key;
    const text = options.raw ?? (body === undefined ? undefined : JSON.stringify(body));
    if (text !== undefined && headers['content-type'] === undefined) headers['content-type'] = 'application/json';
    const answer = await fetch(this.url + path, {
      method,
      headers,
      redirect: 'manual',
      ...(text === undefined ? {} : { body: text }),
    });
    const answered = await answer.text();
    const json = /json/.test(answer.headers.get('content-type') ?? '') && answered !== '';
    const { status, headers: sent } = answer;
    const reply = { status, headers: sent, body: json ? JSON.parse(answered) : {}, text: answered };
    (await contractOf(this.url)).check(method, path, reply);
    return reply;
  }

  /** Creates a session; fails the test unless it was created. */
  async createSession(body: Record<string, unknown> = {}, options: CallOptions = {}): Promise<Json> {
    const reply = await this.call(
      'POST',
      '/collect/payment_sessions',
      { amount: 20_000, currency: 'ZAR', ...body },
      options,
    );
    if (reply.status !== 201) throw new Error(`creating a session answered ${reply.status}: ${reply.text}`);
    return reply.body;
  }

  async session(id: string): Promise<Json> {
    return (await this.call('GET', `/collect/payment_sessions/${id}`)).body;
  }

  async payment(id: string): Promise<Json> {
    return (await this.call('GET', `/collect/payments/${id}`)).body;
  }

  async attempts(paymentId: string): Promise<Json[]> {
    return (await this.call('GET', `/collect/payments/${paymentId}/attempts`)).body.data;
  }

  /** A charge without the payer, with the token of an earlier session. */
  chargeNext(
    token: { customer_id: string; payment_method_id: string },
    body: Record<string, unknown> = {},
    options: CallOptions = {},
  ): Promise<Reply<Json>> {
    const { customer_id, payment_method_id } = token;
    const request = {
      amount: 10_000,
      currency: 'ZAR',
      type: 'next_in_series',
      options: { customer_id, payment_method_id },
      ...body,
    };
    return this.call('POST', '/collect/payment_sessions', request, options);
  }

  /** Every event of the tenant in order. */
  async events(query = ''): Promise<Json[]> {
    const all: Json[] = [];
    let after = 0;
    for (;;) {
      const { body } = await this.call('GET', `/collect/events?limit=100&after=${after}${query}`);
      if (body.data === undefined || body.data.length === 0) return all;
      all.push(...body.data);
      after = all.at(-1).sequence;
    }
  }
}
