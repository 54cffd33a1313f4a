/** How a tenant's checkout page behaves: set and shown. This process knows a change at once, any other within a second. */
import type { CheckoutSettings } from '../domain/checkout-settings.ts';
import { readCheckoutSettings } from '../domain/checkout-settings-request.ts';
import { Rejected } from '../domain/errors.ts';
import { invalid } from '../domain/session-request.ts';
import { must } from '../lib/assert.ts';
import { findTenant, saveCheckoutSettings } from '../store/tenants.ts';
import { renderCheckoutSettings } from '../wire/checkout-settings.ts';
import type { Context } from './context.ts';
import type { Identities } from './tenants.ts';

/** As they are written, not as this process remembers them. */
export async function showCheckoutSettings(context: Context): Promise<string> {
  const tenant = must(await findTenant(context.database, context.tenant.id), 'the tenant of a key');
  return answer(context, tenant.checkoutSettings);
}

/** Puts these settings in the place of the ones before. Throws Rejected with 400 and every problem. */
export async function replaceCheckoutSettings(
  context: Context,
  identities: Identities,
  body: unknown,
): Promise<string> {
  const { settings, problems } = readCheckoutSettings(body, settingsFacts(context));
  if (problems.length > 0) throw new Rejected(invalid(problems));
  await context.database.transaction((tx) => saveCheckoutSettings(tx, context.tenant.id, settings));
  identities.forget(context.tenant.id);
  return answer(context, settings);
}

/** What settings are judged by, beside themselves. */
export function settingsFacts({ tenant, languages }: Context) {
  return { mode: tenant.mode, locales: languages.map(({ tag }) => tag) };
}

function answer({ languages }: Context, settings: CheckoutSettings): string {
  return JSON.stringify(renderCheckoutSettings(settings, languages));
}
