/** The rules about the shape of the code, each a function from a file to the sentences about what it breaks. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, posix, relative } from 'node:path';
import { PROJECT_FOLDER, type SourceFile, sqlStatementsIn } from './source-tree.ts';

export const MAX_LINES = 400;

/** Word lists grow by their languages, and a generated file by what it is made from. */
const LONG_BY_NATURE = /\/(i18n|generated)\/|\/schema\.sql$/;

export function tooLong(file: SourceFile): string[] {
  const lines = file.text.split('\n').length - 1;
  return lines > MAX_LINES && !LONG_BY_NATURE.test(file.path)
    ? [`${file.path} has ${lines} lines; split it by responsibility`]
    : [];
}

/** The functions of more than `maxLines` lines of code, as `file:line`. Counted by Biome, which reads the syntax. */
export function functionsLongerThan(maxLines: number, folders: readonly string[]): string[] {
  const rule = { noExcessiveLinesPerFunction: { level: 'error', options: { maxLines } } };
  const settings = { root: true, linter: { rules: { preset: 'none', complexity: rule } } };
  const folder = mkdtempSync(join(tmpdir(), 'tender-tidy-'));
  const existing = folders.filter((name) => existsSync(join(PROJECT_FOLDER, name)));
  try {
    const file = join(folder, 'biome.json');
    writeFileSync(file, JSON.stringify(settings));
    const words = ['lint', `--config-path=${file}`, '--reporter=github', '--max-diagnostics=none', ...existing];
    const program = join(PROJECT_FOLDER, 'node_modules/@biomejs/biome/bin/biome');
    const { stdout } = spawnSync(process.execPath, [program, ...words], { cwd: PROJECT_FOLDER, encoding: 'utf8' });
    const found = stdout.matchAll(/noExcessiveLinesPerFunction[^\n]*?,file=([^,]+),line=(\d+)/g);
    return [...found].map((match) => `${relative(PROJECT_FOLDER, match[1]!)}:${match[2]}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function missingHeader(file: SourceFile): string[] {
  const start = file.path.endsWith('.sql') ? /^-- \S/ : /^(#![^\n]*\n)?\/\*\*\s/;
  return start.test(file.text) ? [] : [`${file.path} does not open with a comment that says what it is for`];
}

const VAGUE_NAMES = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'service',
  'services',
  'index',
  'misc',
  'shared',
]);

export function vagueName(file: SourceFile): string[] {
  if (file.path === 'sdk/src/index.ts') return [];
  const name = posix.basename(file.path).replace(/\.(test\.)?(d\.)?\w+$/, '');
  const broken: string[] = [];
  if (name.split(/[-.]/).some((word) => VAGUE_NAMES.has(word)))
    broken.push(`${file.path}: the name says nothing about its job`);
  if (!/^[a-z0-9]+([-_][a-z0-9]+)*$/.test(name)) broken.push(`${file.path} is not in kebab-case`);
  return broken;
}

/** Time, randomness, environment and network come from `System`; these words mean somebody reached around it. */
const OUTSIDE_WORLD: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bperformance\.now\b/, 'performance.now'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\b(randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues)\s*\(/, 'randomness of node:crypto'],
  [/\bprocess\.[a-z]/, 'process'],
  [/(?<![\w.])(fetch|setTimeout|setInterval)\s*\(/, 'fetch or a timer'],
];

/** Processes of their own, the files that make a System, and code that runs in the payer's browser. */
const OUTSIDE_WORLD_ALLOWED =
  /^src\/(main|config|system|outbound)\.ts$|^src\/(sandbox|cli|embedded)\/|^src\/web\/checkout\/(script\/|embed\/(loader|frame-page)\.ts$)/;

export function outsideWorld(file: SourceFile): string[] {
  if (OUTSIDE_WORLD_ALLOWED.test(file.path)) return [];
  return OUTSIDE_WORLD.filter(([pattern]) => pattern.test(file.code)).map(([, name]) => `${file.path} uses ${name}`);
}

/** The environment is read in one place; a process of its own reads its own. */
export function environmentRead(file: SourceFile): string[] {
  if (/^src\/config\.ts$|^src\/(sandbox|cli|embedded)\//.test(file.path)) return [];
  return /\bprocess\.env\b/.test(file.code) ? [`${file.path} reads the environment: that is for src/config.ts`] : [];
}

/** Calendar rules are asked in one place, so that there is one answer to what a month is. */
export function calendarElsewhere(file: SourceFile): string[] {
  if (file.path === 'src/lib/calendar.ts') return [];
  return /\bTemporal\b|['"]temporal-polyfill/.test(file.code)
    ? [`${file.path} uses Temporal: that is for src/lib/calendar.ts`]
    : [];
}

export function unfinished(file: SourceFile): string[] {
  const broken: string[] = [];
  // Pieced together, so that this file does not find itself.
  const marks = new RegExp(`\\b(${['TO', 'FIX', 'HA'].map((start, i) => start + ['DO', 'ME', 'CK'][i]).join('|')})\\b`);
  if (marks.test(file.text)) broken.push(`${file.path} has a mark of something unfinished`);
  if (/\.only\(/.test(file.code)) broken.push(`${file.path} runs one test only`);
  return broken;
}

export function defaultExport(file: SourceFile): string[] {
  return /(^|\n)export default\b/.test(file.code) ? [`${file.path} has a default export: give it a name`] : [];
}

/** `catch {}` and `.catch(() => undefined)` without a word why. */
export function silentCatch(file: SourceFile): string[] {
  return /\bcatch\s*(\([^)]*\))?\s*\{\s*\}/.test(file.text) ? [`${file.path} swallows an error in silence`] : [];
}

const SQL_OWN_FACTS =
  /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|gen_random_uuid|nextval)\s*\(|\b(current_timestamp|current_date|current_time|localtimestamp)\b/i;

/** Time and ids come from the context, so that everything written by one request bears one time and tests own it. */
export function sqlOwnFacts(file: SourceFile): string[] {
  // The record of what was migrated when is of no use to a decision, and a migration has no context.
  if (/^src\/(store|vault)\/migrate\.ts$/.test(file.path)) return [];
  return sqlStatementsIn(file)
    .filter((statement) => SQL_OWN_FACTS.test(statement))
    .map((statement) => `${file.path} lets the database choose a time or an id: ${short(statement)}`);
}

const APPEND_ONLY =
  /\b(?:update|delete\s+from|truncate(?:\s+table)?)\s+(?:ledger_entries|payment_resolutions|mandate_consents)\b/i;

/** The ledger, the audit trail and the consents: rows that are written once. */
export function changesOfAppendOnly(file: SourceFile): string[] {
  return sqlStatementsIn(file)
    .filter((statement) => APPEND_ONLY.test(statement))
    .map((statement) => `${file.path} changes what is append-only: ${short(statement)}`);
}

/** `tables` are those with a column tenant_id. */
export function sqlWithoutTenant(file: SourceFile, tables: ReadonlySet<string>): string[] {
  return sqlStatementsIn(file)
    .filter((statement) => tablesOf(statement).some((table) => tables.has(table)) && !/\btenant_id\b/.test(statement))
    .map((statement) => `${file.path} forgets tenant_id: ${short(statement)}`);
}

/** Names of the tables of a schema file that have a column tenant_id. */
export function tenantTables(schema: string): Set<string> {
  const tables = schema.matchAll(/create table (?:if not exists )?([\w.]+) \(([\s\S]*?)\n\);/gi);
  return new Set([...tables].filter((table) => /^\s*tenant_id\s/m.test(table[2]!)).map((table) => table[1]!));
}

function tablesOf(statement: string): string[] {
  return [...statement.matchAll(/\b(?:from|join|into|update)\s+([a-z_][\w.]*)/gi)].map((match) =>
    match[1]!.toLowerCase(),
  );
}

function short(statement: string): string {
  return statement.replace(/\s+/g, ' ').slice(0, 120);
}

/** Folders of people's machines, and where this checkout lies. */
export function pathsOfThisMachine(file: SourceFile): string[] {
  const places = [PROJECT_FOLDER, homedir()].filter(
    (place) => place.split(/[\\/]/).filter((part) => part !== '').length > 1,
  );
  const named = places.find((place) => file.text.includes(place));
  const home = /(?<![\w.~/-])\/(home|Users)\/[a-z][\w-]*\//.exec(file.text)?.[0];
  return [named, home].flatMap((place) => (place === undefined ? [] : [`${file.path} names ${place}`]));
}
