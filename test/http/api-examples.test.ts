/**
 * The examples of the OpenAPI document are what the server really answers: everything is done anew and compared.
 * TENDER_EXAMPLES=write writes them, when an answer was changed on purpose.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { recordExamples } from '../support/api-examples.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { operationsOf } from '../support/fuzz-requests.ts';
import type { Json } from '../support/merchant.ts';
import { filesUnder, PROJECT_FOLDER } from '../support/source-tree.ts';

const FILE = 'data/api-examples.json';
let app: TestApp;
before(async () => {
  app = await testApp({ requestLog: true });
});
after(() => app.close());

test('every example of the document is what the server answers today', async () => {
  const recorded = await recordExamples(app);
  if (process.env.TENDER_EXAMPLES === 'write') {
    writeFileSync(join(PROJECT_FOLDER, FILE), `${JSON.stringify(recorded, null, 1)}\n`);
    return;
  }
  const kept = JSON.parse(filesUnder('data', ['api-examples.json'])[0]!.text) as typeof recorded;
  assert.deepEqual(Object.keys(recorded), Object.keys(kept));
  for (const [operation, example] of Object.entries(recorded)) {
    assert.deepEqual(example, kept[operation], `${operation}: if this was meant, run with TENDER_EXAMPLES=write`);
  }
});

test('every operation of the document has an example of its request, its answer and a refusal', () => {
  const document = JSON.parse(filesUnder('docs', ['openapi.json'])[0]!.text) as Json;
  const has = (content: Json) => content === undefined || Object.values<Json>(content).every((one) => one.examples);
  for (const { operationId, method, template, fileTypes } of operationsOf(document)) {
    const { requestBody, responses } = document.paths[template][method.toLowerCase()];
    if (fileTypes.length === 0) assert.ok(has(requestBody?.content), `${operationId}: request`);
    const [success] = Object.keys(responses).filter((status) => status < '300');
    assert.ok(has(responses[success!].content), `${operationId}: ${success}`);
    const refusals = Object.entries<Json>(responses).filter(([status]) => status >= '400');
    assert.ok(
      refusals.some(([, { content }]) => has(content)),
      `${operationId}: no refusal is shown`,
    );
  }
});
