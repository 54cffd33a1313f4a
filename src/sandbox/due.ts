/** What happens by itself: deadlines, expiries, pending ends, late decisions, delayed steps, notifications sent again. */
import type { DueItem } from './agenda.ts';
import { type Charge, isAwaitedAnswer, type Step, totalsOf } from './charge.ts';
import { chargeNotice, finishAction, finishPending } from './charging.ts';
import { type Context, commitChange } from './context.ts';
import type { World } from './world.ts';

/** False where what `item` waits for has come true otherwise since it was put on the agenda. */
export function stillDue(world: World, item: DueItem): boolean {
  if (item.kind === 'notice') return world.notices.get(item.ref)?.next === item.at;
  if (item.kind === 'late') {
    const entry = world.keys.get(item.ref);
    return entry?.late?.due === item.at && !entry.closed;
  }
  const charge = world.charges.get(item.ref);
  switch (item.kind) {
    case 'action':
      return charge?.status === 'action_required' && charge.action?.due === item.at;
    case 'answer':
      return charge !== undefined && isAwaitedAnswer(charge) && charge.action?.answer?.due === item.at;
    case 'pending':
      return charge?.status === 'pending' && charge.pending?.due === item.at;
    case 'authorization':
      return charge?.status === 'approved' && charge.authorized_until === item.at && openOf(charge) > 0;
    default:
      return charge?.steps.some((step) => step.id === item.step && step.due === item.at) ?? false;
  }
}

/** Does what `item` says, if it still holds. */
export function runDue(context: Context, account: string, item: DueItem): void {
  if (!stillDue(context.world, item)) return;
  switch (item.kind) {
    case 'notice':
      context.outbox.send(account, [{ id: item.ref }]);
      return;
    case 'late':
      commitLate(context, item);
      return;
    default: {
      const charge = context.world.charges.get(item.ref);
      if (charge !== undefined) runForCharge(context, charge, item);
    }
  }
}

function runForCharge(context: Context, charge: Charge, item: DueItem): void {
  switch (item.kind) {
    case 'action':
      commitEnd(context, 'action', finishAction(context, charge, 'deadline'), 'deadline');
      return;
    case 'answer': {
      const decision = charge.action?.answer?.decision ?? 'deadline';
      commitEnd(context, 'action', finishAction(context, charge, decision), decision);
      return;
    }
    case 'pending':
      commitEnd(context, 'charge', finishPending(context, charge));
      return;
    case 'authorization':
      expireAuthorization(context, charge);
      return;
    default:
      for (const step of charge.steps) if (step.id === item.step) endStep(context, charge, step);
  }
}

/** Commits the end of a charge that had been waiting for the payer or the bank. */
export function commitEnd(context: Context, kind: 'action' | 'charge', charge: Charge, decision?: string): number {
  const notice = chargeNotice(charge);
  return commitChange(context, {
    kind,
    charge,
    operation: charge.intent,
    ...(decision !== undefined && { decision }),
    ...(notice !== undefined && { notice }),
  });
}

function commitLate(context: Context, item: DueItem): void {
  const entry = context.world.keys.get(item.ref);
  if (entry?.late === undefined) return;
  const { charge, digest } = entry.late;
  const notice = chargeNotice(charge);
  commitChange(context, {
    kind: 'charge',
    charge: putOff(charge, context.nowOf(charge.account)),
    key: entry.key,
    digest,
    operation: charge.intent,
    ...(notice !== undefined && { notice }),
  });
}

/** A charge decided earlier, as if it had been decided `now`: the payer's time begins when the question is put. */
function putOff(charge: Charge, now: number): Charge {
  const { action } = charge;
  const moved = { ...charge, created: now };
  if (action === undefined) return moved;
  const by = now - charge.created;
  const { answer } = action;
  const due = action.due + by;
  return { ...moved, action: { ...action, due, ...(answer && { answer: { ...answer, due: answer.due + by } }) } };
}

/** What is reserved and neither taken nor let go, minor units. */
function openOf(charge: Charge): number {
  const totals = totalsOf(charge);
  return totals.authorized - totals.captured - totals.released;
}

function expireAuthorization(context: Context, charge: Charge): void {
  const released = (charge.released ?? 0) + openOf(charge);
  commitChange(context, {
    kind: 'release',
    charge: { ...charge, version: charge.version + 1, released },
    operation: charge.intent,
    notice: 'charge.expired',
  });
}

/** A bank does not take back a capture whose money it has handed on to the payer: that capture stands. */
function isGivenBack(charge: Charge, step: Step): boolean {
  const { captured, refunded } = totalsOf(charge);
  return step.kind === 'capture' && captured - step.value < refunded;
}

function endStep(context: Context, charge: Charge, step: Step): void {
  const { due: _due, becomes, ...rest } = step;
  const status = isGivenBack(charge, step) ? 'succeeded' : (becomes ?? 'succeeded');
  const ended: Step = { ...rest, status, ...(status === 'failed' && { failure: 'declined_later' }) };
  commitChange(context, {
    kind: step.kind,
    charge: { ...charge, version: charge.version + 1 },
    step: ended,
    operation: step.kind,
    notice: `${step.kind}.${status}`,
  });
}
