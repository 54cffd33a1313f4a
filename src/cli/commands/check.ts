/** `tender check`, declared. */
import type { Command } from '../command.ts';
import { FINDS_THE_DATABASE, JSON_OPTION } from '../options.ts';

export const check: Command = {
  name: 'check',
  summary: 'prove on the living database that no money and no event went astray',
  examples: [
    { line: 'tender check', does: 'every invariant, one after another' },
    { line: 'tender check --json', does: 'one line of JSON' },
    { line: 'tender check --only one-success-per-session', does: 'one of them' },
  ],
  about: `Reads and changes nothing; safe in production at any time. Ends with 0 when everything holds and with 1 when something does not.
${FINDS_THE_DATABASE} What each invariant says: docs/operations/check.md.`,
  options: [{ name: 'only', value: 'NAME', help: 'only this invariant', repeats: true }, JSON_OPTION],
  run: async (given) => (await import('../check.ts')).runCheck(given),
};
