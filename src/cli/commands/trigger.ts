/** `tender trigger`, declared. */
import type { Command } from '../command.ts';
import { FINDS_THE_SERVER, SANDBOX_OPTIONS, SERVER_OPTIONS } from '../options.ts';

export const trigger: Command = {
  name: 'trigger',
  summary: 'make something happen: a payment, a decline, a refund, a lost answer',
  examples: [
    { line: 'tender trigger', does: 'every scenario there is' },
    { line: 'tender trigger paid' },
    { line: 'tender trigger refund.updated', does: 'the shortest scenario that brings about this event' },
    { line: 'tender trigger challenge-paid --amount 9900 --currency EUR --json' },
    { line: 'tender trigger storm --payments 500 --profile soak --seed 1' },
  ],
  about: `Creates real objects through the API, plays the payer on the forms of the checkout page and at the pages of the sandbox, waits for the
end and prints ids, events and rows of the bank's book. Ends with 0 only if the named end was reached and both books agree. Scenarios
marked with ⏱ move the test clock of the account forward, and say so. ${FINDS_THE_SERVER}`,
  words: [{ name: 'SCENARIO', what: 'a scenario or a type of event', optional: true }],
  options: [
    { name: 'list', help: 'every scenario there is' },
    { name: 'amount', value: 'MINOR', help: 'in minor units; default 20000' },
    { name: 'currency', value: 'CODE', help: 'ISO 4217; default ZAR' },
    { name: 'open', help: 'show each payment page in your browser' },
    { name: 'payments', value: 'N', help: 'how many (storm); default 500' },
    { name: 'profile', value: 'NAME', help: 'which faults (storm); default soak' },
    { name: 'seed', value: 'SEED', help: 'of the chance by which faults meet requests (storm)' },
    ...SANDBOX_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  run: async (given) => (await import('../trigger.ts')).runTrigger(given),
};
