/** What was typed after a command's name, held against what the command declares. Throws {@link Usage} with words that name the mistake. */
import { parseArgs } from 'node:util';
import { type Command, type Option, optionsOf, type Verb, type Word } from './command.ts';
import { oneOf, suggestion } from './near-word.ts';
import { Usage } from './usage.ts';

type Value = string | true | readonly string[];

/** A command line that has been read. */
export class Given {
  /** As typed, without the command's name. */
  readonly argv: readonly string[];
  readonly verb: Verb | undefined;
  /** What is neither verb nor option. */
  readonly words: readonly string[];
  readonly #values: ReadonlyMap<string, Value>;

  constructor(parts: { argv: readonly string[]; verb?: Verb; words?: readonly string[]; values?: Map<string, Value> }) {
    this.argv = parts.argv;
    this.verb = parts.verb;
    this.words = parts.words ?? [];
    this.#values = parts.values ?? new Map();
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Of an option that may be given several times; undefined when it was not given. */
  texts(name: string): readonly string[] | undefined {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#values.has(name);
  }
}

export function readWords(command: Command, argv: readonly string[]): Given {
  if (command.readsItself) return new Given({ argv });
  const verbs = command.verbs ?? [];
  const known = [...(command.options ?? []), ...verbs.flatMap((verb) => verb.options ?? [])];
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    options: Object.fromEntries(known.map((option) => [option.name, typeOf(option)])),
  });
  const positionals = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const verb = command.verbs === undefined ? undefined : verbNamed(command, positionals.shift());
  const options = optionsOf(command, verb);
  const values = new Map<string, Value>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = options.find(({ name }) => name === token.name);
    if (option === undefined) throw new Usage(unknownOption(token.rawName, { command, verb, options }));
    const value = givenValue(option, token);
    const before = values.get(option.name);
    values.set(option.name, option.repeats ? [...(Array.isArray(before) ? before : []), value as string] : value);
  }
  checkWords(positionals, { called: calledOf(command, verb), words: verb?.words ?? command.words ?? [] });
  return new Given({ argv, words: positionals, values, ...(verb === undefined ? {} : { verb }) });
}

function typeOf({ value, short }: Option): { type: 'string' | 'boolean'; short?: string; multiple: boolean } {
  return {
    type: value === undefined ? 'boolean' : 'string',
    multiple: true,
    ...(short === undefined ? {} : { short }),
  };
}

function verbNamed(command: Command, typed: string | undefined): Verb {
  const names = (command.verbs ?? []).map(({ name }) => name);
  if (typed === undefined) throw new Usage(`tender ${command.name} ${oneOf(names)}: which one?`);
  const verb = command.verbs?.find(({ name }) => name === typed);
  if (verb !== undefined) return verb;
  const meant = suggestion(typed, names);
  throw new Usage(`There is no tender ${command.name} "${typed}".${meant || ` There is ${oneOf(names)}.`}`);
}

function unknownOption(
  typed: string,
  { command, verb, options }: { command: Command; verb: Verb | undefined; options: readonly Option[] },
): string {
  const meant = suggestion(
    typed,
    options.map(({ name }) => `--${name}`),
  );
  return `${calledOf(command, verb)} has no option '${typed}'.${meant}`;
}

function givenValue(
  option: Option,
  token: { value?: string | undefined; inlineValue?: boolean | undefined },
): string | true {
  const name = `--${option.name}`;
  if (option.value === undefined) {
    if (token.value !== undefined) throw new Usage(`${name} takes no value.`);
    return true;
  }
  const { value } = token;
  // What looks like the next option is one that was meant to be, unless it was tied on with "=".
  if (value === undefined || (!token.inlineValue && value.startsWith('--')))
    throw new Usage(`${name} needs a value: ${name} ${option.value}.`);
  if (option.choices !== undefined && !option.choices.includes(value))
    throw new Usage(`${name} is ${oneOf(option.choices)}, not "${value}".${suggestion(value, option.choices)}`);
  return value;
}

function checkWords(typed: readonly string[], { called, words }: { called: string; words: readonly Word[] }): void {
  const missing = words.find((word, at) => word.optional !== true && (typed[at]?.trim() ?? '') === '');
  if (missing !== undefined) throw new Usage(`${called} needs ${missing.what}.`);
  const extra = typed[words.length];
  if (extra !== undefined && words.at(-1)?.rest !== true)
    throw new Usage(`${called} does not know what "${extra}" is for. A name with spaces stands in quotes.`);
}

function calledOf(command: Command, verb: Verb | undefined): string {
  return `tender ${command.name}${verb === undefined ? '' : ` ${verb.name}`}`;
}
