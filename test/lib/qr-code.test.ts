/** The QR encoder, read back by a reader of our own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type QrModules, qrCode, qrPath } from '../../src/lib/qr-code.ts';

/**
 * A reader of its own, written from the standard and not from the encoder: finds the format, takes the mask off, walks the codewords,
 * checks the syndromes of every block, and reads the bytes.
 */
function decode(modules: QrModules): string {
  const size = modules.length;
  const version = (size - 17) / 4;
  const at = (x: number, y: number): number => (modules[y]?.[x] ? 1 : 0);
  const format = (places: readonly (readonly [number, number])[]) =>
    places.reduce((value, [x, y]) => (value << 1) | at(x, y), 0) ^ 0b101010000010010;
  // Read from the most significant bit, along both of its places.
  const first = format([
    ...[0, 1, 2, 3, 4, 5].map((x) => [x, 8] as const),
    ...([
      [7, 8],
      [8, 8],
      [8, 7],
    ] as const),
    ...[5, 4, 3, 2, 1, 0].map((y) => [8, y] as const),
  ]);
  const second = format([
    ...[1, 2, 3, 4, 5, 6, 7].map((i) => [8, size - i] as const),
    ...[8, 7, 6, 5, 4, 3, 2, 1].map((i) => [size - i, 8] as const),
  ]);
  assert.equal(first, second, 'the format stands there twice');
  assert.equal(first >>> 13, 0, 'level M');
  const mask = (first >>> 10) & 7;
  const fixed = fixedModules(size, version);
  const bits: number[] = [];
  for (let pair = 0, x = size - 1; x > 0; x -= 2, pair++) {
    if (x === 6) x--;
    for (let i = 0; i < size; i++) {
      const y = pair % 2 === 0 ? size - 1 - i : i;
      for (const column of [x, x - 1]) {
        if (!fixed.has(`${column},${y}`)) bits.push(at(column, y) ^ (isMasked(mask, { row: y, column }) ? 1 : 0));
      }
    }
  }
  const codewords = Array.from({ length: Math.floor(bits.length / 8) }, (_, i) =>
    Number.parseInt(bits.slice(8 * i, 8 * i + 8).join(''), 2),
  );
  const data = dataOf(codewords, version);
  const stream = data.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  assert.equal(stream.slice(0, 4), '0100', 'byte mode');
  const wide = version < 10 ? 8 : 16;
  const length = Number.parseInt(stream.slice(4, 4 + wide), 2);
  const bytes = Array.from({ length }, (_, i) => Number.parseInt(stream.slice(4 + wide + 8 * i, 12 + wide + 8 * i), 2));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
}

function isMasked(mask: number, { row: i, column: j }: { row: number; column: number }): boolean {
  const conditions = [
    (i + j) % 2,
    i % 2,
    j % 3,
    (i + j) % 3,
    (Math.floor(i / 2) + Math.floor(j / 3)) % 2,
    ((i * j) % 2) + ((i * j) % 3),
    (((i * j) % 2) + ((i * j) % 3)) % 2,
    (((i + j) % 2) + ((i * j) % 3)) % 2,
  ];
  return conditions[mask] === 0;
}

/** Annex E of the standard, versions 1 to 20. */
const ALIGNMENT = [
  ...[[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]],
  ...[
    [6, 30, 54],
    [6, 32, 58],
    [6, 34, 62],
    [6, 26, 46, 66],
    [6, 26, 48, 70],
    [6, 26, 50, 74],
    [6, 30, 54, 78],
  ],
  ...[
    [6, 30, 56, 82],
    [6, 30, 58, 86],
    [6, 34, 62, 90],
  ],
];

function fixedModules(size: number, version: number): Set<string> {
  const fixed = new Set<string>();
  const square = (left: number, top: number, width: number, height = width) => {
    for (let x = left; x < left + width; x++) for (let y = top; y < top + height; y++) fixed.add(`${x},${y}`);
  };
  square(0, 0, 9);
  square(size - 8, 0, 8, 9);
  square(0, size - 8, 9, 8);
  square(0, 6, size, 1);
  square(6, 0, 1, size);
  const places = ALIGNMENT[version - 1]!;
  for (const x of places) {
    for (const y of places) {
      const inFinder = (x < 9 && y < 9) || (x < 9 && y > size - 10) || (x > size - 10 && y < 9);
      if (!inFinder) square(x - 2, y - 2, 5);
    }
  }
  if (version >= 7) {
    square(size - 11, 0, 3, 6);
    square(0, size - 11, 6, 3);
  }
  return fixed;
}

