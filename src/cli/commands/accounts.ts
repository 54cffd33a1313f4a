/** `tender accounts`, declared. */
import type { Command } from '../command.ts';
import { FINDS_THE_DATABASE, JSON_OPTION } from '../options.ts';

export const accounts: Command = {
  name: 'accounts',
  summary: 'create and list merchant accounts',
  examples: [
    { line: 'tender accounts create "Blue Door Books" --json' },
    { line: 'tender accounts create "Blue Door Books" --time-zone Africa/Johannesburg' },
    { line: 'tender accounts list' },
  ],
  about: `A new account has a test and a live tenant. ${FINDS_THE_DATABASE}`,
  options: [JSON_OPTION],
  verbs: [
    {
      name: 'create',
      summary: 'make an account, and print its id',
      words: [{ name: 'NAME', what: 'a name' }],
      options: [{ name: 'time-zone', value: 'NAME', help: 'of its mandates that name none; default UTC' }],
    },
    { name: 'list', summary: 'every account' },
  ],
  run: async (given) => (await import('../accounts.ts')).runAccounts(given),
};
