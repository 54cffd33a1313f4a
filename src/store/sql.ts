/**
 * The `sql` tag: a statement is a template and its values, and gets a name from its text, so that PostgreSQL plans it once
 * per connection. Texts are built once per template, never per call: a hot path only collects values.
 */
import { createHash } from 'node:crypto';

export interface Sql {
  readonly template: Template;
  readonly values: readonly unknown[];
}

/** The constant part of a statement; `id` is its place in the list of all templates of this process. */
export interface Template {
  readonly id: number;
  readonly parts: readonly string[];
}

export interface Compiled {
  readonly name: string;
  readonly text: string;
}

const templates = new WeakMap<TemplateStringsArray, Template>();
const compiled = new Map<number, Compiled>();
let nextId = 0;

/** Builds a statement; every `${value}` becomes a parameter, never text. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  let template = templates.get(strings);
  if (template === undefined) {
    template = { id: nextId++, parts: strings };
    templates.set(strings, template);
  }
  return { template, values };
}

/** A template made of pieces chosen at run time (filters of a list). `key` must name the choice completely. */
const dynamicTemplates = new Map<string, Template>();
export function sqlOf(key: string, pieces: readonly Sql[]): Sql {
  let template = dynamicTemplates.get(key);
  if (template === undefined) {
    template = { id: nextId++, parts: joinParts(pieces.map((piece) => piece.template.parts)) };
    dynamicTemplates.set(key, template);
  }
  return { template, values: pieces.flatMap((piece) => piece.values) };
}

/** The statement's text with numbered parameters, and its name. */
export function compile(statement: Sql): Compiled {
  let result = compiled.get(statement.template.id);
  if (result === undefined) {
    result = named(numbered(statement.template.parts, 0));
    compiled.set(statement.template.id, result);
  }
  return result;
}

/** Text of a template whose first parameter has number `offset + 1`. */
export function numbered(parts: readonly string[], offset: number): string {
  return parts.reduce((text, part, i) => (i === 0 ? part : `${text}$${offset + i}${part}`), '');
}

/** A prepared-statement name: the first 63 bytes count, so a digest. */
export function named(text: string): Compiled {
  return { name: `t_${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`, text };
}

function joinParts(lists: readonly (readonly string[])[]): string[] {
  const joined: string[] = [''];
  for (const parts of lists) {
    joined[joined.length - 1] += ` ${parts[0]}`;
    joined.push(...parts.slice(1));
  }
  return joined;
}
