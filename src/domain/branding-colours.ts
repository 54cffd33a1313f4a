/**
 * From a merchant's few colours to every colour of the page, for light and dark screens. Whatever was set, what is read has a
 * contrast of at least 4.5:1 and what is operated 3:1: by calculation, and with black or white where nothing else would do. What
 * had to be changed is told in a report.
 */
import type { Branding, ContrastRepair, DerivedTokens, HexColour } from './branding.ts';
import { contrast, hexOf, leastContrast, oklchOf } from './colour.ts';

/** WCAG 2.2: text (1.4.3), what is operated (1.4.11), and what text gets where colours allow it (1.4.6). */
const TEXT_RATIO = 4.5;
const CONTROL_RATIO = 3;
const TEXT_WANTED = 7;

export const DEFAULT_BRAND_COLOUR = '#1f5eff';
export const DEFAULT_BACKGROUND = '#ffffff';

const BLACK = '#000000';
const WHITE = '#ffffff';

export type Scheme = 'light' | 'dark';

export interface Derivation {
  derived: Record<Scheme, DerivedTokens>;
  report: readonly ContrastRepair[];
}

/**
 * The colour itself if it has `ratio` to all of `backgrounds`; else the nearest lightness of the same hue that has, and black or
 * white, the better one, where there is none.
 */
export function repair(colour: HexColour, backgrounds: readonly HexColour[], ratio: number): HexColour {
  if (leastContrast(colour, backgrounds) >= ratio) return colour.toLowerCase();
  const from = oklchOf(colour);
  const passes = (lightness: number) => leastContrast(hexOf({ ...from, lightness }), backgrounds) >= ratio;
  const found = [1, -1]
    .map((direction) => nearestThatPasses(from.lightness, { direction, passes }))
    .filter((lightness) => lightness !== undefined)
    .sort((a, b) => Math.abs(a - from.lightness) - Math.abs(b - from.lightness));
  const [nearest] = found;
  return nearest === undefined ? better([BLACK, WHITE], backgrounds) : hexOf({ ...from, lightness: nearest });
}

const STEP = 1 / 48;

/** The lightness next to `from` in this direction that passes: by steps to the first that does, then by halves back. */
function nearestThatPasses(
  from: number,
  { direction, passes }: { direction: number; passes: (lightness: number) => boolean },
): number | undefined {
  for (let before = from; before > 0 && before < 1; ) {
    const next = Math.min(1, Math.max(0, before + direction * STEP));
    if (passes(next)) {
      let [fails, good] = [before, next];
      for (let halvings = 0; halvings < 6; halvings++) {
        const middle = (fails + good) / 2;
        if (passes(middle)) good = middle;
        else fails = middle;
      }
      return good;
    }
    before = next;
  }
  return undefined;
}

/** Every colour of both schemes. A scheme that is never shown is derived all the same. */
export function deriveColours(branding: Branding): Derivation {
  const schemes = (['light', 'dark'] as const).map((scheme) => deriveScheme(branding, scheme));
  const [light, dark] = schemes as [SchemeColours, SchemeColours];
  return { derived: { light: light.tokens, dark: dark.tokens }, report: [...light.report, ...dark.report] };
}

/** What is shown: one scheme, or both. */
export function shownSchemes({ colorScheme = 'auto' }: Branding): readonly Scheme[] {
  return colorScheme === 'auto' ? ['light', 'dark'] : [colorScheme];
}

interface SchemeColours {
  tokens: DerivedTokens;
  report: ContrastRepair[];
}

