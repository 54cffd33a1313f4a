/**
 * What a command says of itself. Help, reading of the command line, suggestions on a typo, completion and docs/commands.md are all made
 * from this, so a new command is one file in `commands/` and one line in `commands.ts`.
 */
import type { Given } from './given.ts';

export interface Option {
  /** Without the dashes. One name means one thing in all verbs of a command. */
  name: string;
  short?: string;
  /** What stands for its value in help; absent where it takes none. */
  value?: string;
  help: string;
  /** The only values there are. */
  choices?: readonly string[];
  /** May be given several times. */
  repeats?: boolean;
  /** Where its value goes in the body of the request, with dots between the names: `options.customer.name`. */
  body?: string;
  /** The parameter of the address that its value becomes. */
  query?: string;
  /** What its value is, where it is not text. Pairs are `NAME=VALUE` each. */
  as?: 'integer' | 'pairs' | 'list';
}

/** A word after the command's name that is no option. */
export interface Word {
  /** As help shows it: `ID`. */
  name: string;
  /** With its article, for "… needs …". */
  what: string;
  optional?: boolean;
  /** As many as are given. */
  rest?: boolean;
}

export interface Example {
  line: string;
  /** What it does, where the line does not say. */
  does?: string;
}

/** What is shared by a command and the verbs of a command. */
export interface Described {
  name: string;
  summary: string;
  examples: readonly Example[];
  /** Paragraphs after the examples: what it does, where it finds what it needs. */
  about?: string;
  options?: readonly Option[];
  words?: readonly Word[];
}

export interface Verb extends Partial<Described> {
  name: string;
  summary: string;
}

export interface Command extends Described {
  verbs?: readonly Verb[];
  /** Reads its command line by itself; what is declared here is for help alone. */
  readsItself?: boolean;
  /** Answers the exit code: 0 done, 1 failed, 2 wrong words. Loads its code only here, so that help is quick. */
  run(given: Given, all: readonly Command[]): Promise<number>;
}

/** The options that may stand beside this verb, or beside the command without a verb. */
export function optionsOf(command: Command, verb?: Verb): readonly Option[] {
  return [...(verb?.options ?? []), ...(command.options ?? [])];
}

/** Examples of one verb: its own, else those of the command that begin with it. */
export function examplesOf(command: Command, verb?: Verb): readonly Example[] {
  if (verb === undefined) return command.examples;
  const start = `tender ${command.name} ${verb.name}`;
  const own = verb.examples ?? command.examples.filter(({ line }) => line === start || line.startsWith(`${start} `));
  return own.length > 0 ? own : command.examples;
}
