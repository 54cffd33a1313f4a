/** `tender completion`, declared. */
import type { Command } from '../command.ts';

export const completion: Command = {
  name: 'completion',
  summary: 'the rest of a word by the tab key, in bash, zsh or fish',
  examples: [
    { line: 'source <(tender completion bash)', does: 'in this shell; put the line into ~/.bashrc to keep it' },
    { line: 'tender completion zsh > "$' + '{fpath[1]}/_tender"' },
    { line: 'tender completion fish > ~/.config/fish/completions/tender.fish' },
  ],
  about:
    'Prints a script that knows every command, verb, option and fixed value of this version. It starts no process at the tab key.',
  verbs: [
    { name: 'bash', summary: 'for bash 4 and later' },
    { name: 'zsh', summary: 'for zsh' },
    { name: 'fish', summary: 'for fish' },
  ],
  run: async (given, all) => (await import('../completion.ts')).runCompletion(given, all),
};
