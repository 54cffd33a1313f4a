/** What happens by itself: deadlines, expiries, pending ends, late decisions, delayed steps, notifications sent again. */
import type { DueItem } from './agenda.ts';
import { type Charge, type Step, totalsOf } from './charge.ts';
import { chargeNotice, finishAction, finishPending } from './charging.ts';
import { type Context, commitChange } from './context.ts';

/** Does what `item` says, unless it has come true otherwise since it was put on the agenda. */
export function runDue(context: Context, account: string, item: DueItem): void {
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
      if (charge.status === 'action_required' && charge.action?.due === item.at) {
        commitEnd(context, 'action', finishAction(context, charge, 'deadline'), 'deadline');
      }
      return;
    case 'pending':
      if (charge.status === 'pending' && charge.pending?.due === item.at) {
        commitEnd(context, 'charge', finishPending(context, charge));
      }
      return;
    case 'authorization':
      expireAuthorization(context, charge, item.at);
      return;
    default: {
      const step = charge.steps.find((one) => one.id === item.step && one.due === item.at);
      if (step !== undefined) endStep(context, charge, step);
    }
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
  if (entry?.late === undefined || entry.closed || entry.late.due !== item.at) return;
  const { charge, digest } = entry.late;
  const notice = chargeNotice(charge);
  commitChange(context, {
    kind: 'charge',
    charge: { ...charge, created: context.nowOf(charge.account) },
    key: entry.key,
    digest,
    operation: charge.intent,
    ...(notice !== undefined && { notice }),
  });
}

function expireAuthorization(context: Context, charge: Charge, at: number): void {
  const totals = totalsOf(charge);
  const remaining = totals.authorized - totals.captured - totals.released;
  if (charge.status !== 'approved' || charge.authorized_until !== at || remaining <= 0) return;
  const released = (charge.released ?? 0) + remaining;
  commitChange(context, {
    kind: 'release',
    charge: { ...charge, version: charge.version + 1, released },
    operation: charge.intent,
    notice: 'charge.expired',
  });
}

function endStep(context: Context, charge: Charge, step: Step): void {
  const { due: _due, becomes, ...rest } = step;
  const status = becomes ?? 'succeeded';
  const ended: Step = { ...rest, status, ...(status === 'failed' && { failure: 'declined_later' }) };
  commitChange(context, {
    kind: step.kind,
    charge: { ...charge, version: charge.version + 1 },
    step: ended,
    operation: step.kind,
    notice: `${step.kind}.${status}`,
  });
}
