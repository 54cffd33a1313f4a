/** Rows of brandings: what a merchant set and what was made from it, with the names of the files that go with it. */
import type { Branding, BrandingFile, BrandView, ContrastRepair, DerivedTokens } from '../domain/branding.ts';
import { DEFAULT_BRAND } from '../domain/branding-defaults.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { sql } from './sql.ts';

/** A branding as it is kept. */
export interface BrandingRecord extends BrandView {
  report: readonly ContrastRepair[];
}

/** What a page needs of its merchant's looks, in one read; the default look for who set nothing. */
export async function findBranding(reader: Reader, tenantId: string): Promise<BrandingRecord> {
  const rows = await reader.read<BrandingRow>(sql`
    select b.version, b.branding, b.derived, b.contrast_report,
      (select json_agg(f order by f.slot) from (
        select slot, hash, type, width, height, octet_length(content) as bytes
        from branding_files where tenant_id = t.tenant_id) f) as files
    from tenants t left join brandings b on b.tenant_id = t.tenant_id
    where t.tenant_id = ${tenantId}`);
  const [row] = rows;
  const files = row === undefined || row.files === null ? [] : (JSON.parse(row.files) as FileRow[]).map(toFile);
  if (row === undefined || row.version === null) return { ...DEFAULT_BRAND, files, report: [] };
  return {
    version: row.version,
    set: JSON.parse(row.branding) as Branding,
    derived: JSON.parse(row.derived) as Record<'light' | 'dark', DerivedTokens>,
    report: JSON.parse(row.contrast_report) as ContrastRepair[],
    files,
  };
}

/** Writes the branding over the version that was read; stale when another writer was faster. */
export function saveBranding(
  tx: Tx,
  tenantId: string,
  { to, from, at }: { to: Omit<BrandingRecord, 'version' | 'files'>; from: number; at: Timestamp },
): void {
  const [branding, derived, report] = [to.set, to.derived, to.report].map((part) => JSON.stringify(part));
  const when = toIso(at);
  if (from === 0)
    tx.write(sql`
      insert into brandings (tenant_id, version, branding, derived, contrast_report, updated_at)
      values (${tenantId}, 1, ${branding}, ${derived}, ${report}, ${when})`);
  else
    tx.write(sql`
      update brandings set version = ${from + 1}, branding = ${branding}, derived = ${derived}, contrast_report = ${report},
        updated_at = ${when}
      where tenant_id = ${tenantId} and version = ${from}`);
}

type BrandingRow = { files: string | null } & (
  | { version: number; branding: string; derived: string; contrast_report: string }
  | { version: null }
);

interface FileRow {
  slot: BrandingFile['slot'];
  hash: string;
  type: string;
  width: number | null;
  height: number | null;
  bytes: number;
}

function toFile({ slot, hash, type, width, height, bytes }: FileRow): BrandingFile {
  const size = width === null || height === null ? {} : { width, height };
  return { slot, hash, type, ...size, bytes };
}
