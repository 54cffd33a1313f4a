/** docs/commands.md: every command of `tender` with its examples, verbs and options, from what the commands declare. */
import { type Command, examplesOf, type Option, optionsOf, type Verb } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { exampleLines, optionHelp, optionText, usageOf } from '../../src/cli/help.ts';
import { FINDS_THE_SERVER, SERVER_OPTIONS } from '../../src/cli/options.ts';

export function commandsPage(): string {
  const rows = commands.map(({ name, summary }) => `| [\`tender ${name}\`](#tender-${name}) | ${cell(summary)} |`);
  return `# Commands

Made by \`npm run generate\` from \`src/cli/commands/\`; do not edit.

In a checkout, \`tender\` stands for \`npm run tender --\`. Every command has \`--help\`, with examples first, and most have \`--json\`. Data goes
to standard output and words to standard error. The exit code is 0 when it was done, 1 when it failed, 2 when the words were wrong.
\`NO_COLOR=1\` turns colours off. \`tender completion bash\` teaches your shell all of this.

Commands that speak to a server take it from \`--url\` and \`--key\`, else from \`TENDER_URL\` and \`TENDER_SECRET_KEY\`, else they find the
\`tender dev\` that runs in this folder. Amounts are in minor units: 2000 is 20.00.

| | |
|---|---|
${rows.join('\n')}

${commands.map(section).join('\n')}`;
}

function section(command: Command): string {
  const verbs = command.verbs ?? [];
  // Told once on top: two dozen tables of the same three rows would hide what is special.
  const own = (command.options ?? []).filter((option) => !SERVER_OPTIONS.includes(option));
  const speaks = own.length < (command.options ?? []).length && (command.options ?? []).includes(SERVER_OPTIONS[0]!);
  const about = command.about?.replace(FINDS_THE_SERVER, '').trim() ?? '';
  const parts = [
    `## tender ${command.name}`,
    `${upper(command.summary)}.`,
    `\`\`\`text\n${exampleLines(command.examples)}\n\`\`\``,
    ...(about === '' ? [] : [about]),
    ...verbs.map((verb) => verbPart(command, verb)),
    ...optionTable(verbs.length === 0 ? 'Options' : 'Options of all of them', speaks ? own : (command.options ?? [])),
    ...(speaks ? ['Speaks to a server: `--url`, `--key`, `--json`.'] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function verbPart(command: Command, verb: Verb): string {
  const own = verb.examples === undefined ? [] : [`\`\`\`text\n${exampleLines(examplesOf(command, verb))}\n\`\`\``];
  return [
    `### tender ${command.name} ${verb.name}`,
    `${upper(verb.summary)}. \`${usageOf(command, verb)}\``,
    ...own,
    ...(verb.about === undefined ? [] : [verb.about]),
    ...optionTable('Options', optionsOf({ ...command, options: [] }, verb)),
  ].join('\n\n');
}

function optionTable(title: string, options: readonly Option[]): string[] {
  if (options.length === 0) return [];
  const rows = options.map((option) => `| \`${optionText(option)}\` | ${cell(optionHelp(option))} |`);
  return [`| ${title} | |\n|---|---|\n${rows.join('\n')}`];
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function upper(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}
