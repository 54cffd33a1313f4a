/**
 * Holds every answer to the OpenAPI document the server itself gives: a status nobody described, a field nobody described and a
 * missing field fail the test that met them, whatever it was about.
 */
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

// biome-ignore lint/suspicious/noExplicitAny: a document of some thousand nodes, read by path.
export type ApiDocument = any;

export interface Answered {
  status: number;
  headers: Headers;
  body: unknown;
  text: string;
}

export interface Contract {
  document: ApiDocument;
  /** Throws AssertionError when the answer is not one the document describes. Addresses it does not name must answer a problem. */
  check(method: string, path: string, answered: Answered): void;
}

const contracts = new Map<string, Promise<Contract>>();

/** The contract of the server at `url`, read once. */
export function contractOf(url: string): Promise<Contract> {
  let contract = contracts.get(url);
  if (contract === undefined) {
    contract = readContract(url);
    contracts.set(url, contract);
  }
  return contract;
}

/** Another process of the same program answers at `url`: its document is the same, and reading it takes longer than a crash. */
export function sameContract(url: string, as: string): void {
  contracts.set(url, contractOf(as));
}

async function readContract(url: string): Promise<Contract> {
  const document = await (await fetch(`${url}/openapi.json`)).json();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(withClosedObjects(document) as object, 'api');
  return { document, check: (method, path, answered) => check(document, ajv, { method, path, answered }) };
}

function check(
  document: ApiDocument,
  ajv: Ajv2020,
  { method, path, answered }: { method: string; path: string; answered: Answered },
): void {
  const said = `${method} ${path.split('?')[0]} answered ${answered.status} ${answered.text.slice(0, 500)}`;
  assert.match(answered.headers.get('request-id') ?? '', /^req_[0-9A-Za-z]{24}$/, `${said}: no Request-Id`);
  if (answered.status >= 400) checkProblem(ajv, answered, said);
  const template = templateOf(document, path);
  const operation = template && document.paths[template][method.toLowerCase()];
  if (operation === undefined) return;
  const described = operation.responses[answered.status];
  // These two come before the route is known to the server's own code.
  if (described === undefined && (answered.status === 431 || answered.status === 408)) return;
  assert.ok(described, `${said}: this status is not in the document`);
  if (answered.status >= 400) {
    const { code } = answered.body as { code: string };
    assert.ok(described.description.split(', ').includes(code), `${said}: this code is not in the document`);
    return;
  }
  const type = 'application/json';
  if (described.content === undefined) {
    assert.equal(answered.text, '', `${said}: a body nobody described`);
    return;
  }
  assert.match(answered.headers.get('content-type') ?? '', /^application\/json/, said);
  const pointer = ['paths', template, method.toLowerCase(), 'responses', answered.status, 'content', type, 'schema'];
  conforms(ajv, { pointer, value: answered.body, said });
}

function checkProblem(ajv: Ajv2020, answered: Answered, said: string): void {
  assert.match(answered.headers.get('content-type') ?? '', /^application\/problem\+json/, said);
  conforms(ajv, { pointer: ['components', 'schemas', 'Problem'], value: answered.body, said });
  const problem = answered.body as { status: number; instance: string; request_id: string };
  assert.equal(problem.status, answered.status, said);
  assert.equal(problem.instance, `urn:tender:request:${problem.request_id}`, said);
}

function conforms(ajv: Ajv2020, facts: { pointer: unknown[]; value: unknown; said: string }): void {
  const at = facts.pointer.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const validate = ajv.getSchema(`api#${encodeURI(at)}`);
  assert.ok(validate, `no schema at ${at}`);
  if (!validate(facts.value)) assert.fail(`${facts.said}: ${ajv.errorsText(validate.errors)}`);
}

/** The path of the document that an address belongs to. */
export function templateOf(document: ApiDocument, path: string): string | undefined {
  const [address] = path.split('?');
  const fits = (template: string) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`).test(address!);
  return Object.keys(document.paths).find(fits);
}

/** Answers are open to clients, who must ignore what they do not know; we ourselves must know every field. */
function withClosedObjects(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withClosedObjects);
  if (typeof node !== 'object' || node === null) return node;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) copy[key] = withClosedObjects(value);
  const isObject = copy.type === 'object' && typeof copy.properties === 'object';
  // A problem has further members of its own kind.
  const open = 'additionalProperties' in copy || copy.title === 'Problem';
  if (isObject && !open && Object.keys(copy.properties as object).length > 0) copy.additionalProperties = false;
  return copy;
}
