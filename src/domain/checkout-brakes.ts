/**
 * What stops pages from being used to try out stolen cards: limits on failed tries over all sessions of an account, per card and per
 * address. Pure: counts what it is given, and says which place a new try may take. The limits of one session are with its facts.
 */
import { HOUR, MINUTE, type Timestamp } from '../lib/time.ts';

/** What a brake counts by: the card within the account, or the network address of the payer. */
export type BrakeKind = 'card' | 'address';

/** So many failures within the window, counted over all sessions of an account, close cards. */
export const BRAKES: Record<BrakeKind, { failures: number; windowMs: number }> = {
  card: { failures: 5, windowMs: HOUR },
  address: { failures: 10, windowMs: 10 * MINUTE },
};

/** A try that a brake knows of. */
export interface BrakeTry {
  kind: BrakeKind;
  /** The number of a place, or of a try that gave its place back and failed later, the id of its attempt. */
  place: string;
  /** It counts before this instant. */
  until: Timestamp;
  /** Sent, and not answered yet: it counts as a failure until it is. */
  open: boolean;
}

/** What a brake says to one more try: a place to take, that only an answer can tell (`wait`), or no and until when. */
export type BrakeVerdict = { kind: 'free'; place: string } | { kind: 'wait' } | { kind: 'closed'; until: Timestamp };

/**
 * Asks a brake for one more try. `pick` is 0 ≤ n < 1. Of the free places only as many may be taken as failures are left, so that of
 * several tries that read the same no more can pass than the limit has room for: a place is taken once.
 */
export function askBrake(
  kind: BrakeKind,
  tries: readonly BrakeTry[],
  { at, pick }: { at: Timestamp; pick: number },
): BrakeVerdict {
  const { failures } = BRAKES[kind];
  const counting = tries.filter((one) => one.kind === kind && one.until > at);
  const left = failures - counting.length;
  if (left <= 0) {
    const failed = counting.filter((one) => !one.open).map((one) => one.until);
    if (failed.length < failures) return { kind: 'wait' };
    // Once so many have left the window, one more is within the limit.
    return { kind: 'closed', until: failed.sort((a, b) => a - b)[failed.length - failures] as Timestamp };
  }
  const taken = new Set(counting.map((one) => one.place));
  const free: string[] = [];
  for (let n = 0; n < failures && free.length < left; n++) if (!taken.has(String(n))) free.push(String(n));
  return { kind: 'free', place: free[Math.floor(pick * free.length)] as string };
}

/**
 * Whether an address stands for one payer. Loopback and private ranges are a proxy, an office's gateway or a developer: to brake one
 * of them would brake everybody behind it.
 */
export function isOnePayer(address: string): boolean {
  const v4 = address.replace(/^::ffff:/i, '');
  if (/^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(v4)) return false;
  return !/^(::1$|f[cd]|fe[89ab])/i.test(v4);
}

/** What is counted of an address: all of IPv4, the first 64 bits of IPv6, which one connection may choose from freely. */
export function addressBlock(address: string): string {
  const v4 = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!v4.includes(':')) return v4;
  const [head = '', tail] = (v4.split('%')[0] as string).toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  const groups = [...front, ...zeros, ...back].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}
