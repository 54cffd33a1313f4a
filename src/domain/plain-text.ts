/** Words and addresses of a merchant that payers will read: what may stand in them, so that nothing shows as something else. */
import { type Field, note, type Range, text } from './field-reader.ts';

/**
 * Control characters, line and paragraph separators, and what turns the direction of the words after it: a name with these can be
 * read as another. Marks of direction that Arabic and Hebrew need (U+200E, U+200F, U+061C) may stand.
 */
const DECEPTIVE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/u;

/** A line of plain text, of so many characters (code points). */
export function plainText(field: Field, { min, max }: Range): string | undefined {
  const value = text(field);
  if (value === undefined) return undefined;
  if (DECEPTIVE.test(value))
    return note(field, 'invalid_value', 'One line of text, without control and direction-override characters.');
  const length = [...value].length;
  if (length < min || length > max || (min > 0 && value.trim() === ''))
    return note(field, 'out_of_range', `${min} to ${max} characters.`);
  return value;
}

const MAX_ADDRESS = 500;

/** An address of the web that a payer may be sent to: https, at most 500 characters. */
export function httpsAddress(field: Field): string | undefined {
  const value = text(field);
  if (value === undefined) return undefined;
  const problem = problemWithAddress(value);
  return problem === undefined ? value : note(field, 'invalid_value', problem);
}

function problemWithAddress(value: string): string | undefined {
  if (value.length > MAX_ADDRESS) return `At most ${MAX_ADDRESS} characters.`;
  if (/[\s\\]/.test(value) || DECEPTIVE.test(value))
    return 'The address must not contain spaces, control characters or backslashes.';
  if (!/^https:\/\//i.test(value) || !URL.canParse(value))
    return 'An absolute address that begins with https://, such as https://shop.example/terms.';
  const url = new URL(value);
  return url.username === '' && url.password === ''
    ? undefined
    : 'The address must not contain a user name or password.';
}
