/** Captures, voids and refunds: what may follow an approved charge. Refused steps move nothing and leave their key free. */
import type { Account } from './accounts.ts';
import { crockford } from './chance.ts';
import { type Charge, methodName, type Step, type StepKind, totalsOf } from './charge.ts';
import { keyedHash } from './charge-order.ts';
import { renderCharge } from './charge-view.ts';
import { type Context, commitChange } from './context.ts';
import { type Exchange, jsonOf } from './exchange.ts';
import type { FaultEffect } from './fault-kinds.ts';
import { money, object, optionalText, Refusal } from './fields.ts';
import {
  bankFault,
  type Desk,
  type MoneyCall,
  noteArrival,
  type Performed,
  requestKeyOf,
  runMoneyCall,
} from './money-call.ts';
import { type KeyEntry, keyOf } from './world.ts';

/** Delayed ends of steps that cards of family 95 ask for. */
const CARD_DELAY_MS = 10_000;
const FIELDS: Record<StepKind, ReadonlySet<string>> = {
  capture: new Set(['amount']),
  void: new Set(),
  refund: new Set(['amount', 'reason']),
};

/** What the bank makes of a step: `failed` at once, or a state that may change by itself later. */
type StepFate = Pick<Step, 'status' | 'failure' | 'becomes'> & { afterMs?: number };

const CARD_FATES: Record<string, { kind: StepKind; fate: StepFate }> = {
  capture_refused: { kind: 'capture', fate: { status: 'failed', failure: 'refused_by_issuer' } },
  capture_fails_later: { kind: 'capture', fate: { status: 'succeeded', becomes: 'failed', afterMs: CARD_DELAY_MS } },
  void_refused: { kind: 'void', fate: { status: 'failed', failure: 'refused_by_issuer' } },
  refund_refused: { kind: 'refund', fate: { status: 'failed', failure: 'refused_by_issuer' } },
  refund_pending: { kind: 'refund', fate: { status: 'pending', becomes: 'succeeded', afterMs: CARD_DELAY_MS } },
  refund_pending_fails: { kind: 'refund', fate: { status: 'pending', becomes: 'failed', afterMs: CARD_DELAY_MS } },
  refund_fails_later: { kind: 'refund', fate: { status: 'succeeded', becomes: 'failed', afterMs: CARD_DELAY_MS } },
};

/** Takes a step on a charge; answers with the charge as it is afterwards. */
export function postStep(
  desk: Desk,
  exchange: Exchange,
  about: { account: Account; id: string; kind: StepKind },
): void {
  const { account, id, kind } = about;
  const { context } = desk;
  const key = requestKeyOf(exchange);
  const known = context.world.charges.get(id);
  const read = (): { charge: Charge; amount: { value: number; currency: string } | undefined; digest: string } => {
    if (known === undefined || known.account !== account.id) {
      throw new Refusal(404, 'no_such_charge', { message: 'this account has no such charge' });
    }
    const fields = object(exchange.body === '' ? {} : jsonOf(exchange), 'body', FIELDS[kind]);
    const amount = kind === 'void' ? undefined : money(fields.amount, 'amount', 1);
    const reason = optionalText(fields.reason, 'reason', 256);
    return { charge: known, amount, digest: keyedHash(context.book.salt, JSON.stringify([kind, id, amount, reason])) };
  };
  let order: ReturnType<typeof read>;
  try {
    order = read();
  } catch (error) {
    noteArrival(desk, { account, key, op: kind });
    throw error;
  }
  const { charge, amount, digest } = order;
  const call: MoneyCall = {
    ...{ exchange, account, key, op: kind, digest },
    facts: {
      method: methodName(charge),
      ...(charge.card !== undefined && { scheme: charge.card.schemes[0] ?? '', last4: charge.card.last4 }),
      initiator: charge.initiator,
      reference: charge.reference,
      ...(amount !== undefined && { value: amount.value }),
    },
    perform: (entry) => perform(desk, call, { id, amount, entry }),
    replay: () => renderCharge(chargeNow(context, id), exchange.base),
  };
  runMoneyCall(desk, call);
}

