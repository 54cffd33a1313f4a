/**
 * Delivers events: takes what is due, tries it, writes what became of it. Tries run side by side and never wait for each
 * other: a receiver that hangs holds up a few of its own deliveries and nothing else. Results that come in while others are
 * being written go together in one statement.
 */
import { afterTry, endsOutage, hasFailedTooLong, healthAfter } from '../domain/webhook-delivery.ts';
import { addressJudge } from '../domain/webhook-url.ts';
import { plus, SECOND, type Timestamp } from '../lib/time.ts';
import {
  type ClaimedDelivery,
  claimDueDeliveries,
  recordTries,
  releaseLanes,
  repairDeliveries,
} from '../store/delivery-work.ts';
import { findTenant } from '../store/tenants.ts';
import { saveHealth } from '../store/webhook-endpoints.ts';
import { type App, contextFor } from './context.ts';
import { hastenEndpoint } from './hastening.ts';
import { type TryResult, tryDelivery } from './webhook-try.ts';
import { switchOffEndpoint } from './webhooks.ts';

export interface DeliveryOptions {
  /** Public addresses of this machine: webhooks are never sent there. */
  ownAddresses: ReadonlySet<string>;
  /** Most tries at once in this process: far above what a few hanging endpoints can hold. */
  inFlight: number;
  connectTimeoutMs: number;
  totalTimeoutMs: number;
}

export const DELIVERY_DEFAULTS: DeliveryOptions = {
  ownAddresses: new Set(),
  inFlight: 2_000,
  connectTimeoutMs: 5 * SECOND,
  totalTimeoutMs: 15 * SECOND,
};

/** How much longer than the longest try a claim lasts: time to write the result down. */
const LEASE_SPARE_MS = 15 * SECOND;
const RECORDED_AT_ONCE = 500;

/** An endpoint to which tries are under way. */
interface Busy {
  tenantId: string;
  endpointId: string;
  count: number;
  /** Most at once, as of the latest claim. */
  most: number;
}

interface Ended extends TryResult {
  claimed: ClaimedDelivery;
}

/** Delivers for one process. Knows only what is in its hands at the moment; everything else is in the rows. */
export class Dispatcher {
  readonly #app: App;
  readonly #options: DeliveryOptions;
  readonly #judges: Record<'test' | 'live', (address: string) => boolean>;
  readonly #busy = new Map<string, Busy>();
  readonly #running = new Set<Promise<void>>();
  readonly #ended: Ended[] = [];
  /** Endpoints of which the latest claim took as much as it could: there may be more, once a place is free. */
  #full = new Set<string>();
  #recording: Promise<void> | undefined;

