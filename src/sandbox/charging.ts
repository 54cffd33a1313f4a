/**
 * Deciding a charge: from an order to a record, in one go or in two where the payer has to act between. Pure but for draws
 * of chance; nothing here writes. Whoever calls commits what comes out.
 */
import type { Account } from './accounts.ts';
import { askIssuer, authenticate, eciOf, type IssuerVerdict } from './bank.ts';
import { crockford, digits } from './chance.ts';
import type { Authentication, BankFault, CardOnFile, Charge, Decision } from './charge.ts';
import type { ChargeOrder } from './charge-order.ts';
import type { Context } from './context.ts';
import { invalid, Refusal } from './fields.ts';
import { methodAnswer, openMethodAction, stoppedMethod } from './method-charging.ts';
import { isSilent } from './other-methods.ts';

const HOUR_MS = 3_600_000;
const EXTERNAL_AGREEMENT = 'ext-';

export interface ChargeAsk {
  account: Account;
  key: string;
  order: ChargeOrder;
  /** How many charges this key has made before: above 0 only where an account is not idempotent. */
  use: number;
  fault?: BankFault;
}

/** Decides an order. Throws {@link Refusal} where an agreement or token does not fit; then nothing has moved. */
export function decideCharge(context: Context, ask: ChargeAsk): Charge {
  const { account, order, key } = ask;
  const now = context.nowOf(account.id);
  const card = cardOf(context, account, order);
  const first = firstOfSeries(context, ask, card);
  const draw = context.chance.draw('charge', `${account.id}\n${key}`, ask.use);
  const charge: Charge = {
    id: `C-${crockford(draw, 0)}`,
    account: account.id,
    key,
    intent: order.intent,
    value: order.value,
    currency: order.currency,
    reference: order.reference,
    initiator: order.initiator,
    use: order.agreement.use,
    ...(order.agreement.type !== undefined && { series: order.agreement.type }),
    ...(order.instrument.kind === 'token' && { saved: true }),
    ...(card !== undefined && { card }),
    cvc: order.instrument.cvc,
    ...(first !== undefined && { series_authenticated: wasAuthenticated(first) }),
    created: now,
    version: 1,
    status: 'declined',
    ...(ask.fault !== undefined && { bank_fault: ask.fault }),
    steps: [],
  };
  if (order.instrument.kind === 'other') {
    const { method } = order.instrument;
    return openMethodAction(context, { ...charge, method }, { method, returnUrl: order.returnUrl ?? '', now });
  }
  if (card === undefined) return { ...charge, code: '14' };
  if (charge.initiator === 'merchant') return askBank(context, charge, now);
  return authenticatePayer(context, charge, { card, order, now });
}

/** Goes on once the payer's action is over; `decision` ends it for good. */
export function finishAction(context: Context, charge: Charge, decision: Decision): Charge {
  const now = context.nowOf(charge.account);
  const next: Charge = { ...charge, version: charge.version + 1 };
  if (charge.action !== undefined) next.action = { ...charge.action, decision };
  if (decision === 'reversed') return { ...next, status: 'declined', reason: 'reversed', closed: true };
  if (charge.method !== undefined) return finishMethod(context, next, { decision, now });
  if (decision === 'deadline') return { ...next, status: 'declined', reason: 'authentication_abandoned' };
  if (charge.card === undefined) return { ...next, status: 'declined', code: '14' };
  const status = decision === 'decline' ? 'N' : decision === 'unknown' ? 'U' : 'Y';
  const flow = decision === 'browser_checked' ? 'frictionless' : 'challenge';
  next.auth = proof(context, next, { status, flow });
  if (status === 'N') return { ...next, status: 'declined', reason: 'authentication_failed' };
  return askBank(context, next, now);
}

/** What comes after the deadline is approved at once, whatever the bank would have said in time. */
function finishMethod(context: Context, charge: Charge, about: { decision: Decision; now: number }): Charge {
  const { reason: _expired, ...rest } = charge;
  if (about.decision === 'pay_late') return { ...rest, ...methodAnswer(context, rest, { now: about.now, last: true }) };
  const stopped = stoppedMethod(about.decision);
  return stopped === undefined ? askBank(context, charge, about.now) : { ...charge, ...stopped };
}

/** Ends a charge that was pending. */
export function finishPending(context: Context, charge: Charge): Charge {
  const { pending, ...rest } = charge;
  const next: Charge = { ...rest, version: charge.version + 1 };
  const now = context.nowOf(charge.account);
  if (pending?.end === 'declined') return { ...next, status: 'declined', code: pending.code ?? '05' };
  if (charge.method !== undefined) return { ...next, ...methodAnswer(context, next, { now, last: true }) };
  return { ...next, ...issuerAnswer(context, next, now) };
}

/** How the end or interim state of a charge is called in a notification; undefined while the payer has to act, and where nobody is told. */
export function chargeNotice(charge: Charge): string | undefined {
  if (charge.status === 'approved' && isSilent(charge.method)) return undefined;
  return charge.status === 'action_required' ? undefined : `charge.${charge.status}`;
}

