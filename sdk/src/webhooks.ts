/**
 * Webhooks by Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp` and `webhook-signature`, which holds one or more
 * `v1,<base64 of HMAC-SHA256(id.timestamp.body)>`. Web Crypto compares in constant time, and is in every runtime.
 */
import { TenderError } from './errors.ts';
import type { WebhookEvent } from './generated/types.ts';

export type VerificationFailure =
  | 'body_not_raw'
  | 'body_empty'
  | 'header_missing'
  | 'header_malformed'
  | 'secret_malformed'
  | 'too_old'
  | 'too_new'
  | 'signature_mismatch';

/** The request is not to be believed; `reason` is for programs, the message for whoever mends it. */
export class WebhookVerificationError extends TenderError {
  readonly reason: VerificationFailure;

  constructor(reason: VerificationFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How far the timestamp may be from now, in milliseconds; default five minutes. */
  toleranceMs?: number;
  /** Now, in milliseconds since 1970; default the clock of this machine. */
  nowMs?: number;
}

const TOLERANCE_MS = 5 * 60_000;

/**
 * The event, once its signature is proven by one of `secrets` (`whsec_…`; two while one replaces the other). `rawBody` are the
 * very bytes that came, before any parser. Throws {@link WebhookVerificationError}: answer 400 then.
 */
export async function verify(
  rawBody: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const body = bytesOf(rawBody);
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const given = header(headers, 'webhook-signature')
    .split(' ')
    .filter((one) => one.startsWith('v1,'));
  if (!/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError('header_malformed', 'webhook-timestamp is not a number of seconds.');
  if (given.length === 0)
    throw new WebhookVerificationError('header_malformed', 'webhook-signature holds no signature of version v1.');
  checkAge(Number(timestamp) * 1000, options);
  const signed = joined(bytes(`${id}.${timestamp}.`), body);
  const wanted = typeof secrets === 'string' ? [secrets] : secrets;
  for (const secret of wanted) {
    const key = await keyOf(secret, 'verify');
    for (const one of given) {
      const signature = fromBase64(one.slice('v1,'.length));
      if (signature !== undefined && (await crypto.subtle.verify('HMAC', key, signature, signed)))
        return JSON.parse(new TextDecoder().decode(body)) as WebhookEvent;
    }
  }
  throw new WebhookVerificationError(
    'signature_mismatch',
    `None of ${wanted.length} secret(s) made this signature. Usual causes: the body was parsed and written again before it came here (give the raw bytes), or the secret is another endpoint's.`,
  );
}

/**
 * The three headers for a body, as Tender would send them: for tests of your endpoint. `id` and `timestampMs` default to a random
 * one and now.
 */
export async function sign(
  body: string,
  secret: string,
  facts: { id?: string; timestampMs?: number } = {},
): Promise<{ 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string }> {
  const id = facts.id ?? `evt_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;
  const timestamp = String(Math.floor((facts.timestampMs ?? Date.now()) / 1000));
  const signature = await crypto.subtle.sign('HMAC', await keyOf(secret, 'sign'), bytes(`${id}.${timestamp}.${body}`));
  const text = btoa(String.fromCharCode(...new Uint8Array(signature)));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${text}` };
}

/** As they came: what is signed are bytes, and text made of them may no longer tell them apart. */
function bytesOf(rawBody: unknown): Uint8Array {
  if (rawBody instanceof ArrayBuffer || rawBody instanceof Uint8Array || typeof rawBody === 'string') {
    const body = typeof rawBody === 'string' ? bytes(rawBody) : new Uint8Array(rawBody);
    if (body.length === 0) {
      throw new WebhookVerificationError(
        'body_empty',
        'The body is empty: something read it before. Read it once and pass what you read.',
      );
    }
    if (rawBody !== '[object Object]') return body;
  }
  throw new WebhookVerificationError(
    'body_not_raw',
    'The body was parsed before it came here, so its bytes are lost. Pass the raw body: express.raw({ type: "application/json" }), await request.text(), …',
  );
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function header(headers: WebhookHeaders, name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : (headers[name] ?? headers[name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())]);
  const text = typeof value === 'string' ? value : value?.[0];
  if (text === undefined || text === '') {
    throw new WebhookVerificationError(
      'header_missing',
      `The header ${name} is missing. Is this request a webhook, and does a proxy drop headers?`,
    );
  }
  return text;
}

function checkAge(timestampMs: number, { toleranceMs = TOLERANCE_MS, nowMs = Date.now() }: VerifyOptions): void {
  const ageMs = nowMs - timestampMs;
  if (Math.abs(ageMs) <= toleranceMs) return;
  const seconds = Math.round(Math.abs(ageMs) / 1000);
  if (ageMs > 0)
    throw new WebhookVerificationError(
      'too_old',
      `It was signed ${seconds} s ago: sent again by somebody who recorded it, or the clock of this machine is ahead.`,
    );
  throw new WebhookVerificationError(
    'too_new',
    `It was signed ${seconds} s in the future: the clock of this machine is behind.`,
  );
}

async function keyOf(secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> {
  const raw = secret.startsWith('whsec_') ? fromBase64(secret.slice('whsec_'.length)) : undefined;
  if (raw === undefined || raw.length === 0) {
    throw new WebhookVerificationError(
      'secret_malformed',
      'The secret is the text that begins with whsec_, as it was shown when the endpoint was made.',
    );
  }
  return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, [use]);
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    // Not base64: then it is no signature and no secret of ours.
    return undefined;
  }
}
