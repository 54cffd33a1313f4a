/** `tender sandbox`, declared. */
import type { Command } from '../command.ts';

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'the sandbox processor alone',
  examples: [{ line: 'tender sandbox start --port 4601 --latency 0' }],
  about: 'The pretend bank behind test mode, as a process of its own.',
  readsItself: true,
  async run({ argv }) {
    const [verb, ...rest] = argv;
    if (verb !== 'start') throw new (await import('../usage.ts')).Usage('tender sandbox start [options]');
    const { runSandboxProcess } = await import('../sandbox.ts');
    return runSandboxProcess(rest);
  },
};
