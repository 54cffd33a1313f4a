/** One try to deliver: the signed request, sent once, and what its result means. Never throws for what the network did. */

import { SECRET_PURPOSE } from '../domain/webhook.ts';
import type { DeliveryTry, TryFailure } from '../domain/webhook-delivery.ts';
import { headersOf, readRetryAfter } from '../domain/webhook-delivery.ts';
import { sign } from '../lib/signature.ts';
import { SECOND } from '../lib/time.ts';
import type { ClaimedDelivery } from '../store/delivery-work.ts';
import type { OutboundResult } from '../system.ts';
import { renderEvent } from '../wire/event.ts';
import type { App } from './context.ts';

/** How much of an answer is read and kept. */
export const ANSWER_BYTES = 4_096;

export interface TryLimits {
  connectTimeoutMs: number;
  /** From the call to the end of the answer. */
  totalTimeoutMs: number;
  allowAddress(address: string): boolean;
}

/** A try that ended, and what the receiver asked for. */
export interface TryResult {
  tried: DeliveryTry;
  /** The receiver answered 410: it wants nothing more, ever. */
  gone: boolean;
  retryAfterMs: number | undefined;
}

/**
 * Signs and sends. The body is put together from stored text, so it is the same on every try; the time in the signature is
 * the real time of this try. Throws when the secret cannot be opened: that is not the receiver's failure.
 */
export async function tryDelivery(app: App, claimed: ClaimedDelivery, limits: TryLimits): Promise<TryResult> {
  const { system } = app;
  const { event } = claimed;
  const secrets = await openSecrets(app, claimed);
  const body = renderEvent(event, claimed.mode);
  const at = system.clock.now();
  const signature = sign(secrets, { id: event.id, timestampSeconds: Math.floor(at / SECOND), body });
  const result = await system.send({
    method: 'POST',
    url: claimed.url,
    headers: headersOf(event.id, { at, signature }),
    body,
    connectTimeoutMs: limits.connectTimeoutMs,
    totalTimeoutMs: limits.totalTimeoutMs,
    maxAnswerBytes: ANSWER_BYTES,
    allowAddress: limits.allowAddress,
  });
  const ended = judge(result, { number: claimed.tryCount + 1, at, sent: { url: claimed.url, signature } });
  app.metrics.tried(ended, claimed);
  return ended;
}

/** The secret, and for a while after a rotation the one before it. */
async function openSecrets(app: App, claimed: ClaimedDelivery): Promise<Buffer[]> {
  const { tenantId, sealedSecret, previousSecret } = claimed;
  const secrets = [await app.vault.openSecret(tenantId, SECRET_PURPOSE, sealedSecret)];
  if (previousSecret !== undefined && app.system.clock.now() < previousSecret.until) {
    secrets.push(await app.vault.openSecret(tenantId, SECRET_PURPOSE, previousSecret.sealed));
  }
  return secrets;
}

/** What a result means for the delivery. */
export function judge(result: OutboundResult, facts: Pick<DeliveryTry, 'number' | 'at' | 'sent'>): TryResult {
  const { status, failure, answer } = read(result);
  const retryAfter = result.kind === 'answer' ? result.headers['retry-after'] : undefined;
  return {
    tried: {
      ...facts,
      latencyMs: result.latencyMs,
      ...(status === undefined ? {} : { status }),
      ...(failure === undefined ? {} : { failure }),
      answer: asText(answer),
    },
    gone: status === 410,
    retryAfterMs: status === undefined ? undefined : readRetryAfter(status, retryAfter, facts.at),
  };
}

function read(result: OutboundResult): { status?: number; failure?: TryFailure; answer?: Buffer } {
  if (result.kind === 'not_sent') return { failure: NOT_SENT[result.why] };
  if (result.kind === 'answer') {
    const { status, body: answer } = result;
    return isSuccess(status) ? { status, answer } : { status, failure: 'http_status', answer };
  }
  const { status, partial: answer } = result;
  if (status === undefined) return { failure: FAILED[result.why], answer };
  // A long answer was cut by us: its status still says what the receiver thinks.
  if (result.why === 'too_large')
    return isSuccess(status) ? { status, answer } : { status, failure: 'http_status', answer };
  return { status, failure: FAILED[result.why], answer };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

type Why<Kind> = Extract<OutboundResult, { kind: Kind }> extends { why: infer W extends string } ? W : never;

const NOT_SENT: Record<Why<'not_sent'>, TryFailure> = {
  dns_failed: 'dns_failed',
  address_not_allowed: 'address_not_allowed',
  connect_refused: 'connect_refused',
  connect_timeout: 'connect_timeout',
  connect_reset: 'connection_reset',
  tls_failed: 'tls_failed',
  aborted: 'connect_timeout',
};

const FAILED: Record<Why<'failed'>, TryFailure> = {
  response_timeout: 'response_timeout',
  reset: 'connection_reset',
  too_large: 'response_too_large',
  unreadable: 'response_unreadable',
  aborted: 'response_timeout',
};

/** As text that a column of text can hold. */
function asText(answer: Buffer | undefined): string {
  return answer === undefined ? '' : answer.toString('utf8').replaceAll('\u0000', '\ufffd');
}
