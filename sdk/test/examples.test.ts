/** Every TypeScript example of the SDK's pages is a program that its types accept. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROJECT_FOLDER } from '../../test/support/source-tree.ts';

const PAGES = ['sdk/README.md'];

test('every example is a program that the types accept, and a mistake in one would be found', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tender-examples-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  for (const page of PAGES) {
    for (const [, text] of readFileSync(join(PROJECT_FOLDER, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
      writeFileSync(join(folder, `example-${++count}.ts`), text as string);
    }
  }
  t.diagnostic(`${count} examples`);
  assert.ok(count >= 5);
  assert.equal(compiled(folder), '');
  writeFileSync(
    join(folder, 'wrong.ts'),
    "import { Tender } from '@tender/sdk';\nnew Tender('sk_test_a').payments.got('pay_1');\n",
  );
  assert.match(compiled(folder), /wrong\.ts\(2,\d+\): error TS2339/);
});

/** What the compiler says. */
function compiled(folder: string): string {
  const compilerOptions = {
    ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'] },
    ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: [] },
    paths: { '@tender/sdk': [join(PROJECT_FOLDER, 'sdk/src/tender.ts')] },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const tsc = join(PROJECT_FOLDER, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
}
