/** The OpenAPI document: that it is one, that it is complete, and that what is generated from it can rely on it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openapiObject } from '../../scripts/generated/openapi-document.ts';
import { ERRORS } from '../../src/domain/errors.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type ApiDocument, contractOf } from '../support/contract.ts';
import type { Json } from '../support/merchant.ts';

let app: TestApp;
let document: ApiDocument;
let operations: { path: string; method: string; operation: Json }[];
before(async () => {
  app = await testApp();
  ({ document } = await contractOf(app.url));
  operations = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => ({ path, method, operation })),
  );
});
after(() => app.close());

test('the document is OpenAPI 3.1, and the server gives the one that lies in docs', async () => {
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.match(document.info.version, /^\d+\.\d+\.\d+$/);
  assert.ok(document.info.title && document.info.description && document.info.license);
  const { servers, ...made } = await openapiObject();
  const { servers: _, ...given } = document;
  assert.deepEqual(given, JSON.parse(JSON.stringify(made)));
  assert.equal((servers as unknown[]).length, 1);
});

test('every operation has a name of its own, a summary, a known tag, and stands below /collect', () => {
  assert.ok(operations.length >= 25);
  const names = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(names).size, names.length);
  const tags = new Set(document.tags.map((tag: Json) => tag.name));
  for (const { path, operation } of operations) {
    assert.match(operation.operationId, /^[a-z][A-Za-z]+$/);
    assert.match(path, /^\/collect\/[a-z_/{}]+$/);
    assert.ok(operation.summary, operation.operationId);
    assert.deepEqual(operation.security, [{ apiKey: [] }], operation.operationId);
    assert.equal(operation.tags.length, 1, operation.operationId);
    assert.ok(tags.has(operation.tags[0]), `${operation.operationId}: tag ${operation.tags[0]} is not described`);
  }
});

test('every operation says what it answers: one success, and errors of the catalogue under their status', () => {
  for (const { operation, method } of operations) {
    const { responses, operationId } = operation;
    const successes = Object.keys(responses).filter((status) => status.startsWith('2'));
    assert.equal(successes.length, 1, operationId);
    for (const status of ['401', '403', '429', '500', '503']) assert.ok(responses[status], `${operationId} ${status}`);
    if (method !== 'get')
      for (const status of ['400', '413', '415']) assert.ok(responses[status], `${operationId} ${status}`);
    for (const [status, answer] of Object.entries<Json>(responses)) {
      assert.ok(answer.headers['Request-Id'], `${operationId} ${status}`);
      if (status.startsWith('2')) continue;
      for (const code of answer.description.split(', ')) {
        assert.equal(ERRORS[code as keyof typeof ERRORS]?.status, Number(status), `${operationId}: ${code}`);
      }
      const { schema } = answer.content['application/problem+json'];
      assert.deepEqual(schema, { $ref: '#/components/schemas/Problem' });
    }
  }
});

test('every parameter of a path is described, and a POST that creates demands an Idempotency-Key', () => {
  for (const { path, method, operation } of operations) {
    const parameters: Json[] = operation.parameters ?? [];
    const inPath = parameters.filter((one) => one.in === 'path');
    assert.deepEqual(
      inPath.map((one) => `{${one.name}}`),
      path.match(/\{\w+\}/g) ?? [],
    );
    for (const one of inPath) assert.equal(one.required, true);
    const key = parameters.find((one) => one.in === 'header' && one.name === 'idempotency-key');
    // A check moves nothing, a preview is a look, and forgetting is forgetting, however often: whatever key comes with them is ignored.
    const moves = !['checkMandate', 'resetTestCards', 'previewBranding'].includes(operation.operationId);
    if (method === 'get' || method === 'delete' || method === 'put' || !moves) assert.equal(key, undefined, path);
    else assert.ok(key, path);
    if ('201' in operation.responses) assert.equal(key.required, true, path);
    const isList = parameters.some((one) => one.name === 'cursor');
    assert.equal(isList, 'Next-Cursor' in (operation.responses['200']?.headers ?? {}), path);
  }
});

test('every schema is one of JSON Schema 2020-12, every reference leads somewhere, every example fits', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'api');
  let schemas = 0;
  const walk = (node: Json, at: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if (typeof node.$ref === 'string') assert.ok(ajv.getSchema(`api${node.$ref}`), `${at}: ${node.$ref}`);
    if (node.schema !== undefined) {
      schemas++;
      assert.equal(ajv.validateSchema(node.schema), true, `${at}: ${ajv.errorsText()}`);
      const validate = ajv.getSchema(`api#${encodeURI(`${at}/schema`)}`);
      assert.ok(validate, at);
      for (const [name, example] of Object.entries<Json>(node.examples ?? {})) {
        assert.ok(validate(example.value), `${at} ${name}: ${ajv.errorsText(validate.errors)}`);
      }
    }
    for (const [key, below] of Object.entries(node)) {
      if (key === 'examples') continue;
      walk(below, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  };
  walk(document, '');
  assert.ok(schemas > 100);
  for (const [name, schema] of Object.entries<Json>(document.components.schemas)) {
    assert.equal(ajv.validateSchema(schema), true, name);
    assert.equal(schema.title, name);
  }
});

test('every field of a request is bounded: texts in length, numbers in size, lists in number', () => {
  const unbounded: string[] = [];
  const judge = (schema: Json, at: string): void => {
    const node = schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;
    const { type } = node;
    if (type === 'string' && !node.enum && node.maxLength === undefined && node.pattern === undefined)
      unbounded.push(at);
    if (type === 'integer' && (node.minimum === undefined || node.maximum === undefined)) unbounded.push(at);
    if (type === 'array' && node.maxItems === undefined) unbounded.push(at);
    if (type === 'array') judge(node.items, `${at}[]`);
    if (type === 'object' && node.additionalProperties !== false && node.maxProperties === undefined)
      unbounded.push(at);
    for (const [name, below] of Object.entries<Json>(node.properties ?? {})) judge(below, `${at}/${name}`);
  };
  for (const { operation } of operations) {
    const body = operation.requestBody?.content['application/json'];
    if (body) judge(body.schema, operation.operationId);
    for (const one of operation.parameters ?? []) {
      if (one.in === 'query') judge(one.schema, `${operation.operationId}?${one.name}`);
    }
  }
  assert.deepEqual(unbounded, []);
});

test('an answer that the document does not describe is noticed', async () => {
  const { check } = await contractOf(app.url);
  const session = await app.merchant.createSession();
  const path = `/collect/payment_sessions/${session.id}`;
  const headers = new Headers({ 'request-id': `req_${'0'.repeat(24)}`, 'content-type': 'application/json' });
  const answered = (body: Json, status = 200) => check('GET', path, { status, headers, body, text: 'x' });
  answered(session);
  const { amount: _, ...without } = session;
  assert.throws(() => answered(without), /must have required property 'amount'/);
  assert.throws(() => answered({ ...session, surprise: 1 }), /must NOT have additional properties/);
  assert.throws(() => answered({ ...session, status: 'open' }), /must be equal to one of/);
  assert.throws(() => answered({ ...session, customer_id: null }), /must be string/);
  assert.throws(() => answered(session, 202), /this status is not in the document/);
});
