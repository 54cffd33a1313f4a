/** Base62 text: digits, upper case, lower case, in ASCII order, so that text order is number order. */

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `value` (a non-negative safe integer) in exactly `width` characters, padded with zeros. */
export function base62(value: number, width: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < width; i++) {
    text = ALPHABET[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** The number that {@link base62} wrote. */
export function base62Value(text: string): number {
  let value = 0;
  for (const character of text) value = value * 62 + ALPHABET.indexOf(character);
  return value;
}

/** `length` characters, each equally likely: bytes of 248 and above are thrown away instead of folded. */
export function randomBase62(random: (bytes: number) => Uint8Array, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random(length + 4)) {
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}
