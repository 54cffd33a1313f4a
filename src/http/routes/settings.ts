/** Routes of a tenant's settings. */
import { changeSettings, settingsOf } from '../../app/settings.ts';
import type { Identities } from '../../app/tenants.ts';
import { patchSettings } from '../../domain/settings-patch.ts';
import { renderSettings, SettingsPatchSchema, SettingsSchema } from '../../wire/settings.ts';
import type { Register } from '../route.ts';

const tag = 'Settings';

export function settingsRoutes(register: Register, identities: Identities): void {
  register({
    method: 'GET',
    path: '/settings',
    operationId: 'getSettings',
    summary: 'Get the settings',
    description: 'All settings, those that were never changed with their defaults.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    success: { status: 200, schema: SettingsSchema, description: 'The settings.' },
    errors: [],
    handle: async ({ context }) => ({ json: renderSettings(await settingsOf(context)) }),
  });
  register({
    method: 'PATCH',
    path: '/settings',
    operationId: 'updateSettings',
    summary: 'Change settings',
    description: 'Changes what is named and leaves the rest. Holds within a second.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    body: SettingsPatchSchema,
    alsoWrong: (context, body) => patchSettings(context.tenant.settings, body).problems,
    // The reader judges all of it, down to time zones and the order of days.
    judgedByRules: [''],
    success: { status: 200, schema: SettingsSchema, description: 'The settings after the change.' },
    errors: [],
    handle: ({ context, body, idempotency }) => changeSettings(context, identities, { body, idempotency }),
  });
}
