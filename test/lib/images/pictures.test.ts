/** Pictures and fonts by their bytes: what is sound comes out clean and again the same, what is not never comes out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { type CleanFile, isUnfit } from '../../../src/lib/images/cleaned.ts';
import { cleanFont, cleanPicture } from '../../../src/lib/images/cleaning.ts';
import {
  greyPng,
  JPEG,
  PNG,
  PNG_HEAD,
  pngChunk,
  riff,
  riffChunk,
  SVG,
  segment,
  WEBP_LOSSLESS,
  WEBP_LOSSY,
  woff2,
} from './samples.ts';

const SCRIPT = Buffer.from('<html><script>alert(document.domain)</script></html>');
const FONT = woff2(Buffer.from('tables of a font '.repeat(40)));
const SOUND = { PNG, JPEG, WEBP_LOSSY, WEBP_LOSSLESS, SVG };

async function cleaned(bytes: Buffer, read = cleanPicture): Promise<CleanFile> {
  const file = await read(bytes);
  assert.ok(!isUnfit(file), isUnfit(file) ? file.unfit : '');
  return file;
}

async function refused(bytes: Buffer, why: RegExp, read = cleanPicture): Promise<void> {
  const file = await read(bytes);
  assert.ok(isUnfit(file), `${bytes.length} bytes were taken that should not be: ${why}`);
  assert.match(file.unfit, why);
}

test('a sound picture of each kind is taken with its size, and taking it twice gives the same bytes', async () => {
  for (const [name, bytes] of Object.entries(SOUND)) {
    const once = await cleaned(bytes);
    assert.deepEqual([once.width, once.height], [6, 4], name);
    assert.deepEqual(await cleaned(once.content), once, name);
  }
  const font = await cleaned(FONT, cleanFont);
  assert.equal(font.type, 'font/woff2');
  assert.deepEqual(await cleaned(font.content, cleanFont), font);
});

test('a file that is cut off anywhere is refused and crashes nothing', async () => {
  for (const [name, bytes] of Object.entries({ ...SOUND, FONT })) {
    const read = name === 'FONT' ? cleanFont : cleanPicture;
    for (let length = 0; length < bytes.length; length++) {
      const file = await read(bytes.subarray(0, length));
      assert.ok(isUnfit(file), `${name} of ${length} bytes instead of ${bytes.length}`);
    }
  }
});

test('a file with any one byte changed is refused, or comes out as a file that is taken again unchanged', async () => {
  for (const [name, bytes] of Object.entries({ ...SOUND, FONT })) {
    const read = name === 'FONT' ? cleanFont : cleanPicture;
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ flip;
        const file = await read(changed);
        if (!isUnfit(file)) assert.deepEqual(await read(file.content), file, `${name}, byte ${at} ^ ${flip}`);
      }
    }
  }
});

test('what stands behind the end of a file is never taken along', async () => {
  for (const [name, bytes] of Object.entries(SOUND))
    await refused(Buffer.concat([bytes, SCRIPT]), /./).catch(say(name));
  await refused(Buffer.concat([FONT, SCRIPT]), /behind its end/, cleanFont);
  // A picture that is an archive too: GIFAR and its kin.
  await refused(Buffer.concat([PNG, Buffer.from('PK\x03\x04classes.jar')]), /behind the end/);
  await refused(Buffer.concat([Buffer.from('GIF89a/*'), SCRIPT]), /no PNG, JPEG, WebP or SVG/);
  await refused(SCRIPT, /root must be svg/);
  await refused(Buffer.from('%PDF-1.7 <svg xmlns="http://www.w3.org/2000/svg"/>'), /no PNG/);
  await refused(Buffer.concat([Buffer.from('PK\x03\x04'), PNG]), /no PNG/);
});

const say = (name: string) => (error: Error) => {
  throw new Error(`${name}: ${error.message}`);
};

test('text, places and profiles in a picture do not come out again', async () => {
  const secret = Buffer.from('Comment\0<script>alert(1)</script> GPS 33.9 S, 18.4 E');
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), secret]);
  const notes = ['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'iCCP', 'pHYs', 'acTL', 'prIv'];
  const hiding = [
    greyPng({ width: 3, height: 2 }, { before: notes.map((type) => pngChunk(type, secret)) }),
    greyPng({ width: 3, height: 2 }, { after: notes.map((type) => pngChunk(type, secret)) }),
    Buffer.concat([
      JPEG.subarray(0, 2),
      segment(0xfe, secret),
      segment(0xe1, exif),
      segment(0xed, secret),
      JPEG.subarray(2),
    ]),
    Buffer.concat([
      JPEG.subarray(0, 2),
      segment(0xee, Buffer.concat([Buffer.from('Adobe12345'), secret])),
      JPEG.subarray(2),
    ]),
    riff(WEBP_LOSSY.subarray(12), riffChunk('EXIF', secret), riffChunk('XMP ', secret), riffChunk('what', secret)),
    Buffer.from(
      SVG.toString().replace(
        '<path',
        '<!-- GPS --><title>GPS script</title><metadata><a:b xmlns:a="GPS"/></metadata><path',
      ),
    ),
  ];
  for (const bytes of hiding) {
    assert.ok(bytes.includes('GPS'));
    const { content } = await cleaned(bytes);
    assert.ok(!content.includes('GPS') && !content.includes('script'), content.toString('latin1'));
  }
  const font = await cleaned(woff2(Buffer.from('tables'), { behind: secret }), cleanFont);
  assert.ok(!font.content.includes('GPS'));
});

test('a picture that unpacks to more or less than it says is refused before it takes memory', async () => {
  const bomb = deflateSync(Buffer.alloc(30_000_000));
  assert.ok(bomb.length < 32_768);
  await refused(greyPng({ width: 10, height: 10 }, { pixels: bomb }), /pixels of the PNG cannot be read/);
  await refused(greyPng({ width: 100, height: 100 }, { pixels: deflateSync(Buffer.alloc(99)) }), /number of pixels/);
  await refused(
    greyPng({ width: 4, height: 4 }, { pixels: Buffer.concat([deflateSync(Buffer.alloc(20)), SCRIPT]) }),
    /behind the pixels/,
  );
  await refused(woff2(Buffer.alloc(3_000_000)), /too large/, cleanFont);
  await refused(woff2(Buffer.alloc(3_000_000), { says: 1000 }), /cannot be read/, cleanFont);
  await refused(woff2(Buffer.alloc(100), { says: 101 }), /another length/, cleanFont);
  await refused(woff2(Buffer.alloc(100), { flavour: 0x74746366 }), /no single/, cleanFont);
});

test('a picture of more than 2000 pixels a side, or of none, is refused', async () => {
  await cleaned(greyPng({ width: 2000, height: 2000 }));
  await refused(greyPng({ width: 2001, height: 1 }), /2001 × 1 pixels/);
  await refused(greyPng({ width: 0, height: 1 }, { pixels: deflateSync(Buffer.alloc(0)) }), /no size/);
  await refused(Buffer.from(SVG.toString().replace('0 0 6 4', '0 0 2001 4')), /2001 × 4/);
  const wide = Buffer.from(JPEG);
  const frame = wide.indexOf(Buffer.from([0xff, 0xc0]));
  wide.writeUInt16BE(2001, frame + 7);
  await refused(wide, /2001 × 4/);
  // The width of VP8 stands behind its start code, the canvas in the extended header says it too.
  const lossy = Buffer.from(WEBP_LOSSY);
  lossy.writeUInt16LE(2001, lossy.indexOf(Buffer.from([0x9d, 0x01, 0x2a])) + 3);
  await refused(lossy, /2001 × 4/);
});

test('chunks of a PNG in the wrong place, twice, unknown or with a wrong sum are refused', async () => {
  const size = { width: 3, height: 2 };
  const sound = greyPng(size);
  const header = sound.subarray(8, 33);
  const gamma = pngChunk('gAMA', Buffer.from([0, 0, 0xb1, 0x8f]));
  await cleaned(greyPng(size, { before: [gamma] }));
  await refused(greyPng(size, { before: [gamma, gamma] }), /twice/);
  await refused(greyPng(size, { after: [gamma] }), /out of order/);
  await refused(greyPng(size, { before: [header] }), /out of order/);
  await refused(greyPng(size, { before: [pngChunk('EVIL', SCRIPT)] }), /does not know: EVIL/);
  await refused(greyPng(size, { before: [pngChunk('PLTE', Buffer.alloc(3))] }), /palette/);
  await refused(
    greyPng(size, { after: [pngChunk('gAMA', Buffer.alloc(4)), pngChunk('IDAT', Buffer.alloc(4))] }),
    /out of order/,
  );
  await refused(Buffer.concat([PNG_HEAD, sound.subarray(33)]), /header/);
  await refused(greyPng(size, { pixels: deflateSync(Buffer.from([9, 0, 0, 0, 9, 0, 0, 0])) }), /cannot be read/);
  await refused(Buffer.concat([PNG_HEAD, Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.from('IDAT')]), /cut off/);
  const interlaced = deflateSync(Buffer.alloc(2 + 2 + 2 + 4));
  await cleaned(greyPng(size, { interlace: 1, pixels: interlaced }));
});

test('moving pictures, arithmetic codes, more passes than any encoder makes and two sizes are refused', async () => {
  await refused(
    riff(riffChunk('VP8X', Buffer.from([2, 0, 0, 0, 5, 0, 0, 3, 0, 0])), WEBP_LOSSLESS.subarray(-28)),
    /Moving/,
  );
  await refused(riff(WEBP_LOSSY.subarray(12), riffChunk('ANMF', Buffer.alloc(20))), /Moving/);
  await refused(riff(WEBP_LOSSY.subarray(12), WEBP_LOSSY.subarray(12)), /exactly one/);
  await refused(riff(riffChunk('VP8X', Buffer.alloc(10))), /exactly one/);
  const frame = JPEG.indexOf(Buffer.from([0xff, 0xc0]));
  const scan = JPEG.indexOf(Buffer.from([0xff, 0xda]));
  const arithmetic = Buffer.from(JPEG);
  arithmetic[frame + 1] = 0xc9;
  await refused(arithmetic, /browsers do not show/);
  await refused(
    Buffer.concat([JPEG.subarray(0, frame), JPEG.subarray(frame, frame + 19), JPEG.subarray(frame)]),
    /two sizes/,
  );
  const pass = JPEG.subarray(scan, -2);
  const passes = (count: number) =>
    Buffer.concat([JPEG.subarray(0, scan), ...Array(count).fill(pass), JPEG.subarray(-2)]);
  await cleaned(passes(20));
  await refused(passes(21), /more than 20 passes/);
  await refused(Buffer.concat([JPEG.subarray(0, frame), JPEG.subarray(scan)]), /before its size/);
});
