/**
 * WebP (RFC 9649): reads the container and writes it anew with the picture and its transparency alone. Profiles, EXIF and XMP go;
 * moving pictures are not taken.
 */
import { type CleanFile, sizeProblem, type Unfit, unfit } from './cleaned.ts';

interface Chunk {
  name: string;
  data: Buffer;
}

interface Picture {
  width: number;
  height: number;
  alpha: boolean;
}

/** The picture without anything else, or why it is none. */
export function cleanWebp(bytes: Buffer): CleanFile | Unfit {
  const chunks = chunksOf(bytes);
  if (!Array.isArray(chunks)) return chunks;
  const extended = chunks.find(({ name }) => name === 'VP8X');
  const moving = chunks.some(({ name }) => name === 'ANIM' || name === 'ANMF');
  if (moving || ((extended?.data[0] ?? 0) & 0x02) !== 0) return unfit('Moving pictures are not taken.');
  const pictures = chunks.filter(({ name }) => name === 'VP8 ' || name === 'VP8L');
  const [image] = pictures;
  if (image === undefined || pictures.length > 1) return unfit('There is not exactly one picture in the WebP.');
  const picture = image.name === 'VP8L' ? losslessOf(image.data) : lossyOf(image.data);
  if (picture === undefined) return unfit('The picture in the WebP cannot be read.');
  const tooLarge = sizeProblem(picture);
  if (tooLarge !== undefined) return unfit(tooLarge);
  const transparency = chunks.filter(({ name }) => name === 'ALPH');
  const order = chunks.map(({ name }) => name).filter((name) => name !== 'ICCP');
  if (transparency.length > 1 || (transparency[0] && order.indexOf('ALPH') > order.indexOf('VP8 ')))
    return unfit('The parts of the WebP are out of order.');
  if (extended !== undefined) {
    const canvas = canvasOf(extended.data);
    if (canvas?.width !== picture.width || canvas.height !== picture.height)
      return unfit('The WebP has another size than its picture.');
  }
  const content = written(image, image.name === 'VP8 ' ? transparency[0] : undefined, picture);
  return { type: 'image/webp', content, width: picture.width, height: picture.height };
}

function chunksOf(bytes: Buffer): Chunk[] | Unfit {
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (bytes.length < 12 || text(0, 4) !== 'RIFF' || text(8, 12) !== 'WEBP') return unfit('The file is not a WebP.');
  const end = bytes.readUInt32LE(4) + 8;
  if (end > bytes.length) return unfit('The WebP is cut off.');
  if (end < bytes.length) return unfit('Something stands behind the end of the WebP.');
  const chunks: Chunk[] = [];
  for (let at = 12; at < end; ) {
    const length = at + 8 <= end ? bytes.readUInt32LE(at + 4) : Number.POSITIVE_INFINITY;
    const next = at + 8 + length + (length % 2);
    if (!(next <= end)) return unfit('The WebP is cut off.');
    chunks.push({ name: text(at, at + 4), data: bytes.subarray(at + 8, at + 8 + length) });
    at = next;
  }
  const first = chunks[0]?.name;
  return first === 'VP8X' || first === 'VP8 ' || first === 'VP8L' ? chunks : unfit('There is no picture in the WebP.');
}

/** Of a key frame of VP8 (RFC 6386, 9.1): three bytes of tag, the start code, then the size. */
function lossyOf(data: Buffer): Picture | undefined {
  if (data.length < 11 || ((data[0] as number) & 1) !== 0) return undefined;
  if (data.readUIntBE(3, 3) !== 0x9d012a) return undefined;
  const firstPartition = data.readUIntLE(0, 3) >> 5;
  if (firstPartition === 0 || 10 + firstPartition > data.length) return undefined;
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff, alpha: false };
}

/** Of VP8L: a signature, then 14 bits of width − 1, 14 of height − 1, one of transparency, three of version. */
function losslessOf(data: Buffer): Picture | undefined {
  if (data.length < 6 || data[0] !== 0x2f) return undefined;
  const bits = data.readUInt32LE(1);
  if (bits >>> 29 !== 0) return undefined;
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, alpha: ((bits >>> 28) & 1) === 1 };
}

function canvasOf(data: Buffer): { width: number; height: number } | undefined {
  if (data.length !== 10) return undefined;
  return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
}

/** The shortest container that holds the picture: an extended one only where transparency stands beside it. */
function written(image: Chunk, transparency: Chunk | undefined, picture: Picture): Buffer {
  const chunks = transparency === undefined ? [image] : [extendedHeader(picture), transparency, image];
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks.map(chunkBytes)]);
  return Buffer.concat([Buffer.from('RIFF'), uint32(body.length), body]);
}

function extendedHeader({ width, height }: Picture): Chunk {
  const data = Buffer.alloc(10);
  data[0] = 0x10;
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return { name: 'VP8X', data };
}

function chunkBytes({ name, data }: Chunk): Buffer {
  return Buffer.concat([Buffer.from(name, 'latin1'), uint32(data.length), data, Buffer.alloc(data.length % 2)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
