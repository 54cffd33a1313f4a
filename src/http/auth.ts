/** Who is asking: the API key of a request, its tenant, and how fast it may ask. */
import type { FastifyRequest } from 'fastify';
import type { Identities, Identity } from '../app/tenants.ts';
import { Rejected, reject } from '../domain/errors.ts';

/** The identity behind the Authorization header. Throws Rejected with 401. */
export async function identify(identities: Identities, request: FastifyRequest): Promise<Identity> {
  const header = request.headers.authorization;
  if (header === undefined) {
    throw new Rejected(reject('unauthorized', 'Send your API key in the header: Authorization: Bearer sk_test_…'));
  }
  const match = /^Bearer +(\S+)$/i.exec(header);
  if (match === null) {
    throw new Rejected(
      reject('unauthorized', 'Send your API key as Authorization: Bearer sk_test_…, and in no other way.'),
    );
  }
  const identity = await identities.identify(match[1]!);
  if (identity === undefined)
    throw new Rejected(reject('unauthorized', 'This API key is mistyped, unknown or revoked.'));
  return identity;
}

/** The identity behind the header, if its key was found within the last second; undefined says nothing about the key. */
export function recall(identities: Identities, request: FastifyRequest): Identity | undefined {
  const header = request.headers.authorization;
  return header?.startsWith('Bearer ') ? identities.recall(header.slice('Bearer '.length)) : undefined;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket per key: `perSecond` on average, twice that in a burst. 0 means no limit. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Takes one token. Throws Rejected with 429 and the time until there is one. */
  take(keyId: string): void {
    if (this.#perSecond === 0) return;
    const now = this.#now();
    const burst = this.#perSecond * 2;
    const bucket = this.#buckets.get(keyId) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    this.#buckets.set(keyId, bucket);
    if (bucket.tokens < 1) {
      throw new Rejected(
        reject('rate_limited', `At most ${this.#perSecond} requests a second with one key: slow down.`, {
          retryAfterSeconds: 1,
        }),
      );
    }
    bucket.tokens -= 1;
  }
}
