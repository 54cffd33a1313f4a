/** `tender dev`, declared. */
import type { Command } from '../command.ts';

export const dev: Command = {
  name: 'dev',
  summary: 'everything on this machine: API, checkout, worker, sandbox, database',
  examples: [
    { line: 'npm start', does: 'start, and print the keys' },
    { line: 'npm start --silent -- --json', does: 'print one line of JSON when ready' },
    { line: 'TENDER_PORT=5000 npm start', does: 'on another port' },
  ],
  about: `Starts API and checkout (port 4600), worker, sandbox processor (port 4601) and, without DATABASE_URL, an embedded
PostgreSQL. Data and keys stay in .tender (TENDER_DATA_DIR). Ctrl-C stops everything; a killed one recovers at the next start.`,
  options: [{ name: 'json', help: 'print exactly one line of JSON on standard output when ready' }],
  run: async (given) => (await import('../dev.ts')).runDev(given),
};
