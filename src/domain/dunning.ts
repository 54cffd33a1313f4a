/**
 * When a declined due date is tried again: pure arithmetic on instants and local dates. A try is named by the plan's retry days, never
 * comes before the bank, the network or the mandate lets it, and never after the next due date has taken over.
 */
import { addDays, instantOf, type LocalDate } from '../lib/calendar.ts';
import { DAY, HOUR, MINUTE, plus, type Timestamp } from '../lib/time.ts';
import { type Conclusion, declineSpec } from './decline.ts';

/** What the next try of a due date depends on beside its row. */
export interface DunningState {
  /** Tries made, those that never left included: each has a number of its own. */
  tries: number;
  /** Answers so far after which a card is tried again only twice, well spaced. */
  spaced: number;
  /** The try an hour later has been used up: there is one for each due date. */
  hourUsed?: true;
  /** What the retry days count from where it is not the due date: the day on which an instalment was taken up again. */
  from?: LocalDate;
  /** Tries in a row that never reached the processor, and when that began. */
  unsent?: { since: Timestamp; count: number };
}

export const NO_TRIES: DunningState = { tries: 0, spaced: 0 };

/** What follows from the bank's answer. */
export type Answered = Pick<Conclusion, 'code' | 'effect' | 'networkWaitMs'>;

export interface DunningFacts {
  dueDate: LocalDate;
  scheduledTime: string;
  timeZone: string;
  /** Rising days after the due date. */
  retryDays: readonly number[];
  /** Tries of this due date that were answered, this one included. */
  attempts: number;
  state: DunningState;
  /** Of the mandate. */
  retry?: { maxAttempts?: number; minIntervalHours?: number } | undefined;
  /** The next due date begins here, the subscription ends there: a try lies before both. */
  nextDueAt?: Timestamp | undefined;
  endsAt?: Timestamp | undefined;
}

export interface NextTry {
  /** Absent: there is none. */
  at?: Timestamp;
  state: DunningState;
}

const WAIT_MS = { after_1h: HOUR, after_24h: DAY, few_spaced: 2 * DAY } as const;
/** A bank that does not say why is asked again twice. */
const SPACED_RETRIES = 2;
/** A retry day that falls this shortly before the earliest moment moves to it. */
const MOVES_BY_MS = HOUR;

/** The next try after a decline at `at`. A code that only a person can mend has none. */
export function nextTry(answer: Answered, facts: DunningFacts, at: Timestamp): NextTry {
  const mitRetry = waitOf(answer);
  const spaced = facts.state.spaced + (mitRetry === 'few_spaced' ? 1 : 0);
  const state: DunningState = { ...facts.state, spaced };
  if (mitRetry === undefined || (mitRetry === 'few_spaced' && spaced > SPACED_RETRIES)) return { state };
  const { retry, nextDueAt, endsAt } = facts;
  if (retry?.maxAttempts !== undefined && facts.attempts >= retry.maxAttempts) return { state };

  const houseMs = Math.max(WAIT_MS[mitRetry], (retry?.minIntervalHours ?? 0) * HOUR);
  const networkMs = answer.networkWaitMs ?? 0;
  const earliest = plus(at, Math.max(houseMs, networkMs));
  const hourLater = mitRetry === 'after_1h' && !state.hourUsed ? plus(at, HOUR) : undefined;
  const named = facts.retryDays.map((days) => retryDay(facts, days));
  const candidates = [...named, ...(hourLater === undefined ? [] : [hourLater])]
    .filter((candidate) => candidate > at && candidate >= earliest - MOVES_BY_MS)
    .sort((a, b) => a - b);
  const [first] = candidates;
  // A network that asks for more patience than the plan has is heard all the same.
  const next =
    first === undefined ? (networkMs > houseMs ? earliest : undefined) : (Math.max(first, earliest) as Timestamp);
  if (next === undefined) return { state };
  if ((nextDueAt !== undefined && next >= nextDueAt) || (endsAt !== undefined && next >= endsAt)) return { state };
  return { at: next, state: first !== undefined && first === hourLater ? { ...state, hourUsed: true } : state };
}

/** False for an answer that only a person can mend, or that closes the card. */
export function mayRetry(answer: Answered): boolean {
  return waitOf(answer) !== undefined;
}

function waitOf({ code, effect }: Answered): keyof typeof WAIT_MS | undefined {
  const { mitRetry, class: itsClass } = declineSpec(code);
  if (!itsClass.startsWith('soft_') || effect !== 'wait') return undefined;
  return mitRetry in WAIT_MS ? (mitRetry as keyof typeof WAIT_MS) : undefined;
}

function retryDay({ state, dueDate, scheduledTime, timeZone }: DunningFacts, days: number): Timestamp {
  return instantOf(addDays(state.from ?? dueDate, days), scheduledTime, timeZone);
}

const UNSENT_WAITS_MS = [15 * MINUTE, 30 * MINUTE];
/** A processor out of reach for longer is an answer like any other. */
const UNSENT_FOR_MS = DAY;

/**
 * After a try at `at` that never reached the processor: soon again, then hourly, and no try is used up. Without `at` it has lasted for
 * a day, and counts as declined by `issuer_not_available`.
 */
export function nextAfterUnsent(state: DunningState, at: Timestamp): NextTry {
  const { since, count } = state.unsent ?? { since: at, count: 0 };
  const unsent = { since, count: count + 1 };
  if (at - since >= UNSENT_FOR_MS) return { state: { ...state, unsent } };
  return { at: plus(at, UNSENT_WAITS_MS[count] ?? HOUR), state: { ...state, unsent } };
}
