/**
 * Sending again what a merchant asks for: one delivery, or everything that an endpoint missed since a moment. A recovery may be
 * long, so it is a position on the endpoint's row that a duty moves on in steps, and live events go out between them.
 */
import { Rejected, reject } from '../domain/errors.ts';
import { laneOf, type WebhookEndpoint, wants } from '../domain/webhook.ts';
import type { Delivery } from '../domain/webhook-delivery.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import { Stale } from '../store/database.ts';
import { releaseLanes } from '../store/delivery-work.ts';
import {
  beginRecovery,
  countDue,
  findRecoveries,
  hastenLane,
  lanesOf,
  lastSequence,
  type Moment,
  nextRecoverable,
  occurredAtNumber,
  type Recoverable,
  type Recovery,
  type RecoveryStep,
  reopenDelivery,
  writeRecoveryStep,
} from '../store/resending.ts';
import { findWebhookEndpoint } from '../store/webhook-endpoints.ts';
import { renderDelivery } from '../wire/delivery.ts';
import type { App, Context } from './context.ts';
import { momentAt } from './hastening.ts';
import { type Answer, type IdempotentRequest, once } from './idempotency.ts';
import { again, getDelivery, getWebhookEndpoint } from './webhooks.ts';

/** Events looked at in one step of a recovery. */
const STEP_EVENTS = 200;

/** Steps of one recovery before others get their turn. */
const STEPS_IN_A_ROW = 20;

/** A recovery waits while as many deliveries are due at its endpoint: live events stand behind few of the past. */
const BACKLOG = 100;

/** Events may be numbered a little out of the order of their times: as many before the moment are looked at too. */
const NUMBERED_LATE = 1_000;

/**
 * Sends a delivery once more: one that ended is tried again at once, beside the others; one that waits for its next try, or for
 * an earlier event of its object, is hastened. Throws Rejected with 404, or 409 when its endpoint is disabled or deleted.
 */
export function retryDelivery(
  context: Context,
  id: string,
  idempotency: IdempotentRequest | undefined,
): Promise<{ answer: Answer; replayed: boolean }> {
  const { database, tenant, system, nudge } = context;
  return once(context, idempotency, {
    work: (key) =>
      again(async () => {
        const delivery = await getDelivery(context, id);
        await refuseDisabled(context, delivery.endpointId);
        const moment = momentAt(system.clock.now());
        const answer = answerOf(afterRetry(delivery, moment));
        await database.transaction((tx) => {
          if (delivery.status === 'pending') hastenLane(tx, { tenantId: tenant.id, id }, moment);
          else reopenDelivery(tx, { tenantId: tenant.id, id, now: moment.now });
          key.keep(answer)(tx);
        });
        nudge.tap('deliveries');
        return answer;
      }),
    report: async () => answerOf(await getDelivery(context, id)),
  });
}

function afterRetry(delivery: Delivery, { now, idleFrom }: Moment): Delivery {
  const { endedAt: _, ...rest } = delivery;
  if (delivery.status !== 'pending') return { ...rest, status: 'pending', nextAttemptAt: now };
  const due = delivery.nextAttemptAt;
  return due !== undefined && due > idleFrom ? { ...delivery, nextAttemptAt: now } : delivery;
}

/**
 * Begins to send everything that the endpoint missed of the events since `since` (their `timestamp`): those that were given up,
 * and those that it wants and was never sent. Throws Rejected with 404, or 409 when the endpoint is disabled.
 */
export function recoverEndpoint(
  context: Context,
  id: string,
  asked: { since: Timestamp; idempotency: IdempotentRequest | undefined },
): Promise<{ answer: Answer; replayed: boolean }> {
  const { database, tenant, nudge } = context;
  const answered = (recovery: Recovery): Answer => ({
    status: 202,
    body: JSON.stringify({
      webhook_endpoint_id: id,
      since: toIso(asked.since),
      after_sequence: recovery.after,
      until_sequence: recovery.until,
    }),
  });
  return once(context, asked.idempotency, {
    work: (key) =>
      again(async () => {
        await getWebhookEndpoint(context, id);
        await refuseDisabled(context, id);
        const until = await lastSequence(database, tenant.id);
        const after = await numberBefore(context, asked.since, until);
        const recovery = { since: asked.since, after, until };
        const answer = answered(recovery);
        await database.transaction((tx) => {
          if (after < until) beginRecovery(tx, { tenantId: tenant.id, endpointId: id }, recovery);
          key.keep(answer)(tx);
        });
        nudge.tap('recoveries');
        return answer;
      }),
    report: async () => answered({ since: asked.since, after: 0, until: await lastSequence(database, tenant.id) }),
  });
}

