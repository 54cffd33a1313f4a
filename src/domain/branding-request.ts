/**
 * Reads the branding that a merchant sends: it replaces the one before, so what is absent is the default. Everything that is wrong
 * is told at once. There is no field for CSS or HTML.
 */
import type { Branding, HexColour } from './branding.ts';
import { type Derivation, deriveColours, shownSchemes } from './branding-colours.ts';
import { isHexColour } from './colour.ts';
import type { FieldProblem } from './errors.ts';
import { type Field, fieldsOf, flag, integer, note, present, sound, text, word } from './field-reader.ts';
import { httpsAddress, plainText } from './plain-text.ts';

export const COLOUR_SCHEMES = ['auto', 'light', 'dark'] as const;
export const BUTTON_SHAPES = ['rounded', 'pill'] as const;
export const FONTS = ['system', 'humanist', 'geometric', 'serif', 'slab', 'mono', 'uploaded'] as const;
export const BUTTON_VERBS = ['pay', 'book', 'donate', 'order', 'subscribe'] as const;
export const CONTRASTS = ['repair', 'strict'] as const;

/** Characters of names and texts, pixels of the radius. */
export const BRANDING_RANGES = {
  displayName: { min: 1, max: 60 },
  legalName: { min: 1, max: 120 },
  statementName: { min: 1, max: 22 },
  cornerRadius: { min: 0, max: 24 },
  header: { min: 1, max: 200 },
  submit: { min: 1, max: 120 },
  footer: { min: 1, max: 500 },
} as const;

/** As many languages as one text may have. */
export const MAX_LANGUAGES = 80;

const FIELDS = [
  'display_name',
  'legal_name',
  'brand_color',
  'background_color',
  'accent_color',
  'dark_background_color',
  'color_scheme',
  'corner_radius',
  'button_shape',
  'font',
  'button_verb',
  'statement_name',
  'terms_url',
  'privacy_url',
  'support',
  'texts',
  'show_powered_by',
  'contrast',
] as const;

export interface BrandingReading {
  branding: Branding;
  /** The colours made from it; absent where something is wrong. */
  made?: Derivation;
  problems: FieldProblem[];
}

/** The branding; only to be used without problems. */
export function readBranding(body: unknown): BrandingReading {
  const problems: FieldProblem[] = [];
  const fields = fieldsOf({ pointer: '', value: body, problems }, FIELDS);
  if (fields === undefined) return { branding: {}, problems };
  const branding = present<Branding>({
    displayName: plainText(fields.display_name, BRANDING_RANGES.displayName),
    legalName: plainText(fields.legal_name, BRANDING_RANGES.legalName),
    brandColor: colour(fields.brand_color),
    backgroundColor: colour(fields.background_color),
    accentColor: colour(fields.accent_color),
    darkBackgroundColor: colour(fields.dark_background_color),
    colorScheme: word(fields.color_scheme, COLOUR_SCHEMES),
    cornerRadius: integer(fields.corner_radius, BRANDING_RANGES.cornerRadius),
    buttonShape: word(fields.button_shape, BUTTON_SHAPES),
    font: word(fields.font, FONTS),
    buttonVerb: word(fields.button_verb, BUTTON_VERBS),
    statementName: plainText(fields.statement_name, BRANDING_RANGES.statementName),
    termsUrl: httpsAddress(fields.terms_url),
    privacyUrl: httpsAddress(fields.privacy_url),
    support: readSupport(fields.support),
    texts: readTexts(fields.texts),
    showPoweredBy: flag(fields.show_powered_by),
    contrast: word(fields.contrast, CONTRASTS),
  });
  if (problems.length > 0) return { branding, problems };
  const made = deriveColours(branding);
  if (branding.contrast === 'strict') problems.push(...contrastProblems(branding, made));
  return { branding, made, problems };
}

/** `strict`: a colour of the merchant's that would be changed where it meets a ground the merchant knows is refused. */
function contrastProblems(branding: Branding, { report }: Derivation): FieldProblem[] {
  const { accentColor, brandColor, darkBackgroundColor } = branding;
  const shown = shownSchemes(branding);
  const known = report.filter(
    ({ scheme, token }) =>
      token === 'link' && shown.includes(scheme) && (scheme === 'light' || darkBackgroundColor !== undefined),
  );
  return known.map(({ scheme, used, reason }) => {
    const ground = scheme === 'light' ? '/background_color' : '/dark_background_color';
    const pointer = accentColor !== undefined ? '/accent_color' : brandColor !== undefined ? '/brand_color' : ground;
    const detail = `Links on ${scheme} pages: ${reason.replace(/: [^:]*$/, '')}. ${used} would do, or contrast: repair.`;
    return { pointer, code: 'contrast_too_low', detail };
  });
}

function colour(field: Field): HexColour | undefined {
  const value = text(field);
  if (value === undefined) return undefined;
  return isHexColour(value)
    ? value.toLowerCase()
    : note(field, 'invalid_value', 'A colour as #rrggbb, such as #1f5eff.');
}

function readSupport(field: Field): Branding['support'] {
  const fields = fieldsOf(field, ['email', 'phone', 'url']);
  if (fields === undefined) return undefined;
  return sound(field, () =>
    present<NonNullable<Branding['support']>>({
      email: email(fields.email),
      phone: phone(fields.phone),
      url: httpsAddress(fields.url),
    }),
  );
}

function email(field: Field): string | undefined {
  const value = plainText(field, { min: 3, max: 254 });
  if (value === undefined || /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:".]+(\.[^\s@<>()[\]\\,;:".]+)+$/.test(value))
    return value;
  return note(field, 'invalid_value', 'An email address like help@shop.example.');
}

function phone(field: Field): string | undefined {
  const value = plainText(field, { min: 3, max: 40 });
  if (value === undefined || /^\+?[\d ().-]*\d[\d ().-]*$/.test(value)) return value;
  return note(field, 'invalid_value', 'A phone number of digits and spaces, such as +27 21 555 0100.');
}

function readTexts(field: Field): Branding['texts'] {
  const fields = fieldsOf(field, ['header', 'submit', 'footer']);
  if (fields === undefined) return undefined;
  return sound(field, () =>
    present<NonNullable<Branding['texts']>>({
      header: byLanguage(fields.header, BRANDING_RANGES.header),
      submit: byLanguage(fields.submit, BRANDING_RANGES.submit),
      footer: byLanguage(fields.footer, BRANDING_RANGES.footer),
    }),
  );
}

/** One text in some languages, each named by its tag of BCP 47. */
function byLanguage(field: Field, range: { min: number; max: number }): Readonly<Record<string, string>> | undefined {
  const { value } = field;
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return note(field, 'invalid_type', 'Texts by language, such as { "en": "Welcome" }.');
  const names = Object.keys(value);
  if (names.length > MAX_LANGUAGES) return note(field, 'out_of_range', `At most ${MAX_LANGUAGES} languages.`);
  const fields = fieldsOf(field, names) ?? {};
  const read = names.flatMap((name): [string, string][] => {
    const one = fields[name] as Field;
    const tag =
      canonicalTag(name) ?? note(one, 'invalid_value', 'Named by a language tag of BCP 47, such as en or pt-BR.');
    const words = plainText(one, range);
    return tag === undefined || words === undefined ? [] : [[tag, words]];
  });
  return Object.fromEntries(read);
}

/** A language tag in its usual spelling; undefined for what is none. */
export function canonicalTag(name: string): string | undefined {
  try {
    return new Intl.Locale(name.slice(0, 36)).baseName;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