function deriveScheme(branding: Branding, scheme: Scheme): SchemeColours {
  const brand = (branding.brandColor ?? DEFAULT_BRAND_COLOUR).toLowerCase();
  const tint = tintOf(brand);
  const page = pageOf(branding, { scheme, tint });
  const grounds = groundsOf(page, tint);
  const { surface, line, isLight } = grounds;
  const report: ContrastRepair[] = [];
  /** Repairs a token and reports it if its colour was changed. */
  const repaired = (token: Wanted['token'], wanted: Omit<Wanted, 'token'>): HexColour => {
    const used = repair(wanted.colour, wanted.on, wanted.ratio);
    if (used !== wanted.colour && concernsMerchant(branding, { token, scheme }))
      report.push(repairOf({ ...wanted, token }, { scheme, used }));
    return used;
  };
  const signs = isLight ? SIGNS_ON_LIGHT : SIGNS_ON_DARK;
  const sign = (token: keyof typeof signs) => {
    const soft = softOf(page, { colour: signs[token], text: grounds.text });
    return { soft, colour: repaired(token, { colour: signs[token], on: [page, surface, soft], ratio: TEXT_RATIO }) };
  };
  const [danger, success, warning] = [sign('danger'), sign('success'), sign('warning')];
  const on = [page, surface];
  const accent = (branding.accentColor ?? brand).toLowerCase();
  const buttonText = better([WHITE, BLACK], [brand]);
  const buttonHover = hoverOf(brand, buttonText);
  const standsOut = leastContrast(brand, on) >= CONTROL_RATIO && leastContrast(buttonHover, on) >= CONTROL_RATIO;
  const tokens: DerivedTokens = {
    page,
    surface,
    line,
    text: grounds.text,
    muted: grounds.muted,
    link: repaired('link', { colour: accent, on, ratio: TEXT_RATIO }),
    danger: danger.colour,
    success: success.colour,
    warning: warning.colour,
    dangerSoft: danger.soft,
    successSoft: success.soft,
    warningSoft: warning.soft,
    border: lineTowards(grounds, neutral(tint, isLight ? 0.645 : 0.57)),
    icon: grounds.muted,
    button: brand,
    buttonText,
    buttonHover,
    ...(standsOut ? {} : { buttonBorder: repaired('button_border', { colour: brand, on, ratio: CONTROL_RATIO }) }),
    focus: contrast(page, BLACK) >= contrast(page, WHITE) ? [WHITE, BLACK] : [BLACK, WHITE],
  };
  return { tokens, report };
}

/** Who set nothing that meets here is not told of it: what we chose we mend in silence. */
function concernsMerchant(branding: Branding, { token, scheme }: { token: Wanted['token']; scheme: Scheme }): boolean {
  const { brandColor, accentColor, backgroundColor, darkBackgroundColor } = branding;
  const isOwn = token === 'button_border' ? brandColor : token === 'link' ? (accentColor ?? brandColor) : undefined;
  return (isOwn ?? (scheme === 'light' ? backgroundColor : (darkBackgroundColor ?? backgroundColor))) !== undefined;
}

interface Wanted {
  token: 'link' | 'button_border' | keyof typeof SIGNS_ON_LIGHT;
  colour: HexColour;
  on: readonly HexColour[];
  ratio: number;
}

function repairOf(wanted: Wanted, { scheme, used }: { scheme: Scheme; used: HexColour }): ContrastRepair {
  const { token, colour, on, ratio } = wanted;
  const worst = on.reduce((a, b) => (contrast(colour, b) < contrast(colour, a) ? b : a));
  const least = Math.floor(contrast(colour, worst) * 100) / 100;
  const what = token === 'button_border' ? 'the button gets a border' : 'another lightness of the same hue stands in';
  return {
    scheme,
    token,
    original: colour,
    used,
    ratio: least,
    needed: ratio,
    reason: `${colour} has a contrast of ${least}:1 on ${worst}, where ${ratio}:1 is needed: ${what}.`,
  };
}

/** Fixed hues of what went wrong, went well, or needs attention. */
const SIGNS_ON_LIGHT = { danger: '#b3261e', success: '#0b6b3d', warning: '#7a4b00' };
const SIGNS_ON_DARK = { danger: '#ff9c94', success: '#6fdca4', warning: '#f2c464' };

/** A touch of the brand's hue in what is otherwise grey; none where the brand is grey itself. */
interface Tint {
  hue: number;
  /** 0–1. */
  strength: number;
}

function tintOf(colour: HexColour): Tint {
  const { hue, chroma } = oklchOf(colour);
  return { hue, strength: Math.min(1, chroma / 0.1) };
}

/** A grey of this lightness with the tint; least near white, where it shows most. */
function neutral({ hue, strength }: Tint, lightness: number): HexColour {
  const chroma = lightness > 0.9 ? 0.005 : lightness < 0.3 ? 0.014 : 0.026;
  return hexOf({ lightness, chroma: chroma * strength, hue });
}

/** What was set; for dark screens else the page itself where it is dark already, and a near-black of its hue or the brand's. */
function pageOf(branding: Branding, { scheme, tint }: { scheme: Scheme; tint: Tint }): HexColour {
  const background = (branding.backgroundColor ?? DEFAULT_BACKGROUND).toLowerCase();
  if (scheme === 'light') return background;
  if (branding.darkBackgroundColor !== undefined) return branding.darkBackgroundColor.toLowerCase();
  const { lightness, chroma } = oklchOf(background);
  if (lightness < 0.35) return background;
  return neutral(chroma > 0.03 ? tintOf(background) : tint, 0.178);
}

