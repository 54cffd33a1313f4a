/** What the site is made from, as one stamp: the same stamp, the same site. Reads contents, because times of files say nothing. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders with everything in them, and single files. The code that makes the site is a source like any other. */
const SOURCES = [
  'docs',
  'scripts/docs-site',
  'scripts/build-docs.ts',
  'scripts/generated/sdk-operations.ts',
  'README.md',
  'ARCHITECTURE.md',
  'sdk/README.md',
  'sdk/src/errors.ts',
  'src/domain/errors.ts',
  'src/domain/error-advice.ts',
  'src/domain/events.ts',
  'src/web/html.ts',
];

/** A hash of the names and contents of all sources. */
export function stampOf(folder: string): string {
  const hash = createHash('sha256');
  for (const source of SOURCES)
    for (const file of filesOf(folder, source))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 32);
}

function filesOf(folder: string, source: string): string[] {
  if (/\.\w+$/.test(source)) return [source];
  return readdirSync(join(folder, source), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
