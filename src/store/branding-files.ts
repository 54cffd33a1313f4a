/** Rows of merchants' pictures and fonts, as they are served. */
import type { BrandingFile, BrandingFileSlot } from '../domain/branding.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { sql } from './sql.ts';

/** Puts a file into its slot, in the place of the one before. */
export function saveFile(
  tx: Tx,
  tenantId: string,
  file: Omit<BrandingFile, 'bytes'> & { content: Buffer; at: Timestamp },
): void {
  tx.write(sql`
    insert into branding_files (tenant_id, slot, hash, type, width, height, content, created_at)
    values (${tenantId}, ${file.slot}, ${file.hash}, ${file.type}, ${file.width ?? null}, ${file.height ?? null},
      ${file.content}, ${toIso(file.at)})
    on conflict (tenant_id, slot) do update set hash = excluded.hash, type = excluded.type, width = excluded.width,
      height = excluded.height, content = excluded.content, created_at = excluded.created_at`);
}

/** Empties a slot, whether anything was in it or not. */
export function dropFile(tx: Tx, file: { tenantId: string; slot: BrandingFileSlot }): void {
  tx.writeAny(sql`delete from branding_files where tenant_id = ${file.tenantId} and slot = ${file.slot}`);
}

/** What is served under a hash; of equal files any one, for they are equal. */
export async function findFile(reader: Reader, hash: string): Promise<{ type: string; content: Buffer } | undefined> {
  const rows = await reader.read<{ tenant_id: string; type: string; content: Buffer }>(
    sql`select tenant_id, type, content from branding_files where hash = ${hash} limit 1`,
  );
  return rows[0] && { type: rows[0].type, content: rows[0].content };
}
