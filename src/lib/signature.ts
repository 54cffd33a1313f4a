/**
 * Signatures of webhooks as Standard Webhooks 1.0 describes them: HMAC-SHA-256 over id, time and body, which any of its
 * libraries verifies. Several secrets give several signatures, so that a secret can be replaced without a gap.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';
const TOLERANCE_SECONDS = 300;

export interface SignedMessage {
  /** The `webhook-id` header: the same on every try. */
  id: string;
  /** The `webhook-timestamp` header: seconds since 1970, of this try. */
  timestampSeconds: number;
  /** Byte for byte what is sent. */
  body: string;
}

/** A secret as merchants see it. */
export function secretText(bytes: Uint8Array): string {
  return SECRET_PREFIX + Buffer.from(bytes).toString('base64');
}

/** The bytes of a secret as merchants see it; undefined when it is none. */
export function secretBytes(text: string): Buffer | undefined {
  if (!text.startsWith(SECRET_PREFIX)) return undefined;
  const bytes = Buffer.from(text.slice(SECRET_PREFIX.length), 'base64');
  return bytes.length > 0 && secretText(bytes) === text ? bytes : undefined;
}

/** The `webhook-signature` header: one `v1,<base64>` for each secret, separated by spaces. */
export function sign(secrets: readonly Uint8Array[], message: SignedMessage): string {
  return secrets.map((secret) => `v1,${digest(secret, message).toString('base64')}`).join(' ');
}

/** True when one of the signatures was made with `secret` and the time is within five minutes of `nowSeconds`. */
export function verify(
  secret: Uint8Array,
  message: SignedMessage,
  given: { signature: string; nowSeconds: number },
): boolean {
  if (!(Math.abs(given.nowSeconds - message.timestampSeconds) <= TOLERANCE_SECONDS)) return false;
  const expected = digest(secret, message);
  return given.signature.split(' ').some((part) => {
    if (!part.startsWith('v1,')) return false;
    const signature = Buffer.from(part.slice(3), 'base64');
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  });
}

function digest(secret: Uint8Array, { id, timestampSeconds, body }: SignedMessage): Buffer {
  return createHmac('sha256', secret).update(`${id}.${timestampSeconds}.${body}`).digest();
}
