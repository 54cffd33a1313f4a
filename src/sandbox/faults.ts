/**
 * Which fault meets which call. Faults are armed over the control API, or come with a card of family 98; arming and firing
 * are lines in the book. Neither amounts nor metadata ever trigger one by themselves: tests must be free to use any.
 */
import { type Chance, createChance, crockford, fraction } from './chance.ts';
import type { Operation } from './charge.ts';
import { type FaultEffect, faultsOfCard, readParams, STICKY, type Stage, stageOf } from './fault-kinds.ts';
import { type Fields, invalid, object, optionalText, whole } from './fields.ts';
import { type Latency, readLatency } from './latency.ts';
import { type FaultLine, keyOf } from './world.ts';

/** What a fault may be matched against. */
export interface FaultFacts {
  account: string;
  accountName: string;
  operations: readonly (Operation | 'lookup' | 'notify')[];
  key: string;
  /** How many calls this key has seen: the draw differs for each. */
  use: number;
  method: string;
  scheme?: string;
  last4?: string;
  initiator?: string;
  reference?: string;
  value?: number;
  /** Behaviour of the card, for family 98. */
  behaviour?: string;
}

interface Match {
  account?: string;
  operation?: string;
  method?: string;
  scheme?: string;
  last4?: string;
  initiator?: string;
  reference?: string;
  request_key?: string;
  amount?: { min?: number; max?: number };
}

export interface ArmedFault extends FaultEffect {
  id: string;
  match: Match;
  times: number;
  after: number;
  probability: number;
  seed?: string;
  label?: string;
}

interface Counted {
  fault: ArmedFault;
  /** Calls that matched, fired or not. After a restart at least those that led to a firing. */
  matched: number;
  fired: number;
}

export interface Faults {
  /** Arms a fault from the body of a control call, and returns its id. */
  arm(body: unknown): string;
  list(): readonly Record<string, unknown>[];
  /** Removes one fault, or all; returns how many. */
  remove(id?: string): number;
  /** Folds a line of the book. */
  apply(line: FaultLine): void;
  /** The fault of `stage` that meets this call, if any; its firing is written down. */
  fire(stage: Stage, facts: FaultFacts): FaultEffect | undefined;
  /** The latency that the fault armed last asks for; undefined where the sandbox's own holds. */
  latency(): Latency | undefined;
  /** Look-up faults that stay with a key from earlier look-ups. */
  stuckTo(account: string, key: string): readonly FaultEffect[];
}

export interface FaultsOptions {
  chance: Chance;
  journal: (line: FaultLine) => number;
  /** Called when the server shall be gone for a while. */
  onOutage: (seconds: number) => void;
}

const BODY = new Set(['kind', 'params', 'match', 'times', 'after', 'probability', 'seed', 'label']);
const MATCH = new Set([
  'account',
  'operation',
  'method',
  'scheme',
  'last4',
  'initiator',
  'reference',
  'request_key',
  'amount',
]);
const AMOUNT = new Set(['min', 'max']);
/** Six bytes a character at worst, and the whole must fit into a line of the book. */
const MOST_FAULT_CHARACTERS = 600;
/** As good as for ever. */
export const ALWAYS = 1_000_000_000;

export function createFaults(options: FaultsOptions): Faults {
  const armed = new Map<string, Counted>();
  const stuck = new Map<string, Set<string>>();
  /** Faults ever armed, removed ones too: ids are never given out again. */
  let count = 0;

  const fire = (stage: Stage, facts: FaultFacts): FaultEffect | undefined => {
    for (const counted of armed.values()) {
      const { fault } = counted;
      if (counted.fired >= fault.times || stageOf(fault) !== stage || !fits(fault.match, facts)) continue;
      if (STICKY.has(fault.kind) && stuck.get(keyOf(facts.account, facts.key))?.has(fault.id)) continue;
      counted.matched++;
      if (counted.matched <= fault.after || !drawn(options.chance, fault, facts)) continue;
      options.journal({ fired: fault.id, account: facts.account, key: facts.key });
      return fault;
    }
    return undefined;
  };

  const outage = (facts: FaultFacts): void => {
    const fault = fire('outage', facts);
    if (fault !== undefined) options.onOutage(Number(fault.params.s));
  };

  return {
    arm(body) {
      const fault = readFault(body, `X-${crockford(options.chance.draw('fault', String(count)), 0)}`);
      if (JSON.stringify(fault).length > MOST_FAULT_CHARACTERS)
        throw invalid('body', 'is too long for a line of the book');
      options.journal({ armed: fault.id, fault });
      // Without `after` there is no call to wait for.
      if (stageOf(fault) === 'outage' && fault.after === 0) {
        options.journal({ fired: fault.id });
        options.onOutage(Number(fault.params.s));
      }
      return fault.id;
    },
    list: () => [...armed.values()].map(({ fault, matched, fired }) => ({ ...fault, matched, fired })),
    remove(id) {
      const gone = id === undefined ? [...armed.keys()] : armed.has(id) ? [id] : [];
      for (const one of gone) options.journal({ removed: one });
      return gone.length;
    },
    apply(line) {
      if ('armed' in line) {
        armed.set(line.armed, { fault: line.fault as ArmedFault, matched: 0, fired: 0 });
        count++;
      } else if ('removed' in line) {
        armed.delete(line.removed);
      } else {
        applyFired(armed, stuck, line);
      }
    },
    fire(stage, facts) {
      if (armed.size > 0) {
        if (stage === 'before') outage(facts);
        const fault = fire(stage, facts);
        if (fault !== undefined) return fault;
      }
      const ofCard = faultsOfCard(facts.behaviour);
      return ofCard.length === 0 ? undefined : ofCard.find((effect) => stageOf(effect) === stage);
    },
    latency() {
      if (armed.size === 0) return undefined;
      const last = [...armed.values()].findLast(({ fault }) => fault.kind === 'latency')?.fault;
      return last && readLatency(String(last.params.spec));
    },
    stuckTo(account, key) {
      const ids = stuck.get(keyOf(account, key));
      if (ids === undefined) return [];
      return [...ids].flatMap((id) => armed.get(id)?.fault ?? []);
    },
  };
}

