/**
 * WOFF2 (W3C): reads header and table directory, unpacks the tables once within a bound, and writes the file anew without the
 * metadata and private data behind them. What is in the tables is checked by every browser before it uses a font.
 */
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { type CleanFile, type Unfit, unfit } from './cleaned.ts';

const HEADER_BYTES = 48;
const FLAVOURS = new Set([0x00010000, 0x4f54544f]);
/** Unpacked; fonts of 64 KiB have a third of it. */
const MAX_UNPACKED_BYTES = 1024 * 1024;
const MAX_TABLES = 64;
/** Places in the list of known tags: `glyf` and `loca` are the two that may be transformed, and are by version 0. */
const GLYF = 10;
const LOCA = 11;
const OWN_TAG = 63;

const unpack = promisify(brotliDecompress);

/** The font without anything else, or why it is none. */
export async function cleanWoff2(bytes: Buffer): Promise<CleanFile | Unfit> {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== 'wOF2')
    return unfit('The file is not a WOFF2.');
  if (!FLAVOURS.has(bytes.readUInt32BE(4))) return unfit('The WOFF2 holds no single TrueType or OpenType font.');
  if (bytes.readUInt32BE(8) !== bytes.length) return unfit('The WOFF2 is cut off, or something stands behind its end.');
  const directory = directoryOf(bytes, bytes.readUInt16BE(12));
  if (directory === undefined) return unfit('The list of tables in the WOFF2 is damaged.');
  const packedBytes = bytes.readUInt32BE(20);
  const end = directory.end + packedBytes;
  if (end > bytes.length) return unfit('The WOFF2 is cut off.');
  if (directory.unpackedBytes > MAX_UNPACKED_BYTES) return unfit('The tables of the font are too large.');
  const wrong = await tablesProblem(bytes.subarray(directory.end, end), directory.unpackedBytes);
  return wrong === undefined ? { type: 'font/woff2', content: written(bytes.subarray(0, end)) } : unfit(wrong);
}

/** Where the tables begin, and how long they are unpacked. */
function directoryOf(bytes: Buffer, tables: number): { end: number; unpackedBytes: number } | undefined {
  if (tables < 1 || tables > MAX_TABLES) return undefined;
  let at = HEADER_BYTES;
  let unpackedBytes = 0;
  for (let table = 0; table < tables; table++) {
    const flags = bytes[at++];
    if (flags === undefined) return undefined;
    const known = flags & 63;
    if (known === OWN_TAG) at += 4;
    const original = base128(bytes, at);
    if (original === undefined) return undefined;
    at = original.end;
    const version = flags >> 6;
    const transformed = known === GLYF || known === LOCA ? version !== 3 : version !== 0;
    const stored = transformed ? base128(bytes, at) : original;
    if (stored === undefined) return undefined;
    at = stored.end;
    unpackedBytes += stored.value;
  }
  return { end: at, unpackedBytes };
}

/** UIntBase128: at most five bytes, without leading zeros, below 2³². */
function base128(bytes: Buffer, from: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = from; at < from + 5; at++) {
    const byte = bytes[at];
    if (byte === undefined || (at === from && byte === 0x80)) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (value > 0xffffffff) return undefined;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}

async function tablesProblem(packed: Buffer, expectedBytes: number): Promise<string | undefined> {
  try {
    const tables = await unpack(packed, { maxOutputLength: Math.max(expectedBytes, 1) });
    return tables.length === expectedBytes ? undefined : 'The tables of the font have another length than they say.';
  } catch {
    // Damaged, or more than there is room for.
    return 'The tables of the font cannot be read.';
  }
}

/** Up to the end of the tables, filled to a multiple of four; no metadata, no private data. */
function written(upToTables: Buffer): Buffer {
  const content = Buffer.concat([upToTables, Buffer.alloc((4 - (upToTables.length % 4)) % 4)]);
  content.writeUInt32BE(content.length, 8);
  content.writeUInt16BE(0, 14);
  content.fill(0, 28, HEADER_BYTES);
  return content;
}
