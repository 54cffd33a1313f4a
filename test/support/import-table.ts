/**
 * Which folder of `src/` may import which: the table of ARCHITECTURE.md as data. Imports point towards `domain/`; `http`,
 * `web` and `worker` never see each other, and `http` and `web` never see `store`.
 */
import type { Import, SourceFile } from './source-tree.ts';
import { importsOf } from './source-tree.ts';

interface Allowed {
  /** Folders of `src/` (or single files, without their ending). */
  folders: readonly string[];
  /** Root files of which only types may be imported. */
  types?: readonly string[];
  packages?: readonly string[];
}

/** Files that put the program together; they may import everything but `sandbox`. */
export const ROOT_FILES: readonly string[] = ['main', 'compose', 'config', 'system', 'outbound'];

export const IMPORT_TABLE: Readonly<Record<string, Allowed>> = {
  // Local dates: only `lib/calendar` imports it.
  lib: { folders: [], packages: ['temporal-polyfill'] },
  domain: { folders: ['lib'] },
  wire: { folders: ['domain', 'lib'], packages: ['@sinclair/typebox'] },
  store: { folders: ['domain', 'lib'], packages: ['pg'] },
  vault: { folders: ['lib'], packages: ['pg'] },
  processors: { folders: ['domain', 'lib'], types: ['system'] },
  app: { folders: ['domain', 'wire', 'store', 'vault', 'processors', 'lib'], types: ['system'] },
  http: {
    folders: ['app', 'wire', 'domain', 'lib'],
    types: ['system'],
    packages: ['fastify', '@fastify/swagger', '@sinclair/typebox'],
  },
  // A page is served by the same server as the API and reads clock and randomness of the same System.
  web: { folders: ['app', 'domain', 'lib'], types: ['system'], packages: ['fastify'] },
  worker: { folders: ['app', 'store/due', 'lib'], types: ['system'] },
  embedded: { folders: ['lib'], packages: ['pg'] },
  sandbox: { folders: ['lib'] },
  // The commands that are the server put it together; the others speak to a running one.
  cli: {
    folders: [
      'lib',
      'domain/currency-table',
      'app',
      'vault',
      'embedded',
      'store/migrate',
      'main',
      'compose',
      'config',
      'system',
    ],
    // Commands that play a shop are a client like any other.
    packages: ['sdk/src/tender.ts'],
  },
};

/** The sentences about what `file` of `src/` imports and may not. */
export function forbiddenImports(file: SourceFile): string[] {
  const [, folder] = file.path.split('/');
  const own = folder === undefined || folder.includes('.') ? undefined : folder;
  if (own !== undefined && IMPORT_TABLE[own] === undefined)
    return [`${file.path} lies in src/${own}/, which is not in the import table`];
  return importsOf(file)
    .filter((imported) => !mayImport(own, imported))
    .map((imported) => `${file.path} imports ${imported.from}`);
}

function mayImport(own: string | undefined, imported: Import): boolean {
  const allowed = own === undefined ? undefined : IMPORT_TABLE[own];
  if (imported.from.startsWith('node:')) return true;
  if (!imported.from.startsWith('src/')) {
    // Data and the manifest lie at the root; tests, scripts and the benchmark are no part of the program.
    if (/^(data\/|package\.json$)/.test(imported.from)) return true;
    if (/^(test|scripts|bench)\//.test(imported.from)) return false;
    return allowed === undefined || imported.typeOnly || (allowed.packages ?? []).includes(imported.from);
  }
  const target = imported.from.slice('src/'.length).replace(/\.m?ts$/, '');
  const targetFolder = target.includes('/') ? target.slice(0, target.indexOf('/')) : undefined;
  if (targetFolder === own && own !== undefined) return true;
  if (allowed === undefined) return targetFolder !== 'sandbox';
  if (imported.typeOnly && (allowed.types ?? []).includes(target)) return true;
  return allowed.folders.some((name) => target === name || target.startsWith(`${name}/`));
}

/** The first circle of imports that run (types aside), as a sentence; undefined when there is none. */
export function importCircle(files: readonly SourceFile[]): string | undefined {
  const graph = new Map(
    files.map((file) => [file.path, importsOf(file).flatMap((imported) => (imported.typeOnly ? [] : [imported.from]))]),
  );
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): string | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path].join(' → ');
    if (done.has(path)) return undefined;
    for (const next of graph.get(path) ?? []) {
      const circle = visit(next, [...way, path]);
      if (circle !== undefined) return circle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of graph.keys()) {
    const circle = visit(path, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
