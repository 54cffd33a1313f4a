/** The `tender` command: finds the command, runs it, and turns what went wrong into words and an exit code. */
import type { Command, Verb } from './command.ts';
import { commands } from './commands.ts';
import { readWords } from './given.ts';
import { helpOf, nearestExample, overview } from './help.ts';
import { nearWord, suggestion } from './near-word.ts';
import { Usage } from './usage.ts';

// Who reads our output may have seen enough (`… | head -1`): that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === 'help' && rest.length > 0) return main([...rest, '--help']);
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(overview(commands));
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    const names = commands.map((one) => one.name);
    process.stderr.write(`There is no command "${name}".${suggestion(name, names)}\n\n${overview(commands)}`);
    return 2;
  }
  const verb = verbMeant(command, rest);
  // What stands behind "--" is for the command, whatever it looks like.
  const before = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (before.includes('--help') || before.includes('-h')) {
    process.stdout.write(helpOf(command, verb));
    return 0;
  }
  return await run(command, { verb, argv: rest });
}

/** For help and examples: also the verb that was probably meant. */
function verbMeant({ verbs = [] }: Command, rest: readonly string[]): Verb | undefined {
  const typed = rest.find((word) => !word.startsWith('-'));
  const names = verbs.map(({ name }) => name);
  const name = typed === undefined || names.includes(typed) ? typed : nearWord(typed, names);
  return verbs.find((one) => one.name === name);
}

async function run(command: Command, { verb, argv }: { verb: Verb | undefined; argv: string[] }): Promise<number> {
  try {
    return await command.run(readWords(command, argv), commands);
  } catch (error) {
    if (error instanceof Usage || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) {
      process.stderr.write(`${(error as Error).message}\n\n${nearestExample(command, verb)}`);
      return 2;
    }
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}
