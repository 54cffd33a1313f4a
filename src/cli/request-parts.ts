/** The body and the parameters of a request, put together from options that say where they go. */
import { readFileSync } from 'node:fs';
import { text as wholeText } from 'node:stream/consumers';
import type { Option } from './command.ts';
import type { Given } from './given.ts';
import { Usage } from './usage.ts';

type Json = Record<string, unknown>;

/** `--data`, with the other options put into it. Throws Usage where a value is not what its option takes. */
export async function bodyFrom(given: Given): Promise<Json> {
  const body = await dataOf(given.text('data'));
  for (const option of given.verb?.options ?? []) {
    const value = option.body === undefined ? undefined : valueFrom(given, option);
    if (option.body !== undefined && value !== undefined) put(body, option.body.split('.'), value);
  }
  return body;
}

/** Parameters of the address; nothing for what was not given. */
export function queryFrom(given: Given): Json {
  const query: Json = {};
  for (const option of given.verb?.options ?? []) {
    const value = option.query === undefined ? undefined : valueFrom(given, option);
    if (option.query !== undefined && value !== undefined) query[option.query] = value;
  }
  return query;
}

const FIRST_ROWS = 20;

/** How many rows of a list are wanted: `--limit`, or all of them. */
export function limitOf(given: Given): number {
  if (given.flag('all')) return Number.POSITIVE_INFINITY;
  const typed = given.text('limit');
  const limit = Number(typed ?? FIRST_ROWS);
  if (!Number.isInteger(limit) || limit < 1) throw new Usage(`--limit is a number from 1 on, not "${typed}".`);
  return limit;
}

function valueFrom(given: Given, option: Option): unknown {
  if (option.value === undefined) return given.flag(option.name) ? true : undefined;
  const text = given.text(option.name);
  if (option.as === 'pairs') return pairs(option.name, given.texts(option.name));
  if (option.as === 'list') return given.texts(option.name);
  if (option.as !== 'integer' || text === undefined) return text;
  if (!/^-?\d{1,15}$/.test(text)) throw new Usage(integerWords(option, text));
  return Number(text);
}

function integerWords({ name }: Option, text: string): string {
  const minor = name.includes('amount') ? ' It counts minor units: 20.00 is 2000.' : '';
  return `--${name} is a whole number, not "${text}".${minor}`;
}

function pairs(name: string, texts: readonly string[] | undefined): Json | undefined {
  if (texts === undefined) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Usage(`--${name} is NAME=VALUE, not "${text}".`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function put(into: Json, [first, ...rest]: readonly string[], value: unknown): void {
  if (first === undefined) return;
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const below = into[first];
  const next: Json = typeof below === 'object' && below !== null ? (below as Json) : {};
  into[first] = next;
  put(next, rest, value);
}

async function dataOf(typed: string | undefined): Promise<Json> {
  if (typed === undefined) return {};
  const text = typed === '@-' ? await wholeText(process.stdin) : typed.startsWith('@') ? fileText(typed) : typed;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch (error) {
    throw new Usage(`--data is no JSON: ${(error as Error).message}`);
  }
  throw new Usage('--data is a JSON object: {"…": "…"}.');
}

function fileText(typed: string): string {
  try {
    return readFileSync(typed.slice(1), 'utf8');
  } catch (error) {
    throw new Usage(`--data: ${typed.slice(1)} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
