/**
 * What of a request people may read later. Everything is left out unless its name and its form are known to be harmless, so a field
 * that is new, misspelt or misused shows its name and no more:
 *
 *   ids, words of our lists, times, numbers, references   shown in the form they have, under the names below
 *   addresses                                             the origin alone: what follows may be a permission
 *   words of ours in an answer                            shown, cut, and searched for what nobody may read
 *   everything else                                       `[redacted]`: names, e-mail, telephone, metadata, descriptions, keys, tokens
 *
 * Card numbers are known by brand and check digit wherever they stand, keys and tokens by their beginning.
 */
import { asciiDigits, CARD_BRANDS, type CardBrand, numberFault, schemeOf } from './card-brands.ts';

export const REDACTED = '[redacted]';

/** What a body is kept as, in characters, about. */
const MOST_KEPT = 4_000;
const LONGEST_TEXT = 300;
/** A longer text is none that somebody meant to be read here. */
const LONGEST_READ = 2_000;
const MOST_ITEMS = 20;

const named = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words of our own lists, currencies, languages, zones. */
const WORDS =
  named(`type status payment_outcome payment_status mode code error_code decline_code decline_detail class kind intent
  initiator capture_method save_payment_method scheme reason status_reason failure failure_code disabled_reason lifted_by rule result
  outcome stage state flow final reusable refunds ordering event_type event_types period unit usage on on_exhausted unlimited_mandates
  ordinal weekday anchor day days allowed_days adjustment after_payment locale default_locale currency country time_zone
  collect_email button_shape button_verb color_scheme contrast mandate_consent saved_card_security_code method method_order methods
  locales currencies why slot`);

/** Instants and local dates, beside every name that ends in `_at` or `_date`. */
const TIMES = named(
  `timestamp now to since after at occurrence window_start window_end created_after created_before scheduled_time`,
);

/** Amounts, counts and measures, beside every name that ends in one of the units below. Never `number`. */
const NUMBERS =
  named(`amount limit used count min max status sequence version attempts counted collected paid unpaid missed skipped
  held day days month retry_days interval_count max_attempts attempt_number instalment instalment_number max_occurrences seconds width
  height bytes after after_sequence until_sequence concurrency visa_30d mastercard_24h mastercard_30d other_30d per_card payer more_time corner_radius`);
const NUMBER_UNITS = /_(amount|count|seconds|hours|days|ms)$/;

const REFERENCES = named('external_reference reference processor_reference reconciliation_reference');
const ADDRESSES = named('url return_url');
/** Sentences that this program wrote, and addresses of its own pages. */
const OUR_TEXTS = named('detail message title type');
/** Groups whose members are the merchant's, whatever they are called. */
const CLOSED_GROUPS = named('metadata');

/** Ids that only name something. Others are themselves the permission: that of a checkout page, of a preview. */
const ID = /^(?:acc|att|cap|cus|dlv|evt|key|mnd|pay|pmt|ps|re|req|res|sub|tnt|whe)_[0-9A-Za-z]{24}$/;
const WORD = /^[A-Za-z][A-Za-z0-9_.:/-]{0,63}$/;
const TIME = /^(?:\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?|\d{2}:\d{2})$/;
const REFERENCE = /^[\w.:-]{1,255}$/;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,49}$/;

/** A body as JSON text, shorter than about 4,000 characters; undefined when there is none. Only an answer may hold words of ours. */
export function redactBody(body: unknown, of: 'request' | 'answer'): string | undefined {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return undefined;
  const read = of === 'answer' ? withoutTypedNames(body) : body;
  return JSON.stringify(new Walk(of).shown(read, '', false));
}

/** The parameters of a query as JSON text; undefined when there are none. */
export function redactQuery(query: unknown): string | undefined {
  if (typeof query !== 'object' || query === null || Object.keys(query).length === 0) return undefined;
  const asTyped = Object.entries(query).map(([name, value]) => [
    name,
    typeof value === 'string' && /^\d{1,12}$/.test(value) && isNumberName(name) ? Number(value) : value,
  ]);
  return JSON.stringify(new Walk('request').shown(Object.fromEntries(asTyped), '', false));
}

/** A problem names the field at fault at the beginning of its detail, as the client wrote it. */
function withoutTypedNames(answer: { detail?: unknown; errors?: unknown }): object {
  const { detail, errors } = answer;
  const pointer: unknown = Array.isArray(errors)
    ? (errors[0] as { pointer?: unknown } | undefined)?.pointer
    : undefined;
  if (typeof detail !== 'string' || typeof pointer !== 'string' || !detail.startsWith(pointer)) return answer;
  return { ...answer, detail: redactPointer(pointer) + detail.slice(pointer.length) };
}

/** A place in a body: names of fields, and of an unknown one only what a field may be called. */
function redactPointer(pointer: string): string {
  return pointer
    .split('/')
    .map((part) => (/^\d{0,2}$/.test(part) || isShownName(part) ? part : REDACTED))
    .join('/');
}

function isShownName(name: string): boolean {
  return PLAIN.test(name) || (NAME.test(name) && redactText(name) === name);
}

/** More parts than any address of ours has. */
const MOST_PARTS = 12;

/** An address without its query: words and ids, and nothing else that somebody may have typed into it. */
export function redactPath(url: string): string {
  const parts = (url.split('?', 1)[0] as string).split('/', MOST_PARTS);
  return parts.map((part) => (isShownPart(part) ? part : REDACTED)).join('/');
}

