/**
 * A merchant's look as style: the block of tokens that stands before the common sheet. A brand changes these and nothing else; its
 * colours were made readable when it was saved. The one inline style of a page is both together, and its hash goes into the policy.
 */
import { createHash } from 'node:crypto';
import type { BrandingFile, BrandView, DerivedTokens } from '../../domain/branding.ts';
import { DEFAULT_BRAND } from '../../domain/branding-defaults.ts';
import { contrast } from '../../domain/colour.ts';
import { ASSETS } from './assets.ts';

export interface PageStyle {
  text: string;
  /** Base64 SHA-256 for `style-src`. */
  hash: string;
}

/** A style is some 15 KB: those of the brands seen last are kept. */
const MOST_KEPT = 200;

const made = new Map<string, PageStyle>();
const tokensOf = new WeakMap<BrandView, string>();

/** The inline style of a page; the default look for pages that may not tell whose they are. */
export function styleOf(brand: BrandView = DEFAULT_BRAND): PageStyle {
  let tokens = tokensOf.get(brand);
  if (tokens === undefined) {
    tokens = brandTokens(brand);
    tokensOf.set(brand, tokens);
  }
  const known = made.get(tokens);
  if (known !== undefined) return known;
  const text = tokens + ASSETS.sheet;
  const style = { text, hash: createHash('sha256').update(text).digest('base64') };
  if (made.size >= MOST_KEPT) made.delete(made.keys().next().value as string);
  made.set(tokens, style);
  return style;
}

/** Which screens the page is made for, as the meta element takes it. */
export function colorSchemes({ set }: BrandView): string {
  const { colorScheme = 'auto' } = set;
  return colorScheme === 'auto' ? 'light dark' : colorScheme;
}

/** The file of the merchant's own letters, if the page is to use them. */
export function brandFont(
  { set, files }: BrandView,
  slot: 'font_regular' | 'font_bold' = 'font_regular',
): BrandingFile | undefined {
  return set.font === 'uploaded' ? files.find((file) => file.slot === slot) : undefined;
}

/** The address of a merchant's file. */
export function fileAddress({ hash }: BrandingFile): string {
  return `/checkout/files/${hash}`;
}

/** The token block: `:root` for the scheme shown first, and what is different in the other. */
export function brandTokens(brand: BrandView): string {
  const { set, derived } = brand;
  const { colorScheme = 'auto', cornerRadius = 8, buttonShape = 'rounded' } = set;
  const fixed = {
    '--radius': `${cornerRadius}px`,
    '--radius-big': `${Math.min(2 * cornerRadius, 28)}px`,
    '--radius-button': buttonShape === 'pill' ? '99px' : `${cornerRadius}px`,
    '--font': fontOf(brand),
  };
  const light = colourTokens(derived.light, derived.light);
  const dark = colourTokens(derived.dark, derived.light);
  const changes = Object.fromEntries(Object.entries(dark).filter(([name, value]) => light[name] !== value));
  const other = colorScheme === 'light' ? '' : `${DARK[colorScheme]}{${rootOf(changes)}}`;
  return `${fontFaces(brand)}${rootOf({ ...fixed, ...light })}${other}`;
}

/** Paper is white whatever the screen is: a page made for dark screens alone is printed in its light colours. */
const DARK = { auto: '@media (prefers-color-scheme:dark)', dark: '@media not print' };

function rootOf(tokens: Readonly<Record<string, string>>): string {
  return `:root{${Object.entries(tokens)
    .map(([name, value]) => `${name}:${value}`)
    .join(';')}}`;
}

function colourTokens(tokens: DerivedTokens, light: DerivedTokens): Record<string, string> {
  const isDark = contrast(tokens.page, '#ffffff') > contrast(tokens.page, '#000000');
  return {
    // How the browser draws what is its own: choices, scroll bars. A page may be dark in its light scheme.
    'color-scheme': isDark ? 'dark' : 'light',
    '--page': tokens.page,
    '--surface': tokens.surface,
    '--text': tokens.text,
    '--muted': tokens.muted,
    '--line': tokens.line,
    '--border': tokens.border,
    '--button': tokens.button,
    '--button-text': tokens.buttonText,
    '--button-hover': tokens.buttonHover,
    '--button-border': tokens.buttonBorder ?? 'transparent',
    // Whatever marks a choice in the brand's colour: it has to stand out like a button does.
    '--edge': tokens.buttonBorder ?? tokens.button,
    '--link': tokens.link,
    '--danger': tokens.danger,
    '--danger-soft': tokens.dangerSoft,
    '--success': tokens.success,
    '--success-soft': tokens.successSoft,
    '--warning': tokens.warning,
    '--warning-soft': tokens.warningSoft,
    '--ring-gap': tokens.focus[0],
    '--ring': tokens.focus[1],
    // What a logo made for light pages lies on.
    '--plate': tokens === light ? 'transparent' : light.page,
    '--shadow': isDark ? `0 0 0 1px ${tokens.line}` : '0 1px 2px #0000000f,0 12px 40px #00000014',
  };
}

const SYSTEM =
  '-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans",Ubuntu,Cantarell,"Helvetica Neue",Arial,sans-serif';

/** Faces that devices have, by kind; nothing is loaded for them. */
const STACKS = {
  system: SYSTEM,
  humanist: `Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans","Noto Sans",sans-serif`,
  geometric: `Avenir,Montserrat,Corbel,"URW Gothic","Noto Sans",sans-serif`,
  serif: 'Charter,"Bitstream Charter","Sitka Text",Cambria,"Noto Serif",serif',
  slab: 'Rockwell,"Rockwell Nova","Roboto Slab","DejaVu Serif","Sitka Small",serif',
  mono: 'ui-monospace,"Cascadia Code","Source Code Pro",Menlo,Consolas,"DejaVu Sans Mono",monospace',
} as const;

function fontOf(brand: BrandView): string {
  const { font = 'system' } = brand.set;
  if (font !== 'uploaded') return STACKS[font];
  // Letters that the file does not have come from the device.
  return brandFont(brand) === undefined ? SYSTEM : `brand,${SYSTEM}`;
}

/** `optional`: letters that come late are used on the next page, for nothing on this one may move. */
function fontFaces(brand: BrandView): string {
  const faces = { font_regular: '400 500', font_bold: '600 900' } as const;
  return Object.entries(faces)
    .map(([slot, weight]) => {
      const file = brandFont(brand, slot as keyof typeof faces);
      if (file === undefined) return '';
      const source = `src:url(${fileAddress(file)}) format("woff2")`;
      return `@font-face{font-family:brand;font-weight:${weight};font-display:optional;${source}}`;
    })
    .join('');
}
