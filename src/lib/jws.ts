/**
 * Compact JSON Web Signatures (RFC 7515) with HMAC-SHA-256 (`HS256`, RFC 7518 section 3.2) and nothing else. The header of a token
 * must be, byte for byte, the one that its key writes: another algorithm, `none`, an unknown key or a header with more in it is refused
 * before anything of it is read (RFC 8725 section 3.1).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface JwsKey {
  /** The `kid` of the header. */
  id: string;
  /** At least 32 bytes (RFC 7518 section 3.2). */
  secret: Uint8Array;
}

/** A key named by a digest of it, which tells nothing of 32 random bytes. */
export function jwsKey(secret: Uint8Array): JwsKey {
  return { id: createHash('sha256').update('kid').update(secret).digest('hex').slice(0, 16), secret };
}

/** The claims as a token. The same claims under the same key are the same bytes. */
export function signJws(claims: object, key: JwsKey): string {
  const input = `${headerOf(key)}.${encoded(JSON.stringify(claims))}`;
  return `${input}.${hs256(input, key.secret).toString('base64url')}`;
}

/** The claims of a token that one of the keys signed; undefined for anything else. What they say is not judged here. */
export function readJws(token: string, keys: readonly JwsKey[]): Readonly<Record<string, unknown>> | undefined {
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  const key = keys.find((one) => headerOf(one) === header);
  if (parts.length !== 3 || key === undefined || payload === undefined || signature === undefined) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const expected = hs256(`${header}.${payload}`, key.secret);
  // The second look refuses another spelling of the same signature: a token has one text.
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  if (given.toString('base64url') !== signature) return undefined;
  return objectIn(Buffer.from(payload, 'base64url').toString());
}

/** The signature of a signing input, RFC 7515 section 5.1 step 5. */
export function hs256(input: string, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(input).digest();
}

function headerOf({ id }: JwsKey): string {
  return encoded(JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: id }));
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // Signed, but not by signJws.
  }
}
