/** `tender faults`, declared. */
import type { Command } from '../command.ts';
import { JSON_OPTION, SANDBOX_OPTIONS } from '../options.ts';

export const faults: Command = {
  name: 'faults',
  summary: 'make the sandbox misbehave: lost answers, slow banks, wrong amounts',
  examples: [
    { line: 'tender faults add answer_lost', does: 'the next call is done and its answer is lost' },
    { line: 'tender faults add slow --param ms=12000 --match operation=charge --times 3' },
    { line: 'tender faults add decline --param code=51 --match amount.min=100000' },
    { line: 'tender faults list' },
    { line: 'tender faults clear', does: 'all of them; with an id that one' },
    { line: 'tender faults profile soak --seed 1', does: 'a named set; calm takes all away' },
  ],
  about: `What the sandbox does wrong until it was done so often, or until it is taken away. Kinds and their parameters: docs/guides/testing.md.
Reaches the sandbox of the running \`tender dev\`, whose control key lies in the data folder.`,
  options: [...SANDBOX_OPTIONS, JSON_OPTION],
  verbs: [
    {
      name: 'add',
      summary: 'arm one',
      words: [{ name: 'KIND', what: 'a kind of fault, such as answer_lost' }],
      options: [
        { name: 'param', value: 'NAME=VALUE', repeats: true, help: 'of this kind: ms=12000' },
        { name: 'match', value: 'NAME=VALUE', repeats: true, help: 'only for calls that fit: last4=4242' },
        { name: 'times', value: 'N', help: 'how often; default 1' },
        { name: 'after', value: 'N', help: 'not for the first N that fit' },
        { name: 'probability', value: 'P', help: 'from 0 to 1; default 1' },
        { name: 'seed', value: 'SEED', help: 'of the chance' },
        { name: 'label', value: 'TEXT', help: 'to know it by' },
      ],
    },
    { name: 'list', summary: 'what is armed, and how often it fired' },
    {
      name: 'clear',
      summary: 'take one away, or all',
      words: [{ name: 'ID', what: 'the id of a fault', optional: true }],
    },
    {
      name: 'profile',
      summary: 'arm a named set: soak, b1 to b8, or calm for none',
      words: [{ name: 'NAME', what: 'the name of a profile: soak, b1 to b8, or calm' }],
      options: [{ name: 'seed', value: 'SEED', help: 'of the chance: the same faults for the same request keys' }],
    },
  ],
  run: async (given) => (await import('../faults.ts')).runFaults(given),
};