/** A number such that no event after the moment has it or a smaller one; found by halving, as numbers follow times nearly. */
async function numberBefore(context: Context, since: Timestamp, last: number): Promise<number> {
  let [low, high] = [0, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const occurredAt = await occurredAtNumber(context.database, context.tenant.id, middle + 1);
    if (occurredAt !== undefined && occurredAt < since) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - NUMBERED_LATE);
}

/** One turn of every recovery under way whose endpoint keeps up. Answers how many steps were made. */
export async function continueRecoveries(app: App): Promise<number> {
  let steps = 0;
  for (const found of await findRecoveries(app.database)) {
    let recovery: Recovery | undefined = found;
    for (let turn = 0; recovery !== undefined && turn < STEPS_IN_A_ROW; turn++) {
      if ((await countDue(app.database, found, { now: app.system.clock.now(), atMost: BACKLOG })) >= BACKLOG) break;
      recovery = await recoverStep(app, { ...found, ...recovery });
      steps++;
    }
  }
  return steps;
}

/** One step; answers what is left of the recovery, or undefined when nothing is, or somebody else goes on with it. */
async function recoverStep(
  app: App,
  at: Recovery & { tenantId: string; endpointId: string },
): Promise<Recovery | undefined> {
  const { tenantId, endpointId, since, after, until } = at;
  const { database, system } = app;
  const endpoint = await findWebhookEndpoint(database, tenantId, endpointId);
  if (endpoint === undefined) return undefined;
  const events = await nextRecoverable(database, at, { after, until, limit: STEP_EVENTS });
  const reached = events.length < STEP_EVENTS ? undefined : events.at(-1)!.sequence;
  const missed = events.filter(({ occurredAt }) => occurredAt >= since);
  const from = { since, after, until };
  const now = system.clock.now();
  const step: RecoveryStep = { tenantId, endpointId, from, reached, at: now, ...choose(app, endpoint, missed) };
  try {
    await database.transaction((tx) => writeRecoveryStep(tx, step));
  } catch (error) {
    if (error instanceof Stale) return undefined;
    throw error;
  }
  await releaseLanes(database, lanesOf(step), now);
  app.nudge.tap('deliveries');
  return reached === undefined ? undefined : { since, after: reached, until };
}

/** What is made and what is sent again: one that was delivered, or is on its way, is left as it is. */
function choose(
  app: App,
  endpoint: WebhookEndpoint,
  events: readonly Recoverable[],
): Pick<RecoveryStep, 'made' | 'again'> {
  const wanted = events.filter((event) => wants(endpoint, event));
  return {
    made: wanted
      .filter(({ delivery }) => delivery === undefined)
      .map((event) => ({
        id: app.system.ids.next('dlv'),
        eventId: event.id,
        eventType: event.type,
        sequence: event.sequence,
        lane: laneOf(endpoint.ordering, event),
      })),
    again: wanted.flatMap((event) =>
      event.delivery?.status === 'exhausted' ? [{ id: event.delivery.id, lane: laneOf(endpoint.ordering, event) }] : [],
    ),
  };
}

async function refuseDisabled(context: Context, endpointId: string): Promise<void> {
  const endpoint = await findWebhookEndpoint(context.database, context.tenant.id, endpointId);
  if (endpoint?.enabled) return;
  throw new Rejected(
    reject(
      'webhook_endpoint_disabled',
      endpoint === undefined
        ? 'The webhook endpoint was deleted: read the event itself with GET /collect/events, or recover it with another endpoint.'
        : 'The webhook endpoint is disabled: set enabled to true first.',
    ),
  );
}

function answerOf(delivery: Delivery): Answer {
  return { status: 200, body: JSON.stringify(renderDelivery(delivery)) };
}
