/** What the pages ask for that belongs to no session: a merchant's files, and drafts of a look. Reads only. */
import type { BrandView } from '../domain/branding.ts';
import { findDraft } from '../store/branding-drafts.ts';
import { findFile } from '../store/branding-files.ts';
import type { MerchantView } from './checkout-door.ts';
import type { App } from './context.ts';
import type { Identities } from './tenants.ts';

export interface DraftView {
  brand: BrandView;
  /** What the merchant is called where the draft says nothing. */
  merchant: Pick<MerchantView, 'displayName' | 'legalName'>;
}

export interface BrandDoor {
  /** The file of a hash, hexadecimal; undefined for one that nobody put there or that was taken away. */
  file(hash: string): Promise<{ type: string; content: Buffer } | undefined>;
  /** The draft behind the token of a preview; undefined for a token that is made up or has run out. */
  draft(token: string): Promise<DraftView | undefined>;
}

const HASH = /^[0-9a-f]{64}$/;
const TOKEN = /^(tnt_[0-9A-Za-z]{24})\.(bdr_[0-9A-Za-z]{24})$/;

export function createBrandDoor(app: App, identities: Identities): BrandDoor {
  return {
    file: async (hash) => (HASH.test(hash) ? findFile(app.database, hash) : undefined),
    async draft(token) {
      const [, tenantId, id] = TOKEN.exec(token) ?? [];
      if (tenantId === undefined || id === undefined) return undefined;
      const draft = await findDraft(app.database, { tenantId, id }, app.system.clock.now());
      const tenant = await identities.tenant(tenantId);
      if (draft === undefined || tenant === undefined) return undefined;
      const { files } = await identities.brandings.of(tenantId);
      const merchant = { displayName: tenant.accountName, legalName: tenant.accountName };
      return { brand: { version: 0, ...draft, files }, merchant };
    },
  };
}
