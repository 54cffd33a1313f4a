/**
 * The invariants: one file of `invariants/` each. Its first comment is the sentence that says what it protects; its statement
 * answers `tenant_id`, `id` and `detail` of every object that breaks it, and may read `moment` (`now`, `patience`): what happens
 * in time is broken only once it is late by more than the patience. A transaction here is one statement, so every other rule
 * holds at every instant of a live database.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Inspector } from './inspection.ts';

const FOLDER = new URL('./invariants/', import.meta.url);

export interface Invariant {
  /** The file's name. */
  name: string;
  sentence: string;
  /** The statement, comments included. */
  text: string;
}

/** One object that breaks an invariant. */
export interface Violation {
  /** Absent where the server itself is at fault. */
  tenantId?: string;
  id: string;
  detail: string;
}

/** What was found about one invariant. */
export interface Finding {
  violations: number;
  /** At most {@link EXAMPLES} of them. */
  examples: Violation[];
  /** Why it could not be looked at; then `violations` says nothing. */
  unchecked?: Unchecked;
}

/** `vault_elsewhere`: the vault lies in another database; `vault_closed`: this role may not read it; `too_slow`: given up. */
export type Unchecked = 'vault_elsewhere' | 'vault_closed' | 'too_slow';

export const EXAMPLES = 10;

/** The instant that is looked at, and how late what is due may be. */
export interface Moment {
  now: Timestamp;
  patienceMs: number;
}

/** Every invariant, by name. */
export function knownInvariants(): Invariant[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => readInvariant(file.slice(0, -'.sql'.length), readFileSync(new URL(file, FOLDER), 'utf8')));
}

/** The first paragraph of the comment on top is the sentence; what follows is for those who read the statement. */
function readInvariant(name: string, text: string): Invariant {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !/^-- \S/.test(line));
  const sentence = lines
    .slice(0, end)
    .map((line) => line.slice('-- '.length))
    .join(' ');
  return { name, sentence, text };
}

/** The whole statement, with two parameters: the instant as text, and the patience in milliseconds. */
export function statementOf(invariant: Pick<Invariant, 'text'>): string {
  return `with moment (now, patience) as (select $1::timestamptz, $2::float8 * interval '1 millisecond'),
violating (tenant_id, id, detail) as (
${invariant.text.trimEnd()}
)
select tenant_id, id, detail, (count(*) over ())::float8 as total from violating order by tenant_id, id limit ${EXAMPLES}`;
}

interface ViolatingRow {
  tenant_id: string | null;
  id: string;
  detail: string | null;
  total: number;
}

/** Looks for every object that breaks the invariant. Throws what the driver throws when the database is gone. */
export async function checkInvariant(inspector: Inspector, invariant: Invariant, moment: Moment): Promise<Finding> {
  const values = [toIso(moment.now), moment.patienceMs];
  try {
    const rows = await inspector.rows<ViolatingRow>(statementOf(invariant), values);
    const examples = rows.map((row) => ({
      ...(row.tenant_id === null ? {} : { tenantId: row.tenant_id }),
      id: row.id,
      detail: row.detail ?? '',
    }));
    return { violations: rows[0]?.total ?? 0, examples };
  } catch (error) {
    const unchecked = whyUnchecked(invariant, error);
    if (unchecked === undefined) throw error;
    return { violations: 0, examples: [], unchecked };
  }
}

/** Undefined for what is a bug, or a database that is gone. */
function whyUnchecked(invariant: Invariant, error: unknown): Unchecked | undefined {
  const { code } = error as { code?: string };
  if (code === '57014') return 'too_slow';
  const readsVault = /\bvault\./.test(invariant.text);
  if (readsVault && (code === '42P01' || code === '3F000')) return 'vault_elsewhere';
  if (readsVault && code === '42501') return 'vault_closed';
  return undefined;
}
