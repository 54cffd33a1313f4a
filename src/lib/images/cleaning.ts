/** Any picture or font that a page may show: its kind is read from its bytes, whatever it is called, and it is written anew. */
import { type CleanFile, type Unfit, unfit } from './cleaned.ts';
import { cleanJpeg } from './jpeg.ts';
import { cleanPng, PNG_SIGNATURE } from './png.ts';
import { cleanSvg } from './svg.ts';
import { cleanWebp } from './webp.ts';
import { cleanWoff2 } from './woff2.ts';

/** PNG, JPEG, WebP or SVG. */
export async function cleanPicture(bytes: Buffer): Promise<CleanFile | Unfit> {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return cleanPng(bytes);
  if (bytes.length > 1 && bytes.readUInt16BE(0) === 0xffd8) return cleanJpeg(bytes);
  if (bytes.toString('latin1', 0, 4) === 'RIFF') return cleanWebp(bytes);
  // Text that begins like markup, behind a byte order mark and white space.
  if (/^(?:\xef\xbb\xbf)?[ \t\r\n]*</.test(bytes.toString('latin1', 0, 200))) return cleanSvg(bytes);
  return unfit('The bytes are no PNG, JPEG, WebP or SVG.');
}

/** WOFF2. */
export function cleanFont(bytes: Buffer): Promise<CleanFile | Unfit> {
  return cleanWoff2(bytes);
}
