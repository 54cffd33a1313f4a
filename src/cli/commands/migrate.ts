/** `tender migrate`, declared. */
import type { Command } from '../command.ts';

export const migrate: Command = {
  name: 'migrate',
  summary: 'bring DATABASE_URL to the schema of this version',
  examples: [{ line: 'DATABASE_URL=postgres://… tender migrate' }],
  about: 'Runs what is missing, one migration a transaction, forward only. Safe to run twice and by several at once.',
  run: async () => (await import('../migrate.ts')).runMigrate(),
};
