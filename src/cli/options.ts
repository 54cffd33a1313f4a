/** Options that many commands share, so that they have one name and one meaning. */
import type { Option } from './command.ts';

export const JSON_OPTION: Option = { name: 'json', help: 'one line of JSON on standard output' };

/** For commands that speak to a running server. */
export const SERVER_OPTIONS: readonly Option[] = [
  { name: 'url', value: 'URL', help: 'the server; default TENDER_URL, else the running `tender dev`' },
  { name: 'key', value: 'KEY', help: 'a secret key; default TENDER_SECRET_KEY, else that of the running `tender dev`' },
  JSON_OPTION,
];

/** For commands that ask the sandbox processor what was really charged, or make it misbehave. */
export const SANDBOX_OPTIONS: readonly Option[] = [
  { name: 'sandbox', value: 'URL', help: 'the sandbox; default that of the running `tender dev`' },
  {
    name: 'control-key',
    value: 'KEY',
    help: 'its control key; default the file sandbox/control.key of the data folder',
  },
];

/** For commands that open the database. */
export const ACCOUNT_OPTIONS: readonly Option[] = [
  { name: 'account', value: 'ID', help: 'default: the only account' },
  { name: 'mode', value: 'MODE', help: 'test or live; default test', choices: ['test', 'live'] },
  JSON_OPTION,
];

export const FINDS_THE_SERVER =
  'Speaks to the server of TENDER_URL with TENDER_SECRET_KEY, else to the `tender dev` that runs here, as the account that it printed.';

export const FINDS_THE_DATABASE = 'Finds the database by DATABASE_URL, else by the running `tender dev`.';
