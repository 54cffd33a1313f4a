/**
 * Moves the clock of a test tenant, and does everything that falls due on the way, in due order, before it answers: from one due
 * instant to the next, ours or the sandbox processor's, the sandbox first. The way itself is in `clock-walk.ts`; here is who may
 * walk. One at a time: in this process one after another, and of several processes the one that holds the lease.
 */
import { type Advance, type AdvanceRequest, type ClockView, readAdvance } from '../domain/clock-request.ts';
import { isRejection, Rejected, reject } from '../domain/errors.ts';
import { must } from '../lib/assert.ts';
import { plus } from '../lib/time.ts';
import { Stale, Taken } from '../store/database.ts';
import { findIdempotencyKey } from '../store/idempotency.ts';
import { releaseClock, takeClock } from '../store/tenant-clock.ts';
import { renderClockMoved } from '../wire/test-clock.ts';
import { LEASE_MS, nextDueAt, type Walk, walkTo } from './clock-walk.ts';
import { type Context, contextFor } from './context.ts';
import { type IdempotentRequest, once } from './idempotency.ts';
import { sequenceEvents } from './sequencer.ts';
import type { Identities } from './tenants.ts';

/** Where the clock of the tenant stands. Throws Rejected with 403 in live mode. */
export async function showClock(context: Context): Promise<ClockView> {
  testModeOnly(context);
  const due = await nextDueAt(context);
  return {
    now: context.at,
    offsetMs: context.tenant.clockOffsetMs,
    ...(due === undefined ? {} : { nextDueAt: due }),
  };
}

/**
 * Moves the clock and answers when all that fell due has been done. Throws Rejected with 400; with 403 in live mode; with 503
 * `service_unavailable` while another process moves it, and `processor_unavailable` when the sandbox does not answer: then the clock
 * stands where the last step left it.
 */
export async function advanceClock(
  context: Context,
  identities: Identities,
  asked: { body: AdvanceRequest; idempotency: IdempotentRequest | undefined },
) {
  testModeOnly(context);
  const advance = readAdvance(asked.body, context.at);
  if (isRejection(advance)) throw new Rejected(advance);
  return once(context, asked.idempotency, {
    work: (key) =>
      inTurn(identities, context.tenant.id, async () => {
        // The first request with this key may have moved the clock while we waited: twice would be further than was asked.
        if (key.key !== undefined && (await findIdempotencyKey(context.database, context.tenant.id, key.key)))
          throw new Taken('idempotency_keys_pkey');
        const moved = await advanceOnce(context, identities, advance);
        const answer = { status: 200, body: JSON.stringify(renderClockMoved(moved)) };
        await context.database.transaction(key.keep(answer));
        return answer;
      }),
    // A key of this route is written with its answer or not at all.
    report: async () => must<never>(undefined, 'the answer of a clock that was moved'),
  });
}

async function advanceOnce(context: Context, identities: Identities, advance: Advance) {
  const { database, system, tenant } = context;
  const lease = { tenantId: tenant.id, until: plus(system.clock.now(), LEASE_MS) };
  if (!(await takeClock(database, lease, system.clock.now()))) throw busy();
  identities.forget(tenant.id);
  const fresh = must(await identities.tenant(tenant.id), 'the tenant of a key');
  const walk: Walk = { app: context, identities, lease, tenant: fresh };
  try {
    const due = await walkTo(walk, 'to' in advance ? advance : { offsetMs: fresh.clockOffsetMs + advance.byMs });
    await numberEvents(context);
    const now = contextFor(context, walk.tenant).at;
    return {
      now,
      movedMs: walk.tenant.clockOffsetMs - fresh.clockOffsetMs,
      offsetMs: walk.tenant.clockOffsetMs,
      ...(due === undefined ? {} : { nextDueAt: due }),
    };
  } catch (error) {
    if (error instanceof Stale) throw busy();
    throw error;
  } finally {
    await database.transaction((tx) => releaseClock(tx, walk.lease));
  }
}

const NUMBERING_PASSES = 20;

/** So that whoever lists events next finds those of the way. What is left, or fails, is the worker's as ever. */
async function numberEvents(context: Context): Promise<void> {
  for (let pass = 0; pass < NUMBERING_PASSES; pass++) if ((await sequenceEvents(context)) === 0) return;
}

const turns = new WeakMap<Identities, Map<string, Promise<unknown>>>();

/** One after another for each tenant of a program. */
function inTurn<T>(identities: Identities, tenantId: string, work: () => Promise<T>): Promise<T> {
  const queue = turns.get(identities) ?? new Map<string, Promise<unknown>>();
  turns.set(identities, queue);
  // Whoever was before has told its own caller what went wrong.
  const before = (queue.get(tenantId) ?? Promise.resolve()).catch(() => undefined);
  const turn = before.then(work);
  queue.set(tenantId, turn);
  return turn.finally(() => {
    if (queue.get(tenantId) === turn) queue.delete(tenantId);
  });
}

function testModeOnly(context: Context): void {
  if (context.tenant.mode === 'test') return;
  throw new Rejected(
    reject('test_mode_only', 'The clock of live mode is real time: use a key that begins with sk_test_.'),
  );
}

function busy(): Rejected {
  return new Rejected(
    reject('service_unavailable', 'Another process is moving this clock: repeat the request in a moment.', {
      retryAfterSeconds: 1,
    }),
  );
}
