/**
 * Undoing by key, for a charge whose fate is unknown or whose payer has gone. The key is closed whatever was found: after
 * `reversed`, `closed` or `nothing_to_reverse` nothing can be taken under it any more. May be repeated.
 */
import type { Account } from './accounts.ts';
import { crockford } from './chance.ts';
import { type Charge, methodName, totalsOf } from './charge.ts';
import { keyedHash } from './charge-order.ts';
import { renderCharge } from './charge-view.ts';
import { finishAction } from './charging.ts';
import { type Context, commitChange } from './context.ts';
import { type Exchange, jsonOf } from './exchange.ts';
import { invalid, object, optionalFlag, Refusal } from './fields.ts';
import { isForgotten } from './lookups.ts';
import {
  type Desk,
  isCharge,
  type MoneyCall,
  noteArrival,
  type Performed,
  requestKeyOf,
  runMoneyCall,
} from './money-call.ts';
import { type KeyEntry, keyOf } from './world.ts';

type ReversalStatus = 'reversed' | 'kept' | 'closed' | 'nothing_to_reverse';

interface Reversal {
  status: ReversalStatus;
  /** The charge as the reversal leaves it; absent where none was ever decided. */
  charge?: Charge;
  /** The charge has changed. */
  changed?: true;
  closes?: true;
}

const FIELDS = new Set(['request_key', 'only_undecided']);
const REVERSIBLE_MS = 86_400_000;

/** Reverses what lies under a request key. */
export function postReversal(desk: Desk, exchange: Exchange, account: Account): void {
  const { context } = desk;
  const key = requestKeyOf(exchange);
  let target: string;
  let onlyUndecided: boolean;
  try {
    const fields = object(jsonOf(exchange), 'body', FIELDS);
    if (typeof fields.request_key !== 'string' || !/^[\x21-\x7e]{8,64}$/.test(fields.request_key)) {
      throw invalid('request_key', 'must be 8 to 64 printable ASCII characters');
    }
    target = fields.request_key;
    onlyUndecided = optionalFlag(fields.only_undecided, 'only_undecided') ?? false;
    if (target === key) throw invalid('request_key', 'must be another key than that of the reversal itself');
  } catch (error) {
    noteArrival(desk, { account, key, op: 'reversal' });
    throw error;
  }
  const known = context.world.keys.get(keyOf(account.id, target));
  const charge = context.world.charges.get(known?.charge ?? '');
  const call: MoneyCall = {
    ...{ exchange, account, key, op: 'reversal' },
    digest: keyedHash(context.book.salt, JSON.stringify(['reversal', target, onlyUndecided])),
    facts: {
      method: methodName(charge),
      ...(charge?.card !== undefined && { scheme: charge.card.schemes[0] ?? '', last4: charge.card.last4 }),
      ...(charge !== undefined && { initiator: charge.initiator, reference: charge.reference, value: charge.value }),
    },
    perform: () => perform(context, call, { target, onlyUndecided }),
    // Asked again it looks again: what was undecided then may have an end now.
    replay: () => perform(context, call, { target, onlyUndecided }).body,
  };
  runMoneyCall(desk, call);
}

function perform(context: Context, call: MoneyCall, about: { target: string; onlyUndecided: boolean }): Performed {
  const { account, key } = call;
  const { target } = about;
  const entry = context.world.keys.get(keyOf(account.id, target));
  const found = reverse(context, entry, { account, onlyUndecided: about.onlyUndecided });
  const { charge } = found;
  const decided = { key, digest: call.digest, target, ...(found.closes && { closes: true as const }) };
  const line =
    charge !== undefined && found.changed
      ? commitChange(context, {
          ...decided,
          kind: 'reversal',
          charge,
          operation: 'reversal',
          notice: `charge.${charge.status}`,
        })
      : context.journal.change('reversal', { account: account.id, ...decided });
  const body = {
    id: `R-${crockford(context.chance.draw('reversal', keyOf(account.id, key)), 0)}`,
    request_key: key,
    target,
    status: found.status,
    ...(charge !== undefined && { charge: renderCharge(charge, call.exchange.base) }),
  };
  return { line, body };
}

function reverse(
  context: Context,
  entry: KeyEntry | undefined,
  about: { account: Account; onlyUndecided: boolean },
): Reversal {
  if (entry !== undefined && entry.digest !== '' && !isCharge(entry.op)) {
    throw new Refusal(422, 'not_reversible', {
      message: `a ${entry.op} cannot be undone by key`,
      field: 'request_key',
    });
  }
  const charge = context.world.charges.get(entry?.charge ?? '');
  if (charge !== undefined && isBeyondRecall(charge)) throw refusal('a push cannot be called back');
  if (charge === undefined) return { status: 'closed', closes: true };
  if (isForgotten(context, about.account, charge)) {
    throw new Refusal(500, 'internal_error', { message: 'something went wrong' });
  }
  switch (charge.status) {
    case 'reversed':
      return { status: 'reversed', charge };
    case 'declined':
      return { status: charge.closed ? 'closed' : 'nothing_to_reverse', charge, closes: true };
    case 'approved':
      return about.onlyUndecided ? { status: 'kept', charge } : giveBack(context, charge);
    default:
      return { status: 'closed', charge: closed(context, charge), changed: true, closes: true };
  }
}

function refusal(message: string): Refusal {
  return new Refusal(422, 'not_reversible', { message, field: 'request_key' });
}

/**
 * A question once put to a phone cannot be called back, nor what was taken with it; and after its time is up the phone may still
 * approve. Only what the phone has refused for good leaves nothing to undo.
 */
function isBeyondRecall(charge: Charge): boolean {
  if (charge.method?.type !== 'mobile_money' || charge.closed) return false;
  return charge.status !== 'declined' || charge.action?.decision === 'deadline';
}

function closed(context: Context, charge: Charge): Charge {
  const { pending: _pending, ...rest } = finishAction(context, charge, 'reversed');
  return rest;
}

function giveBack(context: Context, charge: Charge): Reversal {
  const moved = charge.steps.some((step) => step.kind !== 'void' && step.status !== 'failed');
  if (moved) throw refusal('it was captured or refunded already');
  const age = context.nowOf(charge.account) - (charge.approved_at ?? charge.created);
  // What a payer paid after the end nobody had ordered: it can be given back whenever that is noticed.
  if (age > REVERSIBLE_MS && charge.action?.decision !== 'pay_late') throw refusal('it is older than 24 hours');
  const totals = totalsOf(charge);
  if (charge.intent === 'authorize' && totals.released >= totals.authorized) {
    return { status: 'nothing_to_reverse', charge, closes: true };
  }
  const reversed: Charge = { ...charge, version: charge.version + 1, status: 'reversed' };
  return { status: 'reversed', charge: reversed, changed: true, closes: true };
}
