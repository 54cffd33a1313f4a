/**
 * QR codes by ISO/IEC 18004: text as UTF-8 in byte mode, error correction level M (15 % may be lost), versions 1 to 20, which hold up to
 * 666 bytes. Pure: the same text is the same code. Other modes and levels are left out, for nothing here needs them.
 */
import { assert } from './assert.ts';

/** Table 9 of the standard for level M: correction codewords of each block, and how many blocks, by version. */
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
/** The two bits of level M in the format information. */
const LEVEL_M = 0b00;

/** Rows of modules, true where dark, without the quiet zone of four modules that has to surround them. */
export type QrModules = readonly (readonly boolean[])[];

/** The code for a text; undefined where it is too long for version 20. */
export function qrCode(text: string): QrModules | undefined {
  const bytes = new TextEncoder().encode(text);
  const version = smallestVersion(bytes.length);
  if (version === undefined) return undefined;
  const grid = new Grid(version);
  const stream = interleaved(dataCodewords(bytes, version), version);
  grid.placeData(stream);
  return grid.finished();
}

/** The path of an SVG of `size + 8` units a side: dark runs of each row, moved in by the quiet zone. */
export function qrPath(modules: QrModules): string {
  let path = '';
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < row.length; ) {
      const from = x;
      while (row[x]) x++;
      if (x > from) path += `M${from + 4} ${y + 4}h${x - from}v1h-${x - from}z`;
      else x++;
    }
  }
  return path;
}

function smallestVersion(bytes: number): number | undefined {
  for (let version = 1; version <= BLOCKS.length; version++) {
    if (4 + lengthBits(version) + 8 * bytes <= 8 * dataCapacity(version)) return version;
  }
  return undefined;
}

function lengthBits(version: number): number {
  return version < 10 ? 8 : 16;
}

/** Modules that hold codewords, in bits: all but finders, timing, alignment, format and version. */
function codewordBits(version: number): number {
  let bits = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const along = Math.floor(version / 7) + 2;
    bits -= (25 * along - 10) * along - 55;
    if (version >= 7) bits -= 36;
  }
  return bits;
}

function dataCapacity(version: number): number {
  return Math.floor(codewordBits(version) / 8) - correctionOf(version) * blocksOf(version);
}

function correctionOf(version: number): number {
  return CORRECTION[version - 1] as number;
}

function blocksOf(version: number): number {
  return BLOCKS[version - 1] as number;
}

/** Mode, length, bytes, terminator and padding. */
function dataCodewords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, width: number): void => {
    for (let i = width - 1; i >= 0; i--) bits.push((value >>> i) & 1);
  };
  put(0b0100, 4);
  put(bytes.length, lengthBits(version));
  for (const byte of bytes) put(byte, 8);
  const capacity = 8 * dataCapacity(version);
  put(0, Math.min(4, capacity - bits.length));
  put(0, -bits.length & 7);
  for (let pad = 0xec; bits.length < capacity; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, i) =>
    bits.slice(8 * i, 8 * i + 8).reduce((byte, bit) => 2 * byte + bit, 0),
  );
}

/** The data in blocks with their correction, woven codeword by codeword; the last blocks may be one longer. */
function interleaved(data: readonly number[], version: number): number[] {
  const count = blocksOf(version);
  const correction = correctionOf(version);
  const shorter = Math.floor(data.length / count);
  const longer = data.length % count;
  const generator = generatorOf(correction);
  const blocks: number[][] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const length = shorter + (i >= count - longer ? 1 : 0);
    blocks.push(data.slice(at, at + length));
    at += length;
  }
  const woven: number[] = [];
  for (let i = 0; i <= shorter; i++) for (const block of blocks) if (i < block.length) woven.push(block[i] as number);
  const checks = blocks.map((block) => remainder(block, generator));
  for (let i = 0; i < correction; i++) for (const check of checks) woven.push(check[i] as number);
  return woven;
}

/** Product in GF(2^8) by x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> i) & 1) * a;
  }
  return product;
}

/** Coefficients of (x − 2^0)(x − 2^1)… without the leading one. */
function generatorOf(degree: number): number[] {
  const coefficients = [...Array<number>(degree - 1).fill(0), 1];
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    for (let j = 0; j < degree; j++)
      coefficients[j] = times(coefficients[j] as number, root) ^ (coefficients[j + 1] ?? 0);
  }
  return coefficients;
}

/** What is left of the block after division by the generator: its correction codewords. */
function remainder(block: readonly number[], generator: readonly number[]): number[] {
  const rest = Array<number>(generator.length).fill(0);
  for (const codeword of block) {
    const factor = codeword ^ (rest.shift() as number);
    rest.push(0);
    for (const [i, coefficient] of generator.entries()) rest[i] = (rest[i] as number) ^ times(coefficient, factor);
  }
  return rest;
}

/** The square of modules: which are fixed by the version, and what the others show. */
class Grid {
  readonly #size: number;
  readonly #version: number;
  readonly #dark: boolean[][];
  readonly #fixed: boolean[][];

  constructor(version: number) {
    this.#version = version;
    this.#size = 17 + 4 * version;
    this.#dark = Array.from({ length: this.#size }, () => Array<boolean>(this.#size).fill(false));
    this.#fixed = Array.from({ length: this.#size }, () => Array<boolean>(this.#size).fill(false));
    this.#placeFixed();
  }

