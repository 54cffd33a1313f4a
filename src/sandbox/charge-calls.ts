/** `POST /v1/charges` and the ways to ask about a charge afterwards. */
import type { Account } from './accounts.ts';
import type { BankFault, Charge } from './charge.ts';
import { type ChargeOrder, readChargeOrder } from './charge-order.ts';
import { renderCharge } from './charge-view.ts';
import { chargeNotice, decideCharge } from './charging.ts';
import { type Context, commitChange } from './context.ts';
import { answerJson, type Exchange, jsonOf } from './exchange.ts';
import type { FaultEffect } from './fault-kinds.ts';
import { invalid, Refusal } from './fields.ts';
import { seenByLookup } from './lookups.ts';
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

const PAGE_SIZE = 100;

/** Makes a charge, or says what became of it. */
export function postCharge(desk: Desk, exchange: Exchange, account: Account): void {
  const { context } = desk;
  const key = requestKeyOf(exchange);
  const order = readOrNote(desk, exchange, { account, key });
  const call: MoneyCall = {
    exchange,
    account,
    key,
    op: order.intent,
    digest: order.digest,
    facts: factsOfOrder(context, order),
    perform: (entry) => perform(desk, call, order, entry),
    replay: (entry) => renderCharge(chargeOf(context, entry), exchange.base),
    prepareLate: (entry) => decideCharge(context, { account, key, order, use: usesOf(entry) }),
    performClosed: (entry) => performClosed(desk, call, order, entry),
  };
  runMoneyCall(desk, call);
}

/** One charge by its id. */
export function getCharge(desk: Desk, exchange: Exchange, about: { account: Account; id: string }): void {
  const charge = desk.context.world.charges.get(about.id);
  if (charge === undefined || charge.account !== about.account.id) throw noSuchCharge();
  const seen = seenByLookup(desk.context, about.account, charge);
  if (seen === undefined) throw noSuchCharge();
  afterReadLatency(desk, about.id, () => answerJson(exchange.res, 200, renderCharge(seen, exchange.base)));
}

/** By request key, or all of them, oldest first. */
export function listCharges(desk: Desk, exchange: Exchange, account: Account): void {
  const { query } = exchange;
  for (const name of query.keys()) {
    if (name !== 'request_key' && name !== 'created_after' && name !== 'cursor')
      throw invalid(name, 'is not a filter of this list');
  }
  const key = query.get('request_key');
  if (key !== null) {
    const found = chargesUnder(desk.context, account, key);
    const data = found.flatMap((charge) => seenByLookup(desk.context, account, charge) ?? []);
    const body = { data: data.map((charge) => renderCharge(charge, exchange.base)) };
    afterReadLatency(desk, key, () => answerJson(exchange.res, 200, body));
    return;
  }
  const body = pageOf(desk.context, account, exchange);
  afterReadLatency(desk, 'list', () => answerJson(exchange.res, 200, body));
}

function readOrNote(desk: Desk, exchange: Exchange, about: { account: Account; key: string }): ChargeOrder {
  const { context } = desk;
  try {
    return readChargeOrder(jsonOf(exchange), context.book.salt, context.nowOf(about.account.id));
  } catch (error) {
    noteArrival(desk, { ...about, op: 'charge' });
    throw error;
  }
}

function perform(desk: Desk, call: MoneyCall, order: ChargeOrder, entry: KeyEntry): Performed {
  const { context } = desk;
  const { account, key } = call;
  const fault = toBankFault(bankFault(desk, call, entry));
  const ask = { account, key, order, use: usesOf(entry) };
  const charge = decideCharge(context, fault === undefined ? ask : { ...ask, fault });
  return commit(context, call, charge);
}

/** A reversal came first: nothing is taken, whatever the card would have said. */
function performClosed(desk: Desk, call: MoneyCall, order: ChargeOrder, entry: KeyEntry): Performed {
  const { account, key } = call;
  const decided = decideCharge(desk.context, { account, key, order, use: usesOf(entry) });
  const { id, intent, value, currency, reference, initiator, use, cvc, created } = decided;
  const charge: Charge = {
    ...{ id, account: account.id, key, intent, value, currency, reference, initiator, use, cvc, created },
    ...(decided.card !== undefined && { card: decided.card }),
    ...(decided.method !== undefined && { method: decided.method }),
    version: 1,
    status: 'declined',
    reason: 'reversed',
    closed: true,
    steps: [],
  };
  return commit(desk.context, call, charge);
}

