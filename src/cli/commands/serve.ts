/** `tender serve` and `tender worker`, the two kinds of process of a production installation, declared. */
import type { Command } from '../command.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'API and checkout on DATABASE_URL',
  examples: [{ line: 'DATABASE_URL=postgres://… TENDER_MASTER_KEY_FILE=/etc/tender/key tender serve' }],
  about: `Serves API and checkout pages. Run any number of them on one database, and \`tender worker\` beside them. Settings:
docs/configuration.md.`,
  run: async () => (await import('../serve.ts')).runServe(),
};

export const worker: Command = {
  name: 'worker',
  summary: 'everything that happens later, on DATABASE_URL',
  examples: [{ line: 'DATABASE_URL=postgres://… TENDER_MASTER_KEY_FILE=/etc/tender/key tender worker' }],
  about:
    'Asks processors about open attempts, ends sessions, numbers and delivers events. Any number may run on one database.',
  run: async () => (await import('../serve.ts')).runWorker(),
};