  /** Two columns at a time from the right, up and down in turn, past what is fixed. */
  placeData(codewords: readonly number[]): void {
    let bit = 0;
    for (let right = this.#size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      const upwards = ((right + 1) & 2) === 0;
      for (let step = 0; step < this.#size; step++) {
        const y = upwards ? this.#size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.#fixed[y]?.[x] || bit >= 8 * codewords.length) continue;
          this.#row(y)[x] = (((codewords[bit >>> 3] as number) >>> (7 - (bit & 7))) & 1) === 1;
          bit += 1;
        }
      }
    }
    assert(bit === 8 * codewords.length, 'every codeword has its place');
  }

  /** The code under the mask that looks least like a finder or a surface; the standard's own measure. */
  finished(): QrModules {
    let best: { modules: boolean[][]; penalty: number } | undefined;
    for (let mask = 0; mask < 8; mask++) {
      const modules = this.#masked(mask);
      const penalty = penaltyOf(modules);
      if (best === undefined || penalty < best.penalty) best = { modules, penalty };
    }
    return (best as { modules: boolean[][] }).modules;
  }

  #masked(mask: number): boolean[][] {
    this.#placeFormat(mask);
    const flips = MASKS[mask] as (x: number, y: number) => boolean;
    return this.#dark.map((row, y) => row.map((dark, x) => dark !== (!this.#fixed[y]?.[x] && flips(x, y))));
  }

  #placeFixed(): void {
    const last = this.#size - 1;
    for (let i = 0; i < this.#size; i++) {
      this.#fix(6, i, i % 2 === 0);
      this.#fix(i, 6, i % 2 === 0);
    }
    for (const [x, y] of [
      [3, 3],
      [last - 3, 3],
      [3, last - 3],
    ] as const)
      this.#placeRings(x, y, 4);
    const places = alignmentPlaces(this.#version);
    const end = places.length - 1;
    for (const [i, x] of places.entries()) {
      for (const [j, y] of places.entries()) {
        const corner = (i === 0 && j === 0) || (i === 0 && j === end) || (i === end && j === 0);
        if (!corner) this.#placeRings(x, y, 2);
      }
    }
    this.#placeFormat(0);
    this.#placeVersion();
  }

  /** A finder (with its light border) or an alignment pattern: squares in each other. */
  #placeRings(x: number, y: number, reach: 2 | 4): void {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        if (x + dx < 0 || y + dy < 0 || x + dx >= this.#size || y + dy >= this.#size) continue;
        this.#fix(x + dx, y + dy, reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1);
      }
    }
  }

  /** Level and mask, twice, with their BCH code. */
  #placeFormat(mask: number): void {
    const data = (LEVEL_M << 3) | mask;
    let rest = data;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i: number) => ((bits >>> i) & 1) === 1;
    for (let i = 0; i <= 5; i++) this.#fix(8, i, bit(i));
    this.#fix(8, 7, bit(6));
    this.#fix(8, 8, bit(7));
    this.#fix(7, 8, bit(8));
    for (let i = 9; i < 15; i++) this.#fix(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i++) this.#fix(this.#size - 1 - i, 8, bit(i));
    for (let i = 8; i < 15; i++) this.#fix(8, this.#size - 15 + i, bit(i));
    this.#fix(8, this.#size - 8, true);
  }

  /** From version 7 on the version stands in the code, twice. */
  #placeVersion(): void {
    if (this.#version < 7) return;
    let rest = this.#version;
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (this.#version << 12) | rest;
    for (let i = 0; i < 18; i++) {
      const dark = ((bits >>> i) & 1) === 1;
      const a = this.#size - 11 + (i % 3);
      const b = Math.floor(i / 3);
      this.#fix(a, b, dark);
      this.#fix(b, a, dark);
    }
  }

  #fix(x: number, y: number, dark: boolean): void {
    this.#row(y)[x] = dark;
    (this.#fixed[y] as boolean[])[x] = true;
  }

  #row(y: number): boolean[] {
    return this.#dark[y] as boolean[];
  }
}

/** Centres of the alignment patterns along one side, evenly spread from the end backwards. */
function alignmentPlaces(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const rest = Array.from({ length: count - 1 }, (_, i) => 17 + 4 * version - 7 - i * step);
  return [6, ...rest.reverse()];
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

const FINDER_LIKE = /(?=1011101(?:0000|$))(?=.{7}0000)|0000(?=1011101)/g;

/** 7.8.3 of the standard: runs, blocks of four, what looks like a finder, and how far from half of it is dark. */
function penaltyOf(modules: readonly (readonly boolean[])[]): number {
  const rows = modules.map((row) => row.map((dark) => (dark ? '1' : '0')).join(''));
  const columns = rows.map((_, x) => rows.map((row) => row[x]).join(''));
  let penalty = 0;
  for (const line of [...rows, ...columns]) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) penalty += run.length - 2;
    penalty += 40 * (line.match(FINDER_LIKE)?.length ?? 0);
  }
  for (let y = 1; y < rows.length; y++) {
    for (let x = 1; x < rows.length; x++) {
      const [above, own] = [rows[y - 1] as string, rows[y] as string];
      if (own[x] === own[x - 1] && own[x] === above[x] && own[x] === above[x - 1]) penalty += 3;
    }
  }
  const dark = rows.join('').replaceAll('0', '').length / rows.length ** 2;
  return penalty + 10 * Math.floor(Math.abs(dark * 100 - 50) / 5);
}