function authenticatePayer(
  context: Context,
  charge: Charge,
  about: { card: CardOnFile; order: ChargeOrder; now: number },
): Charge {
  const verdict = authenticate(about.card, about.order.preference);
  switch (verdict.kind) {
    case 'declined':
      return { ...charge, code: verdict.code };
    case 'stopped':
      return {
        ...charge,
        reason: verdict.reason,
        auth: proof(context, charge, { status: verdict.status, flow: 'frictionless' }),
      };
    case 'pass': {
      const { status } = verdict;
      const proven = status && { auth: proof(context, charge, { status, flow: 'frictionless' }) };
      return askBank(context, { ...charge, ...proven }, about.now);
    }
    case 'page': {
      const account = context.world.accounts.get(charge.account);
      const seconds = account?.action_deadlines.three_ds ?? 600;
      const page = context.chance.draw('page', charge.id).toString('hex', 0, 16);
      const action = {
        page,
        kind: verdict.page,
        due: about.now + seconds * 1000,
        return_url: about.order.returnUrl ?? '',
      };
      return { ...charge, status: 'action_required', action };
    }
  }
}

/** The issuer's part, bent by a fault where one was armed. */
function askBank(context: Context, charge: Charge, now: number): Charge {
  const fault = charge.bank_fault;
  if (fault?.kind === 'decline') {
    return {
      ...charge,
      status: 'declined',
      code: fault.code,
      ...(fault.advice !== undefined && { advice: fault.advice }),
    };
  }
  if (fault?.kind === 'pending') {
    const due = now + fault.s * 1000;
    return {
      ...charge,
      status: 'pending',
      pending: { due, end: fault.end, ...(fault.end === 'declined' && { code: '05' }) },
    };
  }
  return { ...charge, ...issuerAnswer(context, charge, now) };
}

function issuerAnswer(context: Context, charge: Charge, now: number): Partial<Charge> {
  const { card } = charge;
  if (charge.method !== undefined) return methodAnswer(context, charge, { now, last: false });
  if (card === undefined) return { status: 'declined', code: '14' };
  const verdict = askIssuer(charge, card, now);
  if (verdict.code !== '00' && verdict.code !== '85') {
    return { status: 'declined', code: verdict.code, ...(verdict.advice !== undefined && { advice: verdict.advice }) };
  }
  return approval(context, charge, { card, verdict, now });
}

function approval(
  context: Context,
  charge: Charge,
  about: { card: CardOnFile; verdict: IssuerVerdict; now: number },
): Partial<Charge> {
  const { card, verdict, now } = about;
  // Drawn by the charge's own id, so that an approval after a challenge gets the same values as one at once would have.
  const draw = context.chance.draw('approval', charge.id);
  const fault = charge.bank_fault;
  const percent = fault?.kind === 'partial_approval' ? fault.percent : 100;
  const lasts = card.behaviour === 'authorization_short' ? HOUR_MS : context.authorizationMs;
  const newToken = charge.use === 'initial' || verdict.updated?.last4 !== undefined;
  return {
    status: 'approved',
    code: verdict.code,
    approval: digits(draw, 0, 6),
    // Begins with 0, so that no scrubber takes it for a card number.
    ntid: `0${digits(draw, 6, 14)}${digits(draw, 20, 4)}`,
    approved: Math.floor((charge.value * percent) / 100),
    ...(newToken && { token: `T-${crockford(draw, 10)}` }),
    ...(verdict.updated !== undefined && { updated: verdict.updated }),
    ...(charge.intent === 'authorize' && { authorized_until: now + lasts }),
  };
}

function proof(
  context: Context,
  charge: Charge,
  about: { status: Authentication['status']; flow: Authentication['flow'] },
): Authentication {
  const eci = charge.card && eciOf(charge.card, about.status);
  const tx = context.chance.draw('three_ds', charge.id).toString('hex', 0, 16);
  return { status: about.status, ...(eci !== undefined && { eci }), flow: about.flow, tx };
}

/** The card behind the order's instrument; undefined for a number that is no test card. */
function cardOf(context: Context, account: Account, order: ChargeOrder): CardOnFile | undefined {
  if (order.instrument.kind === 'card') return order.instrument.card;
  if (order.instrument.kind === 'other') return undefined;
  const id = context.world.tokens.get(order.instrument.token);
  const charge = id === undefined ? undefined : context.world.charges.get(id);
  if (charge?.card === undefined || charge.account !== account.id) {
    throw invalid('method.token', 'is not a token of this account');
  }
  const { updated } = charge;
  // A token given out with a new number stands for the new card, which has no surprises left.
  return updated?.last4 === undefined ? charge.card : { ...charge.card, ...updated, behaviour: 'approve' };
}

/** The earlier charge an order leans on; undefined where it leans on none, or on one made elsewhere. */
function firstOfSeries(context: Context, ask: ChargeAsk, card: CardOnFile | undefined): Charge | undefined {
  const { agreement, instrument } = ask.order;
  const id = agreement.network_transaction_id;
  if (id === undefined || agreement.use !== 'subsequent' || id.startsWith(EXTERNAL_AGREEMENT)) return undefined;
  const field = 'agreement.network_transaction_id';
  const first = context.world.charges.get(context.world.agreements.get(id) ?? '');
  if (first === undefined || first.account !== ask.account.id) {
    throw new Refusal(422, 'agreement_unknown', { message: 'no approved charge of this account has this id', field });
  }
  const hash = card?.hash ?? (instrument.kind === 'card' ? instrument.hash : '');
  if (first.card?.hash !== hash) {
    throw new Refusal(422, 'agreement_mismatch', { message: 'the agreement was made with another card', field });
  }
  if (first.series !== agreement.type) {
    throw new Refusal(422, 'agreement_mismatch', {
      message: `the agreement is of type ${first.series}`,
      field: 'agreement.type',
    });
  }
  return first;
}

function wasAuthenticated(first: Charge): boolean {
  return first.auth?.status === 'Y' || first.auth?.status === 'A' || first.series_authenticated === true;
}
