/** What merchants do with webhook endpoints. Sending is in `deliveries.ts`. */
import { accepted, type Decision, missing, Rejected, reject } from '../domain/errors.ts';
import {
  ALL_EVENTS,
  CONCURRENCY,
  createEndpoint,
  deleteEndpoint,
  disableEndpoint,
  ENDPOINT_LIMIT,
  type EndpointPatch,
  type Ordering,
  pingEndpoint,
  rotateSecret,
  SECRET_BYTES,
  SECRET_PURPOSE,
  updateEndpoint,
  type WebhookEndpoint,
} from '../domain/webhook.ts';
import { type Delivery, type DeliveryStatus, hasFailedTooLong } from '../domain/webhook-delivery.ts';
import { problemWithWebhookUrl } from '../domain/webhook-url.ts';
import { secretText } from '../lib/signature.ts';
import { Stale, Taken, type Tx } from '../store/database.ts';
import { endDeliveries, findDelivery, listDeliveries } from '../store/deliveries.ts';
import type { Page } from '../store/pages.ts';
import {
  ENDPOINT_SLOTS,
  findHealth,
  findWebhookEndpoint,
  listWebhookEndpoints,
  takenSlots,
} from '../store/webhook-endpoints.ts';
import { renderWebhookEndpoint } from '../wire/webhook-endpoint.ts';
import { Changes } from './apply.ts';
import type { Context } from './context.ts';
import { hastenEndpoint } from './hastening.ts';
import { type Answer, type IdempotentRequest, type KeyWriter, once } from './idempotency.ts';

/** The body of `POST /collect/webhook_endpoints`. */
export interface EndpointBody {
  url: string;
  description?: string;
  event_types?: string[];
  enabled?: boolean;
  ordering?: Ordering;
  concurrency?: number;
}

/** What an answer that holds a secret is sealed for while its idempotency key keeps it. */
const ANSWER_PURPOSE = 'webhook_endpoint_answer';

/**
 * Adds an endpoint and answers it with its secret, the only time that is shown. Throws Rejected with 422
 * `webhook_url_not_allowed` or `webhook_endpoint_limit`. What the idempotency key keeps of the answer is sealed.
 */
export function createWebhookEndpoint(
  context: Context,
  asked: { body: EndpointBody; idempotency: IdempotentRequest | undefined },
): Promise<{ answer: Answer; replayed: boolean }> {
  return onceWithSecret(context, { status: 201, idempotency: asked.idempotency }, (key) => {
    refuseUrl(context, asked.body.url);
    return create(context, asked.body, key);
  });
}

/**
 * Gives the endpoint a new secret and answers it, the only time it is shown; the one before signs beside it for `overlapMs`.
 * Throws Rejected with 404, or 409 `secret_rotation_under_way`.
 */
export function rotateWebhookSecret(
  context: Context,
  id: string,
  asked: { overlapMs: number; idempotency: IdempotentRequest | undefined },
): Promise<{ answer: Answer; replayed: boolean }> {
  return onceWithSecret(context, { status: 200, idempotency: asked.idempotency }, async (key) => {
    const { tenant, system, vault, at } = context;
    const endpoint = await getWebhookEndpoint(context, id);
    const secret = system.random(SECRET_BYTES);
    const sealedSecret = await vault.sealSecret(tenant.id, SECRET_PURPOSE, secret);
    const order = { sealedSecret, overlapMs: asked.overlapMs, now: system.clock.now() };
    return showSecret(context, { decision: accepted(rotateSecret(endpoint, order, at)), secret, status: 200 }, key);
  });
}

/** Does the work once for its key; a replay opens the kept answer and shows the same secret again. */
async function onceWithSecret(
  context: Context,
  { status, idempotency }: { status: number; idempotency: IdempotentRequest | undefined },
  work: (key: KeyWriter) => Promise<Answer>,
): Promise<{ answer: Answer; replayed: boolean }> {
  const { answer, replayed } = await once(context, idempotency, {
    work: (key) => again(() => work(key)),
    report: async (id) => answerOf(context, status, await getWebhookEndpoint(context, id)),
  });
  if (!replayed || answer.status !== status) return { answer, replayed };
  const { body } = JSON.parse(answer.body) as { body: string };
  const opened = await context.vault.openSecret(context.tenant.id, ANSWER_PURPOSE, Buffer.from(body, 'base64'));
  return { answer: { status, body: opened.toString() }, replayed };
}