function perform(
  desk: Desk,
  call: MoneyCall,
  about: { id: string; amount: { value: number; currency: string } | undefined; entry: KeyEntry },
): Performed {
  const { context } = desk;
  const charge = chargeNow(context, about.id);
  const kind = call.op as StepKind;
  const value = allowedValue(charge, kind, { amount: about.amount, now: context.nowOf(charge.account) });
  const { afterMs, ...fate } = fateOf(charge, kind, bankFault(desk, call, about.entry));
  const now = context.nowOf(charge.account);
  const letter = { capture: 'K', void: 'V', refund: 'F' }[kind];
  const step: Step = {
    kind,
    id: `${letter}-${crockford(context.chance.draw(kind, keyOf(charge.account, call.key)), 0)}`,
    key: call.key,
    value,
    ...fate,
    created: now,
    ...(afterMs !== undefined && { due: now + afterMs }),
  };
  const line = commitChange(context, {
    kind,
    charge: { ...charge, version: charge.version + 1 },
    step,
    key: call.key,
    digest: call.digest,
    operation: kind,
    notice: `${kind}.${step.status}`,
  });
  return { line, body: renderCharge(chargeNow(context, charge.id), call.exchange.base) };
}

/** The amount this step moves, minor units. Throws a refusal where it may not move anything. */
function allowedValue(
  charge: Charge,
  kind: StepKind,
  about: { amount: { value: number; currency: string } | undefined; now: number },
): number {
  const totals = totalsOf(charge);
  const { amount } = about;
  const open = totals.authorized - totals.captured - totals.released;
  const expired = charge.authorized_until !== undefined && about.now >= charge.authorized_until;
  const refuse = (code: string, message: string): Refusal => new Refusal(422, code, { message });
  if (amount !== undefined && amount.currency !== charge.currency) {
    throw new Refusal(422, 'amount_exceeds_remaining', {
      message: `the charge is in ${charge.currency}`,
      field: 'amount.currency',
    });
  }
  if (kind === 'refund') {
    if (charge.status !== 'approved' || totals.captured === 0) throw refuse('not_refundable', 'nothing has been taken');
    const remaining = totals.captured - totals.refunded;
    const { method } = charge;
    if (method?.type === 'voucher') throw refuse('not_refundable', 'cash paid at a till cannot be sent back');
    if (method?.type === 'mobile_money' && amount !== undefined && amount.value < remaining) {
      throw refuse('not_refundable', 'it can only be refunded whole');
    }
    if (amount === undefined || amount.value > remaining)
      throw refuse('amount_exceeds_remaining', `only ${remaining} remain`);
    return amount.value;
  }
  if (kind === 'void') {
    if (charge.status !== 'approved' || open <= 0 || expired)
      throw refuse('nothing_to_void', 'nothing is reserved any more');
    return open;
  }
  if (expired) throw refuse('authorization_expired', 'the authorisation has run out');
  const remaining = charge.status === 'approved' && charge.intent === 'authorize' ? open : 0;
  if (amount === undefined || amount.value > remaining)
    throw refuse('amount_exceeds_remaining', `only ${remaining} remain`);
  return amount.value;
}

function fateOf(charge: Charge, kind: StepKind, fault: FaultEffect | undefined): StepFate {
  if (fault?.kind === 'refuse_step') return { status: 'failed', failure: 'refused_by_issuer' };
  if (fault?.kind === 'fail_step_later') {
    return { status: 'succeeded', becomes: 'failed', afterMs: Number(fault.params.s) * 1000 };
  }
  const ofCard = CARD_FATES[charge.card?.behaviour ?? ''];
  return ofCard?.kind === kind ? ofCard.fate : { status: 'succeeded' };
}

function chargeNow(context: Context, id: string): Charge {
  const charge = context.world.charges.get(id);
  if (charge === undefined) throw new Refusal(404, 'no_such_charge', { message: 'this account has no such charge' });
  return charge;
}
