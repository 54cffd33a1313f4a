/** The account of `tender dev`: made once, its keys kept in the data folder, the same after every restart. */
import { existsSync, readFileSync } from 'node:fs';
import type { App } from '../app/context.ts';
import { allTenants, createAccount, createApiKey, Identities } from '../app/tenants.ts';

export async function demoAccount(
  app: App,
  file: string,
): Promise<{ account: string; keys: { secret: string; public: string } }> {
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { account_id?: string; secret_key?: string; public_key?: string })
    : {};
  if (kept.account_id !== undefined && kept.secret_key !== undefined && kept.public_key !== undefined) {
    const identity = await new Identities(app).identify(kept.secret_key);
    if (identity !== undefined)
      return { account: kept.account_id, keys: { secret: kept.secret_key, public: kept.public_key } };
  }
  const tenants = await allTenants(app.database);
  const tenant = tenants.find((one) => one.accountName === 'Demo' && one.mode === 'test');
  const account = tenant?.accountId ?? (await createAccount(app, 'Demo')).accountId;
  const test = { id: tenant?.id ?? (await testTenantOf(app, account)), mode: 'test' } as const;
  const [secret, open] = [await createApiKey(app, test, 'secret'), await createApiKey(app, test, 'public')];
  return { account, keys: { secret: secret.key, public: open.key } };
}

async function testTenantOf(app: App, accountId: string): Promise<string> {
  const tenants = await allTenants(app.database);
  const found = tenants.find((one) => one.accountId === accountId && one.mode === 'test');
  if (found === undefined) throw new Error(`The account ${accountId} has no test tenant.`);
  return found.id;
}
