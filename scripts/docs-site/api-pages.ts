/**
 * The API reference as pages of Markdown: an overview, one page for each group of operations, one for each object, and a list of the
 * objects. Everything comes from the OpenAPI document.
 */
import {
  type ApiDocument,
  behind,
  nameOfRef,
  type Operation,
  objectAddress,
  type Schema,
  slugOf,
} from './api-document.ts';
import { fieldLines, parameterLines, typeOf } from './api-fields.ts';
import { answerOf, curlOf, sdkOf } from './api-samples.ts';

export interface MadePage {
  url: string;
  markdown: string;
  /** In the navigation and in trails. */
  label: string;
  parent?: string;
}

/** Every page of the reference, the overview first. */
export function apiPages(document: ApiDocument): MadePage[] {
  const objects = Object.keys(document.schemas).sort();
  return [
    { url: '/docs/api', label: 'All requests', markdown: overview(document) },
    ...document.tags.map((tag) => ({
      url: groupAddress(tag.name),
      label: tag.name,
      markdown: groupPage(tag, document),
      parent: '/docs/api',
    })),
    { url: '/docs/api/objects', label: 'Objects', markdown: objectList(objects, document), parent: '/docs/api' },
    ...objects.map((name) => ({
      url: objectAddress(name),
      label: name,
      markdown: objectPage(name, document),
      parent: '/docs/api/objects',
    })),
  ];
}

export function groupAddress(tag: string): string {
  return `/docs/api/${slugOf(tag)}`;
}

/** The address of an operation: its heading on the page of its group. */
export function operationAddress({ tag, summary }: Operation): string {
  const anchor = summary
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
  return `${groupAddress(tag)}#${anchor}`;
}

function overview(document: ApiDocument): string {
  const groups = document.tags.map(({ name, description }) => {
    const own = document.operations.filter(({ tag }) => tag === name);
    const rows = own.map(
      (one) => `| \`${one.method}\` | \`${one.path}\` | [${one.summary}](${operationAddress(one)}) |`,
    );
    return `## ${name}\n\n${description} [All of it](${groupAddress(name)}).\n\n| Method | Path | |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# API reference

${document.description}

The document that these pages are made from: [openapi.json](/docs/openapi.json).

## What all requests share

- **Key**: \`Authorization: Bearer sk_…\`. A secret key sees the objects of one account in one mode, test or live.
- **Repeats**: each \`POST\` takes an \`Idempotency-Key\`; the same key with the same body gets the same answer. [More](/docs/guides/idempotency).
- **Lists** are newest first unless they say otherwise, at most 100 a page; the header \`Next-Cursor\` of an answer is the \`cursor\` of the next request.
- **Errors** are problem documents; decide by \`code\`. [All codes](/docs/errors).
- **Values**: money is an integer of minor units with a currency, times are ISO 8601 in UTC, and what does not exist is absent, never \`null\`.
- **Objects** that answers show have [pages of their own](/docs/api/objects).

${groups.join('\n')}`;
}

function groupPage(tag: { name: string; description: string }, document: ApiDocument): string {
  const own = document.operations.filter((one) => one.tag === tag.name);
  return `# ${tag.name}: API\n\n${tag.description}\n\n${own.map((one) => operationText(one, document)).join('\n')}`;
}

function operationText(operation: Operation, document: ApiDocument): string {
  const { summary, method, path, description, parameters, body, answer, errors } = operation;
  const parts = [`## ${summary}`, `\`${method} ${path}\``];
  if (description !== undefined) parts.push(description);
  parts.push(...examples(operation, document));
  const given = parameters.filter(({ name }) => name !== 'idempotency-key');
  if (given.length > 0) parts.push('**Parameters**', parameterLines(given, document).join('\n'));
  if (body !== undefined) parts.push(`**Body**${bodyWords(operation)}`, bodyLines(body.content.schema, document));
  const problem = answerOf(operation, document);
  parts.push(
    `**Answer** ${answer.status}${answerWords(answer.content?.schema, document)}. ${answer.description}`.trimEnd(),
  );
  if (problem !== undefined) parts.push(`\`\`\`json\n${JSON.stringify(problem, null, 2)}\n\`\`\``);
  const codes = errors.filter(({ codes: some }) => some.length > 0);
  if (codes.length > 0) parts.push(`**Errors** ${codes.map(errorWords).join(' · ')}`);
  return `${parts.join('\n\n')}\n`;
}

function examples(operation: Operation, document: ApiDocument): string[] {
  return [
    `\`\`\`sh tab=curl\n${curlOf(operation, document)}\n\`\`\``,
    `\`\`\`ts tab=SDK\n${sdkOf(operation, document)}\n\`\`\``,
  ];
}

function bodyWords({ body, parameters }: Operation): string {
  const file = body !== undefined && !/json/.test(body.type) ? `: the file itself, of type ${body.type}` : '';
  const key = parameters.find(({ name }) => name === 'idempotency-key');
  const header = key === undefined ? '' : ` (with an \`Idempotency-Key\`${key.required ? '' : ' if you like'})`;
  return `${file}${header}`;
}

function bodyLines(schema: Schema, document: ApiDocument): string {
  const lines = fieldLines(schema, { document, demands: true });
  const name = nameOfRef(schema);
  if (lines.length > 0) return lines.join('\n');
  return name === undefined ? 'Its bytes, as they are.' : `See [${name}](${objectAddress(name)}).`;
}

function answerWords(schema: Schema | undefined, document: ApiDocument): string {
  if (schema === undefined) return '';
  const { data } = behind(document, schema).properties ?? {};
  return data === undefined ? `, ${typeOf(schema, document)}` : `, \`data\`: ${typeOf(data, document)}`;
}

function errorWords({ status, codes }: Operation['errors'][number]): string {
  return `${status} ${codes.map((code) => `[\`${code}\`](/docs/errors/${code})`).join(', ')}`;
}

function objectList(names: readonly string[], { schemas }: ApiDocument): string {
  const rows = names.map((name) => `| [${name}](${objectAddress(name)}) | ${schemas[name]?.description ?? ''} |`);
  return `# Objects of the API\n\nWhat requests and answers are made of.\n\n| Object | What it is |\n|---|---|\n${rows.join('\n')}\n`;
}

function objectPage(name: string, document: ApiDocument): string {
  const schema = document.schemas[name] as Schema;
  const demands = schema.additionalProperties === false;
  const lines = fieldLines(schema, { document, demands });
  const pointer = `"#/components/schemas/${name}"`;
  const users = document.operations.filter(({ body, answer }) =>
    JSON.stringify([body?.content.schema ?? {}, answer.content?.schema ?? {}]).includes(pointer),
  );
  const used = users.map((one) => `- [${one.summary}](${operationAddress(one)})`);
  return `# ${name}: object

${schema.description ?? `The object ${name}.`}

${lines.length === 0 ? typeOf(schema, document) : lines.join('\n')}
${used.length === 0 ? '' : `\n## Where it is used\n\n${used.join('\n')}\n`}`;
}
