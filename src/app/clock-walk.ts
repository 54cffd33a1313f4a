/**
 * The way of a test tenant's clock, step by step: to the next instant at which something is due, here or at the sandbox. The
 * sandbox goes first, and tells its notifications to this server meanwhile, so nothing here is locked but the lease of the clock;
 * then our clock; then everything that is due, the earliest first, by the functions that the worker calls.
 */
import { Rejected, reject } from '../domain/errors.ts';
import { must } from '../lib/assert.ts';
import { plus, SECOND, type Timestamp, toIso } from '../lib/time.ts';
import { type DueName, nextDues } from '../store/due.ts';
import { type ClockLease, moveClock } from '../store/tenant-clock.ts';
import { type App, type Context, contextFor, type Tenant } from './context.ts';
import { DUE_KINDS } from './due.ts';
import { processorOf } from './processor-access.ts';
import type { Identities } from './tenants.ts';

/** Longer than any single call takes. A process that died leaves the tenant's due rows to the workers after this. */
export const LEASE_MS = 60 * SECOND;

export interface Walk {
  app: App;
  identities: Identities;
  lease: ClockLease;
  /** As it was read last. */
  tenant: Tenant;
}

type Floors = Record<DueName, Timestamp>;
const NO_FLOORS: Floors = Object.fromEntries(DUE_KINDS.map(({ name }) => [name, 0])) as Floors;

/** An instant, or a distance from real time, milliseconds: what is asked for in seconds is moved by exactly so many. */
export type Goal = { to: Timestamp } | { offsetMs: number };

/**
 * Walks until the clock has reached its goal and nothing is due; one already past only does what is due. Answers when something is
 * due next. Throws Stale when the lease was lost, and Rejected with 503 when the sandbox does not answer.
 */
export async function walkTo(walk: Walk, goal: Goal): Promise<Timestamp | undefined> {
  const floors: Floors = { ...NO_FLOORS };
  const aheadAt = (at: Timestamp): number => Math.max(walk.tenant.clockOffsetMs, at - walk.app.system.clock.now());
  // The sandbox may be behind, with an account made anew, or ahead, after a process died between the two clocks.
  let theirs = await moveProcessor(walk, walk.tenant.clockOffsetMs);
  for (;;) {
    const next = earlier(await doWhatIsDue(walk, floors), theirs);
    const aimMs = 'to' in goal ? aheadAt(goal.to) : goal.offsetMs;
    if (walk.tenant.clockOffsetMs >= aimMs) return next;
    const offsetMs = next === undefined ? aimMs : Math.min(aimMs, aheadAt(next));
    theirs = await moveProcessor(walk, offsetMs);
    await moveOurs(walk, offsetMs);
  }
}

/** So often the same kind is done at the same instant, fifty rows each time, before what is left there counts as failing. */
const SAME_ROUNDS = 400;

/** Does everything due, the earliest first, until nothing is; answers when something of ours is due next. */
async function doWhatIsDue(walk: Walk, floors: Floors): Promise<Timestamp | undefined> {
  let before: { name: DueName; at: Timestamp } | undefined;
  let rounds = 0;
  for (;;) {
    const now = nowOf(walk);
    const [first] = await nextDues(walk.app.database, walk.tenant.id, floors);
    if (first === undefined || first.at > now) return first?.at;
    const kind = must(
      DUE_KINDS.find(({ name }) => name === first.name),
      `a duty for ${first.name}`,
    );
    const done = await kind.run(walk.app, walk.identities, walk.tenant);
    rounds = first.name === before?.name && first.at === before.at ? rounds + 1 : 0;
    before = first;
    // Rows that fail stay due: the worker tries them again, and they must not keep us here.
    if (done === 0 || rounds === SAME_ROUNDS) floors[first.name] = now;
    await holdLease(walk);
  }
}

async function moveOurs(walk: Walk, offsetMs: number): Promise<void> {
  const { app, identities, lease } = walk;
  const until = plus(app.system.clock.now(), LEASE_MS);
  await app.database.transaction((tx) => moveClock(tx, lease, { offsetMs, until }));
  walk.lease = { ...lease, until };
  identities.forget(lease.tenantId);
  walk.tenant = must(await identities.tenant(lease.tenantId), 'the tenant of a clock');
}

async function holdLease(walk: Walk): Promise<void> {
  if (walk.lease.until - walk.app.system.clock.now() < LEASE_MS / 2) await moveOurs(walk, walk.tenant.clockOffsetMs);
}

/** Moves the processor's clock of the tenant, if it has one; answers when something is due there next. */
async function moveProcessor(walk: Walk, offsetMs: number): Promise<Timestamp | undefined> {
  const { app, identities, tenant } = walk;
  const context = contextFor(app, tenant);
  const clock = await processorClockOf(context);
  if (clock?.processor.advanceClock === undefined) return undefined;
  const { processor, credentials } = clock;
  const to = plus(app.system.clock.now(), offsetMs);
  const step = await identities.whileAhead(tenant.id, offsetMs, () =>
    must(processor.advanceClock, 'a processor with a clock').call(processor, to, { credentials }),
  );
  if (step.kind === 'unavailable') throw notMoved(context, step.evidence.detail);
  return step.nextDueAt !== undefined && step.nextDueAt > to ? step.nextDueAt : undefined;
}

async function processorClockOf(context: Context) {
  const { tenant, processors } = context;
  // A tenant that was never bound to a processor has only our clock.
  if (processors.find(tenant.processor) === undefined || tenant.sealedCredentials === undefined) return undefined;
  return processorOf(context, tenant.processor);
}

/** When something of the tenant is due next at the processor, as far as it says. */
async function processorDueAt(context: Context): Promise<Timestamp | undefined> {
  const clock = await processorClockOf(context);
  const step = await clock?.processor.readClock?.({ credentials: clock.credentials });
  return step?.kind === 'at' ? step.nextDueAt : undefined;
}

/** When something of the tenant is due next, here or at the processor; what is due already is said too. */
export async function nextDueAt(context: Context): Promise<Timestamp | undefined> {
  const [theirs, [ours]] = await Promise.all([
    processorDueAt(context),
    nextDues(context.database, context.tenant.id, NO_FLOORS),
  ]);
  return earlier(ours?.at, theirs);
}

function nowOf({ app, tenant }: Walk): Timestamp {
  return contextFor(app, tenant).at;
}

function earlier(a: Timestamp | undefined, b: Timestamp | undefined): Timestamp | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function notMoved(context: Context, why: string): Rejected {
  const detail = `The sandbox processor did not move its clock (${why}). The clock stands at ${toIso(context.at)}: repeat the request with \`to\`.`;
  return new Rejected(reject('processor_unavailable', detail, { retryAfterSeconds: 1 }));
}