function isShownPart(part: string): boolean {
  return part === '' || ID.test(part) || PLAIN.test(part);
}

/** One walk through one body. */
class Walk {
  readonly #ours: boolean;
  /** Characters that may still be kept. */
  #left = MOST_KEPT;

  constructor(of: 'request' | 'answer') {
    this.#ours = of === 'answer';
  }

  /** `closed`: within a group whose members are the merchant's. */
  shown(value: unknown, name: string, closed: boolean): unknown {
    if (Array.isArray(value)) return this.#list(value, name, closed);
    if (typeof value === 'object' && value !== null) return this.#object(value as Record<string, unknown>, closed);
    const leaf = closed && typeof value !== 'boolean' ? REDACTED : this.#leaf(value, name);
    this.#left -= typeof leaf === 'string' ? leaf.length + 4 : 8;
    return leaf;
  }

  #list(list: readonly unknown[], name: string, closed: boolean): unknown[] {
    const shown: unknown[] = [];
    for (const item of list) {
      if (shown.length === MOST_ITEMS || this.#left <= 0) break;
      shown.push(this.shown(item, name, closed));
    }
    if (shown.length < list.length) shown.push(`… ${list.length - shown.length} more`);
    return shown;
  }

  #object(value: Record<string, unknown>, closed: boolean): Record<string, unknown> {
    const shown: Record<string, unknown> = {};
    const names = Object.keys(value);
    let kept = 0;
    for (const name of names) {
      if (this.#left <= 0) break;
      kept += 1;
      const shownName = isShownName(name) ? name : `[name ${kept} redacted]`;
      this.#left -= shownName.length + 4;
      shown[shownName] = this.shown(value[name], name, closed || CLOSED_GROUPS.has(name));
    }
    if (kept < names.length) shown['…'] = `${names.length - kept} more`;
    return shown;
  }

  #leaf(value: unknown, name: string): unknown {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') return isNumberName(name) && Math.abs(value) < 1e12 ? value : REDACTED;
    if (typeof value !== 'string') return REDACTED;
    if (ID.test(value)) return value;
    if (WORDS.has(name) && WORD.test(value)) return redactText(value);
    if (isTimeName(name) && TIME.test(value)) return value;
    if (REFERENCES.has(name) && REFERENCE.test(value)) return redactText(value);
    if (ADDRESSES.has(name)) return originOf(value);
    if (!this.#ours) return REDACTED;
    if (name === 'pointer') return redactPointer(value);
    return OUR_TEXTS.has(name) ? redactText(value) : REDACTED;
  }
}

function isNumberName(name: string): boolean {
  return NUMBERS.has(name) || NUMBER_UNITS.test(name);
}

function isTimeName(name: string): boolean {
  return TIMES.has(name) || name.endsWith('_at') || name.endsWith('_date');
}

/** Scheme and host of an address: path and query may hold a token. */
function originOf(text: string): string {
  if (!URL.canParse(text)) return REDACTED;
  const { protocol, host } = new URL(text);
  return redactText(`${protocol}//${host}/…`);
}

/** Digits, however grouped, as many as a card number has or more. */
const MANY_DIGITS = /\d(?:[\s.\-_/]{0,3}\d){11,}/g;
/** Keys, signing secrets and signed tokens by their beginning, and ids that are themselves a permission. */
const SPENDABLE = /\b(?:[sprcmn]k|ns|whsec|ckt|bdr)_[\w+/=-]{6,}|\beyJ[\w-]{8,}[\w.-]*|\b(?:Bearer|Basic) +\S+/gi;
const EMAIL = /[^\s@"'<>()]{1,64}@[^\s@"'<>()]{1,255}/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed; a database refuses NUL in text.
const CONTROL = /[\u0000-\u001f\u007f]/g;

/** Too short and too plain to be any of these; most names and words are. */
const PLAIN = /^[a-z_]{1,32}$/;

/** `text` without card numbers, keys, tokens, e-mail addresses and control characters, of bounded length and fit for a database. */
export function redactText(text: string): string {
  if (PLAIN.test(text)) return text;
  if (text.length > LONGEST_READ) return REDACTED;
  const plain = /^[\x20-\x7e]*$/.test(text) ? text : asciiDigits(text).toWellFormed().replace(CONTROL, ' ');
  const clean = plain
    .replace(MANY_DIGITS, (run) => (holdsCardNumber(run) ? REDACTED : run))
    .replace(SPENDABLE, REDACTED)
    .replace(EMAIL, REDACTED);
  return clean.length > LONGEST_TEXT ? `${clean.slice(0, LONGEST_TEXT)}…` : clean;
}

/** True when some stretch of the digits is a whole number of a known brand, or when there are more than any reference has. */
function holdsCardNumber(run: string): boolean {
  const digits = run.replace(/\D/g, '');
  if (digits.length > 40) return true;
  for (let from = 0; from + 12 <= digits.length; from++) {
    const scheme = schemeOf(digits.slice(from));
    const lengths: CardBrand['lengths'] = scheme === undefined ? [] : (CARD_BRANDS[scheme] as CardBrand).lengths;
    for (const length of lengths) {
      if (from + length <= digits.length && numberFault(digits.slice(from, from + length)) === undefined) return true;
    }
  }
  return false;
}
