/** `tender migrate`: brings the database and the vault to the schema of this version. */
import { ConfigProblem, readConfig } from '../config.ts';
import { checkDatabase, migrate } from '../store/migrate.ts';
import { migrateVault } from '../vault/migrate.ts';

export async function runMigrate(): Promise<number> {
  const config = readConfig(process.env);
  if (config.DATABASE_URL === undefined)
    throw new ConfigProblem('DATABASE_URL is not set: name the PostgreSQL to migrate.');
  const done = await migrate(config.DATABASE_URL, (line) => process.stderr.write(`${line}\n`));
  const inVault = await migrateVault(config.VAULT_DATABASE_URL ?? config.DATABASE_URL);
  await checkDatabase(config.DATABASE_URL);
  const count = done.length + inVault.length;
  process.stderr.write(count === 0 ? 'Nothing to do: the schema is this version’s.\n' : `Ran ${count} migrations.\n`);
  return 0;
}