/** Table 9, level M: codewords in all, correction of a block, then blocks and data codewords of each group. */
const TABLE: readonly (readonly [number, number, ...number[]])[] = [
  [26, 10, 1, 16],
  [44, 16, 1, 28],
  [70, 26, 1, 44],
  [100, 18, 2, 32],
  [134, 24, 2, 43],
  [172, 16, 4, 27],
  [196, 18, 4, 31],
  [242, 22, 2, 38, 2, 39],
  [292, 22, 3, 36, 2, 37],
  [346, 26, 4, 43, 1, 44],
  [404, 30, 1, 50, 4, 51],
  [466, 22, 6, 36, 2, 37],
  [532, 22, 8, 37, 1, 38],
  [581, 24, 4, 40, 5, 41],
  [655, 24, 5, 41, 5, 42],
  [733, 28, 7, 45, 3, 46],
  [815, 28, 10, 46, 1, 47],
  [901, 26, 9, 43, 4, 44],
  [991, 26, 3, 44, 11, 45],
  [1085, 26, 3, 41, 13, 42],
];

function dataOf(codewords: readonly number[], version: number): number[] {
  const [all, correction, ...groups] = TABLE[version - 1]!;
  assert.equal(codewords.length, all, 'all codewords are there');
  const blocks: number[][] = [];
  const lengths: number[] = [];
  for (let i = 0; i < groups.length; i += 2) lengths.push(...Array<number>(groups[i]!).fill(groups[i + 1]!));
  for (const _ of lengths) blocks.push([]);
  let next = 0;
  for (let i = 0; i < Math.max(...lengths); i++)
    for (const [b, length] of lengths.entries()) if (i < length) blocks[b]!.push(codewords[next++]!);
  const data = blocks.flat();
  for (let i = 0; i < correction; i++) for (const block of blocks) block.push(codewords[next++]!);
  for (const block of blocks) assert.deepEqual(syndromes(block, correction), Array<number>(correction).fill(0));
  return data;
}

/** The block as a polynomial, at each root of the generator: zero everywhere when nothing is damaged. */
function syndromes(block: readonly number[], count: number): number[] {
  const powers: number[] = [1];
  for (let i = 1; i < 255; i++) powers.push((powers[i - 1]! << 1) ^ (powers[i - 1]! >= 128 ? 0x11d : 0));
  const log = new Map(powers.map((value, i) => [value, i]));
  return Array.from({ length: count }, (_, root) =>
    block.reduce((sum, codeword) => (sum === 0 ? 0 : powers[(log.get(sum)! + root) % 255]!) ^ codeword, 0),
  );
}

test('what is put into a code is read out of it, in every version from 1 to 20', () => {
  const seen = new Set<number>();
  for (let length = 1; length <= 666; length += length < 40 ? 1 : 13) {
    const text = 'https://wallet.example/w/0123456789abcdef'.repeat(17).slice(0, length);
    const modules = qrCode(text)!;
    seen.add((modules.length - 17) / 4);
    assert.equal(decode(modules), text);
  }
  assert.equal(decode(qrCode('x'.repeat(666))!), 'x'.repeat(666));
  assert.equal(seen.size, 20);
});

test('any text is read back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (text) => {
      assert.equal(decode(qrCode(text)!), text);
    }),
    { numRuns: 60 },
  );
});

test('a short text makes the smallest code, with its finders where readers look for them', () => {
  const modules = qrCode('tender')!;
  assert.equal(modules.length, 21);
  assert.equal(decode(modules), 'tender');
  // Finders, and the one module that is always dark.
  assert.deepEqual(modules[0]!.slice(0, 8), [true, true, true, true, true, true, true, false]);
  assert.equal(modules[13]![8], true);
});

test('a text that is too long has no code', () => {
  assert.equal(qrCode('x'.repeat(667)), undefined);
});

test('the drawing has exactly the dark modules, inside a quiet zone of four', () => {
  const modules = qrCode('https://wallet.example/w/1')!;
  const drawn = new Set<string>();
  for (const [, x, y, width] of qrPath(modules).matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let i = 0; i < Number(width); i++) drawn.add(`${Number(x) + i - 4},${Number(y) - 4}`);
  const dark = new Set(modules.flatMap((row, y) => row.flatMap((on, x) => (on ? [`${x},${y}`] : []))));
  assert.deepEqual(drawn, dark);
});
