/** What somebody asks of a test tenant's clock: an instant, or so many seconds from now. */
import { DAY, fromIso, plus, SECOND, type Timestamp } from '../lib/time.ts';
import { type FieldProblem, type Rejection, reject } from './errors.ts';

export interface AdvanceRequest {
  /** ISO 8601 with a zone. */
  to?: string;
  seconds?: number;
}

/** Five years, with two leap days among them: how far one call goes. */
export const MAX_ADVANCE_SECONDS = (1_827 * DAY) / SECOND;
/** What was agreed for thirty years from there still has dates of four digits, and so has all that follows. */
export const LAST_INSTANT = Date.UTC(2200, 0) as Timestamp;

/** Where to: an instant, or a distance that is counted from where the clock stands when its turn comes. */
export type Advance = { to: Timestamp } | { byMs: number };

/** The request in our words, or 400 with every problem. `now` is the tenant's. */
export function readAdvance(body: AdvanceRequest, now: Timestamp): Advance | Rejection {
  const problems: FieldProblem[] = [];
  const note = (pointer: string, code: string, detail: string) => void problems.push({ pointer, code, detail });
  const { to: text, seconds } = body;
  const to = text === undefined ? undefined : fromIso(text);
  if (text === undefined && seconds === undefined) note('/to', 'required', 'Say where to: `to` or `seconds`.');
  if (text !== undefined && seconds !== undefined) note('/seconds', 'conflict', '`to` says already where to go.');
  if (text !== undefined && to === undefined)
    note('/to', 'invalid_value', 'A time of ISO 8601 with a zone, such as 2026-12-01T12:00:00Z.');
  if (to !== undefined && (to < now || to > plus(now, MAX_ADVANCE_SECONDS * SECOND)))
    note('/to', 'out_of_range', 'From now to 5 years ahead: a clock only moves forward.');
  const target = to ?? plus(now, (seconds ?? 0) * SECOND);
  if (target > LAST_INSTANT && problems.length === 0)
    note(to === undefined ? '/seconds' : '/to', 'out_of_range', 'Not beyond the year 2200.');
  if (problems.length > 0) {
    const detail = problems.map((problem) => `${problem.pointer}: ${problem.detail}`).join(' ');
    return reject('invalid_request', detail, { errors: problems });
  }
  return to === undefined ? { byMs: (seconds ?? 0) * SECOND } : { to };
}

/** Where a tenant's clock stands. */
export interface ClockView {
  now: Timestamp;
  /** Ahead of real time, milliseconds. */
  offsetMs: number;
  nextDueAt?: Timestamp;
}
