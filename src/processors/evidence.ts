/**
 * What we keep of an exchange for people to read: small, and free of anything that could be spent. Every string passes
 * {@link scrub}; what it cannot recognise by form it removes by value, so the caller names the secrets of the call.
 */
import type { Evidence } from './processor.ts';

const MAX_BODY_BYTES = 2_048;
const MAX_DETAIL_BYTES = 300;

/** 12 to 19 digits that do not begin with 0, however grouped: longer than any amount, and the length of every card number. */
const CARD_LIKE = /(?<!\d)[1-9](?:[ .\-_]?\d){11,18}(?!\d)/g;
/** Keys and tokens: the prefixes in use here and the usual form of authorisation headers. */
const KEY_LIKE = /\b(?:mk|sk|pk|rk|ck|ns|nk|whsec)_[\w-]{6,}|\b(?:Bearer|Basic) +[\w+/=.~-]{8,}/g;
/** Members whose value is a secret whatever it looks like. */
const SECRET_MEMBER =
  /("(?:number|card_number|pan|cvc2?|cvv2?|security_code|track\w*|pin|\w*_key|\w*secret)"\s*:\s*)("(?:[^"\\]|\\.)*"?|[\d.]+)/gi;
/** Words that a processor may say about a security code without telling it. */
const HARMLESS_VERDICTS = new Set(['"match"', '"no_match"', '"not_given"']);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed; a database refuses NUL in text.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** `text` without card numbers, keys, `secrets` and control characters, well-formed and fit for a database. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 3) clean = clean.replaceAll(secret, '[removed]');
  return clean
    .replace(SECRET_MEMBER, (all, name: string, value: string) => {
      return HARMLESS_VERDICTS.has(value) || /request_key/i.test(name) ? all : `${name}"[removed]"`;
    })
    .replace(CARD_LIKE, '[digits removed]')
    .replace(KEY_LIKE, '[key removed]')
    .replace(CONTROL, ' ')
    .toWellFormed();
}

export interface Exchanged {
  operation: string;
  status?: number | undefined;
  latencyMs: number;
  body?: Buffer | undefined;
  detail: string;
  /** Values that must not appear: the card number, the security code, keys. */
  secrets: readonly string[];
}

/** The evidence of one exchange. */
export function evidenceOf({ operation, status, latencyMs, body, detail, secrets }: Exchanged): Evidence {
  const bytes = body?.length ?? 0;
  return {
    operation,
    ...(status === undefined ? {} : { status }),
    latencyMs,
    bytes,
    detail: firstBytes(scrub(detail, secrets), MAX_DETAIL_BYTES),
    ...(body && bytes > 0 ? { body: firstBytes(scrub(body.toString('utf8'), secrets), MAX_BODY_BYTES) } : {}),
  };
}

/** At most `max` bytes of `text`, cut between characters. */
function firstBytes(text: string, max: number): string {
  if (text.length * 3 <= max) return text;
  const decoder = new TextDecoder('utf-8');
  return decoder.decode(Buffer.from(text).subarray(0, max), { stream: true });
}
