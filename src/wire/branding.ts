/** The public JSON of how a tenant's checkout pages look. */
import { Type } from '@sinclair/typebox';
import type { BrandingFile, BrandView, ContrastRepair, DerivedTokens } from '../domain/branding.ts';
import { DEFAULT_BACKGROUND, DEFAULT_BRAND_COLOUR } from '../domain/branding-colours.ts';
import {
  BRANDING_RANGES,
  BUTTON_SHAPES,
  BUTTON_VERBS,
  COLOUR_SCHEMES,
  CONTRASTS,
  FONTS,
  MAX_LANGUAGES,
} from '../domain/branding-request.ts';
import { closed, open, optional, words } from './schema.ts';

const Colour = (description: string) =>
  Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description: `${description} \`#rrggbb\`.` });
const Line = ({ min, max }: { min: number; max: number }, description: string) =>
  Type.String({ minLength: min, maxLength: max, description });
const Address = (description: string) => Type.String({ maxLength: 500, description: `${description} https.` });
const ByLanguage = ({ min, max }: { min: number; max: number }, description: string) =>
  Type.Record(Type.String(), Type.String({ minLength: min, maxLength: max }), {
    maxProperties: MAX_LANGUAGES,
    description,
  });

const support = {
  email: optional(Type.String({ maxLength: 254 })),
  phone: optional(Type.String({ maxLength: 40 })),
  url: optional(Address('A page of help.')),
};
const texts = {
  header: optional(ByLanguage(BRANDING_RANGES.header, 'Above what is paid.')),
  submit: optional(ByLanguage(BRANDING_RANGES.submit, 'Below the button.')),
  footer: optional(ByLanguage(BRANDING_RANGES.footer, 'At the end of every page.')),
};
const TEXTS =
  'Plain text by language tag; a language without one takes that of its base language, of `default_locale`, of English, or none.';

const displayName = Line(BRANDING_RANGES.displayName, 'What payers call you. Default: the name of the account.');
const legalName = Line(
  BRANDING_RANGES.legalName,
  'Who charges, in the text of mandates. Default: the name of the account.',
);
const colorScheme = words(COLOUR_SCHEMES, 'Which screens it is made for. Default auto: as the payer’s device is set.');
const cornerRadius = Type.Integer({ minimum: 0, maximum: 24, description: 'Pixels. Default 8.' });
const buttonShape = words(BUTTON_SHAPES, 'Default rounded.');
const font = words(
  FONTS,
  'Faces that devices have, or `uploaded`: the files `font_regular` and `font_bold`. Default system.',
);
const buttonVerb = words(BUTTON_VERBS, 'What the button says, in the language of the page. Default pay.');
const statementName = Line(BRANDING_RANGES.statementName, 'What the payer’s statement will show, told on the receipt.');
const showPoweredBy = Type.Boolean({ description: 'The line at the end of the page. Default true.' });
const contrast = words(CONTRASTS, '`strict` refuses what `repair` would change. Default repair.');
const colours = {
  brand_color: Colour(`Of the button. Default \`${DEFAULT_BRAND_COLOUR}\`.`),
  background_color: Colour(`Of the page. Default \`${DEFAULT_BACKGROUND}\`.`),
  accent_color: Colour('Of links. Default: the brand’s.'),
  dark_background_color: Colour('Of the page on dark screens. Default: a near-black of the same hue.'),
};

export const BrandingInput = closed(
  {
    display_name: optional(displayName),
    legal_name: optional(legalName),
    brand_color: optional(colours.brand_color),
    background_color: optional(colours.background_color),
    accent_color: optional(colours.accent_color),
    dark_background_color: optional(colours.dark_background_color),
    color_scheme: optional(colorScheme),
    corner_radius: optional(cornerRadius),
    button_shape: optional(buttonShape),
    font: optional(font),
    button_verb: optional(buttonVerb),
    statement_name: optional(statementName),
    terms_url: optional(Address('Your terms.')),
    privacy_url: optional(Address('Your privacy notice.')),
    support: optional(closed(support, { description: 'Who helps a payer; the first of them stands in mandates.' })),
    texts: optional(closed(texts, { description: TEXTS })),
    show_powered_by: optional(showPoweredBy),
    contrast: optional(contrast),
  },
  {
    title: 'BrandingReplacement',
    examples: [{ display_name: 'Karoo Coffee', brand_color: '#7a3e1d', corner_radius: 12, button_verb: 'order' }],
  },
);

