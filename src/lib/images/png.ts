/**
 * PNG (ISO/IEC 15948): reads every chunk, checks its sum, and writes anew only those that a picture is made of. The pixels are
 * unpacked once, within their exact size, so that what is served is known to be a picture and no bomb.
 */
import { promisify } from 'node:util';
import { crc32, inflate } from 'node:zlib';
import { type CleanFile, sizeProblem, type Unfit, unfit } from './cleaned.ts';

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Ancillary chunks that change how pixels look; all others (text, time, profiles, frames of an animation) are left out. */
const KEPT = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB']);

interface Chunk {
  type: string;
  data: Buffer;
  /** With length and sum, as it stands in the file. */
  whole: Buffer;
}

interface Header {
  width: number;
  height: number;
  bitsPerPixel: number;
  colourType: number;
  interlaced: boolean;
}

/** The picture without anything else, or why it is none. */
export async function cleanPng(bytes: Buffer): Promise<CleanFile | Unfit> {
  const chunks = chunksOf(bytes);
  if (!Array.isArray(chunks)) return chunks;
  const header = headerOf(chunks[0] as Chunk);
  if (header === undefined) return unfit('The PNG does not begin with a header that this version knows.');
  const tooLarge = sizeProblem(header);
  if (tooLarge !== undefined) return unfit(tooLarge);
  const disorder = orderProblem(chunks, header);
  if (disorder !== undefined) return unfit(disorder);
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const wrong = await pixelProblem(packed, header);
  if (wrong !== undefined) return unfit(wrong);
  const content = Buffer.concat([
    PNG_SIGNATURE,
    ...chunks.filter(({ type }) => isCritical(type) || KEPT.has(type)).map(({ whole }) => whole),
  ]);
  return { type: 'image/png', content, width: header.width, height: header.height };
}

function chunksOf(bytes: Buffer): Chunk[] | Unfit {
  if (!bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return unfit('The file is not a PNG.');
  const chunks: Chunk[] = [];
  for (let at = 8; at < bytes.length; ) {
    if (chunks.at(-1)?.type === 'IEND') return unfit('Something stands behind the end of the PNG.');
    const length = at + 12 <= bytes.length ? bytes.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    const end = at + 12 + length;
    if (end > bytes.length) return unfit('The PNG is cut off.');
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) return unfit('The PNG has a chunk without a name.');
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      return unfit('The PNG is damaged: a check sum is wrong.');
    chunks.push({ type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    at = end;
  }
  return chunks.at(-1)?.type === 'IEND' ? chunks : unfit('The PNG is cut off.');
}

/** Samples of a pixel, and the bit depths each colour type may have. */
const COLOUR_TYPES: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

function headerOf({ type, data }: Chunk): Header | undefined {
  if (type !== 'IHDR' || data.length !== 13) return undefined;
  const [depth = 0, colourType = 0, compression, filter, interlace = 2] = data.subarray(8);
  const kind = COLOUR_TYPES[colourType];
  if (!kind?.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) return undefined;
  return {
    width: data.readUInt32BE(0),
    height: data.readUInt32BE(4),
    bitsPerPixel: kind.samples * depth,
    colourType,
    interlaced: interlace === 1,
  };
}

function isCritical(type: string): boolean {
  return /^[A-Z]/.test(type);
}

/** One header, one palette where it belongs, pixels in one run, one end; and no critical chunk that nobody knows. */
function orderProblem(chunks: readonly Chunk[], { colourType }: Header): string | undefined {
  const order = chunks.map(({ type }) => type).filter((type) => isCritical(type) || KEPT.has(type));
  const strange = order.find((type) => isCritical(type) && !['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type));
  if (strange !== undefined) return `The PNG has a chunk that this version does not know: ${strange}.`;
  const run = order.join(' ').replace(/IDAT( IDAT)*/, 'PIXELS');
  if (!/^IHDR (?:(?!IHDR|IDAT|IEND)\w+ )*PIXELS IEND$/.test(run)) return 'The chunks of the PNG are out of order.';
  if (new Set(run.split(' ')).size !== run.split(' ').length) return 'A chunk stands twice in the PNG.';
  const palette = chunks.find(({ type }) => type === 'PLTE');
  if (colourType === 3 ? palette === undefined : palette !== undefined && colourType !== 2 && colourType !== 6)
    return 'The palette of the PNG does not fit its colours.';
  if (
    palette !== undefined &&
    (palette.data.length % 3 !== 0 || palette.data.length === 0 || palette.data.length > 768)
  )
    return 'The palette of the PNG is damaged.';
  return undefined;
}

const unpack = promisify(inflate) as unknown as (
  packed: Buffer,
  options: object,
) => Promise<{ buffer: Buffer; engine: { bytesWritten: number } }>;

/** Unpacks the pixels, never more than the header asks for, and looks at the filter of every row. */
async function pixelProblem(packed: Buffer, header: Header): Promise<string | undefined> {
  const rows = rowsOf(header);
  const expected = rows.reduce((sum, { count, bytes }) => sum + count * bytes, 0);
  let pixels: Buffer;
  try {
    const unpacked = await unpack(packed, { maxOutputLength: expected, info: true });
    pixels = unpacked.buffer;
    if (unpacked.engine.bytesWritten !== packed.length) return 'Something stands behind the pixels of the PNG.';
  } catch {
    // Damaged, or more pixels than there is room for.
    return 'The pixels of the PNG cannot be read.';
  }
  if (pixels.length !== expected) return 'The PNG has another number of pixels than it says.';
  let at = 0;
  for (const { count, bytes } of rows) {
    for (let row = 0; row < count; row++, at += bytes) {
      if ((pixels[at] as number) > 4) return 'The pixels of the PNG cannot be read.';
    }
  }
  return undefined;
}

/** Where each pass of an interlaced picture begins, and its steps (Adam7). */
const PASSES = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

function rowsOf({ width, height, bitsPerPixel, interlaced }: Header): { count: number; bytes: number }[] {
  const passes = interlaced ? PASSES : [{ x: 0, y: 0, dx: 1, dy: 1 }];
  return passes
    .map(({ x, y, dx, dy }) => ({ columns: Math.ceil((width - x) / dx), count: Math.ceil((height - y) / dy) }))
    .filter(({ columns, count }) => columns > 0 && count > 0)
    .map(({ columns, count }) => ({ count, bytes: 1 + Math.ceil((columns * bitsPerPixel) / 8) }));
}
