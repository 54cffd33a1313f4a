/**
 * The one path of every `POST` that may move money: arrival written down, request key judged, bank's thinking time, the
 * decision, the disk, then the answer. Faults act between those steps and nowhere else.
 */
import type { Account } from './accounts.ts';
import { actBefore, giveAnswer, type Timer } from './answer-faults.ts';
import { crockford } from './chance.ts';
import type { Charge, Operation } from './charge.ts';
import { renderCharge } from './charge-view.ts';
import type { Context } from './context.ts';
import { answerRefusal, type Exchange, header } from './exchange.ts';
import type { FaultEffect } from './fault-kinds.ts';
import type { FaultFacts } from './faults.ts';
import { invalid, Refusal } from './fields.ts';
import type { Latency } from './latency.ts';
import { type KeyEntry, keyOf } from './world.ts';

/** The surroundings of a call: the sandbox, and what a control call may replace while it runs. */
export interface Desk {
  context: Context;
  latency: () => Latency;
  timer: Timer;
}

export interface MoneyCall {
  exchange: Exchange;
  account: Account;
  key: string;
  op: Operation;
  digest: string;
  facts: Omit<FaultFacts, 'account' | 'accountName' | 'operations' | 'key' | 'use'>;
  /** Decides and commits; returns the line that must be on disk before the answer leaves. Refusals move nothing. */
  perform(entry: KeyEntry): Performed;
  /** The answer to the same question asked again: what was decided, as it is now. */
  replay(entry: KeyEntry): Record<string, unknown>;
  /** Decides now what shall be committed later; absent where a call cannot be put off. */
  prepareLate?(entry: KeyEntry | undefined): Charge;
  /** The answer where a reversal has closed the key; absent where that is a refusal. */
  performClosed?(entry: KeyEntry): Performed;
}

export interface Performed {
  line: number;
  body: Record<string, unknown>;
}

/** The `Request-Key` header, or a refusal that names it. */
export function requestKeyOf(exchange: Exchange): string {
  const key = header(exchange.req, 'request-key');
  if (!/^[\x21-\x7e]{8,64}$/.test(key))
    throw invalid('Request-Key', 'must be a header of 8 to 64 printable ASCII characters');
  return key;
}

/** Writes down an arrival whose body was refused. The key stays free. */
export function noteArrival(desk: Desk, about: { account: Account; key: string; op: Operation }): void {
  const { context } = desk;
  const { account, key, op } = about;
  context.journal.arrival({ account: account.id, key, op, clock: context.nowOf(account.id) });
}

/** Runs one call to its answer, or to the silence a fault asks for. */
export function runMoneyCall(desk: Desk, call: MoneyCall): void {
  const { context } = desk;
  const { account, key, op } = call;
  if (context.book.full) throw new Refusal(503, 'book_full', { message: 'the book has reached its bound' });
  const known = context.world.keys.get(keyOf(account.id, key));
  const facts = factsOf(call, known);
  const before = context.faults.fire('before', facts);
  const late = before?.kind === 'processed_late' && isFree(known) ? call.prepareLate?.(known) : undefined;
  const due = context.nowOf(account.id) + Number(before?.params.s ?? 0) * 1000;
  const entry = context.journal.arrival({
    account: account.id,
    key,
    op,
    clock: context.nowOf(account.id),
    ...(before !== undefined && { faults: [before.kind] }),
    ...(late !== undefined && { late: withoutSteps(late), due, digest: call.digest }),
  });
  if (late !== undefined) context.agenda.add(account.id, { at: due, kind: 'late', ref: keyOf(account.id, key) });
  if (before !== undefined) {
    // The arrival must be on disk before the caller can notice anything.
    context.book.whenDurable(context.book.lines, () => actBefore(call.exchange, before, desk.timer));
    return;
  }
  const answer = context.faults.fire('answer', facts);
  judgeKey(desk, call, { entry, answer });
}

/** Free, repeated, in progress, closed or taken: what the request key says before anything is decided. */
function judgeKey(desk: Desk, call: MoneyCall, about: { entry: KeyEntry; answer: FaultEffect | undefined }): void {
  const { entry } = about;
  if (entry.busy || entry.late !== undefined) {
    throw new Refusal(409, 'request_in_progress', { message: 'this key is still being decided' });
  }
  const repeatsMoney = !call.account.idempotent && isCharge(call.op);
  if (entry.digest !== '' && !repeatsMoney) {
    if (entry.digest !== call.digest) {
      throw new Refusal(422, 'request_key_reused', { message: 'this key belongs to another request' });
    }
    const body = call.replay(entry);
    const line = desk.context.book.lines;
    send(desk, call, { ...about, line, status: 200, body });
    return;
  }
  entry.busy = true;
  entry.op = call.op;
  const subject = keyOf(entry.account, entry.key);
  const ms = desk.latency().of(() => desk.context.chance.draw('latency', subject, entry.arrivals));
  if (ms === 0) decide(desk, call, about);
  else desk.timer(ms, () => decide(desk, call, about));
}

