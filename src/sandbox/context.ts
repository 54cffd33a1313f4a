/** What the parts of a running sandbox share, and the one way in which a change is made, scheduled and told. */
import type { Account } from './accounts.ts';
import type { Agenda } from './agenda.ts';
import type { Book } from './book.ts';
import type { Chance } from './chance.ts';
import { type Charge, isAwaitedAnswer, type Operation, type Step } from './charge.ts';
import type { Faults } from './faults.ts';
import type { Outbox } from './outbox.ts';
import type { Change, ChangeLine, Journal, World } from './world.ts';

export interface Context {
  world: World;
  book: Book;
  journal: Journal;
  chance: Chance;
  agenda: Agenda;
  faults: Faults;
  outbox: Outbox;
  /** The account whose merchant key this is. */
  accountByKey(key: string): Account | undefined;
  /** Milliseconds of the account's clock. */
  nowOf(account: string): number;
  /** How long an authorisation lasts, milliseconds. */
  authorizationMs: number;
}

/** A change before it is committed: what happened, to which charge, and how it is called in a notification. */
export interface ChangeOrder {
  kind: Change;
  charge: Charge;
  step?: Step;
  /** The request key that this change decides. */
  key?: string;
  digest?: string;
  target?: string;
  closes?: true;
  decision?: string;
  /** Notification type; absent where nobody is told. */
  notice?: string;
  /** Which operation faults of the notify stage match. */
  operation: Operation;
}

/** Commits a change, puts what follows from it on the agenda, and queues its notifications. Returns its line number. */
export function commitChange(context: Context, order: ChangeOrder): number {
  const { steps: _steps, ...charge } = order.charge;
  const { account } = charge;
  const told = order.step === undefined ? order.charge : withTold(order.charge, order.step);
  const notices = order.notice === undefined ? [] : context.outbox.plan(told, order.notice, order.operation);
  const line: ChangeLine = {
    account,
    charge,
    ...(order.step !== undefined && { step: order.step }),
    ...(order.key !== undefined && { key: order.key }),
    ...(order.digest !== undefined && { digest: order.digest }),
    ...(order.target !== undefined && { target: order.target }),
    ...(order.closes !== undefined && { closes: order.closes }),
    ...(order.decision !== undefined && { decision: order.decision }),
    ...(notices.length > 0 && { notices }),
  };
  const n = context.journal.change(order.kind, line);
  schedule(context, context.world.charges.get(charge.id) ?? order.charge);
  if (notices.length > 0) context.book.whenDurable(n, () => context.outbox.send(account, notices));
  return n;
}

/** Puts on the agenda all that will happen to `charge` by itself. Entries that came true otherwise are ignored when due. */
export function schedule(context: Context, charge: Charge): void {
  const { account, id: ref } = charge;
  if (charge.status === 'action_required' && charge.action !== undefined) {
    context.agenda.add(account, { at: charge.action.due, kind: 'action', ref });
  }
  if (isAwaitedAnswer(charge)) {
    context.agenda.add(account, { at: charge.action?.answer?.due ?? 0, kind: 'answer', ref });
  }
  if (charge.status === 'pending' && charge.pending !== undefined) {
    context.agenda.add(account, { at: charge.pending.due, kind: 'pending', ref });
  }
  if (charge.status === 'approved' && charge.authorized_until !== undefined && charge.released === undefined) {
    context.agenda.add(account, { at: charge.authorized_until, kind: 'authorization', ref });
  }
  for (const step of charge.steps) {
    if (step.due !== undefined) context.agenda.add(account, { at: step.due, kind: 'step', ref, step: step.id });
  }
}

function withTold(charge: Charge, step: Step): Charge {
  const others = charge.steps.filter((other) => other.id !== step.id);
  return { ...charge, steps: [...others, step] };
}
