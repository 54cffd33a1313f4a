/** The package as it is published: small, without dependencies, for `import` and `require`, in every runtime with `fetch`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildSdk } from '../../scripts/build-sdk.ts';

const LIMIT_BYTES = 12 * 1024;

let folder: string;
let weight: ReturnType<typeof buildSdk>;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-sdk-'));
  weight = buildSdk(folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('all modules together are at most 12 KB with gzip', (t) => {
  t.diagnostic(`${weight.gzipBytes} bytes in ${weight.files} modules`);
  assert.ok(weight.gzipBytes <= LIMIT_BYTES, String(weight.gzipBytes));
});

test('it depends on nothing: no package, and no module of any runtime', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies'])
    assert.equal(manifest[kind], undefined);
  const foreign = globSync('{esm,cjs}/**/*.js', { cwd: folder }).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|require\()\s*['"]([^'"]+)/g)]
      .map(([, name]) => name)
      .filter((name) => !name?.startsWith('.')),
  );
  assert.deepEqual(foreign, []);
});

test('it is loaded by import and by require, and is the same', () => {
  const shown = 'Object.keys(new Tender("sk_test_abc")).join() + typeof webhooks.verify';
  const esm = run([
    '--input-type=module',
    '-e',
    `import { Tender, webhooks } from ${JSON.stringify(join(folder, 'esm/tender.js'))}; console.log(${shown})`,
  ]);
  const cjs = run([
    '-e',
    `const { Tender, webhooks } = require(${JSON.stringify(join(folder, 'cjs/tender.js'))}); console.log(${shown})`,
  ]);
  assert.equal(esm, cjs);
  assert.match(esm, /paymentSessions,.*function/);
});

function run(words: string[]): string {
  return execFileSync(process.execPath, words, { encoding: 'utf8', cwd: tmpdir() }).trim();
}
