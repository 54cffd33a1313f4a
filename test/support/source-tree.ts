/**
 * The project's own files as the shape tests read them: path, text, text without comments, imports, SQL statements. Read
 * from the folder, not from git, so that a file counts before it is committed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_FOLDER = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface SourceFile {
  /** From the project folder, with slashes. */
  path: string;
  text: string;
  /** The text with every comment replaced by spaces; lines stay where they are. */
  code: string;
}

export interface Import {
  /** A path from the project folder, or the name of a package or built-in module. */
  from: string;
  /** `import type …`: nothing of it is left when the program runs. */
  typeOnly: boolean;
}

const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '.tender', '.docs', 'coverage', 'dist']);

/** Every file under `folder` (from the project folder) whose name ends in one of `endings`; none when the folder is missing. */
export function filesUnder(folder: string, endings: readonly string[]): SourceFile[] {
  return listed(folder)
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => sourceFile(path, readFileSync(join(PROJECT_FOLDER, path), 'utf8')));
}

/** A file of the given text: what the rules are tried on. */
export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, code: path.endsWith('.sql') ? text : withoutComments(text) };
}

function listed(folder: string): string[] {
  const absolute = join(PROJECT_FOLDER, folder);
  let entries: ReturnType<typeof readFolder>;
  try {
    entries = readFolder(absolute);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : listed(path);
    return entry.isFile() ? [path] : [];
  });
}

function readFolder(path: string) {
  return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a file imports, statically or with `import('…')`. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  for (const match of file.code.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s*'([^']+)'/g)) {
    found.push({ from: resolved(file, match[2]!), typeOnly: match[1] !== undefined });
  }
  for (const match of file.code.matchAll(/(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g)) {
    found.push({ from: resolved(file, (match[1] ?? match[2])!), typeOnly: false });
  }
  return found;
}

function resolved(file: SourceFile, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : specifier;
}

/** The texts in backticks or quotes that begin like an SQL statement, with `?` for every inserted value. */
export function sqlStatementsIn(file: SourceFile): string[] {
  const literals = file.code.matchAll(
    /`((?:\\[\s\S]|\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}|[^`\\])*)`|'((?:\\.|[^'\\\n])*)'/g,
  );
  const texts = [...literals].map((match) =>
    (match[1] ?? match[2] ?? '').replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '?').trim(),
  );
  return texts.filter((text) =>
    /^(select\s+\S|insert\s+into\s|update\s+\S+\s|delete\s+from\s|with\s+\w+\s+as\s)/i.test(text),
  );
}

/** Comments become spaces. A `//` inside a quoted address is no comment: it follows a colon or a quote. */
function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ');
  return text
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/(^|[\s;,{}()])(\/\/[^\n]*)/g, (_, before: string, comment: string) => before + blank(comment));
}
