/** `tender keys`, declared. */
import type { Command } from '../command.ts';
import { ACCOUNT_OPTIONS, FINDS_THE_DATABASE } from '../options.ts';

export const keys: Command = {
  name: 'keys',
  summary: 'create, list and revoke API keys',
  examples: [
    { line: 'tender keys create --account acc_… --mode test --type secret' },
    { line: 'tender keys list --account acc_… --mode test' },
    { line: 'tender keys revoke key_… --account acc_… --mode test' },
  ],
  about: `${FINDS_THE_DATABASE} A new key is shown once.`,
  options: ACCOUNT_OPTIONS,
  verbs: [
    {
      name: 'create',
      summary: 'make a key, and print it',
      options: [
        { name: 'type', value: 'TYPE', help: 'secret or public; default secret', choices: ['secret', 'public'] },
      ],
    },
    { name: 'list', summary: 'every key, without its secret part, and when it was last used' },
    {
      name: 'revoke',
      summary: 'stop a key; it works no longer within a second',
      words: [{ name: 'KEY-ID', what: 'the id of a key: `tender keys list` shows them' }],
    },
  ],
  run: async (given) => (await import('../keys.ts')).runKeys(given),
};
