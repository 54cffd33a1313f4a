/** How a command reaches the database: by DATABASE_URL, else through the file that `tender dev` wrote. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { App, Tenant } from '../app/context.ts';
import { allTenants } from '../app/tenants.ts';
import { compose } from '../compose.ts';
import { readConfig } from '../config.ts';
import { realSystem } from '../system.ts';
import { createMasterKeyFile, loadMasterKey, type MasterKey } from '../vault/master-key.ts';
import { Usage } from './usage.ts';

/** Runs `work` on an open application and closes it. `opensVault: false` asks for no master key: sealed things stay shut. */
export async function withApp<T>(
  work: (app: App) => Promise<T>,
  { opensVault = true }: { opensVault?: boolean } = {},
): Promise<T> {
  const config = readConfig(process.env);
  const dataDir = resolve(config.TENDER_DATA_DIR);
  const file = join(dataDir, 'server.json');
  const running = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { database_url?: string }) : {};
  const databaseUrl = config.DATABASE_URL ?? running.database_url;
  if (databaseUrl === undefined) throw new Error('No database: set DATABASE_URL, or start `npm start` here first.');
  const system = realSystem('warn');
  const program = compose({
    system,
    databaseUrl,
    vaultUrl: config.VAULT_DATABASE_URL ?? databaseUrl,
    masterKey: opensVault ? masterKey() : loadMasterKey({ text: system.random(32).toString('base64') }),
    connections: 2,
    prepared: config.DB_PREPARED,
    checkoutUrl: config.TENDER_CHECKOUT_URL ?? config.TENDER_PUBLIC_URL ?? `http://localhost:${config.TENDER_PORT}`,
    allowLoopbackWebhooks: false,
  });
  try {
    return await work(program.app);
  } finally {
    await program.close();
  }

  function masterKey(): MasterKey {
    if (config.TENDER_MASTER_KEY !== undefined) return loadMasterKey({ text: config.TENDER_MASTER_KEY });
    return config.TENDER_MASTER_KEY_FILE !== undefined
      ? loadMasterKey({ file: config.TENDER_MASTER_KEY_FILE })
      : createMasterKeyFile(join(dataDir, 'master.key'), system.random);
  }
}

/** The tenant meant by `--account` and `--mode`; without an account there must be only one. */
export async function tenantOf(
  app: App,
  wanted: { account: string | undefined; mode: string | undefined },
): Promise<Tenant> {
  const mode = wanted.mode ?? 'test';
  if (mode !== 'test' && mode !== 'live') throw new Usage('--mode is test or live.');
  const tenants = (await allTenants(app.database)).filter((tenant) => tenant.mode === mode);
  const found =
    wanted.account === undefined ? tenants : tenants.filter((tenant) => tenant.accountId === wanted.account);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new Usage(`There is no account ${wanted.account ?? ''}.`);
  throw new Usage(`Name the account with --account: ${found.map((tenant) => tenant.accountId).join(', ')}.`);
}
