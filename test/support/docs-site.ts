/** The documentation, built into a folder of its own, as the tests of it read it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDocs } from '../../scripts/build-docs.ts';

export interface BuiltSite {
  folder: string;
  /** Address → file of the folder, as the server reads it. */
  files: ReadonlyMap<string, { path: string; type: string; tag: string }>;
  /** Address → HTML of every page. */
  pages: ReadonlyMap<string, string>;
  text(url: string): string;
  bytes(url: string): number;
  /** How long the build took, in milliseconds. */
  tookMs: number;
  remove(): void;
}

/** Builds everything; `remove()` takes it away again. */
export async function builtSite(): Promise<BuiltSite> {
  const parent = mkdtempSync(join(tmpdir(), 'tender-docs-'));
  const folder = join(parent, 'site');
  const startedAt = performance.now();
  await buildDocs(folder);
  const tookMs = performance.now() - startedAt;
  const list: { files: Record<string, { path: string; type: string; tag: string }> } = JSON.parse(
    readFileSync(join(folder, 'files.json'), 'utf8'),
  );
  const files = new Map(Object.entries(list.files));
  const read = (url: string): Buffer => {
    const file = files.get(url);
    if (file === undefined) throw new Error(`there is no ${url}`);
    return readFileSync(join(folder, file.path));
  };
  const urls = [...files]
    .filter(([url, { type }]) => type.startsWith('text/html') && url !== '404')
    .map(([url]) => url);
  return {
    folder,
    files,
    pages: new Map(urls.map((url) => [url, read(url).toString()])),
    text: (url) => read(url).toString(),
    bytes: (url) => read(url).length,
    tookMs,
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}
