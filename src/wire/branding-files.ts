/** The public JSON of a merchant's pictures and fonts, and of a draft that is only looked at. */
import { Type } from '@sinclair/typebox';
import { BRANDING_FILE_SLOTS, type BrandingFile, type BrandingFileSlot } from '../domain/branding.ts';
import { BrandingSchema } from './branding.ts';
import { Instant, open, optional, words } from './schema.ts';

export const FILE_LIMITS = { pictureBytes: 32 * 1024, fontBytes: 64 * 1024, warnAboveBytes: 20 * 1024 } as const;

/** What a client may call a file; what it is, its bytes say. */
export const FILE_TYPES = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/svg+xml',
  'font/woff2',
  'application/octet-stream',
] as const;

export const FileParams = Type.Object({
  slot: words(BRANDING_FILE_SLOTS, 'Which file of the page. Logos and the icon are pictures, the others fonts.'),
});

export const StoredFileSchema = open(
  'StoredBrandingFile',
  {
    slot: words(BRANDING_FILE_SLOTS, 'Where it is used.'),
    url: Type.String({ description: 'Where it is served; another address with every change.' }),
    type: Type.String({ description: 'Media type, read from the bytes.' }),
    width: optional(Type.Integer({ description: 'Pixels.' })),
    height: optional(Type.Integer({ description: 'Pixels.' })),
    bytes: Type.Integer({ description: 'As it is served, without what a picture does not need.' }),
    warnings: Type.Array(Type.String(), { description: 'What to mend, although the file was taken.' }),
  },
  'A file as it was written anew.',
);

export const BrandingPreviewSchema = open(
  'BrandingPreview',
  {
    url: Type.String({ description: 'The page to pay on. Other pages: another last part of the path.' }),
    expires_at: Instant('Until when the link works.'),
    derived: BrandingSchema.properties.derived,
    contrast_report: BrandingSchema.properties.contrast_report,
  },
  'Where a draft can be looked at, and what became of its colours.',
);

export function isFontSlot(slot: BrandingFileSlot): boolean {
  return slot === 'font_regular' || slot === 'font_bold';
}

/** A file as the answer to its upload shows it. */
export function renderStoredFile({ slot, hash, type, width, height, bytes }: BrandingFile, checkoutUrl: string) {
  const heavy = bytes > FILE_LIMITS.warnAboveBytes;
  const warnings = heavy
    ? [`${bytes} bytes are loaded with every page: below ${FILE_LIMITS.warnAboveBytes} it is there sooner.`]
    : [];
  return { slot, url: `${checkoutUrl}/checkout/files/${hash}`, type, width, height, bytes, warnings };
}
