/**
 * Reads JSON bodies strictly: repeated keys, prototype keys and deep nesting are refused, and so is text that no database
 * keeps as it came (U+0000 and halves of surrogate pairs). An empty body is no body.
 */
import type { FastifyInstance } from 'fastify';
import { type FieldProblem, Rejected } from '../domain/errors.ts';
import { parseStrictJson } from '../lib/strict-json.ts';
import { pointerTo, shapeRejection } from './errors.ts';

const JSON_DEPTH = 20;

/** Takes `application/json` and nothing else: other types are 415. */
export function readStrictJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = body as string;
    if (text === '') return done(null, undefined);
    const parsed = parseStrictJson(text, { maxDepth: JSON_DEPTH });
    if (!parsed.ok) {
      const place = parsed.path?.replaceAll(/\[(\d+)\]/g, '.$1').split('.') ?? [];
      return refuse({ pointer: pointerTo('', ...place), code: parsed.why, detail: parsed.message });
    }
    // Only an escape can bring such text into valid JSON, so most bodies are not walked.
    const unstorable = /\\u(0000|d[89a-f])/i.test(text) ? unstorableIn(parsed.value, '') : undefined;
    if (unstorable !== undefined) return refuse(unstorable);
    done(null, parsed.value);

    function refuse(problem: FieldProblem): void {
      done(new Rejected(shapeRejection([problem])), undefined);
    }
  });
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
