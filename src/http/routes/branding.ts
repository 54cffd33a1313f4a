/** Routes of the look of a tenant's checkout pages. */
import { replaceBranding, showBranding } from '../../app/branding.ts';
import type { Identities } from '../../app/tenants.ts';
import { readBranding } from '../../domain/branding-request.ts';
import { BrandingInput, BrandingSchema } from '../../wire/branding.ts';
import type { Register } from '../route.ts';

const tag = 'Checkout page';

export function brandingRoutes(register: Register, identities: Identities): void {
  register({
    method: 'GET',
    path: '/branding',
    operationId: 'getBranding',
    summary: 'Get the branding',
    description: 'What was set, the default for what was not, and the colours that were made from it.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    success: { status: 200, schema: BrandingSchema, description: 'The branding.' },
    errors: [],
    handle: async ({ context }) => ({ body: await showBranding(context) }),
  });
  register({
    method: 'PUT',
    path: '/branding',
    operationId: 'replaceBranding',
    summary: 'Replace the branding',
    description:
      'Replaces all of it: a field that is absent has its default again. Files stay. The same request twice is the same as once, but for the version. Open pages take the change at their next load.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    body: BrandingInput,
    alsoWrong: (_context, body) => readBranding(body).problems,
    // The reader judges all of it, down to colours and languages.
    judgedByRules: [''],
    success: { status: 200, schema: BrandingSchema, description: 'The branding after the change.' },
    errors: [],
    handle: async ({ context, body }) => ({ body: await replaceBranding(context, identities, body) }),
  });
}
