/** One question that any working database answers. */
import { type Reader, Unavailable } from './database.ts';
import { sql } from './sql.ts';

export async function pingDatabase(reader: Reader): Promise<boolean> {
  try {
    await reader.read(sql`select 1 as up`);
    return true;
  } catch (error) {
    if (error instanceof Unavailable) return false;
    throw error;
  }
}