  constructor(app: App, options: Partial<DeliveryOptions> = {}) {
    this.#app = app;
    this.#options = { ...DELIVERY_DEFAULTS, ...options };
    const judgeOf = (mode: 'test' | 'live') =>
      addressJudge({ mode, allowLoopback: app.allowLoopbackWebhooks ?? false }, this.#options.ownAddresses);
    // Made once: connections are kept for the judge they were opened under.
    this.#judges = { test: judgeOf('test'), live: judgeOf('live') };
  }

  /** Takes what is due and begins its tries; answers how many, without waiting for them. One call at a time. */
  async begin(): Promise<number> {
    const { inFlight, totalTimeoutMs } = this.#options;
    const room = inFlight - this.#running.size;
    if (room <= 0) return 0;
    const now = this.#app.system.clock.now();
    const busy = [...this.#busy.values()];
    const claimed = await claimDueDeliveries(this.#app.database, {
      now,
      leaseUntil: plus(now, totalTimeoutMs + LEASE_SPARE_MS),
      limit: room,
      busy,
    });
    // Counted from what the claim knew: places that became free meanwhile are places that it has not filled.
    const held = new Map(busy.map((one) => [one.endpointId, one]));
    for (const delivery of claimed) {
      const { tenantId, endpointId, concurrency: most } = delivery;
      held.set(endpointId, { tenantId, endpointId, count: (held.get(endpointId)?.count ?? 0) + 1, most });
      this.#start(delivery);
    }
    const full = [...held.values()].filter(({ count, most }) => count >= most);
    this.#full = new Set(full.map(({ endpointId }) => endpointId));
    return claimed.length;
  }

  /** Resolves once every try that has begun is written down. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #start(claimed: ClaimedDelivery): void {
    const { tenantId, endpointId, concurrency: most } = claimed;
    const busy = { tenantId, endpointId, count: (this.#busy.get(endpointId)?.count ?? 0) + 1, most };
    this.#busy.set(endpointId, busy);
    const run = this.#run(claimed).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #run(claimed: ClaimedDelivery): Promise<void> {
    const { connectTimeoutMs, totalTimeoutMs } = this.#options;
    const allowAddress = this.#judges[claimed.mode];
    try {
      const result = await tryDelivery(this.#app, claimed, { connectTimeoutMs, totalTimeoutMs, allowAddress });
      this.#ended.push({ ...result, claimed });
      this.#recording ??= this.#record();
      await this.#recording;
    } catch (error) {
      this.#free(claimed);
      // Not the receiver's doing, so it is no try. The claim runs out and the delivery is due again.
      const { id: deliveryId, endpointId } = claimed;
      this.#app.system.log.error({ err: error, deliveryId, endpointId }, 'a delivery could not be tried');
    }
  }

  /** Writes results until none is left. */
  async #record(): Promise<void> {
    while (this.#ended.length > 0) {
      const batch = this.#ended.splice(0, RECORDED_AT_ONCE);
      let released = 0;
      try {
        const written = await writeEnded(this.#app, batch);
        released = written.released;
        for (const endpoint of written.recovered) this.#hasten(endpoint);
      } catch (error) {
        // The claims run out and the deliveries are tried again: at least once, as promised.
        this.#app.system.log.error({ err: error, deliveries: batch.length }, 'tries could not be written down');
      }
      for (const { claimed } of batch) this.#free(claimed);
      const more = batch.some(({ claimed }) => this.#full.has(claimed.endpointId));
      if (released > 0 || more) this.#app.nudge.tap('deliveries');
    }
    this.#recording = undefined;
  }

  /** Beside the recording of results: what waits at this endpoint may be much, and other endpoints have none of it. */
  #hasten(endpoint: { tenantId: string; endpointId: string }): void {
    const run = hastenEndpoint(this.#app, endpoint)
      .catch((error: unknown) => {
        this.#app.system.log.error({ err: error, endpointId: endpoint.endpointId }, 'an endpoint was not hastened');
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  #free({ endpointId }: ClaimedDelivery): void {
    const busy = this.#busy.get(endpointId);
    if (busy === undefined) return;
    if (busy.count === 1) this.#busy.delete(endpointId);
    else this.#busy.set(endpointId, { ...busy, count: busy.count - 1 });
  }
}

/** Delivers everything that is due, followers included, and answers how many tries that took. For tests and for stepping. */
export async function deliverDue(dispatcher: Dispatcher): Promise<number> {
  let tries = 0;
  for (;;) {
    const begun = await dispatcher.begin();
    await dispatcher.settled();
    if (begun === 0) return tries;
    tries += begun;
  }
}

/** Puts right what a crash left: see `repairDeliveries`. Answers how many deliveries became due or ended. */
export function repairDue(app: App): Promise<number> {
  return repairDeliveries(app.database, app.system.clock.now());
}

/**
 * Writes tries, lets followers go, and notes how the endpoints are doing. Answers how many deliveries became due by it, and the
 * endpoints that work again.
 */
async function writeEnded(
  app: App,
  batch: readonly Ended[],
): Promise<{ released: number; recovered: { tenantId: string; endpointId: string }[] }> {
  const { database, system, log } = { ...app, log: app.system.log };
  const now = system.clock.now();
  const outcomes = batch.map((ended) => {
    const facts = { retryAfterMs: ended.retryAfterMs, random: system.random(4).readUInt32BE() / 2 ** 32 };
    return { claimed: ended.claimed, tried: ended.tried, after: afterTry(ended.tried, facts) };
  });
  const written = await recordTries(database, outcomes);
  if (written.size < outcomes.length) {
    log.warn({ deliveries: outcomes.length - written.size }, 'tries ended after their claim: they are not counted');
  }
  const over = outcomes.filter(({ claimed, after }) => after.status !== 'pending' && written.has(claimed.id));
  const lanes = over.map(({ claimed: { tenantId, endpointId, lane } }) => ({ tenantId, endpointId, lane }));
  const released = await releaseLanes(database, lanes, now);
  return { released, recovered: await noteHealth(app, batch, now) };
}

/** One success among an endpoint's results says that it works. Answers those whose outage it ends. */
async function noteHealth(
  app: App,
  batch: readonly Ended[],
  now: Timestamp,
): Promise<{ tenantId: string; endpointId: string }[]> {
  const byEndpoint = new Map<string, Ended[]>();
  for (const ended of batch) {
    const list = byEndpoint.get(ended.claimed.endpointId);
    if (list === undefined) byEndpoint.set(ended.claimed.endpointId, [ended]);
    else list.push(ended);
  }
  const noted = [];
  const recovered: { tenantId: string; endpointId: string }[] = [];
  const off: { tenantId: string; endpointId: string; reason: 'failing' | 'gone' }[] = [];
  for (const [endpointId, list] of byEndpoint) {
    const { tenantId, health } = list[0]!.claimed;
    const succeeded = list.some(({ tried }) => tried.failure === undefined);
    const next = healthAfter(health, succeeded, now);
    if (next !== undefined) noted.push({ tenantId, endpointId, health: next });
    if (succeeded && endsOutage(health, now)) recovered.push({ tenantId, endpointId });
    if (list.some(({ gone }) => gone)) off.push({ tenantId, endpointId, reason: 'gone' });
    else if (!succeeded && hasFailedTooLong(next ?? health, now)) off.push({ tenantId, endpointId, reason: 'failing' });
  }
  await saveHealth(app.database, noted);
  for (const { tenantId, endpointId, reason } of off) {
    const tenant = await findTenant(app.database, tenantId);
    if (tenant !== undefined) await switchOffEndpoint(contextFor(app, tenant), endpointId, reason);
  }
  return recovered;
}
