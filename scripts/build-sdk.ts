/**
 * `npm run build:sdk`: makes `sdk/dist`, the package as it is published: modules for `import`, modules for `require`, and types
 * for both. Prints what it weighs. `--out DIR` puts it elsewhere.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const PROJECT = dirname(import.meta.dirname);
const FORMS = { esm: { module: 'esnext', type: 'module' }, cjs: { module: 'commonjs', type: 'commonjs' } } as const;

if (import.meta.main) {
  const at = process.argv.indexOf('--out');
  const weight = buildSdk(resolve(at === -1 ? join(PROJECT, 'sdk/dist') : (process.argv[at + 1] ?? '')));
  console.log(`sdk: ${weight.files} modules, ${weight.gzipBytes} bytes with gzip`);
}

/** Builds into `folder`, which is emptied first. Throws with the compiler's words when it refuses. */
export function buildSdk(folder: string): { files: number; gzipBytes: number } {
  rmSync(folder, { recursive: true, force: true });
  for (const [form, { module, type }] of Object.entries(FORMS)) {
    const place = join(folder, form);
    mkdirSync(place, { recursive: true });
    compile(place, module);
    writeFileSync(join(place, 'package.json'), `${JSON.stringify({ type })}\n`);
  }
  const modules = globSync('esm/**/*.js', { cwd: folder }).sort();
  const text = Buffer.concat(modules.map((file) => readFileSync(join(folder, file))));
  return { files: modules.length, gzipBytes: gzipSync(text, { level: 9 }).length };
}

function compile(place: string, module: string): void {
  const words = [
    join(PROJECT, 'node_modules/typescript/bin/tsc'),
    join(PROJECT, 'sdk/src/tender.ts'),
    ...[
      '--ignoreConfig',
      '--outDir',
      place,
      '--rootDir',
      join(PROJECT, 'sdk/src'),
      '--module',
      module,
      '--moduleResolution',
      'bundler',
    ],
    ...[
      '--target',
      'es2022',
      '--lib',
      'es2023,dom,dom.iterable',
      '--types',
      '',
      '--declaration',
      '--removeComments',
      'false',
    ],
    ...[
      '--strict',
      '--rewriteRelativeImportExtensions',
      '--skipLibCheck',
      '--verbatimModuleSyntax',
      String(module === 'esnext'),
    ],
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The SDK does not compile.\n${stdout}${stderr}`);
}
