/** Rows of brandings that nobody has saved yet. They are looked at for an hour, and nobody misses them afterwards. */
import type { Branding, BrandView, DerivedTokens } from '../domain/branding.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { sql } from './sql.ts';

export interface DraftPlace {
  tenantId: string;
  id: string;
}

/** As many as a tenant may have; the ones that end first give way. */
const MOST_KEPT = 50;

/** Keeps a draft, and drops those of the tenant that have ended or are too many. Times are real time. */
export function saveDraft(
  tx: Tx,
  place: DraftPlace,
  draft: Pick<BrandView, 'set' | 'derived'> & { now: Timestamp; expiresAt: Timestamp },
): void {
  tx.writeAny(sql`
    delete from branding_drafts where tenant_id = ${place.tenantId} and (expires_at <= ${toIso(draft.now)} or id in (
      select id from branding_drafts where tenant_id = ${place.tenantId}
      order by expires_at desc, id offset ${MOST_KEPT - 1}))`);
  tx.write(sql`
    insert into branding_drafts (tenant_id, id, branding, derived, expires_at)
    values (${place.tenantId}, ${place.id}, ${JSON.stringify(draft.set)}, ${JSON.stringify(draft.derived)},
      ${toIso(draft.expiresAt)})`);
}

/** A draft that has not ended. */
export async function findDraft(
  reader: Reader,
  place: DraftPlace,
  now: Timestamp,
): Promise<Pick<BrandView, 'set' | 'derived'> | undefined> {
  const [row] = await reader.read<{ branding: string; derived: string }>(sql`
    select branding, derived from branding_drafts
    where tenant_id = ${place.tenantId} and id = ${place.id} and expires_at > ${toIso(now)}`);
  return (
    row && {
      set: JSON.parse(row.branding) as Branding,
      derived: JSON.parse(row.derived) as Record<'light' | 'dark', DerivedTokens>,
    }
  );
}
