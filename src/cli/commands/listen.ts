/** `tender listen`, declared. */
import type { Command } from '../command.ts';
import { FINDS_THE_SERVER, SERVER_OPTIONS } from '../options.ts';

export const listen: Command = {
  name: 'listen',
  summary: 'show events as they happen, and forward them to your endpoint',
  examples: [
    { line: 'tender listen' },
    { line: 'tender listen --forward-to localhost:3000/webhooks', does: 'signed with the secret that is printed' },
    { line: 'tender listen --events payment.succeeded,refund.* --json' },
    { line: 'tender listen --since 0', does: 'from the first event on' },
  ],
  about: `Needs no webhook endpoint: events are asked for. Each is forwarded once, signed as a webhook is, with a secret that stays the same for this
data folder; what your endpoint answers stands at the end of the line. Ctrl-C ends it. ${FINDS_THE_SERVER}`,
  options: [
    { name: 'forward-to', value: 'URL', help: 'where each event is sent' },
    { name: 'secret', value: 'WHSEC', help: 'signs what is forwarded; default one that is kept in the data folder' },
    { name: 'events', value: 'TYPES', help: 'only these, with commas between; payment.* for all of an object' },
    { name: 'since', value: 'NUMBER', help: 'begin after this event; default: after the newest' },
    ...SERVER_OPTIONS,
  ],
  run: async (given) => (await import('../listen.ts')).runListen(given),
};
