/**
 * What must happen later to payments, mandates and subscriptions, as one table: the worker goes through it for every tenant,
 * and whoever moves a test tenant's clock for that tenant alone. Each kind asks one column of one table what is due.
 */
import { SECOND } from '../lib/time.ts';
import {
  claimDueAttempts,
  type DueAsk,
  type DueName,
  type DueRow,
  dueLapses,
  dueMandates,
  dueSessions,
  dueSubscriptions,
} from '../store/due.ts';
import { askAbout } from './asking.ts';
import { type App, type Context, contextFor, type Tenant } from './context.ts';
import { endDueMandate } from './mandates.ts';
import { lapse } from './payment-steps.ts';
import { expireDueSession } from './sessions.ts';
import { passSubscription } from './subscription-pass.ts';
import type { Identities } from './tenants.ts';

export type { DueName } from '../store/due.ts';

export interface DueKind {
  name: DueName;
  /** What the worker calls it. */
  title: string;
  /** Does what is due now, of every tenant or of one by its own clock, and answers how much that was. */
  run(app: App, identities: Identities, only?: Tenant): Promise<number>;
}

/** Whoever took a row has this long; after it another worker may take it again. */
const LEASE_MS = 30 * SECOND;
const BATCH = 50;

/** Asks about every open attempt whose time has come. Answers how many it asked about. */
export async function askDueAttempts(app: App, identities: Identities, only?: Tenant): Promise<number> {
  const due = await claimDueAttempts(app.database, { ...asOf(app, only), leaseMs: LEASE_MS });
  // One that fails comes back when its lease has run out.
  await doEach(app, identities, {
    due,
    only,
    failure: 'asking about an attempt failed',
    together: only === undefined,
    async act(context, id) {
      await askAbout(context, id);
      return true;
    },
  });
  return due.length;
}

/** Ends every session whose time ran out and that no attempt holds open. Answers how many it ended. */
export async function expireDueSessions(app: App, identities: Identities, only?: Tenant): Promise<number> {
  return doEach(app, identities, {
    due: await dueSessions(app.database, asOf(app, only)),
    only,
    failure: 'ending a session failed',
    async act(context, id) {
      await expireDueSession(context, id);
      return true;
    },
  });
}

/** Releases what authorisations reserved and nobody captured in time. Answers how many it released. */
export async function lapseDueAuthorisations(app: App, identities: Identities, only?: Tenant): Promise<number> {
  return doEach(app, identities, {
    due: await dueLapses(app.database, asOf(app, only)),
    only,
    failure: 'releasing an authorisation failed',
    act: async (context, id) => (await lapse(context, id)) !== undefined,
  });
}

/** Ends mandates whose last day has passed. Answers how many it ended. */
export async function endDueMandates(app: App, identities: Identities, only?: Tenant): Promise<number> {
  return doEach(app, identities, {
    due: await dueMandates(app.database, asOf(app, only)),
    only,
    failure: 'ending a mandate failed',
    act: endDueMandate,
  });
}

/** Looks at every subscription whose due date or next try has come. Answers how many of them there was something to do for. */
export async function chargeDueSubscriptions(app: App, identities: Identities, only?: Tenant): Promise<number> {
  return doEach(app, identities, {
    due: await dueSubscriptions(app.database, asOf(app, only)),
    only,
    failure: 'charging for a subscription failed',
    together: only === undefined,
    act: passSubscription,
  });
}

/** In the order in which what falls due at one instant is done. */
export const DUE_KINDS: readonly DueKind[] = [
  { name: 'attempts', title: 'ask about attempts', run: askDueAttempts },
  { name: 'sessions', title: 'expire sessions', run: expireDueSessions },
  { name: 'lapses', title: 'lapse authorisations', run: lapseDueAuthorisations },
  { name: 'mandates', title: 'end mandates', run: endDueMandates },
  { name: 'subscriptions', title: 'charge for subscriptions', run: chargeDueSubscriptions },
];

/** Due by real time, or by the clock of one tenant. */
function asOf(app: App, only: Tenant | undefined): DueAsk {
  return only === undefined
    ? { now: app.system.clock.now(), limit: BATCH }
    : { now: contextFor(app, only).at, limit: BATCH, tenantId: only.id };
}

interface Round {
  due: readonly DueRow[];
  only: Tenant | undefined;
  /** What a line of the log says when one row fails. */
  failure: string;
  /** All rows at once. Default: one after another, in due order. */
  together?: boolean;
  /** Answers false when there was nothing left to do. */
  act(context: Context, id: string): Promise<boolean>;
}

/** Does something to each due row; one bad row never stops the others, and is tried again. Answers how many were done. */
async function doEach(app: App, identities: Identities, round: Round): Promise<number> {
  const { due, only, failure, together = false, act } = round;
  let done = 0;
  const doOne = async ({ tenantId, id }: DueRow): Promise<void> => {
    try {
      const tenant = only ?? (await identities.tenant(tenantId));
      if (tenant !== undefined && (await act(contextFor(app, tenant), id))) done += 1;
    } catch (error) {
      app.system.log.error({ err: error, due: id }, failure);
    }
  };
  if (together) await Promise.all(due.map(doOne));
  else for (const row of due) await doOne(row);
  return done;
}
