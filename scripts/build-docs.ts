/**
 * Builds the documentation as static pages out of `docs/`, the catalogues and the OpenAPI document. What makes pages is loaded only when
 * there is something to make: `--if-needed`, which runs before every start, compares one hash and is gone.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stampOf } from './docs-site/sources.ts';

const HELP = `node scripts/build-docs.ts [options]

  node scripts/build-docs.ts                 build into .docs/, which the server shows under /docs
  node scripts/build-docs.ts --if-needed     build only if a source has changed; never fails a start
  node scripts/build-docs.ts --out FOLDER    build into another folder

`;

/** Builds into a fresh folder and puts it in the place of the old one, so that a server never shows half of each. */
export async function buildDocs(
  out: string,
  stamp: string = stampOf(projectFolder),
): Promise<{ files: number; bytes: number }> {
  const { builtFiles, manifestOf } = await import('./docs-site/files.ts');
  const files = builtFiles(projectFolder);
  const fresh = `${out}.${process.pid}.new`;
  rmSync(fresh, { recursive: true, force: true });
  for (const { path, body } of files) {
    mkdirSync(dirname(join(fresh, path)), { recursive: true });
    writeFileSync(join(fresh, path), body);
  }
  writeFileSync(join(fresh, 'files.json'), manifestOf(files, stamp));
  rmSync(out, { recursive: true, force: true });
  renameSync(fresh, out);
  return { files: files.length, bytes: files.reduce((sum, { body }) => sum + body.length, 0) };
}

export const projectFolder = dirname(import.meta.dirname);

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, 'if-needed': { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return void process.stdout.write(HELP);
  const out = resolve(values.out ?? join(projectFolder, '.docs'));
  const stamp = stampOf(projectFolder);
  if (values['if-needed'] && stampIn(out) === stamp) return;
  const { files, bytes } = await buildDocs(out, stamp);
  process.stderr.write(`documentation: ${files} files, ${(bytes / 1e6).toFixed(1)} MB, in ${out}\n`);
}

/** The stamp that the folder was built with; undefined for none. */
function stampIn(out: string): string | undefined {
  try {
    return JSON.parse(readFileSync(join(out, 'files.json'), 'utf8')).stamp;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

if (import.meta.main) {
  try {
    await run();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The documentation could not be built: ${why}\n`);
    // A server starts without its documentation too, and says under /docs how to build it.
    process.exitCode = process.argv.includes('--if-needed') ? 0 : 1;
  }
}
