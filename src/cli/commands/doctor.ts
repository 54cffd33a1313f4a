/** `tender doctor`, declared. */
import type { Command } from '../command.ts';
import { FINDS_THE_SERVER, SANDBOX_OPTIONS, SERVER_OPTIONS } from '../options.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'find out what is wrong: server, database, sandbox, clocks, your endpoint',
  examples: [
    { line: 'tender doctor' },
    { line: 'tender doctor --endpoint http://localhost:3000/webhooks --secret whsec_…' },
    { line: 'tender doctor --json' },
  ],
  about: `With --endpoint your webhook endpoint is sent five requests: signed rightly, signed rightly in other spacing, signed wrongly, not signed at all,
and signed a quarter of an hour ago. It has to take the first two and refuse the others with a 4xx. Ends with 1 when something needs
you, and says what to do. ${FINDS_THE_SERVER}`,
  options: [
    { name: 'endpoint', value: 'URL', help: 'your webhook endpoint' },
    { name: 'secret', value: 'WHSEC', help: 'its secret; default that of `tender listen`' },
    ...SANDBOX_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  run: async (given) => (await import('../doctor.ts')).runDoctor(given),
};
