/**
 * `tender completion`: a script for a shell, written from what the commands declare. Everything it knows stands in it, so the tab key starts
 * nothing. Names, options and values of ours are letters and dashes; summaries are quoted, for they are prose.
 */
import { type Command, type Option, optionsOf } from './command.ts';
import type { Given } from './given.ts';

export async function runCompletion(given: Given, commands: readonly Command[]): Promise<number> {
  const shells: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish };
  process.stdout.write(shells[given.verb?.name ?? '']!(commands));
  return 0;
}

/** What may stand at one place: after a command, or after a verb. */
interface Place {
  command: string;
  verb?: string;
  verbs: readonly { name: string; summary: string }[];
  options: readonly Option[];
}

const HELP: Option = { name: 'help', short: 'h', help: 'examples, and what it takes' };

function placesOf(commands: readonly Command[]): Place[] {
  return commands.flatMap((command): Place[] => [
    { command: command.name, verbs: command.verbs ?? [], options: [...optionsOf(command), HELP] },
    ...(command.verbs ?? []).map((verb) => ({
      command: command.name,
      verb: verb.name,
      verbs: [],
      options: [...optionsOf(command, verb), HELP],
    })),
  ]);
}

function patternOf({ command, verb }: Place): string {
  return `${command}:${verb ?? ''}`;
}

function flagsOf({ options }: Place): string[] {
  return options.map(({ name }) => `--${name}`);
}

/** Values that are known, by the options that take them: `--status` of `sessions:list`. */
function choicesOf(places: readonly Place[]): { pattern: string; option: Option; choices: readonly string[] }[] {
  return places.flatMap((place) =>
    place.options.flatMap((option) =>
      option.choices === undefined ? [] : [{ pattern: patternOf(place), option, choices: option.choices }],
    ),
  );
}

function bash(commands: readonly Command[]): string {
  const places = placesOf(commands);
  const values = choicesOf(places).map(
    ({ pattern, option, choices }) => `    ${pattern}:--${option.name}) words='${choices.join(' ')}' ;;`,
  );
  const words = places.map(
    (place) =>
      `    ${patternOf(place)}) words='${[...place.verbs.map(({ name }) => name), ...flagsOf(place)].join(' ')}' ;;`,
  );
  const taking = [...new Set(places.flatMap((place) => place.options.filter(({ value }) => value !== undefined)))];
  const valued = [...new Set(taking.map(({ name }) => `--${name}`))].join('|');
  return `# bash completion for tender
_tender() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words='' verb=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} help' -- "$current"))
    return
  fi
  if [ "$COMP_CWORD" -gt 2 ]; then verb=\${COMP_WORDS[2]}; fi
  case "\${COMP_WORDS[1]}:$verb" in *:-*) verb='' ;; esac
  case "\${COMP_WORDS[1]}:$verb:$before" in
${values.join('\n')}
    *:${valued.replaceAll('|', '|*:')}) compopt -o default 2>/dev/null; return ;;
  esac
  if [ -z "$words" ]; then
    case "\${COMP_WORDS[1]}:$verb" in
${words.join('\n').replaceAll(/^ {4}/gm, '      ')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _tender tender
`;
}

function zsh(commands: readonly Command[]): string {
  const cases = placesOf(commands).map((place) => {
    const specs = place.options.map((option) => {
      const value =
        option.value === undefined
          ? ''
          : `:${option.value}:${option.choices ? `(${option.choices.join(' ')})` : '_files'}`;
      const several = option.repeats ? '*' : '';
      return `'${several}--${option.name}[${zshText(option.help)}]${value}'`;
    });
    const verbs = place.verbs.map(({ name, summary }) => `'${name}:${zshText(summary)}'`).join(' ');
    const first =
      verbs === ''
        ? ''
        : `        if [ -n "$first" ]; then local -a verbs; verbs=(${verbs}); _describe verb verbs; return; fi\n`;
    return `      ${patternOf(place)})\n${first}        _arguments -S ${specs.join(' ')} '*:word:_files' ;;`;
  });
  const names = commands.map(({ name, summary }) => `    '${name}:${zshText(summary)}'`).join('\n');
  return `#compdef tender
_tender() {
  local -a names
  names=(
${names}
  )
  if (( CURRENT == 2 )); then _describe command names; return; fi
  local verb=''
  local first='' place=''
  if (( CURRENT > 3 )) && [[ \${words[3]} != -* ]]; then verb=\${words[3]}; fi
  if (( CURRENT == 3 )) && [[ \${words[3]} != -* ]]; then first=yes; fi
  place="\${words[2]}:$verb"
  # What follows is read as if it were a command of its own.
  if [ -n "$verb" ]; then words=(tender "\${(@)words[4,-1]}"); (( CURRENT -= 2 ));
  else words=(tender "\${(@)words[3,-1]}"); (( CURRENT -= 1 )); fi
  case "$place" in
${cases.join('\n')}
  esac
}
if [ "\${funcstack[1]}" = _tender ]; then _tender "$@"; else compdef _tender tender; fi
`;
}

/** Brackets, colours and quotes mean something to zsh. */
function zshText(text: string): string {
  return text.replaceAll("'", '’').replaceAll(/[[\]:\\`$]/g, (mark) => (mark === '`' ? '' : `\\${mark}`));
}

const FISH_PLACES = `# The words after "tender", by their places: a verb of one command may be the name of another.
function __tender_at
  set -l words (commandline -opc)
  set -e words[1]
  for word in $argv
    test "$words[1]" = "$word"; or return 1
    set -e words[1]
  end
end
function __tender_next_is
  test (count (commandline -opc)) -eq $argv[1]
end`;

function fish(commands: readonly Command[]): string {
  const lines = commands.map(
    ({ name, summary }) => `complete -c tender -f -n '__tender_next_is 1' -a ${name} -d ${fishText(summary)}`,
  );
  for (const place of placesOf(commands)) {
    const at = `__tender_at ${place.command}${place.verb === undefined ? '' : ` ${place.verb}`}`;
    for (const { name, summary } of place.verbs)
      lines.push(`complete -c tender -f -n '${at}; and __tender_next_is 2' -a ${name} -d ${fishText(summary)}`);
    // The options of a command are those of each of its verbs too, and fish wants them once.
    const own =
      place.verb === undefined ? place.options : place.options.filter((option) => !sharedBy(option, place, commands));
    for (const option of own) lines.push(fishOption(option, at));
  }
  return `# fish completion for tender\n${FISH_PLACES}\n${lines.join('\n')}\n`;
}

function sharedBy(option: Option, place: Place, commands: readonly Command[]): boolean {
  return option === HELP || commands.find(({ name }) => name === place.command)!.options?.includes(option) === true;
}

function fishOption(option: Option, where: string): string {
  const short = option.short === undefined ? '' : ` -s ${option.short}`;
  const value = option.value === undefined ? '' : option.choices ? ` -x -a '${option.choices.join(' ')}'` : ' -r';
  return `complete -c tender -n '${where}' -l ${option.name}${short}${value} -d ${fishText(option.help)}`;
}

function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
