/** How a merchant's page looks and what it says of the merchant: what may be set, and what is made from it. */

/** `#rrggbb`, lower case. */
export type HexColour = string;

/** As the merchant set it; absent means the default. There is no field for CSS or HTML. */
export interface Branding {
  displayName?: string;
  legalName?: string;
  brandColor?: HexColour;
  backgroundColor?: HexColour;
  accentColor?: HexColour;
  darkBackgroundColor?: HexColour;
  colorScheme?: 'light' | 'dark' | 'auto';
  /** Pixels, 0–24. */
  cornerRadius?: number;
  buttonShape?: 'rounded' | 'pill';
  font?: 'system' | 'humanist' | 'geometric' | 'serif' | 'slab' | 'mono' | 'uploaded';
  buttonVerb?: ButtonVerb;
  /** What the payer's statement shows, at most 22 characters. */
  statementName?: string;
  termsUrl?: string;
  privacyUrl?: string;
  support?: { email?: string; phone?: string; url?: string };
  /** By locale: plain text. */
  texts?: Partial<Record<'header' | 'submit' | 'footer', Readonly<Record<string, string>>>>;
  showPoweredBy?: boolean;
  contrast?: 'repair' | 'strict';
}

export type ButtonVerb = 'pay' | 'book' | 'donate' | 'order' | 'subscribe';

/** Every colour of the page in one scheme; each pair that meets on a screen has its contrast by construction. */
export interface DerivedTokens {
  page: HexColour;
  surface: HexColour;
  /** Hairlines, and what lies under the pointer. */
  line: HexColour;
  text: HexColour;
  muted: HexColour;
  link: HexColour;
  danger: HexColour;
  success: HexColour;
  warning: HexColour;
  /** Grounds of messages, each under its own colour and under text. */
  dangerSoft: HexColour;
  successSoft: HexColour;
  warningSoft: HexColour;
  border: HexColour;
  icon: HexColour;
  button: HexColour;
  buttonText: HexColour;
  buttonHover: HexColour;
  /** Present where the button, or the button under the pointer, stands out less than 3:1 from what it lies on. */
  buttonBorder?: HexColour;
  /** The two rings of the focus mark, white and black: the inner one first, the outer one stands out from the page. */
  focus: readonly [HexColour, HexColour];
}

/** A colour that was not usable as it was given, and what stands in its place. */
export interface ContrastRepair {
  scheme: 'light' | 'dark';
  token: string;
  original: HexColour;
  used: HexColour;
  /** Contrast of the original with what it stands on. */
  ratio: number;
  /** What was needed. */
  needed: number;
  reason: string;
}

export const BRANDING_FILE_SLOTS = ['logo_light', 'logo_dark', 'icon', 'font_regular', 'font_bold'] as const;
export type BrandingFileSlot = (typeof BRANDING_FILE_SLOTS)[number];

/** A file of the merchant that the page may show. */
export interface BrandingFile {
  slot: BrandingFileSlot;
  /** SHA-256 of what is served, hex: its name under `/checkout/files/`. */
  hash: string;
  /** `image/png`, `image/jpeg`, `image/webp`, `image/svg+xml`, `font/woff2`. */
  type: string;
  /** Of images, in pixels. */
  width?: number;
  height?: number;
  bytes: number;
}

/** Everything a page needs to know of its merchant's looks, ready to render. */
export interface BrandView {
  /** Grows with every change; 0 for a tenant that set nothing. */
  version: number;
  set: Branding;
  derived: { light: DerivedTokens; dark: DerivedTokens };
  files: readonly BrandingFile[];
}
