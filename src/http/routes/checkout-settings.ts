/** Routes of the behaviour of a tenant's checkout pages. */
import { replaceCheckoutSettings, settingsFacts, showCheckoutSettings } from '../../app/checkout-settings.ts';
import type { Identities } from '../../app/tenants.ts';
import { readCheckoutSettings } from '../../domain/checkout-settings-request.ts';
import { CheckoutSettingsInput, CheckoutSettingsSchema } from '../../wire/checkout-settings.ts';
import type { Register } from '../route.ts';

const tag = 'Checkout page';

export function checkoutSettingsRoutes(register: Register, identities: Identities): void {
  register({
    method: 'GET',
    path: '/checkout_settings',
    operationId: 'getCheckoutSettings',
    summary: 'Get the settings of the checkout page',
    description: 'Also lists the languages of the page, and which of them a native speaker has read.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    success: { status: 200, schema: CheckoutSettingsSchema, description: 'The settings.' },
    errors: [],
    handle: async ({ context }) => ({ body: await showCheckoutSettings(context) }),
  });
  register({
    method: 'PUT',
    path: '/checkout_settings',
    operationId: 'replaceCheckoutSettings',
    summary: 'Replace the settings of the checkout page',
    description:
      'Replaces all of them: a field that is absent has its default again. Holds within a second, on open pages too.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    body: CheckoutSettingsInput,
    alsoWrong: (context, body) => readCheckoutSettings(body, settingsFacts(context)).problems,
    // The reader judges all of it, down to hosts and time zones.
    judgedByRules: [''],
    success: { status: 200, schema: CheckoutSettingsSchema, description: 'The settings after the change.' },
    errors: [],
    handle: async ({ context, body }) => ({ body: await replaceCheckoutSettings(context, identities, body) }),
  });
}
