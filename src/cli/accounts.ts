/** `tender accounts`: create and list merchant accounts. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bindSandbox } from '../app/sandbox-binding.ts';
import { allTenants, createAccount } from '../app/tenants.ts';
import { readConfig } from '../config.ts';
import { canonicalTimeZone } from '../lib/calendar.ts';
import type { Given } from './given.ts';
import { withApp } from './local.ts';
import { Usage } from './usage.ts';

export async function runAccounts(given: Given): Promise<number> {
  const verb = given.verb?.name;
  const [name] = given.words;
  const json = given.flag('json');
  const named = given.text('time-zone');
  const timeZone = named === undefined ? undefined : canonicalTimeZone(named);
  if (named !== undefined && timeZone === undefined)
    throw new Usage(`--time-zone is an IANA name such as Africa/Johannesburg, not "${named}".`);
  return withApp(async (app) => {
    if (verb === 'create') {
      const made = await createAccount(app, name!, timeZone === undefined ? {} : { timeZone });
      const bound = await bindToRunningSandbox(app);
      const facts = {
        account_id: made.accountId,
        test_tenant_id: made.testTenantId,
        live_tenant_id: made.liveTenantId,
      };
      process.stdout.write(json ? `${JSON.stringify(facts)}\n` : `${made.accountId}\n`);
      if (!bound)
        process.stderr.write(
          'Its test payments work after the next start of `tender dev`, which binds it to the sandbox.\n',
        );
      return 0;
    }
    const accounts = Map.groupBy(await allTenants(app.database), (tenant) => tenant.accountId);
    const rows = [...accounts].map(([account_id, tenants]) => ({ account_id, name: tenants[0]!.accountName }));
    process.stdout.write(
      json ? `${JSON.stringify({ data: rows })}\n` : rows.map((row) => `${row.account_id}  ${row.name}\n`).join(''),
    );
    return 0;
  });
}

/** With `tender dev` running, a new account can take test payments at once. */
async function bindToRunningSandbox(app: Parameters<typeof bindSandbox>[0]): Promise<boolean> {
  const dataDir = resolve(readConfig(process.env).TENDER_DATA_DIR);
  const [server, key] = [join(dataDir, 'server.json'), join(dataDir, 'sandbox', 'control.key')];
  if (!existsSync(server) || !existsSync(key)) return false;
  const running = JSON.parse(readFileSync(server, 'utf8')) as { sandbox_url: string; api_url: string };
  const local = (url: string): string => url.replace('//localhost', '//127.0.0.1');
  await bindSandbox(app, {
    baseUrl: local(running.sandbox_url),
    controlKey: readFileSync(key, 'utf8').trim(),
    notifyUrl: local(running.api_url),
  });
  return true;
}
