/** `tender clock`, declared. */
import type { Command } from '../command.ts';
import { FINDS_THE_SERVER, SERVER_OPTIONS } from '../options.ts';

export const clock: Command = {
  name: 'clock',
  summary: 'show the clock of a test account, and move it forward',
  examples: [
    { line: 'tender clock show' },
    { line: 'tender clock advance 3mo', does: 'calendar months; also 90s, 15m, 12h, 1d, 2w, 1y' },
    { line: 'tender clock set 2027-01-01T12:00:00Z', does: 'or a date alone: its midnight in UTC' },
  ],
  about: `Moves the clock of one account's test mode on a running server, and of its account at the sandbox, and does everything that falls
due on the way, in due order: sessions expire, subscriptions are charged, mandates end. Other accounts and live mode stay in real
time. A clock never goes back. ${FINDS_THE_SERVER}`,
  options: SERVER_OPTIONS,
  verbs: [
    { name: 'show', summary: 'where it stands, and what is due next' },
    {
      name: 'advance',
      summary: 'move it by a distance, or to an instant',
      words: [
        { name: 'HOW-FAR', what: 'to know how far: `tender clock advance 1d`, or `… to 2027-01-01`', rest: true },
      ],
    },
    {
      name: 'set',
      summary: 'move it to an instant',
      words: [{ name: 'INSTANT', what: 'an instant: `tender clock set 2027-01-01T12:00:00Z`' }],
    },
  ],
  run: async (given) => (await import('../clock.ts')).runClock(given),
};
