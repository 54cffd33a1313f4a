/** What a tenant may set for itself. This process knows a change at once, any other within a second. */
import { Rejected } from '../domain/errors.ts';
import { invalid } from '../domain/session-request.ts';
import type { TenantSettings } from '../domain/settings.ts';
import { patchSettings } from '../domain/settings-patch.ts';
import { must } from '../lib/assert.ts';
import { Stale } from '../store/database.ts';
import { findTenant, saveSettings } from '../store/tenants.ts';
import { renderSettings } from '../wire/settings.ts';
import type { Context } from './context.ts';
import { type IdempotentRequest, once } from './idempotency.ts';
import type { Identities } from './tenants.ts';

const TRIES = 50;

/** Changes what is named and leaves the rest. Throws Rejected with 400 and every problem. */
export function changeSettings(
  context: Context,
  identities: Identities,
  asked: { body: unknown; idempotency: IdempotentRequest | undefined },
) {
  const { database, tenant } = context;
  const answer = (settings: TenantSettings) => ({ status: 200, body: JSON.stringify(renderSettings(settings)) });
  return once(context, asked.idempotency, {
    async work(key) {
      for (let tries = 1; ; tries++) {
        const from = await settingsOf(context);
        const { settings: to, problems } = patchSettings(from, asked.body);
        if (problems.length > 0) throw new Rejected(invalid(problems));
        try {
          await database.transaction((tx) => {
            saveSettings(tx, tenant.id, { from, to });
            key.keep(answer(to))(tx);
          });
          identities.forget(tenant.id);
          return answer(to);
        } catch (error) {
          if (!(error instanceof Stale) || tries === TRIES) throw error;
        }
      }
    },
    report: async () => answer(await settingsOf(context)),
  });
}

/** As they are written, not as this process remembers them. */
export async function settingsOf({ database, tenant }: Context): Promise<TenantSettings> {
  return must(await findTenant(database, tenant.id), 'the tenant of a key').settings;
}