interface Grounds {
  page: HexColour;
  surface: HexColour;
  line: HexColour;
  text: HexColour;
  muted: HexColour;
  /** Dark text stands on it. */
  isLight: boolean;
}

/** The page, what lies on it, and the text on both. */
function groundsOf(page: HexColour, tint: Tint): Grounds {
  const isLight = contrast(page, BLACK) >= contrast(page, WHITE);
  const away = isLight ? -1 : 1;
  const bestText = isLight ? BLACK : WHITE;
  const moved = raised(page, { by: away * 0.03, tint });
  const surface = leastContrast(bestText, [page, moved]) >= TEXT_RATIO ? moved : page;
  const on = [page, surface];
  const text = firstWith(TEXT_WANTED, [neutral(tint, isLight ? 0.197 : 0.963), bestText], on);
  const grey = neutral(tint, isLight ? 0.478 : 0.752);
  const muted = firstWith(TEXT_WANTED, [grey, repair(grey, on, TEXT_WANTED), text], on);
  const steps = isLight ? [-0.08, -0.06, -0.045, -0.03] : [0.13, 0.09, 0.06, 0.045, 0.03];
  const line = steps
    .map((by) => raised(page, { by, tint }))
    .find((ground) => leastContrast(text, [ground]) >= TEXT_RATIO && leastContrast(muted, [ground]) >= TEXT_RATIO);
  return { page, surface, line: line ?? page, text, muted, isLight };
}

/** The outline of fields: on the side of the text, so that lines and words belong together, unless only the other side will do. */
function lineTowards({ page, surface, isLight }: Grounds, start: HexColour): HexColour {
  const on = [page, surface];
  const passes = (colour: HexColour) => leastContrast(colour, on) >= CONTROL_RATIO;
  if (passes(start)) return start;
  const from = oklchOf(start);
  const direction = isLight ? -1 : 1;
  const lightness = nearestThatPasses(from.lightness, {
    direction,
    passes: (one) => passes(hexOf({ ...from, lightness: one })),
  });
  return lightness === undefined ? repair(start, on, CONTROL_RATIO) : hexOf({ ...from, lightness });
}

/** The first candidate with the wanted ratio; if none has, the one that comes nearest. */
function firstWith(ratio: number, candidates: readonly HexColour[], on: readonly HexColour[]): HexColour {
  return candidates.find((candidate) => leastContrast(candidate, on) >= ratio) ?? better(candidates, on);
}

function better(candidates: readonly HexColour[], on: readonly HexColour[]): HexColour {
  const ranked = candidates.map((colour) => ({ colour, ratio: leastContrast(colour, on) }));
  return ranked.reduce((best, one) => (one.ratio > best.ratio ? one : best)).colour;
}

/** The colour, lighter or darker. */
function shifted(colour: HexColour, by: number): HexColour {
  const from = oklchOf(colour);
  return hexOf({ ...from, lightness: from.lightness + by });
}

/** What lies on a page: the page, lighter or darker; a grey one takes the tint. */
function raised(page: HexColour, { by, tint }: { by: number; tint: Tint }): HexColour {
  const { lightness, chroma } = oklchOf(page);
  return chroma > 0.01 ? shifted(page, by) : neutral(tint, lightness + by);
}

/** The page with a touch of a sign's colour, as much as text on it allows. */
function softOf(page: HexColour, { colour, text }: { colour: HexColour; text: HexColour }): HexColour {
  const [ground, sign] = [oklchOf(page), oklchOf(colour)];
  const isLight = ground.lightness > 0.5;
  const soft = hexOf({
    lightness: ground.lightness + (isLight ? -0.03 : 0.05),
    chroma: isLight ? 0.02 : 0.03,
    hue: sign.hue,
  });
  return contrast(text, soft) >= TEXT_RATIO ? soft : page;
}

/** Away from the button's words, so that they are read better; the other way where the screen has no more to give. */
function hoverOf(button: HexColour, words: HexColour): HexColour {
  const { lightness } = oklchOf(button);
  const away = words === WHITE ? -0.07 : 0.05;
  const room = words === WHITE ? lightness > 0.25 : lightness < 0.97;
  const candidates = room ? [shifted(button, away)] : [shifted(button, -2 * away), shifted(button, -away)];
  return candidates.find((hover) => contrast(hover, words) >= TEXT_RATIO) ?? button;
}
