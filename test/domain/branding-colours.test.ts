/**
 * Whatever colours a merchant sets, the page is readable: held against an implementation of contrast of its own, straight from the
 * definition in WCAG 2.2.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Branding, DerivedTokens, HexColour } from '../../src/domain/branding.ts';
import { deriveColours, repair } from '../../src/domain/branding-colours.ts';
import { DEFAULT_BRAND } from '../../src/domain/branding-defaults.ts';
import { contrast, hexOf, oklchOf } from '../../src/domain/colour.ts';

/** Relative luminance and contrast ratio as WCAG 2.2 defines them; shares nothing with the code under test. */
function ratioOf(pair: readonly [string, string]): number {
  const [brighter, darker] = pair
    .map((hex) => {
      const number = Number(`0x${hex.slice(1)}`);
      const light = [number >> 16, (number >> 8) & 255, number & 255].map((eight) => {
        const part = eight / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * light[0]! + 0.7152 * light[1]! + 0.0722 * light[2]!;
    })
    .sort((a, b) => b - a);
  return (brighter! + 0.05) / (darker! + 0.05);
}

/** Every pair of words and ground that a screen shows. */
function textPairs(tokens: DerivedTokens): [name: string, pair: [string, string]][] {
  const grounds = ['page', 'surface'] as const;
  const words = ['text', 'muted', 'link', 'danger', 'success', 'warning'] as const;
  const more = [
    ['text', 'line'],
    ['muted', 'line'],
    ['text', 'dangerSoft'],
    ['text', 'successSoft'],
    ['text', 'warningSoft'],
    ['danger', 'dangerSoft'],
    ['success', 'successSoft'],
    ['warning', 'warningSoft'],
    ['buttonText', 'button'],
    ['buttonText', 'buttonHover'],
  ] as const;
  return [...words.flatMap((word) => grounds.map((ground) => [word, ground] as const)), ...more].map(
    ([word, ground]) => [`${word} on ${ground}`, [tokens[word], tokens[ground]]],
  );
}

function assertReadable(branding: Branding): void {
  for (const [scheme, tokens] of Object.entries(deriveColours(branding).derived)) {
    const holds = (what: string, isSo: boolean) => {
      if (!isSo) assert.fail(`${what}, ${scheme}, from ${JSON.stringify(branding)}: ${JSON.stringify(tokens)}`);
    };
    for (const colour of Object.values(tokens).flat()) holds('a colour', /^#[0-9a-f]{6}$/.test(colour));
    for (const [name, pair] of textPairs(tokens)) holds(name, ratioOf(pair) >= 4.5);
    for (const ground of [tokens.page, tokens.surface]) {
      for (const control of [tokens.border, tokens.icon]) holds('a control', ratioOf([control, ground]) >= 3);
      for (const button of [tokens.button, tokens.buttonHover]) {
        const seen = [button, tokens.buttonBorder ?? button].map((colour) => ratioOf([colour, ground]));
        holds('the button or its border', Math.max(...seen) >= 3);
      }
      const rings = tokens.focus.map((ring) => ratioOf([ring, ground]));
      holds('a ring of the focus', Math.max(...rings) >= 3);
    }
    holds('the outer ring', ratioOf([tokens.focus[1], tokens.page]) >= 4.5);
  }
}

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((number): HexColour => `#${number.toString(16).padStart(6, '0')}`);
/** Near each other, where the least is left to choose from. */
const close = fc
  .tuple(colour, fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 6, maxLength: 6 }))
  .map(([from, moves]): HexColour[] => {
    const bytes = [1, 3, 5].map((at) => Number.parseInt(from.slice(at, at + 2), 16));
    const moved = (by: readonly number[]) =>
      `#${bytes
        .map((byte, n) =>
          Math.min(255, Math.max(0, byte + by[n]!))
            .toString(16)
            .padStart(2, '0'),
        )
        .join('')}`;
    return [from, moved(moves), moved(moves.slice(3)), from];
  });
const brandings = fc
  .oneof(fc.array(colour, { minLength: 4, maxLength: 4 }), close)
  .chain(([brand, page, accent, dark]) =>
    fc.record<Branding>(
      {
        brandColor: fc.constant(brand!),
        backgroundColor: fc.constant(page!),
        accentColor: fc.constant(accent!),
        darkBackgroundColor: fc.constant(dark!),
      },
      { requiredKeys: [] },
    ),
  );

test('10,000 random sets of colours give pages on which all text has 4.5:1 and all controls 3:1, light and dark', () => {
  fc.assert(fc.property(brandings, assertReadable), { numRuns: 10_000 });
});

const HOSTILE: Record<string, Branding> = {
  'yellow on white': { brandColor: '#ffff00', backgroundColor: '#ffffff' },
  'white on white': { brandColor: '#ffffff', backgroundColor: '#ffffff', darkBackgroundColor: '#ffffff' },
  'black on black': { brandColor: '#000000', backgroundColor: '#000000', darkBackgroundColor: '#000000' },
  'black on white': { brandColor: '#000000', backgroundColor: '#ffffff' },
  'mid-grey on mid-grey': { brandColor: '#777777', backgroundColor: '#888888', darkBackgroundColor: '#777777' },
  'the grey that black and white read alike': { brandColor: '#757575', backgroundColor: '#757575' },
  'red on blue': { brandColor: '#ff0000', backgroundColor: '#0000ff', darkBackgroundColor: '#00ff00' },
  'four equal colours': {
    brandColor: '#e91e63',
    backgroundColor: '#e91e63',
    accentColor: '#e91e63',
    darkBackgroundColor: '#e91e63',
  },
  nothing: {},
};
for (const [name, branding] of Object.entries(HOSTILE)) {
  test(`a page stays readable with ${name}`, () => assertReadable(branding));
}

test('a colour that passes stays as it is, to the bit', () => {
  assert.equal(repair('#767676', ['#ffffff'], 4.5), '#767676');
  assert.equal(repair('#1F5EFF', ['#ffffff'], 4.5), '#1f5eff');
});

test('a colour that does not pass keeps its hue and moves to the nearest lightness that does', () => {
  fc.assert(
    fc.property(colour, colour, (asked, ground) => {
      const used = repair(asked, [ground], 4.5);
      assert.ok(ratioOf([used, ground]) >= 4.5);
      if (used === asked || used === '#000000' || used === '#ffffff') return;
      const [from, to] = [oklchOf(asked), oklchOf(used)];
      // Rounding to eight bits turns the hue of what is nearly grey or nearly black, where a byte is a long way.
      const room = to.lightness < 0.2 ? 25 : 6;
      const turn = Math.abs(((to.hue - from.hue + 540) % 360) - 180);
      assert.ok(to.chroma < 0.04 || turn < room, `the hue turned by ${turn} from ${asked} to ${used}`);
      // Every lightness clearly nearer fails.
      const moved = Math.abs(to.lightness - from.lightness);
      for (const part of [0.25, 0.5, 0.75]) {
        for (const direction of [-1, 1]) {
          const lightness = from.lightness + direction * Math.max(0, moved * part - 0.03);
          const nearer = hexOf({ ...from, lightness });
          assert.ok(ratioOf([nearer, ground]) < 4.5, `${nearer} is nearer to ${asked} than ${used} on ${ground}`);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test('where no lightness of a hue passes it is black or white, whichever reads better', () => {
  assert.equal(repair('#ff0000', ['#777777', '#888888'], 21), '#000000');
  assert.equal(repair('#ff0000', ['#666666', '#737373'], 5.7), '#ffffff');
});

test('what was changed is told: original, used, how much it had and what it needs', () => {
  const { report } = deriveColours({ brandColor: '#ffff00', colorScheme: 'light' });
  const link = report.find(({ token, scheme }) => token === 'link' && scheme === 'light')!;
  const ground = /:1 on (#[0-9a-f]{6}),/.exec(link.reason)?.[1] ?? '';
  assert.deepEqual([link.original, link.needed], ['#ffff00', 4.5]);
  assert.equal(
    link.ratio,
    Math.floor(ratioOf(['#ffff00', ground]) * 100) / 100,
    'what it has on the ground that is named',
  );
  assert.ok(ratioOf([link.used, '#ffffff']) >= 4.5);
  assert.ok(report.some(({ token, scheme }) => token === 'button_border' && scheme === 'light'));
});

test('who set nothing is told nothing, and looks as the page always did', () => {
  const { derived, report } = deriveColours({});
  assert.deepEqual(report, []);
  assert.deepEqual(DEFAULT_BRAND.derived, derived);
  const { page, text, button, buttonText, danger } = derived.light;
  assert.deepEqual([page, text, button, buttonText, danger], ['#ffffff', '#12151c', '#1f5eff', '#ffffff', '#b3261e']);
  assert.deepEqual([derived.dark.page, derived.dark.danger], ['#0e1117', '#ff9c94']);
});

test('colours come back from OKLCH as they went in, and contrast is that of WCAG', () => {
  fc.assert(
    fc.property(colour, colour, (one, other) => {
      assert.equal(hexOf(oklchOf(one)), one);
      assert.ok(Math.abs(contrast(one, other) - ratioOf([one, other])) < 1e-3);
    }),
  );
  assert.equal(contrast('#000000', '#ffffff'), 21);
});
