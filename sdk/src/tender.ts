/** The SDK of Tender: `new Tender('sk_test_…')`, its resources, its errors, and webhooks. Needs only `fetch` and Web Crypto. */
import { Api, type ClientOptions } from './api.ts';
import { Resources } from './generated/resources.ts';
import { sign, verify } from './webhooks.ts';

export type { CallOptions, ClientOptions, FileBody } from './api.ts';
export * from './errors.ts';
export type * from './generated/types.ts';
export type { ListOf, Page } from './list.ts';
export {
  type VerificationFailure,
  type VerifyOptions,
  type WebhookHeaders,
  WebhookVerificationError,
} from './webhooks.ts';

/** Signing needs no client: what came to your endpoint is proven by its secret alone. */
export const webhooks = { verify, sign };

/**
 * A client for one key. Repeats calls that failed for a reason that may pass (no connection, 408, 429, 5xx, a first request still
 * running), twice by default, with one idempotency key for all tries of a call.
 */
export class Tender extends Resources {
  static readonly webhooks = webhooks;

  constructor(secretKey: string, options: ClientOptions = {}) {
    super(new Api(secretKey, options));
  }
}
