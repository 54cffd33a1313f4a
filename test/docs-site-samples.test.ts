/** Every TypeScript sample that the documentation makes by itself (reference, errors, events) is a program that the SDK's types accept. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSite } from '../scripts/docs-site/site.ts';
import { PROJECT_FOLDER } from './support/source-tree.ts';

/** What the samples of the reference take for granted. */
const GIVEN = `import { Tender } from '@tender/sdk';
declare const tender: Tender;
declare function readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
`;

test('every sample of the reference, of an error and of an event is accepted by the types', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tender-samples-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  const made = readSite(PROJECT_FOLDER).pages.filter(({ url }) => /^\/docs\/(api|errors|events)\//.test(url));
  for (const { url, markdown } of made) {
    for (const [, text = ''] of markdown.matchAll(/^```ts(?: tab=SDK)?\n([\s\S]*?)^```$/gm)) {
      const whole = text.startsWith('import ') ? text : `${GIVEN}{\n${text}}\nexport {};\n`;
      writeFileSync(join(folder, `${url.replaceAll(/\W+/g, '-').slice(6)}-${++count}.ts`), whole);
    }
  }
  t.diagnostic(`${count} samples`);
  assert.ok(count > 120);
  assert.equal(compiled(folder), '');
  writeFileSync(join(folder, 'wrong.ts'), `${GIVEN}await tender.payments.get(1);\n`);
  assert.match(compiled(folder), /wrong\.ts\(4,\d+\): error TS2345/);
});

/** What the compiler says. */
function compiled(folder: string): string {
  const compilerOptions = {
    ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'] },
    ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: [] },
    paths: { '@tender/sdk': [join(PROJECT_FOLDER, 'sdk/src/tender.ts')] },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const program = join(PROJECT_FOLDER, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [program, '-p', folder], { encoding: 'utf8' }).stdout;
}
