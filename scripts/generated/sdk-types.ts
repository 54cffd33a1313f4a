/** Makes `sdk/src/generated/types.ts`: what the API takes and answers, and what each event shows, as types. */
import { EVENTS, type ObjectKind } from '../../src/domain/events.ts';
import { openapiDocument } from './openapi-document.ts';
import { bodyOf, type Operation, operationsOf, queryOf, type Spec } from './sdk-operations.ts';
import { commentText, type Openness, type Schema, typeText } from './typescript-text.ts';

/** Objects of events by the name of their schema. */
const OBJECTS: Record<ObjectKind, string> = {
  payment_session: 'PaymentSession',
  payment: 'Payment',
  refund: 'Refund',
  customer: 'Customer',
  payment_method: 'PaymentMethod',
  mandate: 'Mandate',
  subscription: 'Subscription',
  webhook_endpoint: 'WebhookEndpoint',
};

/** Text of the file. */
export async function sdkTypes(): Promise<string> {
  const spec = JSON.parse(await openapiDocument()) as Spec;
  const operations = operationsOf(spec);
  const sent = sentSchemas(spec, operations);
  const schemas = Object.entries(spec.components.schemas).map(([name, schema]) =>
    declaration(name, schema, sent.has(name) ? 'closed' : 'open'),
  );
  const bodies = operations.flatMap((operation) => {
    const body = bodyOf(operation);
    return body?.schema === undefined ? [] : [declaration(body.name, body.schema, 'closed')];
  });
  const queries = operations.flatMap((operation) => {
    const query = queryOf(operation);
    return query === undefined ? [] : [declaration(query.name, query.schema, 'closed')];
  });
  const events = Object.entries(EVENTS).map(
    ([type, { data, when }]) => `  /** ${when} */\n  '${type}': ${OBJECTS[data]};\n`,
  );
  return `/** What the API takes and answers. Made by \`npm run generate\` from docs/openapi.json and the catalogue of events; do not edit. */

/** A word that this version of the SDK does not know: a newer server may have more of them. */
export type OpenWord = string & Record<never, never>;

${[...schemas, ...bodies, ...queries].join('\n')}
/** What each event shows of its object, as it was after the change. */
export interface EventData {
${events.join('')}}

/** An event with the object that belongs to its type. */
export type WebhookEvent = {
  [Type in keyof EventData]: Omit<Event, 'type' | 'data'> & { type: Type; data: EventData[Type] };
}[keyof EventData];
`;
}

function declaration(name: string, schema: Schema, openness: Openness): string {
  const text = typeText(schema, openness);
  const said = commentText(schema, 0);
  return text.startsWith('{') ? `${said}export interface ${name} ${text}\n` : `${said}export type ${name} = ${text};\n`;
}

/** Names of all schemas that a request may hold, however deep. */
function sentSchemas(spec: Spec, operations: readonly Operation[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { $ref } = part as Schema;
    if (typeof $ref === 'string') {
      const name = $ref.slice('#/components/schemas/'.length);
      if (found.has(name)) return;
      found.add(name);
      visit(spec.components.schemas[name]);
    }
    for (const inner of Object.values(part)) visit(inner);
  };
  for (const operation of operations) visit(operation.requestBody);
  return found;
}
