/**
 * The page's own files, made once at start: the common sheet of the inline style, the script with its integrity, the icon.
 * There is no build step: the script is the text of the very functions in `script/` (and of the card table they share
 * with the server), as Node holds them after it has taken the types away.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { framePageScript, loaderScript } from './embed/scripts.ts';
import { pageScript } from './script/parts.ts';

export interface Asset {
  path: string;
  type: string;
  body: Buffer;
  gzip: Buffer;
  brotli: Buffer;
  /** For the `integrity` attribute. */
  integrity: string;
  /** Loaded by pages of other origins. */
  forShops?: true;
}

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#1f5eff"/><path d="M9 16.5l5 5L23.5 11" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/></svg>';

/** Style sheet without comments and indentation. */
export function smallerStyle(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*([{};,])\s*/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim();
}

const SHEETS = ['base', 'form', 'actions', 'screens', 'modes'];

/** The sheet that all pages share; the merchant's tokens stand before it. */
const sheet = smallerStyle(
  SHEETS.map((name) => readFileSync(new URL(`./style/${name}.css`, import.meta.url), 'utf8')).join('\n'),
);

export const ASSETS = {
  sheet,
  script: asset('page', 'js', 'text/javascript; charset=utf-8', pageScript()),
  /** The page's script with its part for a shop's frame. */
  frameScript: asset('frame', 'js', 'text/javascript; charset=utf-8', framePageScript()),
  /** What shops load. */
  loader: { ...asset('embed', 'js', 'text/javascript; charset=utf-8', loaderScript()), forShops: true as const },
  icon: asset('icon', 'svg', 'image/svg+xml', icon),
};

const BY_PATH: ReadonlyMap<string, Asset> = new Map(
  [ASSETS.script, ASSETS.frameScript, ASSETS.loader, ASSETS.icon].map((entry) => [entry.path, entry]),
);

/** The asset with exactly this path, name and hash. */
export function findAsset(path: string): Asset | undefined {
  return BY_PATH.get(path);
}

function asset(name: string, extension: string, type: string, text: string): Asset {
  const body = Buffer.from(text);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return {
    path: `/checkout/assets/${name}.${hash}.${extension}`,
    type,
    body,
    gzip: gzipSync(body, { level: 9 }),
    brotli: brotliCompressSync(body, quality),
    integrity: `sha384-${createHash('sha384').update(body).digest('base64')}`,
  };
}
