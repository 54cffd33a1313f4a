/** `tender sandbox`, declared. */
import type { Command } from '../command.ts';
import { JSON_OPTION, SANDBOX_OPTIONS } from '../options.ts';

const ASKS = [...SANDBOX_OPTIONS, JSON_OPTION];

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'the sandbox processor: what it really charged, its cards, or start it alone',
  examples: [
    { line: 'tender sandbox book --last 10', does: 'what was really asked and charged' },
    {
      line: 'tender sandbox check',
      does: 'its own verdict: nothing charged twice, nothing given back that was not taken',
    },
    { line: 'tender sandbox cards declined', does: 'test cards with this word in what they do' },
    { line: 'tender sandbox start --port 4601 --latency 0' },
  ],
  about: `The pretend bank behind test mode. Its book is the witness: a line is on disk before the answer leaves. \`start\` runs it alone in the
foreground; the others ask that of the running \`tender dev\`.`,
  readsItself: true,
  verbs: [
    {
      name: 'book',
      summary: 'what was asked and charged, oldest first',
      options: [
        { name: 'last', value: 'N', help: 'only the last so many; default 20' },
        { name: 'reference', value: 'PAY', help: 'only those of this payment' },
        ...ASKS,
      ],
    },
    { name: 'check', summary: 'its own verdict on its book', options: ASKS },
    {
      name: 'cards',
      summary: 'the test cards and what each does',
      words: [{ name: 'WORD', what: 'a word of what they do', optional: true }],
      options: [JSON_OPTION],
    },
    { name: 'start', summary: 'run it alone, in the foreground; `tender sandbox start --help` has its own options' },
  ],
  async run({ argv }) {
    const [verb, ...rest] = argv;
    if (verb === 'start') return (await import('../sandbox.ts')).runSandboxProcess(rest);
    const { readWords } = await import('../given.ts');
    // `start` hands everything on as it is; the others are read like any command.
    const given = readWords({ ...sandbox, readsItself: false }, argv);
    return (await import('../sandbox-asked.ts')).runSandbox(given);
  },
};
