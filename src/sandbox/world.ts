/**
 * Everything the sandbox knows, as a fold over its book. Nothing changes but by {@link World.commit}, which applies a line
 * and appends it; at start the same lines are applied again, so memory after a kill is memory before it, less what no
 * answer had told.
 */
import type { Account, AccountSettings } from './accounts.ts';
import type { Book } from './book.ts';
import type { BookLine } from './book-file.ts';
import type { Charge, Operation, Step } from './charge.ts';

/** One request key of one account: what arrived under it and what became of it. */
export interface KeyEntry {
  account: string;
  key: string;
  op: Operation;
  /** Line of the first arrival: the row's number in `GET /book`. */
  n: number;
  at: number;
  arrivals: number;
  /** Of the body that was decided; empty until then. */
  digest: string;
  charge?: string;
  /** Further charges under one key: only where the account is not idempotent. */
  more?: string[];
  step?: string;
  /** A reversal closed the key: nothing under it can be charged any more. */
  closed?: true;
  /** What a reversal under this key undid. */
  target?: string;
  /** Being decided in this process; a restart forgets it, as it forgets the caller. */
  busy?: true;
  /** Decided at `due` unless the key is closed first. */
  late?: { due: number; charge: Charge; digest: string };
}

/** What must be told of a change, and how truthfully. Kept in the line of the change it tells. */
export interface NoticePlan {
  id: string;
  type: string;
  /** Instant of the account's clock before which it must not be sent. */
  not_before?: number;
  fault?: string;
  copies?: number;
}

export interface Notice extends NoticePlan {
  account: string;
  at: number;
  charge: Charge;
  tries: number;
  next: number;
}

/** The seven lines that change a charge share one form; the name says what happened. */
export interface ChangeLine {
  account: string;
  charge?: Omit<Charge, 'steps'>;
  step?: Step;
  /** Set where the line decides a request key. */
  key?: string;
  digest?: string;
  /** A reversal: which key it undoes. */
  target?: string;
  closes?: true;
  decision?: string;
  notices?: readonly NoticePlan[];
}

export type Change = 'charge' | 'action' | 'capture' | 'void' | 'refund' | 'reversal' | 'release';

export interface Lines {
  account: { account: string } & Partial<AccountSettings>;
  arrival: {
    account: string;
    key: string;
    op: Operation;
    clock: number;
    faults?: readonly string[];
    /** Decided already, to be committed at `due`. */
    late?: Omit<Charge, 'steps'>;
    due?: number;
    digest?: string;
  };
  notice: {
    account: string;
    id: string;
    state: 'delivered' | 'again' | 'given_up' | 'lost';
    tries: number;
    next?: number;
  };
  clock: { account: string; offset: number };
  fault: FaultLine;
}

export type FaultLine =
  | { armed: string; fault: unknown }
  | { fired: string; account?: string; key?: string }
  | { removed: string };

export interface World {
  readonly accounts: Map<string, Account>;
  readonly charges: Map<string, Charge>;
  readonly keys: Map<string, KeyEntry>;
  readonly pages: Map<string, string>;
  readonly tokens: Map<string, string>;
  /** Network transaction id → the charge that earned it. */
  readonly agreements: Map<string, string>;
  /** Earlier versions of the charges that changed, oldest first. */
  readonly history: Map<string, Charge[]>;
  readonly notices: Map<string, Notice>;
  onFault(line: FaultLine): void;
}

export function createWorld(accounts: Map<string, Account>, onFault: (line: FaultLine) => void): World {
  return {
    accounts,
    charges: new Map(),
    keys: new Map(),
    pages: new Map(),
    tokens: new Map(),
    agreements: new Map(),
    history: new Map(),
    notices: new Map(),
    onFault,
  };
}

/** The index key of `key` in `account`. A request key holds no newline. */
export function keyOf(account: string, key: string): string {
  return `${account}\n${key}`;
}

/** Applies one line read from the book. */
export function replayLine(world: World, line: BookLine): void {
  const fields = line as unknown as Record<string, never>;
  switch (line.kind) {
    case 'account':
      applyAccount(world, fields as unknown as Lines['account']);
      return;
    case 'arrival':
      applyArrival(world, fields as unknown as Lines['arrival'], line.n);
      return;
    case 'notice':
      applyNotice(world, fields as unknown as Lines['notice']);
      return;
    case 'clock':
      applyClock(world, fields as unknown as Lines['clock']);
      return;
    case 'fault':
      world.onFault(fields as unknown as FaultLine);
      return;
    default:
      applyChange(world, fields as unknown as ChangeLine & { clock: number }, line.n);
      return;
  }
}

/** Writes and applies lines; the only way anything changes. Each returns the line's number. */
export interface Journal {
  account(line: Lines['account']): number;
  arrival(line: Lines['arrival']): KeyEntry;
  change(kind: Change, line: ChangeLine): number;
  notice(line: Lines['notice']): number;
  clock(line: Lines['clock']): number;
  fault(line: FaultLine): number;
}

