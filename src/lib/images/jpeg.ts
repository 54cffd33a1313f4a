/**
 * JPEG (ITU-T T.81): walks the segments and writes anew only those that pixels are made of. Comments and application data go, with
 * place, camera, preview picture and rotation; of Adobe's segment only the byte that says how colours are stored stays.
 */
import { type CleanFile, sizeProblem, type Unfit, unfit } from './cleaned.ts';

/** Baseline, extended and progressive, all with Huffman codes: what every browser reads. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);
/** More than any encoder makes; thousands of them make a small file slow to show. */
const MAX_SCANS = 20;

interface Walk {
  bytes: Buffer;
  at: number;
  kept: Buffer[];
  size?: { width: number; height: number };
  scans: number;
}

/** The picture without anything else, or why it is none. */
export function cleanJpeg(bytes: Buffer): CleanFile | Unfit {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return unfit('The file is not a JPEG.');
  const walk: Walk = { bytes, at: 2, kept: [bytes.subarray(0, 2)], scans: 0 };
  for (;;) {
    const marker = nextMarker(walk);
    if (marker === undefined) return unfit('The JPEG is cut off or damaged.');
    if (marker === 0xd9) break;
    const problem = takeSegment(walk, marker);
    if (problem !== undefined) return unfit(problem);
  }
  if (walk.at !== bytes.length) return unfit('Something stands behind the end of the JPEG.');
  if (walk.size === undefined || walk.scans === 0) return unfit('There is no picture in the JPEG.');
  const content = Buffer.concat([...walk.kept, Buffer.from([0xff, 0xd9])]);
  return { type: 'image/jpeg', content, ...walk.size };
}

/** The code of the next marker, past any fill bytes; undefined where none stands. */
function nextMarker(walk: Walk): number | undefined {
  if (walk.bytes[walk.at] !== 0xff) return undefined;
  while (walk.bytes[walk.at] === 0xff) walk.at += 1;
  return walk.bytes[walk.at++];
}

/** Reads one segment and keeps it if pixels need it. Answers what is wrong with it. */
function takeSegment(walk: Walk, marker: number): string | undefined {
  const { bytes, at } = walk;
  const length = at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0;
  if (length < 2 || at + length > bytes.length) return 'The JPEG is cut off or damaged.';
  const data = bytes.subarray(at + 2, at + length);
  walk.at = at + length;
  const isExtra = (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
  if (isExtra) {
    const adobe = marker === 0xee ? adobeSegment(data) : undefined;
    if (adobe !== undefined) keep(walk, marker, adobe);
    return undefined;
  }
  const problem = contentProblem(walk, marker, data);
  if (problem !== undefined) return problem;
  keep(walk, marker, data);
  if (marker === 0xda) takeScan(walk);
  return undefined;
}

function keep(walk: Walk, marker: number, data: Buffer): void {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  walk.kept.push(head, data);
}

function contentProblem(walk: Walk, marker: number, data: Buffer): string | undefined {
  if (FRAMES.has(marker)) return frameProblem(walk, data);
  switch (marker) {
    case 0xdb:
      return isWhole(data, (at) => (((data[at] as number) >> 4) & 15 ? 129 : 65)) ? undefined : DAMAGED_TABLE;
    case 0xc4:
      return isWhole(data, (at) => 17 + codesAt(data, at)) ? undefined : DAMAGED_TABLE;
    case 0xdd:
      return data.length === 2 ? undefined : DAMAGED_TABLE;
    case 0xda:
      if (walk.size === undefined) return 'The JPEG has pixels before its size.';
      walk.scans += 1;
      if (walk.scans > MAX_SCANS) return `The JPEG has more than ${MAX_SCANS} passes.`;
      return data.length === 4 + 2 * (data[0] ?? 0) ? undefined : DAMAGED_TABLE;
    default:
      return 'The JPEG is of a kind that browsers do not show.';
  }
}

const DAMAGED_TABLE = 'A table of the JPEG is damaged.';

/** Whether entries of the lengths that `lengthAt` tells fill `data` exactly. */
function isWhole(data: Buffer, lengthAt: (at: number) => number): boolean {
  let at = 0;
  while (at < data.length) at += lengthAt(at);
  return at === data.length && at > 0;
}

/** How many codes a Huffman table has: the sum of the sixteen counts behind its first byte. */
function codesAt(data: Buffer, at: number): number {
  return data.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
}

function frameProblem(walk: Walk, data: Buffer): string | undefined {
  if (walk.size !== undefined) return 'The JPEG has two sizes.';
  const components = data[5] ?? 0;
  if (data.length !== 6 + 3 * components || ![1, 3, 4].includes(components)) return DAMAGED_TABLE;
  if (data[0] !== 8) return 'The JPEG has other than 8 bits a colour.';
  walk.size = { height: data.readUInt16BE(1), width: data.readUInt16BE(3) };
  return sizeProblem(walk.size);
}

/** Adobe's segment with nothing but the way colours are stored (0, 1 or 2). */
function adobeSegment(data: Buffer): Buffer | undefined {
  if (data.length < 12 || data.toString('latin1', 0, 5) !== 'Adobe') return undefined;
  return Buffer.concat([Buffer.from('Adobe\0\x64\0\0\0\0', 'latin1'), Buffer.from([Math.min(data[11] as number, 2)])]);
}

/** The pixels of a scan: up to the next marker that is neither a restart nor an escaped 0xFF. */
function takeScan(walk: Walk): void {
  const { bytes } = walk;
  const from = walk.at;
  let at = from;
  while (at < bytes.length) {
    const next = bytes[at + 1];
    const goesOn = next === 0 || (next !== undefined && next >= 0xd0 && next <= 0xd7);
    if (bytes[at] === 0xff && !goesOn) break;
    at += bytes[at] === 0xff ? 2 : 1;
  }
  walk.at = at;
  walk.kept.push(bytes.subarray(from, at));
}
