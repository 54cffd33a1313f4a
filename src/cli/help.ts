/** The words of `--help`, made from what commands declare: examples first, then what it is, verbs, and options. */
import { type Command, type Example, examplesOf, type Option, optionsOf, type Verb, type Word } from './command.ts';

const START: readonly Example[] = [
  { line: 'npm start', does: 'everything, on this machine' },
  { line: 'tender sessions create --amount 2000 --currency ZAR', does: 'a payment and its page' },
  { line: 'tender keys list', does: 'the keys of the running server' },
];

/** What `tender --help` prints. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }): Row => [name, summary]);
  return `Examples:\n${exampleLines(START)}\n\nCommands (tender <command> --help tells more):\n${table(rows)}\n
In a checkout without an installed \`tender\`: npm run tender -- <command>. Data goes to standard output, words to standard error.
Ends with 0 when done, 1 when it failed, 2 when the words were wrong. NO_COLOR=1 turns colours off.\n`;
}

/** What `tender <command> --help` and `tender <command> <verb> --help` print. */
export function helpOf(command: Command, verb?: Verb): string {
  const verbs = verb === undefined ? (command.verbs ?? []) : [];
  const options = optionsOf(command, verb);
  const about =
    verb === undefined ? command.about : (verb.about ?? `${sentence(verb.summary)}\n\n${command.about ?? ''}`);
  const parts = [
    `Examples:\n${exampleLines(examplesOf(command, verb))}`,
    ...(about === undefined ? [] : [about.trim()]),
    ...(verb === undefined || verb.words === undefined ? [] : [`Usage: ${usageOf(command, verb)}`]),
    ...(verbs.length === 0 ? [] : [`Verbs:\n${table(verbs.map((one) => [calledOf(one), one.summary]))}`]),
    ...(options.length === 0 ? [] : [`Options:\n${table(options.map(optionRow))}`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** `tender sessions get ID [options]`. */
export function usageOf(command: Command, verb?: Verb): string {
  const words = (verb?.words ?? command.words ?? []).map(wordText);
  const options = optionsOf(command, verb).length > 0 ? ['[options]'] : [];
  return ['tender', command.name, ...(verb === undefined ? [] : [verb.name]), ...words, ...options].join(' ');
}

/** What follows a mistake on standard error. */
export function nearestExample(command: Command, verb?: Verb): string {
  const name = verb === undefined ? command.name : `${command.name} ${verb.name}`;
  return `For example:\n${exampleLines(examplesOf(command, verb).slice(0, 3))}\n\ntender ${name} --help tells more.\n`;
}

export function exampleLines(examples: readonly Example[]): string {
  return table(examples.map(({ line, does }) => [line, does ?? '']));
}

export function optionText({ name, short, value }: Option): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

/** What it is for, with the values there are. */
export function optionHelp({ help, choices = [], repeats }: Option): string {
  const told = choices.every((choice) => help.includes(choice));
  return `${help}${told ? '' : `: ${choices.join(', ')}`}${repeats ? '; may be given several times' : ''}`;
}

type Row = readonly [left: string, right: string];

function optionRow(option: Option): Row {
  return [optionText(option), optionHelp(option)];
}

function calledOf(verb: Verb): string {
  return [verb.name, ...(verb.words ?? []).map(wordText)].join(' ');
}

function wordText({ name, optional, rest }: Word): string {
  const text = `${name}${rest ? '…' : ''}`;
  return optional ? `[${text}]` : text;
}

/** One long line does not push the words of all others to the right. */
const WIDEST = 52;

function table(rows: readonly Row[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length).filter((length) => length <= WIDEST));
  return rows.map(([left, right]) => `  ${right === '' ? left : `${left.padEnd(width)}  ${right}`}`).join('\n');
}

function sentence(summary: string): string {
  return `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;
}
