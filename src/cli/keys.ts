/** `tender keys`: create, list and revoke API keys. */
import { createApiKey, listApiKeys, revokeApiKey } from '../app/tenants.ts';
import { toIso } from '../lib/time.ts';
import type { Given } from './given.ts';
import { tenantOf, withApp } from './local.ts';

export async function runKeys(given: Given): Promise<number> {
  const verb = given.verb?.name;
  const [id] = given.words;
  const json = given.flag('json');
  const type = given.text('type') === 'public' ? 'public' : 'secret';
  return withApp(async (app) => {
    const tenant = await tenantOf(app, { account: given.text('account'), mode: given.text('mode') });
    if (verb === 'create') {
      const made = await createApiKey(app, tenant, type);
      const facts = { id: made.id, key: made.key, account_id: tenant.accountId, mode: tenant.mode, type };
      print(json ? JSON.stringify(facts) : made.key);
      if (!json) process.stderr.write('This key is shown once: keep it where secrets are kept.\n');
    } else if (verb === 'list') {
      const keys = (await listApiKeys(app, tenant.id)).map((key) => ({
        id: key.id,
        type: key.kind,
        hint: key.hint,
        created_at: toIso(key.createdAt),
        ...(key.lastUsedAt === undefined ? {} : { last_used_at: toIso(key.lastUsedAt) }),
        ...(key.revokedAt === undefined ? {} : { revoked_at: toIso(key.revokedAt) }),
      }));
      if (json) print(JSON.stringify({ data: keys }));
      else
        for (const key of keys)
          print(
            `${key.id}  ${key.type.padEnd(6)}  ${key.hint}  ${key.revoked_at ? `revoked ${key.revoked_at}` : `last used ${key.last_used_at ?? 'never'}`}`,
          );
    } else {
      const known = (await listApiKeys(app, tenant.id)).some((key) => key.id === id);
      if (!known) throw new Error(`There is no key ${id} of ${tenant.accountId} in ${tenant.mode} mode.`);
      await revokeApiKey(app, { tenantId: tenant.id, id: id! });
      print(json ? JSON.stringify({ id, revoked: true }) : `${id} is revoked; it stops working within a second.`);
    }
    return 0;
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
