/**
 * Reads JSON bodies strictly: repeated keys, prototype keys and deep nesting are refused, and so is text that no database
 * keeps as it came (U+0000 and halves of surrogate pairs). An empty body is no body.
 */
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { type FieldProblem, isRejection, Rejected, type Rejection, reject } from '../domain/errors.ts';
import { pointerTo } from '../lib/json-pointer.ts';
import { parseStrictJson } from '../lib/strict-json.ts';
import { shapeRejection } from './errors.ts';

const JSON_DEPTH = 20;

/** Takes `application/json` in UTF-8, uncompressed, and nothing else: other types are 415. */
export function readStrictJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    const read = encoding === 'identity' ? jsonIn(body as Buffer) : reject('unsupported_media_type', UNCOMPRESSED);
    if (isRejection(read)) done(new Rejected(read), undefined);
    else done(null, read.value);
  });
}

const UNCOMPRESSED = 'Send the body as it is, without Content-Encoding.';

function jsonIn(bytes: Buffer): { value: unknown } | Rejection {
  if (bytes.length === 0) return { value: undefined };
  if (!isUtf8(bytes)) return refusal({ pointer: '', code: 'not_json', detail: 'The text is not valid UTF-8.' });
  const text = bytes.toString('utf8');
  const parsed = parseStrictJson(text, { maxDepth: JSON_DEPTH });
  if (!parsed.ok) {
    const place = parsed.path?.replaceAll(/\[(\d+)\]/g, '.$1').split('.') ?? [];
    return refusal({ pointer: pointerTo('', ...place), code: parsed.why, detail: parsed.message });
  }
  // Every request that has a body is an object; `null` must not pass for "no body", which asks for everything that remains.
  if (typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value))
    return refusal({ pointer: '', code: 'invalid_type', detail: 'Must be a JSON object.' });
  // Only an escape can bring such text into valid JSON, so most bodies are not walked.
  const unstorable = /\\u(0000|d[89a-f])/i.test(text) ? unstorableIn(parsed.value, '') : undefined;
  return unstorable === undefined ? { value: parsed.value } : refusal(unstorable);
}

function refusal(problem: FieldProblem): Rejection {
  return shapeRejection([problem]);
}

/** The first text in `value` that cannot be kept as it came, with the place of its field; undefined when all can. */
export function unstorableIn(value: unknown, pointer: string): FieldProblem | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : unstorable(pointer);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, below] of Object.entries(value)) {
    const found = isStorable(key) ? unstorableIn(below, pointerTo(pointer, key)) : unstorable(pointer);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function unstorable(pointer: string): FieldProblem {
  return { pointer, code: 'invalid_value', detail: 'Text must not hold U+0000 or half of a surrogate pair.' };
}