const Made = Type.String({ pattern: '^#[0-9a-f]{6}$' });
const TokensSchema = open(
  'BrandingTokens',
  {
    page: Made,
    surface: Made,
    line: Made,
    text: Made,
    muted: Made,
    link: Made,
    danger: Made,
    success: Made,
    warning: Made,
    danger_soft: Made,
    success_soft: Made,
    warning_soft: Made,
    border: Made,
    icon: Made,
    button: Made,
    button_text: Made,
    button_hover: Made,
    button_border: optional(Made),
    focus: Type.Array(Made, { minItems: 2, maxItems: 2 }),
  },
  'Every colour of the page in one scheme: text has 4.5:1 on what it stands on, what is operated 3:1.',
);

const FileSchema = open(
  'BrandingFile',
  {
    url: Type.String(),
    type: Type.String({ description: 'Media type.' }),
    width: optional(Type.Integer({ description: 'Pixels.' })),
    height: optional(Type.Integer({ description: 'Pixels.' })),
    bytes: Type.Integer(),
  },
  'A file as it is served.',
);

const RepairSchema = open(
  'ContrastRepair',
  {
    scheme: words(['light', 'dark'], 'Of which pages.'),
    token: Type.String(),
    original: Made,
    used: Made,
    ratio: Type.Number({ description: 'Contrast of the original.' }),
    needed: Type.Number(),
    reason: Type.String(),
  },
  'A colour that could not be used as it was set.',
);

export const BrandingSchema = open(
  'Branding',
  {
    display_name: displayName,
    legal_name: legalName,
    ...colours,
    color_scheme: colorScheme,
    corner_radius: cornerRadius,
    button_shape: buttonShape,
    font,
    button_verb: buttonVerb,
    statement_name: optional(statementName),
    terms_url: optional(Address('Your terms.')),
    privacy_url: optional(Address('Your privacy notice.')),
    support: Type.Object(support),
    texts: Type.Object(texts),
    show_powered_by: showPoweredBy,
    contrast,
    logo_light: optional(FileSchema),
    logo_dark: optional(FileSchema),
    icon: optional(FileSchema),
    fonts: Type.Object({ regular: optional(FileSchema), bold: optional(FileSchema) }),
    derived: Type.Object({ light: TokensSchema, dark: TokensSchema }, { description: 'Made from the colours above.' }),
    contrast_report: Type.Array(RepairSchema, {
      description: 'What of the colours above could not be used as it was set.',
    }),
    version: Type.Integer({ minimum: 0, description: 'Grows with every change; 0: nothing was ever set.' }),
  },
  'How the checkout pages of an account look; test and live apart.',
);

export interface BrandingFacts {
  accountName: string;
  /** Origin of the pages. */
  checkoutUrl: string;
}

/** All of it: what was set, the defaults, and what was made. */
export function renderBranding(
  { set, derived, files, version, report }: BrandView & { report: readonly ContrastRepair[] },
  { accountName, checkoutUrl }: BrandingFacts,
) {
  const brandColour = set.brandColor ?? DEFAULT_BRAND_COLOUR;
  const file = (slot: BrandingFile['slot']) => renderFile(files, { slot, checkoutUrl });
  return {
    display_name: set.displayName ?? accountName,
    legal_name: set.legalName ?? accountName,
    brand_color: brandColour,
    background_color: set.backgroundColor ?? DEFAULT_BACKGROUND,
    accent_color: set.accentColor ?? brandColour,
    dark_background_color: derived.dark.page,
    color_scheme: set.colorScheme ?? 'auto',
    corner_radius: set.cornerRadius ?? 8,
    button_shape: set.buttonShape ?? 'rounded',
    font: set.font ?? 'system',
    button_verb: set.buttonVerb ?? 'pay',
    statement_name: set.statementName,
    terms_url: set.termsUrl,
    privacy_url: set.privacyUrl,
    support: set.support ?? {},
    texts: set.texts ?? {},
    show_powered_by: set.showPoweredBy ?? true,
    contrast: set.contrast ?? 'repair',
    logo_light: file('logo_light'),
    logo_dark: file('logo_dark'),
    icon: file('icon'),
    fonts: { regular: file('font_regular'), bold: file('font_bold') },
    ...renderColours(derived, report),
    version,
  };
}

/** What was made from the colours. */
export function renderColours(derived: BrandView['derived'], report: readonly ContrastRepair[]) {
  return {
    derived: { light: renderTokens(derived.light), dark: renderTokens(derived.dark) },
    contrast_report: report,
  };
}

function renderTokens(tokens: DerivedTokens) {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(tokens).map(([name, colour]) => [snake(name), colour]));
}

/** A file as answers show it; undefined where there is none. */
function renderFile(files: readonly BrandingFile[], { slot, checkoutUrl }: { slot: string; checkoutUrl: string }) {
  const found = files.find((one) => one.slot === slot);
  if (found === undefined) return undefined;
  const { hash, type, width, height, bytes } = found;
  return { url: `${checkoutUrl}/checkout/files/${hash}`, type, width, height, bytes };
}
