/**
 * What a payer typed about a card, read the way a person would read it. Pure; the server's answer is the one that counts.
 * Error keys are those of the page's catalogue: `card_number.short`, `card_expiry.past` …
 */
import {
  asciiDigits,
  CARD_BRANDS,
  CARD_SCHEMES,
  type CardBrand,
  type CardScheme,
  numberFault,
  onlyDigits,
  schemeOf,
} from './card-brands.ts';

export interface FieldError {
  /** Name of the form field. */
  name: string;
  /** Catalogue key, `{field}.{reason}`. */
  key: string;
  params?: Record<string, string>;
}

/** A value that can be used, or the one thing that is wrong with it. */
export type Reading<T> = { value: T } | { error: FieldError };

export interface Expiry {
  expMonth: number;
  /** Four digits. */
  expYear: number;
}

const fault = (name: string, reason: string, params?: Record<string, string>): { error: FieldError } => ({
  error: { name, key: `${name}.${reason}`, ...(params && { params }) },
});

/** The number as 12–19 digits. `accepted` limits the brands; numbers of no known brand pass and the processor decides. */
export function readCardNumber(text: string, accepted: readonly CardScheme[] = CARD_SCHEMES): Reading<string> {
  const digits = onlyDigits(text);
  if (digits === '') return fault('card_number', text.trim() === '' ? 'missing' : 'check');
  const problem = numberFault(digits);
  if (problem) return fault('card_number', problem);
  const scheme = schemeOf(digits);
  if (scheme && !accepted.includes(scheme)) {
    const list = accepted.map((name) => CARD_BRANDS[name].name).join(', ');
    return fault('card_number', 'brand', { brand: CARD_BRANDS[scheme].name, list });
  }
  return { value: digits };
}

/**
 * Month and year from `1/30`, `0130`, `01 / 30`, `01/2030`, `2030-01` and the like. Good until the month has ended
 * everywhere on earth (UTC−12 is last), at most 20 years ahead. `now` in milliseconds.
 */
export function readExpiry(text: string, now: number): Reading<Expiry> {
  const parts = expiryParts(asciiDigits(text).trim());
  if (!parts) return fault('card_expiry', 'missing');
  const [expMonth, expYear] = parts;
  if (expMonth < 1 || expMonth > 12) return fault('card_expiry', 'month');
  if (now >= Date.UTC(expYear, expMonth, 1, 12)) return fault('card_expiry', 'past');
  const today = new Date(now);
  const monthsAhead = (expYear - today.getUTCFullYear()) * 12 + expMonth - 1 - today.getUTCMonth();
  return monthsAhead > 240 ? fault('card_expiry', 'far') : { value: { expMonth, expYear } };
}

/** Month and four-digit year as written, not judged; undefined when the text is not both. */
export function expiryParts(text: string): [month: number, year: number] | undefined {
  const found =
    /^(?<y>\d{4})\D{1,3}(?<m>\d{1,2})$/.exec(text) ??
    /^(?<m>\d{1,2})\D{1,3}(?<y>\d{4}|\d{2})$/.exec(text) ??
    /^(?<y>20\d{2})(?<m>0[1-9]|1[0-2])$/.exec(text) ??
    /^(?<m>\d{2})(?<y>20\d{2}|\d{2})$/.exec(text) ??
    /^(?<m>[1-9])(?<y>20\d{2}|\d{2})$/.exec(text);
  if (!found?.groups) return undefined;
  const year = Number(found.groups.y);
  return [Number(found.groups.m), year < 100 ? 2000 + year : year];
}

/** The security code: as many digits as the brand prints, three or four when the brand is not known. */
export function readSecurityCode(text: string, scheme: string | undefined): Reading<string> {
  const digits = onlyDigits(text);
  if (digits === '') return fault('card_cvc', 'missing');
  const brand = scheme === undefined ? undefined : (CARD_BRANDS as Record<string, CardBrand>)[scheme];
  const right = brand ? digits.length === brand.code : digits.length === 3 || digits.length === 4;
  return right ? { value: digits } : fault('card_cvc', 'length', { n: String(brand?.code ?? 3) });
}

/**
 * The name on the card in any script, 1–100 characters. What looks like a card number or a security code is refused,
 * because people type them here by mistake; the caller must not show such a value again.
 */
export function readCardName(text: string, policy: 'optional' | 'required'): Reading<string | undefined> {
  const name = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (name === '') return policy === 'required' ? fault('card_name', 'missing') : { value: undefined };
  const digits = onlyDigits(name);
  if (digits.length >= 6 || /^[\p{Nd}\s./-]+$/u.test(name)) return fault('card_name', 'number');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control and direction-override characters are what is looked for
  if (name.length > 100 || /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069<>]/.test(name)) {
    return fault('card_name', 'missing');
  }
  return { value: name };
}

export interface NewCardFields {
  number: string;
  expiry: string;
  securityCode: string;
  name: string;
}

export interface NewCard extends Expiry {
  number: string;
  securityCode: string;
  name?: string;
}

export interface CardRules {
  now: number;
  name: 'off' | 'optional' | 'required';
  accepted?: readonly CardScheme[];
}

/** All fields of a new card, or every error at once in the order of the fields; `good` is what need not be typed again. */
export function readNewCard(
  fields: NewCardFields,
  rules: CardRules,
): { card: NewCard } | { errors: FieldError[]; good: { number?: string; expiry?: Expiry } } {
  const number = readCardNumber(fields.number, rules.accepted);
  const expiry = readExpiry(fields.expiry, rules.now);
  const code = readSecurityCode(fields.securityCode, schemeOf(onlyDigits(fields.number)));
  const name = rules.name === 'off' ? { value: undefined } : readCardName(fields.name, rules.name);
  if ('value' in number && 'value' in expiry && 'value' in code && 'value' in name) {
    const card = { number: number.value, ...expiry.value, securityCode: code.value };
    return { card: name.value === undefined ? card : { ...card, name: name.value } };
  }
  const errors = [number, expiry, code, name].flatMap((reading) => ('error' in reading ? [reading.error] : []));
  const good = {
    ...('value' in number && { number: number.value }),
    ...('value' in expiry && { expiry: expiry.value }),
  };
  return { errors, good };
}
