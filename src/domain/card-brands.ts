/**
 * Card brands: which numbers belong to whom, how long they are, how they are grouped on the card.
 * One table and a few pure functions decide on the server and run again in the payer's browser while a number is typed:
 * the page's script is made from these very functions, so they may use only each other, {@link CARD_BRANDS} and the Luhn check.
 */
import { passesLuhn } from '../lib/luhn.ts';

export interface CardBrand {
  /** Shown to people. */
  readonly name: string;
  /** Leading digits, first and last, both with the same count of digits. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly lengths: readonly number[];
  /** After how many digits a space is printed on the card. */
  readonly gaps: readonly number[];
  /** Digits of the security code. */
  readonly code: number;
  /** False: some real numbers have no check digit (UnionPay), so a wrong one is a hint only. */
  readonly luhn: boolean;
}

const FOURS = [4, 8, 12, 16] as const;
const from = (least: number): number[] => [12, 13, 14, 15, 16, 17, 18, 19].filter((length) => length >= least);

export const CARD_BRANDS = {
  visa: { name: 'Visa', ranges: [[4, 4]], lengths: [13, 16, 19], gaps: FOURS, code: 3, luhn: true },
  mastercard: {
    name: 'Mastercard',
    ranges: [
      [51, 55],
      [2221, 2720],
    ],
    lengths: [16],
    gaps: FOURS,
    code: 3,
    luhn: true,
  },
  amex: {
    name: 'American Express',
    ranges: [
      [34, 34],
      [37, 37],
    ],
    lengths: [15],
    gaps: [4, 10],
    code: 4,
    luhn: true,
  },
  discover: {
    name: 'Discover',
    ranges: [
      [6011, 6011],
      [644, 649],
      [65, 65],
    ],
    lengths: from(16),
    gaps: FOURS,
    code: 3,
    luhn: true,
  },
  diners: {
    name: 'Diners Club',
    ranges: [
      [300, 305],
      [3095, 3095],
      [36, 36],
      [38, 39],
    ],
    lengths: from(14),
    gaps: FOURS,
    code: 3,
    luhn: true,
  },
  jcb: { name: 'JCB', ranges: [[3528, 3589]], lengths: from(16), gaps: FOURS, code: 3, luhn: true },
  unionpay: { name: 'UnionPay', ranges: [[62, 62]], lengths: from(16), gaps: FOURS, code: 3, luhn: false },
  maestro: {
    name: 'Maestro',
    ranges: [
      [5018, 5018],
      [5020, 5020],
      [5038, 5038],
      [56, 58],
      [6304, 6304],
      [67, 67],
    ],
    lengths: from(12),
    gaps: FOURS,
    code: 3,
    luhn: true,
  },
} as const satisfies Record<string, CardBrand>;

export type CardScheme = keyof typeof CARD_BRANDS;

export const CARD_SCHEMES = Object.keys(CARD_BRANDS) as CardScheme[];

/** Decimal digits of any script (Arabic-Indic, Persian, full-width …) as 0–9; everything else stays. */
export function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0) as number;
    // Unicode lists the ten digits of a script in order; sets that touch each other (mathematical ones) repeat every ten.
    let zero = point;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return String((point - zero) % 10);
  });
}

/** Only the digits of what was typed or pasted, as 0–9. */
export function onlyDigits(text: string): string {
  return asciiDigits(text).replace(/\D/g, '');
}

/** The brand that the leading digits show, as soon as they show one; the longest matching range wins. */
export function schemeOf(digits: string): CardScheme | undefined {
  let found: CardScheme | undefined;
  let longest = 0;
  for (const [scheme, brand] of Object.entries(CARD_BRANDS) as [CardScheme, CardBrand][]) {
    for (const [first, last] of brand.ranges) {
      const width = String(first).length;
      const lead = Number(digits.slice(0, width));
      if (digits.length >= width && width > longest && lead >= first && lead <= last) {
        found = scheme;
        longest = width;
      }
    }
  }
  return found;
}

/** `digits` with the spaces printed on cards of their brand: 4242 4242 4242 4242, 3782 822463 10005. */
export function groupDigits(digits: string): string {
  const scheme = schemeOf(digits);
  const gaps: readonly number[] = scheme ? CARD_BRANDS[scheme].gaps : [4, 8, 12, 16];
  return [...digits].map((digit, at) => (gaps.includes(at) ? ` ${digit}` : digit)).join('');
}

/**
 * What is wrong with a number, or undefined: `short` while digits are missing (a Visa of 15 lacks one, though 13 is a
 * length of its own), `check` when it is complete and cannot be right.
 */
export function numberFault(digits: string): 'short' | 'check' | undefined {
  const scheme = schemeOf(digits);
  const brand: CardBrand | undefined = scheme && CARD_BRANDS[scheme];
  const lengths = brand?.lengths ?? [12, 13, 14, 15, 16, 17, 18, 19];
  if (!lengths.includes(digits.length)) {
    const usual = lengths.find((length) => length >= 16) ?? lengths[lengths.length - 1] ?? 0;
    return digits.length < usual ? 'short' : 'check';
  }
  return (brand?.luhn ?? true) && !passesLuhn(digits) ? 'check' : undefined;
}