async function create(context: Context, body: EndpointBody, key: KeyWriter): Promise<Answer> {
  const { tenant, system, vault, database, at } = context;
  const secret = system.random(SECRET_BYTES);
  const decision = accepted(
    createEndpoint({
      tenantId: tenant.id,
      id: system.ids.next('whe'),
      url: body.url,
      ...(body.description === undefined ? {} : { description: body.description }),
      eventTypes: body.event_types ?? [ALL_EVENTS],
      ordering: body.ordering ?? 'per_object',
      concurrency: body.concurrency ?? CONCURRENCY,
      enabled: body.enabled ?? true,
      slot: freeSlot(await takenSlots(database, tenant.id)),
      sealedSecret: await vault.sealSecret(tenant.id, SECRET_PURPOSE, secret),
      createdAt: at,
    }),
  );
  return showSecret(context, { decision, secret, status: 201 }, key);
}

/** Commits a decision together with its answer, which holds the secret and is kept sealed. */
async function showSecret(
  context: Context,
  { decision, secret, status }: { decision: Decision<WebhookEndpoint>; secret: Buffer; status: number },
  key: KeyWriter,
): Promise<Answer> {
  const { tenant, vault } = context;
  const shown = { ...renderWebhookEndpoint(decision.next, { mode: tenant.mode }), secret: secretText(secret) };
  const body = JSON.stringify(shown);
  const sealed = await vault.sealSecret(tenant.id, ANSWER_PURPOSE, Buffer.from(body));
  const kept = { status, body: JSON.stringify({ body: sealed.toString('base64') }) };
  await new Changes(context).webhookEndpoint(decision).also(key.keep(kept)).commit();
  return { status, body };
}

function freeSlot(taken: ReadonlySet<number>): number | undefined {
  for (let slot = 1; slot <= ENDPOINT_LIMIT; slot++) if (!taken.has(slot)) return slot;
  return undefined;
}

/** Throws Rejected with 404 for an unknown, deleted or foreign id. */
export async function getWebhookEndpoint(context: Context, id: string): Promise<WebhookEndpoint> {
  const endpoint = await findWebhookEndpoint(context.database, context.tenant.id, id);
  if (endpoint === undefined) throw new Rejected(missing('webhook_endpoint_not_found'));
  return endpoint;
}

export function pageOfWebhookEndpoints(context: Context, list: { page: Page }) {
  return listWebhookEndpoints(context.database, context.tenant.id, list);
}

/** Changes what is given, once for its key. Throws Rejected with 404, or 422 for a URL that cannot be sent to. */
export function patchWebhookEndpointOnce(
  context: Context,
  id: string,
  asked: { patch: EndpointPatch; idempotency: IdempotentRequest | undefined },
): Promise<{ answer: Answer; replayed: boolean }> {
  const answer = (endpoint: WebhookEndpoint) => answerOf(context, 200, endpoint);
  return once(context, asked.idempotency, {
    work: async (key) =>
      answer(await patchWebhookEndpoint(context, id, { ...asked.patch, also: (next) => key.keep(answer(next)) })),
    report: async () => answer(await getWebhookEndpoint(context, id)),
  });
}

/** Changes what is given. Switched on again, an endpoint gets what is due to it at once. `also` is written with the change. */
export function patchWebhookEndpoint(
  context: Context,
  id: string,
  { also, ...patch }: EndpointPatch & { also?(endpoint: WebhookEndpoint): (tx: Tx) => void },
): Promise<WebhookEndpoint> {
  return again(async () => {
    const endpoint = await getWebhookEndpoint(context, id);
    if (patch.url !== undefined) refuseUrl(context, patch.url);
    const decision = updateEndpoint(endpoint, patch, context.at);
    const changes = new Changes(context).webhookEndpoint(decision);
    if (also !== undefined) changes.also(also(decision.next));
    await changes.commit();
    if (decision.next.enabled && !endpoint.enabled) {
      await hastenEndpoint(context, { tenantId: context.tenant.id, endpointId: id });
    }
    context.nudge.tap('deliveries');
    return decision.next;
  });
}

