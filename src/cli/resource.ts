/**
 * Commands that are one call each: a verb names the method of the SDK and the columns of its list, and its options say where in the
 * request they go. What is the same for all of them (reading, asking, printing, errors) is in `asking.ts`.
 */
import type { CallOptions, Tender } from '../../sdk/src/tender.ts';
import type { Command, Described, Option, Verb, Word } from './command.ts';
import type { Given } from './given.ts';
import { FINDS_THE_SERVER, SERVER_OPTIONS } from './options.ts';

/** The request as the command line says it. */
export interface Asked {
  /** The first word; empty where the verb takes none. */
  id: string;
  /** Built of options; whether it is whole and right is for the server to say. So it fits the parameters of every method. */
  body: never;
  query: never;
  call: CallOptions;
}

export interface ResourceVerb extends Verb {
  /** One object, or a list, which is read as far as it is wanted. */
  ask(tender: Tender, asked: Asked, given: Given): unknown;
  /** Fields of each row, where it answers many. */
  columns?: readonly string[];
  /** Shows the address in this field as a QR code on a terminal, and opens it on request. */
  page?: string;
  /** What is said on standard error afterwards. */
  remark?: string;
}

export const DATA_OPTION: Option = {
  name: 'data',
  value: 'JSON',
  help: 'the whole body, or @FILE, or @- for standard input; other options are put into it',
};

/** For what may be done once only: the same key again answers what was answered then. */
export const KEY_OPTION: Option = {
  name: 'idempotency-key',
  value: 'KEY',
  help: 'yours, so that repeating the command does it once; default a new one',
};

export const LIST_OPTIONS: readonly Option[] = [
  { name: 'limit', value: 'N', help: 'at most so many; default 20', as: 'integer' },
  { name: 'all', help: 'every one, over as many pages as it takes' },
];

export const CREATED_OPTIONS: readonly Option[] = [
  { name: 'created-after', value: 'TIME', help: 'from this instant on (ISO 8601)', query: 'created_after' },
  { name: 'created-before', value: 'TIME', help: 'before this instant', query: 'created_before' },
];

/** `--customer ID`, sent as `customer_id`. */
export function filter(name: string, query: string, help: string, choices?: readonly string[]): Option {
  const value = choices === undefined ? (query.endsWith('_id') ? 'ID' : 'TEXT') : query.toUpperCase();
  return { name, value, help, query, ...(choices === undefined ? {} : { choices }) };
}

export function idOf(prefix: string, what: string): readonly Word[] {
  return [{ name: 'ID', what: `the id of ${what}, ${prefix}_…` }];
}

export function resource(parts: Described & { verbs: readonly ResourceVerb[] }): Command {
  return {
    ...parts,
    about: [parts.about, FINDS_THE_SERVER].filter((text) => text !== undefined).join('\n\n'),
    options: [...(parts.options ?? []), ...SERVER_OPTIONS],
    run: async (given) => (await import('./asking.ts')).runVerb(given, { command: parts.name, verbs: parts.verbs }),
  };
}
