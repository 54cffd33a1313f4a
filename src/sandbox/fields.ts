/**
 * Reading bodies strictly and cheaply: closed objects, bounded text, whole numbers. Every refusal names its field.
 * Written by hand because the sandbox shares its processor with whatever is being measured against it.
 */

/** A documented refusal: nothing moved, and nothing will. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(status: number, code: string, about: { message: string; field?: string }) {
    super(about.message);
    this.status = status;
    this.code = code;
    this.field = about.field;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** 400 `invalid_request` for `field`. */
export function invalid(field: string, message: string): Refusal {
  return new Refusal(400, 'invalid_request', { message: `${field}: ${message}`, field });
}

/** `value` as an object that has no fields but `allowed`. */
export function object(value: unknown, field: string, allowed: ReadonlySet<string>): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'must be an object');
  for (const name of Object.keys(value)) {
    if (!allowed.has(name)) throw invalid(join(field, name), 'is not a field of this request');
  }
  return value as Fields;
}

/** Text of 1 to `max` characters without control characters; undefined when absent. */
export function optionalText(value: unknown, field: string, max: number): string | undefined {
  if (value === undefined) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  if (typeof value !== 'string' || value.length === 0 || value.length > max || /[\u0000-\u001f\u007f]/.test(value)) {
    throw invalid(field, `must be text of 1 to ${max} characters`);
  }
  return value;
}

export function text(value: unknown, field: string, max: number): string {
  const given = optionalText(value, field, max);
  if (given === undefined) throw invalid(field, 'is required');
  return given;
}

/** One of `choices`; `otherwise` when absent, or a refusal when that is undefined. */
export function choice<T extends string>(value: unknown, field: string, about: { of: readonly T[]; otherwise?: T }): T {
  if (value === undefined && about.otherwise !== undefined) return about.otherwise;
  if (!about.of.includes(value as T)) throw invalid(field, `must be one of ${about.of.join(', ')}`);
  return value as T;
}

/** A whole number in [`min`, `max`]. */
export function whole(value: unknown, field: string, bounds: { min: number; max: number }): number {
  if (!Number.isInteger(value) || (value as number) < bounds.min || (value as number) > bounds.max) {
    throw invalid(field, `must be a whole number from ${bounds.min} to ${bounds.max}`);
  }
  return value as number;
}

export function optionalFlag(value: unknown, field: string): boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw invalid(field, 'must be true or false');
  return value;
}

const MONEY = new Set(['value', 'currency']);
/** The largest amount: 12 digits, as in card messages (ISO 8583, field 4). */
const MAX_VALUE = 999_999_999_999;

/** Money as `{ value, currency }`; `value` in minor units from `min`. */
export function money(value: unknown, field: string, min: number): { value: number; currency: string } {
  const fields = object(value, field, MONEY);
  const amount = whole(fields.value, `${field}.value`, { min, max: MAX_VALUE });
  if (typeof fields.currency !== 'string' || !/^[A-Z]{3}$/.test(fields.currency)) {
    throw invalid(`${field}.currency`, 'must be three capital letters');
  }
  return { value: amount, currency: fields.currency };
}

/** An http or https address without user-info. */
export function address(value: unknown, field: string, max: number): string {
  const given = text(value, field, max);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  // Used exactly as given, so it must fit into a header as it is.
  if (
    url === undefined ||
    /[^\x21-\x7e]/.test(given) ||
    (url.protocol !== 'http:' && url.protocol !== 'https:') ||
    url.username ||
    url.password
  ) {
    throw invalid(field, 'must be an http or https address');
  }
  return given;
}

function join(field: string, name: string): string {
  // A name comes from the caller: cut and plain, so that an error never repeats what was typed into it.
  const plain = /^[a-z_]{1,40}$/i.test(name) ? name : '(unknown)';
  return field === 'body' ? plain : `${field}.${plain}`;
}