function decide(desk: Desk, call: MoneyCall, about: { entry: KeyEntry; answer: FaultEffect | undefined }): void {
  const { entry } = about;
  delete entry.busy;
  try {
    const done = entry.closed ? closed(call, entry) : call.perform(entry);
    send(desk, call, { ...about, line: done.line, status: 201, body: done.body });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answerRefusal(call.exchange.res, error);
  }
}

function closed(call: MoneyCall, entry: KeyEntry): Performed {
  if (call.performClosed !== undefined) return call.performClosed(entry);
  throw new Refusal(422, 'request_key_reused', { message: 'a reversal has closed this key' });
}

function send(
  desk: Desk,
  call: MoneyCall,
  about: { line: number; status: number; body: Record<string, unknown>; answer: FaultEffect | undefined },
): void {
  const { context } = desk;
  const headers = about.status === 200 ? { 'request-key-replayed': 'true' } : undefined;
  const answer = {
    status: about.status,
    body: about.body,
    ...(headers && { headers }),
    other: () => otherCharge(desk, call),
  };
  const effect = about.answer?.kind === 'slow' ? drawnSlow(desk, call, about.answer) : about.answer;
  context.book.whenDurable(about.line, () => giveAnswer(call.exchange, answer, { effect, timer: desk.timer }));
}

/** Between `ms` and `max_ms` where both are given. */
function drawnSlow(desk: Desk, call: MoneyCall, effect: FaultEffect): FaultEffect {
  const { ms, max_ms: max } = effect.params;
  if (typeof ms !== 'number' || typeof max !== 'number' || max <= ms) return effect;
  const draw = desk.context.chance.draw('slow', keyOf(call.account.id, call.key)).readUInt32BE(0) / 2 ** 32;
  return { ...effect, params: { ms: Math.round(ms + draw * (max - ms)) } };
}

/** The account's charge before this one; one that never was where it has no other. */
function otherCharge(desk: Desk, call: MoneyCall): Record<string, unknown> {
  const { world, chance } = desk.context;
  const own = world.keys.get(keyOf(call.account.id, call.key))?.charge;
  const other = call.account.order.findLast((id) => id !== own);
  const charge = world.charges.get(other ?? own ?? '');
  const body = charge === undefined ? {} : renderCharge(charge, call.exchange.base);
  if (other !== undefined) return body;
  const id = `C-${crockford(chance.draw('other', keyOf(call.account.id, call.key)), 0)}`;
  return { ...body, id, request_key: `other-${id}`, reference: `other-${id}` };
}

function factsOf(call: MoneyCall, known: KeyEntry | undefined): FaultFacts {
  const { behaviour, ...facts } = call.facts;
  const first = (known?.arrivals ?? 0) === 0;
  return {
    ...facts,
    // A card's own faults meet the first arrival of a key only, and only the call that carries the card.
    ...(first && behaviour !== undefined && isCharge(call.op) && { behaviour }),
    account: call.account.id,
    accountName: call.account.name,
    operations: [call.op],
    key: call.key,
    use: known?.arrivals ?? 0,
  };
}

/** The fault of the decide or step stage that meets this call; to be asked only when the bank is. */
export function bankFault(
  desk: Desk,
  call: Pick<MoneyCall, 'account' | 'key' | 'op' | 'facts'>,
  entry: KeyEntry,
): FaultEffect | undefined {
  const stage = isCharge(call.op) ? 'decide' : 'step';
  return desk.context.faults.fire(stage, {
    ...call.facts,
    account: call.account.id,
    accountName: call.account.name,
    operations: [call.op],
    key: call.key,
    use: entry.arrivals,
  });
}

export function isCharge(op: Operation): boolean {
  return op === 'charge' || op === 'authorize' || op === 'verify';
}

function isFree(entry: KeyEntry | undefined): boolean {
  return entry === undefined || (entry.digest === '' && !entry.busy && !entry.closed && entry.late === undefined);
}

function withoutSteps(charge: Charge): Omit<Charge, 'steps'> {
  const { steps: _steps, ...rest } = charge;
  return rest;
}