export function createJournal(world: World, book: Book, nowOf: (account: string) => number): Journal {
  return {
    account(line) {
      applyAccount(world, line);
      return book.append('account', line);
    },
    arrival(line) {
      return applyArrival(world, line, book.append('arrival', line));
    },
    change(kind, line) {
      const whole = { clock: nowOf(line.account), ...line };
      applyChange(world, whole, book.lines + 1);
      return book.append(kind, whole);
    },
    notice(line) {
      applyNotice(world, line);
      return book.append('notice', line);
    },
    clock(line) {
      applyClock(world, line);
      return book.append('clock', line);
    },
    fault(line) {
      world.onFault(line);
      return book.append('fault', line);
    },
  };
}

function applyAccount(world: World, line: Lines['account']): void {
  const account = world.accounts.get(line.account);
  // Its secrets are gone: the product will make the account anew.
  if (account === undefined) return;
  account.known = true;
  if (line.idempotent !== undefined) account.idempotent = line.idempotent;
  // A book from before a method was known says nothing of its deadline.
  if (line.action_deadlines !== undefined) {
    account.action_deadlines = { ...account.action_deadlines, ...line.action_deadlines };
  }
}

function applyClock(world: World, line: Lines['clock']): void {
  const account = world.accounts.get(line.account);
  if (account !== undefined) account.offset = Math.max(account.offset, line.offset);
}

function applyArrival(world: World, line: Lines['arrival'], n: number): KeyEntry {
  const index = keyOf(line.account, line.key);
  let entry = world.keys.get(index);
  if (entry === undefined) {
    entry = { account: line.account, key: line.key, op: line.op, n, at: line.clock, arrivals: 0, digest: '' };
    world.keys.set(index, entry);
  }
  entry.arrivals++;
  if (line.late !== undefined) {
    entry.late = { due: line.due ?? 0, charge: { ...line.late, steps: [] }, digest: line.digest ?? '' };
  }
  return entry;
}

function applyChange(world: World, line: ChangeLine & { clock: number }, n: number): void {
  if (line.key !== undefined) decideKey(world, line.key, line);
  if (line.target !== undefined && line.closes) closeKey(world, keyOf(line.account, line.target), { ...line, n });
  if (line.charge === undefined) return;
  const { id } = line.charge;
  const before = world.charges.get(id);
  const charge: Charge = { ...line.charge, steps: withStep(before?.steps ?? NO_STEPS, line.step) };
  if (before !== undefined) keepHistory(world, before);
  else world.accounts.get(charge.account)?.order.push(id);
  world.charges.set(id, charge);
  if (charge.action !== undefined) world.pages.set(charge.action.page, id);
  if (charge.token !== undefined) world.tokens.set(charge.token, id);
  if (charge.ntid !== undefined && charge.use !== 'none') world.agreements.set(charge.ntid, id);
  for (const plan of line.notices ?? []) {
    const next = plan.not_before ?? line.clock;
    world.notices.set(plan.id, { ...plan, account: charge.account, at: line.clock, charge, tries: 0, next });
  }
}

function decideKey(world: World, key: string, line: ChangeLine): void {
  const entry = world.keys.get(keyOf(line.account, key));
  if (entry === undefined) return;
  delete entry.late;
  if (line.digest !== undefined) entry.digest = line.digest;
  if (line.target !== undefined) entry.target = line.target;
  if (line.step !== undefined) entry.step = line.step.id;
  const id = line.charge?.id;
  if (id === undefined) return;
  if (entry.charge === undefined || line.target !== undefined || line.step !== undefined) entry.charge = id;
  else if (entry.charge !== id) entry.more = [...(entry.more ?? []), id];
}

/** The key of a charge that never arrived gets an entry of its own, so that a late arrival finds it closed. */
function closeKey(world: World, index: string, line: ChangeLine & { clock: number; n: number }): void {
  const entry = world.keys.get(index);
  if (entry !== undefined) {
    entry.closed = true;
    delete entry.late;
    return;
  }
  const closed: KeyEntry = {
    account: line.account,
    key: line.target ?? '',
    op: 'charge',
    n: line.n,
    at: line.clock,
    arrivals: 0,
    digest: '',
    closed: true,
  };
  world.keys.set(index, closed);
}

const NO_STEPS: readonly Step[] = [];

function withStep(steps: readonly Step[], step: Step | undefined): readonly Step[] {
  if (step === undefined) return steps;
  const known = steps.some((other) => other.id === step.id);
  return known ? steps.map((other) => (other.id === step.id ? step : other)) : [...steps, step];
}

function keepHistory(world: World, before: Charge): void {
  const earlier = world.history.get(before.id);
  if (earlier === undefined) world.history.set(before.id, [before]);
  else earlier.push(before);
}

function applyNotice(world: World, line: Lines['notice']): void {
  if (line.state === 'again') {
    const notice = world.notices.get(line.id);
    if (notice === undefined) return;
    notice.tries = line.tries;
    notice.next = line.next ?? notice.next;
  } else {
    world.notices.delete(line.id);
  }
}
