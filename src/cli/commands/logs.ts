/** `tender logs`, declared. */
import type { Command } from '../command.ts';
import { FINDS_THE_SERVER, SERVER_OPTIONS } from '../options.ts';

export const logs: Command = {
  name: 'logs',
  summary: 'follow what is asked of a running server, and how it is answered',
  examples: [
    { line: 'tender logs tail', does: 'the last ten requests, and each new one as it is answered' },
    { line: 'tender logs tail --errors', does: 'only those that were refused or failed' },
    { line: 'tender logs tail --path /collect/payments --method POST' },
    { line: 'tender logs tail --lines 100 --no-follow --json | jq .error_code' },
    { line: 'tender logs get req_…', does: 'one request with what was sent and answered, redacted' },
  ],
  about: `Shows the requests that were made with the keys of one account, as \`GET /collect/request_logs\` lists them. Ctrl-C ends it.
${FINDS_THE_SERVER}`,
  options: SERVER_OPTIONS,
  verbs: [
    {
      name: 'tail',
      summary: 'the last requests, and each new one; with --json a line for each',
      options: [
        { name: 'lines', short: 'n', value: 'N', help: 'how many to begin with, 0 to 100; default 10' },
        { name: 'no-follow', help: 'show those and end' },
        { name: 'errors', help: 'only answers with a status from 400 on' },
        { name: 'status', value: 'STATUS', help: 'only answers with this status or of this class: 404, 4xx' },
        { name: 'method', value: 'METHOD', help: 'only requests of this method' },
        { name: 'path', value: 'START', help: 'only addresses that begin with this' },
      ],
    },
    { name: 'get', summary: 'one request', words: [{ name: 'REQUEST-ID', what: 'the id of a request, req_…' }] },
  ],
  run: async (given) => (await import('../logs.ts')).runLogs(given),
};
