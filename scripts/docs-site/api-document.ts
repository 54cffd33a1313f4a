/** The OpenAPI document as the reference reads it: schemas by name, operations by tag, and the codes of errors each can answer. */
import { readFileSync } from 'node:fs';
import { ERRORS } from '../../src/domain/errors.ts';
import { PLACES } from '../generated/sdk-operations.ts';

/** A JSON Schema, as far as the document uses it. */
export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: readonly unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  additionalProperties?: boolean | Schema;
  deprecated?: boolean;
}

interface Content {
  schema: Schema;
  example?: unknown;
  examples?: Readonly<Record<string, { value: unknown; summary?: string }>>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
  example?: unknown;
}

export interface Operation {
  operationId: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description?: string;
  parameters: readonly Parameter[];
  body?: { type: string; content: Content; required: boolean };
  /** The answer of a success; without content for 204. */
  answer: { status: string; description: string; content?: Content; type?: string };
  /** By status, lowest first. */
  errors: readonly { status: string; codes: readonly string[] }[];
  place: readonly [resource: string, method: string];
}

export interface ApiDocument {
  title: string;
  description: string;
  tags: readonly { name: string; description: string }[];
  schemas: Readonly<Record<string, Schema>>;
  operations: readonly Operation[];
}

interface RawAnswer {
  description: string;
  content?: Readonly<Record<string, Content>>;
}

interface RawOperation {
  operationId: string;
  summary: string;
  description?: string;
  tags?: readonly string[];
  parameters?: readonly Parameter[];
  requestBody?: { required?: boolean; content: Readonly<Record<string, Content>> };
  responses: Readonly<Record<string, RawAnswer>>;
}

/** Reads `docs/openapi.json`. */
export function readApiDocument(file: string): ApiDocument {
  const raw = JSON.parse(readFileSync(file, 'utf8'));
  const operations = Object.entries<Record<string, RawOperation>>(raw.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, facts]) => operationOf(facts, { path, method })),
  );
  const named: { name: string; description: string }[] = [...(raw.tags ?? [])];
  for (const { tag } of operations) {
    if (!named.some(({ name }) => name === tag)) named.push({ name: tag, description: '' });
  }
  const tags = named.filter(({ name }) => operations.some(({ tag }) => tag === name));
  const { title, description } = raw.info;
  return { title, description, tags, schemas: raw.components.schemas, operations };
}

function operationOf(facts: RawOperation, { path, method }: { path: string; method: string }): Operation {
  const { operationId, summary, description, tags, parameters = [], requestBody, responses } = facts;
  const place = PLACES[operationId];
  if (place === undefined) throw new Error(`${operationId} has no place in the SDK`);
  const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? ['204', undefined];
  const content = Object.entries(answer?.content ?? {})[0];
  const body = Object.entries(requestBody?.content ?? {});
  return {
    operationId,
    method: method.toUpperCase(),
    path,
    tag: tags?.[0] ?? 'Other',
    summary,
    ...(description === undefined ? {} : { description }),
    parameters,
    ...(body[0] && {
      body: {
        type: body.map(([type]) => type).join(', '),
        content: body[0][1],
        required: requestBody?.required === true,
      },
    }),
    answer: {
      status,
      description: answer?.description ?? '',
      ...(content && { type: content[0], content: content[1] }),
    },
    errors: Object.entries(responses)
      .filter(([code]) => /^[45]/.test(code))
      .map(([code, { description: words }]) => ({ status: code, codes: codesIn(words) })),
    place,
  };
}

/** An answer's description lists the codes it can bear. */
function codesIn(description: string): string[] {
  return [...description.matchAll(/\b[a-z]+(?:_[a-z]+)*\b/g)]
    .map(([word]) => word)
    .filter((word) => Object.hasOwn(ERRORS, word));
}

/** The name of the schema that `$ref` points at. */
export function nameOfRef(schema: Schema): string | undefined {
  return schema.$ref?.slice('#/components/schemas/'.length);
}

/** The schema itself, behind a reference. */
export function behind(document: ApiDocument, schema: Schema): Schema {
  const name = nameOfRef(schema);
  return name === undefined ? schema : (document.schemas[name] ?? {});
}

/** `PaymentSession` as `payment-session`, `Payment sessions` as `payment-sessions`: for addresses. */
export function slugOf(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/\s+/g, '-')
    .toLowerCase();
}

export function objectAddress(name: string): string {
  return `/docs/api/objects/${slugOf(name)}`;
}