function applyFired(
  armed: Map<string, Counted>,
  stuck: Map<string, Set<string>>,
  line: { fired: string; account?: string; key?: string },
): void {
  const counted = armed.get(line.fired);
  if (counted === undefined) return;
  counted.fired++;
  counted.matched = Math.max(counted.matched, counted.fault.after + counted.fired);
  if (!STICKY.has(counted.fault.kind) || line.account === undefined || line.key === undefined) return;
  const index = keyOf(line.account, line.key);
  const ids = stuck.get(index) ?? new Set();
  ids.add(line.fired);
  stuck.set(index, ids);
}

function fits(match: Match, facts: FaultFacts): boolean {
  if (match.account !== undefined && match.account !== facts.account && match.account !== facts.accountName)
    return false;
  if (match.operation !== undefined && !(facts.operations as readonly string[]).includes(match.operation)) return false;
  if (match.method !== undefined && match.method !== facts.method) return false;
  if (match.scheme !== undefined && match.scheme !== facts.scheme) return false;
  if (match.last4 !== undefined && match.last4 !== facts.last4) return false;
  if (match.initiator !== undefined && match.initiator !== facts.initiator) return false;
  if (match.reference !== undefined && match.reference !== facts.reference) return false;
  if (match.request_key !== undefined && match.request_key !== facts.key) return false;
  if (match.amount === undefined) return true;
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = match.amount;
  return facts.value !== undefined && facts.value >= min && facts.value <= max;
}

/** One draw per fault, key and use: it does not matter what else is going on. */
function drawn(chance: Chance, fault: ArmedFault, facts: FaultFacts): boolean {
  if (fault.probability >= 1) return true;
  const source = fault.seed === undefined ? chance : createChance(fault.seed);
  // Faults of one kind under one seed draw alike, so a profile armed twice picks the same keys.
  const purpose =
    fault.seed === undefined ? `fires ${fault.id}` : `fires ${fault.kind} ${JSON.stringify(fault.params)}`;
  return fraction(source.draw(purpose, keyOf(facts.account, facts.key), facts.use), 0) < fault.probability;
}

function readFault(body: unknown, id: string): ArmedFault {
  const fields = object(body, 'body', BODY);
  const effect = readParams(fields.kind, fields.params);
  const match = fields.match === undefined ? {} : readMatch(fields.match);
  const stage = stageOf(effect);
  const blind = stage === 'connect' || stage === 'outage' || stage === 'thinking';
  if (blind && Object.keys(match).length > 0) throw invalid('match', `is not possible for ${effect.kind}`);
  if (effect.kind === 'latency') checkLatency(effect);
  const { probability } = fields;
  if (probability !== undefined && (typeof probability !== 'number' || !(probability >= 0 && probability <= 1))) {
    throw invalid('probability', 'must be a number from 0 to 1');
  }
  const seed = optionalText(fields.seed, 'seed', 128);
  const label = optionalText(fields.label, 'label', 128);
  return {
    id,
    ...effect,
    match,
    times: fields.times === undefined ? 1 : whole(fields.times, 'times', { min: 1, max: ALWAYS }),
    after: fields.after === undefined ? 0 : whole(fields.after, 'after', { min: 0, max: ALWAYS }),
    probability: probability === undefined ? 1 : (probability as number),
    ...(seed !== undefined && { seed }),
    ...(label !== undefined && { label }),
  };
}

function checkLatency(effect: FaultEffect): void {
  try {
    readLatency(String(effect.params.spec));
  } catch (error) {
    throw invalid('params.spec', (error as Error).message);
  }
}

function readMatch(value: unknown): Match {
  const fields: Fields = object(value, 'match', MATCH);
  const match: Record<string, unknown> = {};
  for (const name of MATCH) {
    if (fields[name] === undefined) continue;
    if (name !== 'amount') {
      match[name] = optionalText(fields[name], `match.${name}`, 128);
      continue;
    }
    const range = object(fields.amount, 'match.amount', AMOUNT);
    const bounds = { min: 0, max: Number.MAX_SAFE_INTEGER };
    match.amount = {
      ...(range.min !== undefined && { min: whole(range.min, 'match.amount.min', bounds) }),
      ...(range.max !== undefined && { max: whole(range.max, 'match.amount.max', bounds) }),
    };
  }
  return match as Match;
}
