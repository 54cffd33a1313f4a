/**
 * Colours as screens show them, and as eyes compare them: sRGB of 8 bits a channel to OKLCH and back, and the contrast of WCAG 2.
 * Contrast is always that of the 8-bit colours, because those are what is shown.
 */
import { assert } from '../lib/assert.ts';
import type { HexColour } from './branding.ts';

/** Björn Ottosson's Oklab in polar form: lightness 0–1, chroma from 0, hue in degrees. */
export interface Oklch {
  lightness: number;
  chroma: number;
  hue: number;
}

type Triple = readonly [number, number, number];

const HEX = /^#[0-9a-f]{6}$/i;

/** `#rrggbb`, in either case. */
export function isHexColour(text: string): boolean {
  return HEX.test(text);
}

/** The OKLCH of an 8-bit colour. */
export function oklchOf(colour: HexColour): Oklch {
  const [r, g, b] = linearOf(colour);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bee = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const hue = (Math.atan2(bee, a) * 180) / Math.PI;
  return {
    lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    chroma: Math.hypot(a, bee),
    hue: hue < 0 ? hue + 360 : hue,
  };
}

/** The nearest 8-bit colour of this lightness and hue: chroma that no screen of sRGB shows is cut away. */
export function hexOf(wanted: Oklch): HexColour {
  if (wanted.lightness >= 1) return '#ffffff';
  if (wanted.lightness <= 0) return '#000000';
  let linear = linearFrom(wanted);
  if (!isShown(linear)) {
    let [shown, beyond] = [0, wanted.chroma];
    for (let halvings = 0; halvings < 10; halvings++) {
      const chroma = (shown + beyond) / 2;
      if (isShown(linearFrom({ ...wanted, chroma }))) shown = chroma;
      else beyond = chroma;
    }
    linear = linearFrom({ ...wanted, chroma: shown });
  }
  const [red, green, blue] = linear.map(byteOf) as [number, number, number];
  return `#${(0x1000000 + red * 0x10000 + green * 0x100 + blue).toString(16).slice(1)}`;
}

/** Contrast ratio of WCAG 2.2, 1–21, of two 8-bit colours. */
export function contrast(one: HexColour, other: HexColour): number {
  return ratioOf(luminance(one), luminance(other));
}

/** The least contrast that a colour has with any of these. */
export function leastContrast(colour: HexColour, backgrounds: readonly HexColour[]): number {
  const own = luminance(colour);
  return Math.min(...backgrounds.map((background) => ratioOf(own, luminance(background))));
}

function ratioOf(one: number, other: number): number {
  return one > other ? (one + 0.05) / (other + 0.05) : (other + 0.05) / (one + 0.05);
}

function luminance(colour: HexColour): number {
  const [r, g, b] = linearOf(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** A channel of 8 bits as light; IEC 61966-2-1. */
const LINEAR: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

function linearOf(colour: HexColour): Triple {
  const number = Number.parseInt(colour.slice(1), 16);
  assert(colour.length === 7 && number >= 0, 'a colour is #rrggbb');
  return [LINEAR[number >> 16] as number, LINEAR[(number >> 8) & 255] as number, LINEAR[number & 255] as number];
}

function byteOf(linear: number): number {
  const clamped = Math.min(1, Math.max(0, linear));
  const value = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.round(value * 255);
}

function linearFrom({ lightness, chroma, hue }: Oklch): Triple {
  const turn = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(turn), chroma * Math.sin(turn)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** Within what rounding to 8 bits forgives. */
function isShown(linear: Triple): boolean {
  return linear.every((one) => one >= -0.0002 && one <= 1.0002);
}
