/**
 * Everything that looks random in the sandbox. There is no random stream: a draw is HMAC-SHA-256 over its purpose, its
 * subject (account and request key) and the how-manieth use, keyed by the book's seed. So neither the order of arrival nor
 * concurrency matters, and the same seed and keys give the same ids, decisions, delays and faults.
 */
import { createHmac } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export interface Chance {
  /** 32 bytes that belong to (`purpose`, `subject`, `use`) for ever. */
  draw(purpose: string, subject: string, use?: number): Buffer;
}

/** Draws under `seed`. */
export function createChance(seed: string): Chance {
  return {
    draw(purpose, subject, use = 0) {
      return createHmac('sha256', seed).update(`${purpose}\n${subject}\n${use}`).digest();
    },
  };
}

/** 16 Crockford base32 characters from the ten bytes of `bytes` that start at `from`. */
export function crockford(bytes: Buffer, from: number): string {
  let text = '';
  for (let group = from; group < from + 10; group += 5) {
    // Five bytes are eight characters; 40 bits are exact in a double.
    let value = bytes.readUIntBE(group, 5);
    let part = '';
    for (let i = 0; i < 8; i++) {
      part = CROCKFORD[value % 32] + part;
      value = Math.floor(value / 32);
    }
    text += part;
  }
  return text;
}

/** A number in [0, 1) from the six bytes of `bytes` that start at `from`. */
export function fraction(bytes: Buffer, from: number): number {
  return bytes.readUIntBE(from, 6) / 2 ** 48;
}

/** `count` decimal digits from `bytes` starting at `from`; slightly uneven, which test data may be. */
export function digits(bytes: Buffer, from: number, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) text += (bytes[(from + i) % bytes.length] ?? 0) % 10;
  return text;
}
