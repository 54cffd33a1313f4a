/** A QR code of characters: two rows of modules a line, by half blocks, dark on light whatever the colours of the terminal are. */
import { qrCode } from '../lib/qr-code.ts';
import { coloured } from './record-text.ts';

/** Without colours a light module is the terminal's ink, which is light on most. */
const WHITE_ON_BLACK = '97;40';

/** Modules of light around the code; the standard asks for four. */
const QUIET = 4;

/** Undefined where the text is too long for a code. */
export function terminalQr(text: string): string | undefined {
  const modules = qrCode(text);
  if (modules === undefined) return undefined;
  const size = modules.length + 2 * QUIET;
  const dark = (x: number, y: number): boolean => modules[y - QUIET]?.[x - QUIET] === true;
  const lines: string[] = [];
  for (let y = 0; y < size; y += 2) {
    let line = '';
    for (let x = 0; x < size; x++) line += GLYPHS[(dark(x, y) ? 0 : 2) + (dark(x, y + 1) ? 0 : 1)]!;
    lines.push(coloured(WHITE_ON_BLACK, line));
  }
  return lines.join('\n');
}

/** Nothing, lower half, upper half, both. */
const GLYPHS = [' ', '\u2584', '\u2580', '\u2588'];