/** Deletes the endpoint and gives up what was still on its way to it. */
export function removeWebhookEndpoint(context: Context, id: string): Promise<void> {
  return again(async () => {
    const decision = deleteEndpoint(await getWebhookEndpoint(context, id), context.at);
    // Deliveries live in real time.
    const ending = { tenantId: context.tenant.id, endpointId: id, at: context.system.clock.now() };
    await new Changes(context)
      .webhookEndpoint(decision)
      .also((tx) => endDeliveries(tx, ending))
      .commit();
  });
}

/** Sends a `webhook_endpoint.ping` to this endpoint alone. Throws Rejected with 409 when it is disabled. */
export function pingWebhookEndpoint(
  context: Context,
  id: string,
  idempotency: IdempotentRequest | undefined,
): Promise<{ answer: Answer; replayed: boolean }> {
  return once(context, idempotency, {
    work: (key) =>
      again(async () => {
        const decision = accepted(pingEndpoint(await getWebhookEndpoint(context, id), context.at));
        const answer = answerOf(context, 200, decision.next);
        await new Changes(context).webhookEndpoint(decision).also(key.keep(answer)).commit();
        return answer;
      }),
    report: async () => answerOf(context, 200, await getWebhookEndpoint(context, id)),
  });
}

/** Failures or a 410 switch the endpoint off. Does nothing when it is off, gone, or has succeeded meanwhile. */
export function switchOffEndpoint(context: Context, id: string, reason: 'failing' | 'gone'): Promise<void> {
  return again(async () => {
    const { database, tenant, at, system } = context;
    const endpoint = await findWebhookEndpoint(database, tenant.id, id);
    if (endpoint === undefined) return;
    // How long it has been failing is real time, whatever the tenant's clock says.
    const failing = async () => hasFailedTooLong(await findHealth(database, tenant.id, id), system.clock.now());
    if (reason === 'failing' && !(await failing())) return;
    await new Changes(context).webhookEndpoint(disableEndpoint(endpoint, reason, at)).commit();
  });
}

/** One page of an endpoint's deliveries, newest first. */
export async function pageOfDeliveries(
  context: Context,
  list: { endpointId: string; status: DeliveryStatus | undefined; page: Page },
) {
  await getWebhookEndpoint(context, list.endpointId);
  return listDeliveries(context.database, context.tenant.id, list);
}

/** Throws Rejected with 404 for an unknown or foreign id. */
export async function getDelivery(context: Context, id: string): Promise<Delivery> {
  const delivery = await findDelivery(context.database, context.tenant.id, id);
  if (delivery === undefined) throw new Rejected(missing('delivery_not_found'));
  return delivery;
}

function refuseUrl(context: Context, url: string): void {
  const { mode } = context.tenant;
  const problem = problemWithWebhookUrl(url, { mode, allowLoopback: context.allowLoopbackWebhooks ?? false });
  if (problem === undefined) return;
  const errors = [{ pointer: '/url', code: 'invalid_value', detail: problem }];
  throw new Rejected(reject('webhook_url_not_allowed', problem, { errors }));
}

function answerOf(context: Context, status: number, endpoint: WebhookEndpoint): Answer {
  return { status, body: JSON.stringify(renderWebhookEndpoint(endpoint, { mode: context.tenant.mode })) };
}

const TRIES = 20;

/** Reads, decides, writes; and again when another writer was faster, or took the free place. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const overtaken = error instanceof Stale || (error instanceof Taken && error.constraint === ENDPOINT_SLOTS);
      if (!overtaken || tries === TRIES) throw error;
    }
  }
}
