/** What a look-up gets to see of a charge: the truth, unless a fault of the look-up stage says otherwise. */
import type { Account } from './accounts.ts';
import { type Charge, methodName } from './charge.ts';
import type { Context } from './context.ts';
import { type FaultEffect, faultsOfCard, stageOf } from './fault-kinds.ts';
import { Refusal } from './fields.ts';

/** How often each charge was asked about while its look-ups contradict each other; forgotten at a restart. */
const asked = new WeakMap<Context, Map<string, number>>();

/** The charge as a look-up may see it; undefined where it must not be found. Throws a 500 for `lookup_error`. */
export function seenByLookup(context: Context, account: Account, charge: Charge): Charge | undefined {
  let seen: Charge | undefined = charge;
  for (const effect of effectsOn(context, account, charge)) {
    if (seen === undefined) return undefined;
    seen = bent(context, seen, effect);
  }
  return seen;
}

/** True where the sandbox pretends never to have heard of the charge: then a reversal cannot work either. */
export function isForgotten(context: Context, account: Account, charge: Charge): boolean {
  return effectsOn(context, account, charge).some((effect) => effect.kind === 'forgets');
}

function effectsOn(context: Context, account: Account, charge: Charge): FaultEffect[] {
  const { card } = charge;
  const fired = context.faults.fire('lookup', {
    account: account.id,
    accountName: account.name,
    operations: ['lookup', charge.intent],
    key: charge.key,
    use: 0,
    method: methodName(charge),
    ...(card !== undefined && { scheme: card.schemes[0] ?? '', last4: card.last4 }),
    initiator: charge.initiator,
    reference: charge.reference,
    value: charge.value,
  });
  const stuck = context.faults.stuckTo(account.id, charge.key);
  const ofCard = faultsOfCard(card?.behaviour).filter((effect) => stageOf(effect) === 'lookup');
  const once = fired !== undefined && !stuck.includes(fired) ? [fired] : [];
  return [...once, ...stuck, ...ofCard];
}

function bent(context: Context, charge: Charge, effect: FaultEffect): Charge | undefined {
  const until = charge.created + Number(effect.params.s ?? 0) * 1000;
  const early = context.nowOf(charge.account) < until;
  switch (effect.kind) {
    case 'lookup_error':
      throw new Refusal(500, 'internal_error', { message: 'something went wrong' });
    case 'forgets':
      return undefined;
    case 'not_found_for':
      return early ? undefined : charge;
    case 'lookup_stale':
      return early ? earlier(context, charge) : charge;
    case 'lookup_contradicts':
      return contradiction(context, charge);
    default:
      return charge;
  }
}

/** The version before; a charge that has none shows itself as still pending. */
function earlier(context: Context, charge: Charge): Charge {
  const before = context.world.history.get(charge.id)?.at(-1);
  if (before !== undefined) return before;
  const { approved: _a, code: _c, reason: _r, approval: _p, ntid: _n, token: _t, auth: _u, ...rest } = charge;
  return { ...rest, version: 0, status: 'pending' };
}

/** Approved and declined in turn. */
function contradiction(context: Context, charge: Charge): Charge {
  const counts = asked.get(context) ?? new Map<string, number>();
  asked.set(context, counts);
  const count = counts.get(charge.id) ?? 0;
  counts.set(charge.id, count + 1);
  if (count % 2 === 0 || charge.status !== 'approved') return charge;
  const { approved: _a, approval: _p, ntid: _n, token: _t, ...rest } = charge;
  return { ...rest, status: 'declined', code: '05' };
}
