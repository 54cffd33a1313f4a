/** Routes of a merchant's pictures and fonts, and of looking at a branding before it is saved. */
import { dropBrandingFile, putBrandingFile } from '../../app/branding-files.ts';
import { previewBranding } from '../../app/branding-preview.ts';
import type { Identities } from '../../app/tenants.ts';
import { readBranding } from '../../domain/branding-request.ts';
import { BrandingInput } from '../../wire/branding.ts';
import { BrandingPreviewSchema, FILE_TYPES, FileParams, StoredFileSchema } from '../../wire/branding-files.ts';
import type { Register } from '../route.ts';

const tag = 'Checkout page';

/** To be registered in a scope that reads raw bodies of {@link FILE_TYPES}. */
export function brandingFileRoutes(register: Register, identities: Identities): void {
  register({
    method: 'PUT',
    path: '/branding/files/:slot',
    operationId: 'putBrandingFile',
    summary: 'Put a logo or font',
    description:
      'The body is the file. PNG, JPEG, WebP and SVG of at most 32 KiB and 2000 pixels a side, WOFF2 of at most 64 KiB. What it is, its bytes say. It is written anew without metadata; an SVG must be plain drawing: no script, style sheet, text, link or outside reference.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    raw: FILE_TYPES,
    params: FileParams,
    success: { status: 200, schema: StoredFileSchema, description: 'The file as it is served.' },
    errors: [],
    handle: async ({ context, params, body }) => ({
      body: await putBrandingFile(context, identities, { slot: params.slot, bytes: bytesOf(body) }),
    }),
  });
  register({
    method: 'DELETE',
    path: '/branding/files/:slot',
    operationId: 'deleteBrandingFile',
    summary: 'Take a logo or font away',
    description: 'The pages show none at once. Removing what is not there is no error.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: FileParams,
    success: { status: 204, description: 'The slot is empty.' },
    errors: [],
    async handle({ context, params }) {
      await dropBrandingFile(context, identities, params.slot);
      return { empty: true };
    },
  });
}

export function brandingPreviewRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/branding/preview',
    operationId: 'previewBranding',
    summary: 'Look at a branding before saving it',
    description:
      'Takes what `PUT /collect/branding` takes and saves nothing. The link shows every page of the checkout with made-up payments for an hour to whoever has it.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    body: BrandingInput,
    alsoWrong: (_context, body) => readBranding(body).problems,
    // The reader judges all of it, down to colours and languages.
    judgedByRules: [''],
    success: { status: 200, schema: BrandingPreviewSchema, description: 'Where to look.' },
    errors: [],
    handle: async ({ context, body }) => ({ body: await previewBranding(context, body) }),
  });
}

/** A request without a body is a file without bytes. */
function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
