/** A merchant's logos and fonts: taken by their bytes, written anew, and served to anybody under the hash of what was written. */
import { createHash } from 'node:crypto';
import type { BrandingFileSlot } from '../domain/branding.ts';
import { Rejected, reject } from '../domain/errors.ts';
import { invalid } from '../domain/session-request.ts';
import { isUnfit } from '../lib/images/cleaned.ts';
import { cleanFont, cleanPicture } from '../lib/images/cleaning.ts';
import { dropFile, saveFile } from '../store/branding-files.ts';
import { FILE_LIMITS, isFontSlot, renderStoredFile } from '../wire/branding-files.ts';
import type { Context } from './context.ts';
import type { Identities } from './tenants.ts';

/**
 * Puts a file into a slot, in the place of the one before, and answers how it is served. Throws Rejected: 413 above the limit of its
 * kind, 400 with the reason for a file that is not sound.
 */
export async function putBrandingFile(
  context: Context,
  identities: Identities,
  asked: { slot: BrandingFileSlot; bytes: Buffer },
): Promise<string> {
  const { slot, bytes } = asked;
  const isFont = isFontSlot(slot);
  const limit = isFont ? FILE_LIMITS.fontBytes : FILE_LIMITS.pictureBytes;
  const tooLarge = reject(
    'payload_too_large',
    `A ${isFont ? 'font' : 'picture'} may have at most ${limit / 1024} KiB.`,
  );
  if (bytes.length > limit) throw new Rejected(tooLarge);
  const clean = await (isFont ? cleanFont(bytes) : cleanPicture(bytes));
  if (isUnfit(clean)) throw new Rejected(invalid([{ pointer: '', code: 'invalid_value', detail: clean.unfit }]));
  const { content, ...kind } = clean;
  // Written anew a drawing can be a little longer.
  if (content.length > limit) throw new Rejected(tooLarge);
  const hash = createHash('sha256').update(content).digest('hex');
  const file = { slot, hash, ...kind };
  await context.database.transaction((tx) => saveFile(tx, context.tenant.id, { ...file, content, at: context.at }));
  identities.forget(context.tenant.id);
  return JSON.stringify(renderStoredFile({ ...file, bytes: content.length }, context.checkoutUrl));
}

/** Empties a slot; an empty one stays so. */
export async function dropBrandingFile(
  context: Context,
  identities: Identities,
  slot: BrandingFileSlot,
): Promise<void> {
  await context.database.transaction((tx) => dropFile(tx, { tenantId: context.tenant.id, slot }));
  identities.forget(context.tenant.id);
}
