/** Makes `sdk/src/generated/resources.ts`: one class for each resource, one method for each operation, documented. */
import { openapiDocument } from './openapi-document.ts';
import {
  bodyOf,
  capital,
  type Operation,
  operationsOf,
  PLACES,
  queryOf,
  type Spec,
  takesFile,
} from './sdk-operations.ts';
import type { Schema } from './typescript-text.ts';

/** Text of the file. */
export async function sdkResources(): Promise<string> {
  const operations = operationsOf(JSON.parse(await openapiDocument()) as Spec);
  const resources = new Map<string, Operation[]>();
  for (const operation of operations) {
    const [resource] = placeOf(operation);
    resources.set(resource, [...(resources.get(resource) ?? []), operation]);
  }
  const classes = [...resources].map(([resource, its]) => classText(resource, its));
  const fields = [...resources.keys()].map((resource) => `  readonly ${resource}: ${classOf(resource)};`);
  const made = [...resources.keys()].map((resource) => `    this.${resource} = new ${classOf(resource)}(api);`);
  return `/** Every resource of the API. Made by \`npm run generate\` from docs/openapi.json; do not edit. */
import type { Api, CallOptions, FileBody } from '../api.ts';
import { List, type ListOf } from '../list.ts';
import type * as t from './types.ts';

${classes.join('\n')}
/** Every resource of the API. */
export class Resources {
${fields.join('\n')}

  constructor(api: Api) {
${made.join('\n')}
  }
}
`;
}

function classText(resource: string, operations: readonly Operation[]): string {
  const methods = operations.map((operation) => methodText(operation));
  return `export class ${classOf(resource)} {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

${methods.join('\n')}}
`;
}

function methodText(operation: Operation): string {
  const { path, method } = operation;
  const [, name] = placeOf(operation);
  const body = bodyOf(operation);
  const query = queryOf(operation);
  const answer = answerOf(operation);
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => id as string);
  const address =
    ids.length === 0
      ? `'${path}'`
      : `\`${path.replace(/\{(\w+)\}/g, (_, id: string) => `\${encodeURIComponent(${id})}`)}\``;
  const listed = answer.paged;
  const parameters = [
    ...ids.map((id) => `${id}: string`),
    ...(body === undefined ? [] : [`params: t.${body.name}${body.required ? '' : ' = {}'}`]),
    ...(takesFile(operation) ? ['file: FileBody'] : []),
    ...(query === undefined ? [] : [`query: t.${query.name}${query.schema.required?.length ? '' : ' = {}'}`]),
    'options: CallOptions = {}',
  ].join(', ');
  const parts = [`method: '${method}'`, `path: ${address}`];
  if (body !== undefined) parts.push('body: params');
  if (takesFile(operation)) parts.push('file');
  if (query !== undefined) parts.push('query: { ...query }');
  parts.push('options');
  const call = `{ ${parts.join(', ')} }`;
  const comment = [operation.summary, operation.description].filter(Boolean).join('. ').replaceAll('*/', '* /');
  const words = `  /** ${comment.replace(/\s+/g, ' ')}${/[.!?]$/.test(comment) ? '' : '.'} */\n`;
  if (listed)
    return `${words}  ${name}(${parameters}): ListOf<${answer.type}> {\n    return new List<${answer.type}>(this.#api, ${call});\n  }\n`;
  return `${words}  ${name}(${parameters}): Promise<${answer.type}> {\n    return this.#api.call<${answer.type}>(${call});\n  }\n`;
}

/** What comes back, and whether it comes in pages. */
function answerOf(operation: Operation): { type: string; paged: boolean } {
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
  const schema = success?.content?.['application/json']?.schema;
  if (schema === undefined) return { type: 'void', paged: false };
  if (schema.$ref !== undefined) return { type: nameOf(schema), paged: false };
  const item = schema.properties?.data?.items;
  if (item === undefined) throw new Error(`${operation.operationId} answers neither an object by name nor a list.`);
  const cursors = operation.parameters?.some((one) => one.name === 'cursor') === true;
  if (cursors) return { type: nameOf(item), paged: true };
  const rest = Object.entries(schema.properties ?? {}).map(
    ([name, one]) => `${name}: ${name === 'data' ? `${nameOf(item)}[]` : nameOf(one)}`,
  );
  return { type: `{ ${rest.join('; ')} }`, paged: false };
}

/** Not the plain name: an object of that name may be among the types. */
function classOf(resource: string): string {
  return `${capital(resource)}Resource`;
}

function nameOf(schema: Schema): string {
  if (schema.$ref === undefined) throw new Error('a schema without a name');
  return `t.${schema.$ref.slice('#/components/schemas/'.length)}`;
}

function placeOf(operation: Operation): readonly [string, string] {
  const place = PLACES[operation.operationId];
  if (place === undefined) throw new Error(`${operation.operationId} has no place in the SDK.`);
  return place;
}