function commit(context: Context, call: MoneyCall, charge: Charge): Performed {
  const notice = chargeNotice(charge);
  const line = commitChange(context, {
    kind: 'charge',
    charge,
    key: call.key,
    digest: call.digest,
    operation: charge.intent,
    ...(notice !== undefined && { notice }),
  });
  return { line, body: renderCharge(charge, call.exchange.base) };
}

function factsOfOrder(context: Context, order: ChargeOrder): MoneyCall['facts'] {
  const { instrument } = order;
  const saved = instrument.kind === 'token' ? context.world.tokens.get(instrument.token) : undefined;
  const card = instrument.kind === 'card' ? instrument.card : context.world.charges.get(saved ?? '')?.card;
  return {
    method: instrument.kind === 'other' ? instrument.method.type : 'card',
    initiator: order.initiator,
    reference: order.reference,
    value: order.value,
    ...(card !== undefined && { scheme: card.schemes[0] ?? '', last4: card.last4, behaviour: card.behaviour }),
  };
}

function toBankFault(effect: FaultEffect | undefined): BankFault | undefined {
  if (effect === undefined) return undefined;
  const { params } = effect;
  if (effect.kind === 'decline') {
    return {
      kind: 'decline',
      code: String(params.code),
      ...(params.advice !== '' && { advice: String(params.advice) }),
    };
  }
  if (effect.kind === 'pending') {
    return { kind: 'pending', s: Number(params.s), end: params.end === 'declined' ? 'declined' : 'approved' };
  }
  return { kind: 'partial_approval', percent: Number(params.percent) };
}

function usesOf(entry: KeyEntry | undefined): number {
  return entry?.charge === undefined ? 0 : 1 + (entry.more?.length ?? 0);
}

function chargeOf(context: Context, entry: KeyEntry): Charge {
  const charge = context.world.charges.get(entry.charge ?? '');
  if (charge === undefined)
    throw new Refusal(422, 'request_key_reused', { message: 'this key belongs to another request' });
  return charge;
}

/** The charge whose own key `key` is, or the key of one of its steps; several only where an account is not idempotent. */
function chargesUnder(context: Context, account: Account, key: string): Charge[] {
  const entry = context.world.keys.get(keyOf(account.id, key));
  if (entry === undefined || entry.digest === '') return [];
  return [entry.charge ?? '', ...(entry.more ?? [])].flatMap((id) => context.world.charges.get(id) ?? []);
}

function pageOf(context: Context, account: Account, exchange: Exchange): { data: unknown[]; next_cursor?: string } {
  const after = exchange.query.get('created_after');
  const since = after === null ? Number.NEGATIVE_INFINITY : Date.parse(after);
  if (Number.isNaN(since)) throw invalid('created_after', 'must be an ISO 8601 time');
  const cursor = exchange.query.get('cursor') ?? '0';
  if (!/^\d{1,15}$/.test(cursor)) throw invalid('cursor', 'must be the next_cursor of the page before');
  const data: unknown[] = [];
  let at = Number(cursor);
  for (; at < account.order.length && data.length < PAGE_SIZE; at++) {
    const charge = context.world.charges.get(account.order[at]!);
    if (charge !== undefined && charge.created > since) data.push(renderCharge(charge, exchange.base));
  }
  return { data, ...(at < account.order.length && { next_cursor: String(at) }) };
}

/** Reads take a fifth of the bank's time, and never tell of a line that is not on disk yet. */
function afterReadLatency(desk: Desk, subject: string, then: () => void): void {
  const { book, chance } = desk.context;
  const ms = desk.latency().of(() => chance.draw('read latency', subject)) / 5;
  const line = book.lines;
  if (ms === 0) book.whenDurable(line, then);
  else desk.timer(ms, () => book.whenDurable(line, then));
}

function noSuchCharge(): Refusal {
  return new Refusal(404, 'no_such_charge', { message: 'this account has no such charge' });
}
