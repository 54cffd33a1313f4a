/** One page for each error code and each type of event, as Markdown, and the lists of both: from the catalogues of the program. */
import { errorFor } from '../../sdk/src/errors.ts';
import { ERROR_ADVICE } from '../../src/domain/error-advice.ts';
import { ERRORS, type ErrorCode } from '../../src/domain/errors.ts';
import { EVENT_TYPES, EVENTS, type EventType, type ObjectKind } from '../../src/domain/events.ts';
import { type ApiDocument, type Operation, objectAddress } from './api-document.ts';
import { type MadePage, operationAddress } from './api-pages.ts';
import { sampleOf } from './api-samples.ts';

/** The list of errors, which is `docs/errors.md` up to its table, and a page for each code. */
export function errorPages(document: ApiDocument, list: string): MadePage[] {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const table = (list.split(/^## /m)[0] as string).replace(/\]\(#(\w+)\)/g, '](/docs/errors/$1)');
  return [
    { url: '/docs/errors', label: 'Errors', markdown: table },
    ...codes.map((code) => ({
      url: `/docs/errors/${code}`,
      label: code,
      parent: '/docs/errors',
      markdown: errorPage(code, document),
    })),
  ];
}

function errorPage(code: ErrorCode, { operations }: ApiDocument): string {
  const { status, title } = ERRORS[code];
  const from = operations.filter(({ errors }) => errors.some(({ codes }) => codes.includes(code)));
  return `# ${code}

**${status}** · ${title}.

${ERROR_ADVICE[code]}

## What it looks like

\`\`\`json
${JSON.stringify({ type: `http://localhost:4600/docs/errors/${code}`, title, status, detail: '…', instance: 'urn:tender:request:req_…', code, request_id: 'req_…' }, null, 2)}
\`\`\`

\`detail\` says what happened this time, and \`errors\`, where there is one, names every field at fault by a JSON Pointer. With \`request_id\` you find
the request in the log.

${sdkText(code)}
## Which requests answer it

${requestsText(from, operations)}

All codes: [errors](/docs/errors). What to do about each kind: [handling errors](/docs/guides/errors).
`;
}

/** The class of the SDK is asked of the SDK itself. */
function sdkText(code: ErrorCode): string {
  const { status, title } = ERRORS[code];
  const problem = { type: '', title, status, detail: '', instance: '', code, request_id: '' };
  const name = errorFor(status, problem as Parameters<typeof errorFor>[1], new Headers()).constructor.name;
  return `## In the SDK

It is thrown as \`${name}\`; \`fix\` holds the advice.

\`\`\`ts
import { ${name}, Tender } from '@tender/sdk';

const tender = new Tender('sk_test_…');
try {
  await tender.paymentSessions.get('ps_…');
} catch (error) {
  if (!(error instanceof ${name}) || error.code !== '${code}') throw error;
  console.error(error.fix, error.requestId);
}
\`\`\`
`;
}

function requestsText(from: readonly Operation[], all: readonly Operation[]): string {
  if (from.length === 0)
    return 'No operation answers it by itself: it comes from what stands before them, whatever the address.';
  if (from.length > all.length / 2)
    return `${from.length === all.length ? 'Every' : 'Nearly every'} request of the [API](/docs/api) can.`;
  return from.map((one) => `- [${one.summary}](${operationAddress(one)}): \`${one.method} ${one.path}\``).join('\n');
}

/** The list of events, which is `docs/events.md` with links, and a page for each type. */
export function eventPages(document: ApiDocument, list: string): MadePage[] {
  const linked = list.replace(/^\| `([a-z_]+\.[a-z_]+)` \|/gm, '| [`$1`](/docs/events/$1) |');
  return [
    { url: '/docs/events', label: 'Events', markdown: linked },
    ...EVENT_TYPES.map((type) => ({
      url: `/docs/events/${type}`,
      label: type,
      parent: '/docs/events',
      markdown: eventPage(type, document),
    })),
  ];
}

const OBJECTS: Readonly<Record<ObjectKind, { name: string; states?: string }>> = {
  payment_session: { name: 'PaymentSession', states: 'session' },
  payment: { name: 'Payment', states: 'payment' },
  refund: { name: 'Refund', states: 'refund' },
  customer: { name: 'Customer' },
  payment_method: { name: 'PaymentMethod' },
  mandate: { name: 'Mandate', states: 'mandate' },
  subscription: { name: 'Subscription', states: 'subscription' },
  webhook_endpoint: { name: 'WebhookEndpoint' },
};

/** What `data` says after the change, where one event has one answer. */
const AFTER: Readonly<Partial<Record<EventType, Readonly<Record<string, unknown>>>>> = {
  'payment_session.created': { status: 'active', payment_outcome: 'not_started' },
  'payment_session.completed': { status: 'completed', payment_outcome: 'paid', payment_status: 'paid' },
  'payment_session.expired': { status: 'expired', payment_outcome: 'unpaid' },
  'payment_session.cancelled': { status: 'cancelled', payment_outcome: 'unpaid' },
  'payment.succeeded': { status: 'succeeded' },
  'payment.failed': { status: 'failed', paid_amount: 0 },
  'refund.created': { status: 'pending' },
  'mandate.activated': { status: 'active' },
  'mandate.revoked': { status: 'revoked' },
  'subscription.created': { status: 'active' },
  'webhook_endpoint.created': { enabled: true },
  'webhook_endpoint.disabled': { enabled: false },
};

/** What an answer with this object shows as its example; made from the schema where none does. */
function exampleOf(name: string, document: ApiDocument): unknown {
  const $ref = `#/components/schemas/${name}`;
  const answers = document.operations.map(({ answer }) => answer.content).filter((one) => one?.schema.$ref === $ref);
  const given = answers.flatMap((one) => [
    one?.example,
    ...Object.values(one?.examples ?? {}).map(({ value }) => value),
  ]);
  return given.find((one) => one !== undefined) ?? sampleOf({ $ref }, { document, whole: false });
}

function afterText(after: Readonly<Record<string, unknown>> | undefined): string {
  if (after === undefined) return '';
  const words = Object.entries(after).map(([name, value]) => `\`${name}\` is \`${String(value)}\``);
  return `\nAfter it, for example: ${words.join(', ')}.\n`;
}

function eventPage(type: EventType, document: ApiDocument): string {
  const { when, data } = EVENTS[type];
  const { name, states } = OBJECTS[data];
  const made = exampleOf(name, document);
  const after = AFTER[type];
  const value = { ...(made as object), ...after };
  const event = { id: 'evt_…', type, timestamp: '2026-01-31T12:00:00.000Z', sequence: 42, mode: 'test', data: value };
  const others = EVENT_TYPES.filter((one) => one !== type && EVENTS[one].data === data);
  const moves =
    states === undefined ? '' : ` Which states it can be in, and what follows which: [states](/docs/states#${states}).`;
  return `# ${type}

${when}

\`data\` is the [${name}](${objectAddress(name)}) as it was right after that change.${moves}
${afterText(after)}
## Example

Its values are made up.

\`\`\`json
${JSON.stringify(event, null, 2)}
\`\`\`

## Hear it

\`\`\`ts
import { webhooks } from '@tender/sdk';

export async function handle(request: Request): Promise<Response> {
  const event = await webhooks.verify(await request.text(), request.headers, 'whsec_…');
  if (event.type === '${type}') console.log(event.data.id);
  return new Response(null, { status: 204 });
}
\`\`\`

An event may come more than once: handle each \`id\` once. A delivery that is not answered with 2xx is sent again.

## Others of this object

${others.map((one) => `- [\`${one}\`](/docs/events/${one})`).join('\n')}

All types: [events](/docs/events).
`;
}
