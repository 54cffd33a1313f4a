/** `tender seed`, declared. */
import type { Command } from '../command.ts';
import { FINDS_THE_SERVER, SANDBOX_OPTIONS, SERVER_OPTIONS } from '../options.ts';

export const seed: Command = {
  name: 'seed',
  summary: 'fill a test account with a believable history',
  examples: [
    { line: 'tender seed --payments 200' },
    { line: 'tender seed --payments 50 --seed 7', does: 'the same choices again' },
    { line: 'tender seed --payments 50 --days 0', does: 'all of it today: the test clock stays' },
  ],
  about: `Customers of several countries whose payments are paid, declined, refunded, reserved, asked about by a bank or left alone, with saved cards,
mandates, and subscriptions that charge while the test clock moves on between rounds. Everything goes through the API and the payment
page. ${FINDS_THE_SERVER}`,
  options: [
    { name: 'payments', value: 'N', help: 'how many payers come; default 200' },
    { name: 'days', value: 'N', help: 'over how many days; the test clock moves so far; default 90' },
    { name: 'seed', value: 'SEED', help: 'the same choices again' },
    ...SANDBOX_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  run: async (given) => (await import('../seed.ts')).runSeed(given),
};
