/** Every TypeScript sample that the documentation makes by itself (reference, errors, events) is a program that the SDK's types accept,
 * and every body of its curl commands one that the schemas accept. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readApiDocument } from '../scripts/docs-site/api-document.ts';
import { curlOf } from '../scripts/docs-site/api-samples.ts';
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

test('every body that the reference sends with curl is one that the API takes', () => {
  const file = join(PROJECT_FOLDER, 'docs/openapi.json');
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(JSON.parse(readFileSync(file, 'utf8')), 'api');
  const document = readApiDocument(file);
  let count = 0;
  const refused: string[] = [];
  for (const operation of document.operations) {
    const sent = / -d '([\s\S]*)'$/.exec(curlOf(operation, document))?.[1];
    if (sent === undefined) continue;
    count += 1;
    const body = JSON.parse(sent.replaceAll("'\\''", "'").replace(/\b([a-z]+_)…/g, `$1${'a'.repeat(24)}`));
    const way = operation.path.replaceAll('~', '~0').replaceAll('/', '~1');
    const pointer = `api#/paths/${encodeURIComponent(way)}/${operation.method.toLowerCase()}/requestBody/content/application~1json/schema`;
    if (!ajv.validate({ $ref: pointer }, body)) refused.push(`${operation.operationId}: ${ajv.errorsText()} ${sent}`);
  }
  assert.ok(count >= 15);
  assert.deepEqual(refused, []);
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
