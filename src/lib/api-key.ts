/**
 * API keys: `sk_test_`, `sk_live_`, `pk_test_` or `pk_live_`, 43 base62 characters (256 bits) and a CRC-32 of all before it in
 * six more, so that a mistyped key is refused without a look-up. Only its SHA-256 is kept.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62, randomBase62 } from './base62.ts';

const KEY = /^(sk|pk)_(test|live)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

export interface ParsedKey {
  kind: 'secret' | 'public';
  mode: 'test' | 'live';
  hash: Buffer;
  /** Prefix and last four characters: enough to recognise, too little to use. */
  hint: string;
}

export function createKey(
  random: (bytes: number) => Uint8Array,
  as: { kind: 'secret' | 'public'; mode: 'test' | 'live' },
): string {
  const body = `${as.kind === 'secret' ? 'sk' : 'pk'}_${as.mode}_${randomBase62(random, 43)}`;
  return body + checksum(body);
}

/** The parts of a well-formed key; undefined for any other text. */
export function parseKey(text: string): ParsedKey | undefined {
  const match = KEY.exec(text);
  if (match === null || checksum(text.slice(0, -6)) !== match[4]) return undefined;
  return {
    kind: match[1] === 'sk' ? 'secret' : 'public',
    mode: match[2] === 'live' ? 'live' : 'test',
    hash: createHash('sha256').update(text).digest(),
    hint: `${text.slice(0, 8)}…${text.slice(-4)}`,
  };
}

function checksum(text: string): string {
  return base62(crc32(text), 6);
}
