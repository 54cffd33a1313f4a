/**
 * Strict JSON: what `JSON.parse` takes, less what two readers could read differently or what could reach a prototype.
 * A text with a repeated key, a key `__proto__` or `constructor`, or deep nesting is refused with a reason and a place.
 *
 * Cheap enough for every request: one scan counts colons outside strings and checks the depth, `JSON.parse` does the
 * work, one walk counts the keys that are there. Fewer keys than colons means that a key was repeated; only then a
 * slower reader looks for its name. RFC 8259 section 4 leaves repeated keys undefined, which is why they are refused.
 */

export type JsonRefusal = 'not_json' | 'too_deep' | 'duplicate_key' | 'forbidden_key';

export type StrictJson =
  | { ok: true; value: unknown }
  /** `path` is the place as `a.b[2].c`, where one is known; `message` is a sentence without any value of the text. */
  | { ok: false; why: JsonRefusal; message: string; path?: string };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The value of `text`, or why it is refused. `maxDepth` counts nested objects and arrays: `{}` has depth 1. */
export function parseStrictJson(text: string, limits: { maxDepth: number }): StrictJson {
  const colons = countColons(text, limits.maxDepth);
  if (colons === TOO_DEEP) {
    return { ok: false, why: 'too_deep', message: `The JSON is nested more than ${limits.maxDepth} levels deep.` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, which may hold a card number: it is left out.
    return { ok: false, why: 'not_json', message: 'The text is not valid JSON.' };
  }
  const keys = countKeys(value);
  if (keys === colons) return { ok: true, value };
  return keys === FORBIDDEN ? describeForbidden(value) : describeRepeated(text);
}

const TOO_DEEP = -1;
const FORBIDDEN = -1;

/** Colons outside strings: one per member in valid JSON. In invalid JSON any number: `JSON.parse` refuses it next. */
function countColons(text: string, maxDepth: number): number {
  let colons = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case COLON:
        colons++;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth > maxDepth) return TOO_DEEP;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        break;
    }
  }
  return colons;
}

/** The index of the quote that closes the string opened at `open`, or the end of the text if none does. */
function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close !== -1; close = text.indexOf('"', close + 1)) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return close;
  }
  return text.length;
}

function isForbidden(key: string): boolean {
  return key === '__proto__' || key === 'constructor';
}

/** Members in `value` and below, or `FORBIDDEN`. The depth is already known to be within bounds. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      const below = countKeys(item);
      if (below === FORBIDDEN) return FORBIDDEN;
      count += below;
    }
    return count;
  }
  for (const key of Object.keys(value)) {
    if (isForbidden(key)) return FORBIDDEN;
    const below = countKeys((value as Record<string, unknown>)[key]);
    if (below === FORBIDDEN) return FORBIDDEN;
    count += below + 1;
  }
  return count;
}

function describeForbidden(value: unknown): StrictJson {
  const path = findForbidden(value, '') ?? '';
  return { ok: false, why: 'forbidden_key', message: `The key \`${path}\` is not allowed.`, path };
}

function findForbidden(value: unknown, path: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const within = Array.isArray(value) ? (index: string) => `${path}[${index}]` : (key: string) => member(path, key);
  for (const [key, below] of Object.entries(value)) {
    if (!Array.isArray(value) && isForbidden(key)) return member(path, key);
    const found = findForbidden(below, within(key));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Walks the text, known to be valid JSON, with one frame per open object or array until a key comes twice. */
function describeRepeated(text: string): StrictJson {
  const frames: { keys: Set<string> | undefined; path: string; next: string; index: number }[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const top = frames.at(-1);
    if (code === QUOTE) {
      const end = endOfString(text, i);
      if (top?.keys && nextSolid(text, end + 1) === COLON) {
        const key = JSON.parse(text.slice(i, end + 1)) as string;
        const path = member(top.path, key);
        if (top.keys.has(key)) {
          return { ok: false, why: 'duplicate_key', message: `The key \`${path}\` is there more than once.`, path };
        }
        top.keys.add(key);
        top.next = path;
      }
      i = end;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      const path = top === undefined ? '' : top.keys ? top.next : `${top.path}[${top.index}]`;
      frames.push({ keys: code === OPEN_BRACE ? new Set() : undefined, path, next: '', index: 0 });
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      frames.pop();
    } else if (code === 0x2c && top) {
      top.index++;
    }
  }
  return { ok: false, why: 'duplicate_key', message: 'A key is there more than once.' };
}

/** The code of the first character at or after `from` that is not JSON white space. */
function nextSolid(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0x20 || (text.charCodeAt(at) >= 0x09 && text.charCodeAt(at) <= 0x0d)) at++;
  return text.charCodeAt(at);
}

/** `path.key`, with a key of unusual or secret-looking form shortened to a mark, so that no value travels in an error. */
function member(path: string, key: string): string {
  const shown = /^[A-Za-z_][\w.-]{0,63}$/.test(key) ? key : '*';
  return path === '' ? shown : `${path}.${shown}`;
}
