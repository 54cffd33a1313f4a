/**
 * What a drawing may be made of: elements, and for each attribute the values it may have. Everything that is not listed is
 * refused: scripts, styles, events, links, animations, pictures, text, filters, patterns, and every address but `#id`.
 */

export const DRAWN: ReadonlySet<string> = new Set([
  'circle',
  'clipPath',
  'defs',
  'ellipse',
  'g',
  'line',
  'linearGradient',
  'mask',
  'path',
  'polygon',
  'polyline',
  'radialGradient',
  'rect',
  'stop',
  'svg',
  'symbol',
  'use',
]);

/** Words for people and notes of editors: left out with all that is in them. */
export const DROPPED: ReadonlySet<string> = new Set(['title', 'desc', 'metadata']);

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?`;
const lengthOf = new RegExp(`^${NUMBER}(?:px|pt|mm|cm|in|em|%)?$`);
const numbers = /^[\d\s.,eE+%-]*$/;
const path = /^[MmZzLlHhVvCcSsQqTtAaEe\d\s.,+-]*$/;
const transform = /^\s*(?:(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([\d\s.,eE+-]*\)[\s,]*)*$/;
const word = /^[a-zA-Z][a-zA-Z-]{0,30}$/;
const colour = String.raw`(?:#[\da-fA-F]{3,8}|(?:rgb|rgba|hsl|hsla)\([\d\s.,%/+-]*\)|[a-zA-Z]{3,25})`;
const paint = new RegExp(`^(?:${colour}|url\\(#[A-Za-z_][\\w.-]*\\)(?:\\s+${colour})?)$`);
const reference = /^url\(#([A-Za-z_][\w.-]*)\)$|^none$/;
const target = /^#[A-Za-z_][\w.-]*$/;
const id = /^[A-Za-z_][\w.-]{0,99}$/;

const LENGTHS =
  'x y x1 y1 x2 y2 cx cy r rx ry fx fy fr width height offset stroke-width stroke-dashoffset stroke-miterlimit';
const FRACTIONS = 'opacity fill-opacity stroke-opacity stop-opacity pathLength';
const WORDS =
  'fill-rule clip-rule stroke-linecap stroke-linejoin clipPathUnits maskUnits maskContentUnits gradientUnits spreadMethod ' +
  'display visibility overflow color-interpolation shape-rendering vector-effect mask-type';

const each = (names: string, rule: RegExp): [string, RegExp][] => names.split(' ').map((name) => [name, rule]);

/** Attributes of any element, by name. */
export const VALUES: ReadonlyMap<string, RegExp> = new Map([
  ...each(LENGTHS, lengthOf),
  ...each(FRACTIONS, lengthOf),
  ...each(WORDS, word),
  ...each('fill stroke stop-color color', paint),
  ...each('clip-path mask', reference),
  ...each('points stroke-dasharray viewBox', numbers),
  ...each('transform gradientTransform', transform),
  ...each('preserveAspectRatio', /^[a-zA-Z]+(?: [a-zA-Z]+)?$/),
  ...each('d', path),
  ...each('href', target),
  ...each('id', id),
]);

/** Properties that an inline style may set, as the attributes of the same names; values that mean "none of it" too. */
export const STYLE_PROPERTIES: ReadonlySet<string> = new Set(
  `${FRACTIONS} fill stroke stop-color color clip-path mask fill-rule clip-rule stroke-linecap stroke-linejoin stroke-width \
stroke-dashoffset stroke-miterlimit stroke-dasharray display visibility overflow color-interpolation shape-rendering mask-type`.split(
    ' ',
  ),
);

/** Attributes that change nothing in what is taken and stand in most files: left out. Others with a prefix too. */
export const DROPPED_ATTRIBUTES: ReadonlySet<string> = new Set([
  'baseProfile',
  'class',
  'enable-background',
  'focusable',
  'role',
  'version',
  'xmlns',
]);
