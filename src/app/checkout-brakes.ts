/**
 * The brakes on a press of Pay with a card: a place is taken in the transaction of the intent, so that tries at the same moment cannot
 * pass a limit together, and kept or given back in the transaction that learns the end. The address itself is never written.
 */
import { type Attempt, isOpen } from '../domain/attempt.ts';
import {
  addressBlock,
  askBrake,
  BRAKES,
  type BrakeKind,
  type BrakeVerdict,
  isOnePayer,
} from '../domain/checkout-brakes.ts';
import { plus, SECOND, type Timestamp } from '../lib/time.ts';
import {
  addFailure,
  dropTries,
  expectFewer,
  findTries,
  keepFailure,
  setAside,
  takePlace,
} from '../store/checkout-brakes.ts';
import type { Changes } from './apply.ts';
import { countedFailures } from './checkout-facts.ts';
import type { Context } from './context.ts';

/** Who presses: the digests that the brakes count by. */
export interface Presser {
  card: string;
  /** Absent where the address is not one payer's. */
  address?: string;
  /** Of a card that was saved before nothing is counted but its failures: nobody tries numbers with it. */
  typed: boolean;
}

/** The places that a try takes. */
export type Places = Record<BrakeKind, string>;

/** Before anything was read: what all tries with a card and an address without failures may take. */
export const FIRST_PLACES: Places = { card: '0', address: '0' };

const LOOK_AGAIN_MS = SECOND / 2;

/** The digests of a press; the address as HMAC under the tenant's own key. */
export async function presserOf(
  context: Context,
  { fingerprint, typed, ip }: { fingerprint: string; typed: boolean; ip: string | undefined },
): Promise<Presser> {
  if (ip === undefined || !isOnePayer(ip)) return { card: fingerprint, typed };
  const address = await context.vault.fingerprint(context.tenant.id, `address ${addressBlock(ip)}`);
  return { card: fingerprint, typed, address };
}

/** What both brakes say: places to take, `wait` for tries that are not answered yet, or what closed. */
export type Braked =
  | { kind: 'free'; places: Places }
  | { kind: 'wait' }
  | { kind: 'closed'; by: BrakeKind; until: Timestamp };

/** Reads what the brakes know and asks them. */
export async function askBrakes(context: Context, presser: Presser): Promise<Braked> {
  const { at, system } = context;
  const { card, address } = presser;
  const tries = await findTries(context.database, { tenantId: context.tenant.id, card, address, at });
  const ask = (kind: BrakeKind): BrakeVerdict =>
    askBrake(kind, tries, { at, pick: system.random(1).readUInt8(0) / 256 });
  const byAddress = ask('address');
  if (byAddress.kind === 'closed') return { ...byAddress, by: 'address' };
  const byCard = ask('card');
  if (byCard.kind === 'closed') return { ...byCard, by: 'card' };
  if (byCard.kind === 'wait' || byAddress.kind === 'wait') return { kind: 'wait' };
  return { kind: 'free', places: { card: byCard.place, address: byAddress.place } };
}

/** Resolves when the end of another try became known in this process, or after half a second: it may have been another process. */
export function untilAnswered(context: Context, presser: Presser): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      deaf();
      callOff();
      resolve();
    };
    const deaf = context.nudge.listen(`tries:${context.tenant.id}`, done);
    const callOff = context.system.clock.timer(LOOK_AGAIN_MS, done);
    // What became known before anybody listened is seen by asking once more.
    askBrakes(context, presser).then(({ kind }) => {
      if (kind !== 'wait') done();
    }, reject);
  });
}

/** Adds the places of a try to the transaction of its intent. The commit is Stale when another try has one of them. */
export function takePlaces(
  changes: Changes,
  attempt: Attempt,
  { presser, places }: { presser: Presser; places: Places },
): void {
  const { tenantId, id: attemptId, sentAt: at } = attempt;
  const { card, address, typed } = presser;
  const take = (kind: BrakeKind, digest: string): void => {
    const { failures, windowMs } = BRAKES[kind];
    const taken = { kind, digest, place: places[kind], failures, at, until: plus(at, windowMs) };
    changes.also((tx) => takePlace(tx, { tenantId, attemptId }, taken));
  };
  if (typed) take('card', card);
  else changes.also((tx) => expectFewer(tx, { tenantId, card }, { failures: BRAKES.card.failures, at }));
  if (address !== undefined) take('address', address);
}

/** What an answer to a try on a page means for the brakes, in the transaction that records it. */
export function brakeChanges(context: Context, changes: Changes, attempt: Attempt): void {
  const { tenantId, id: attemptId, attemptKey, cardFingerprint: card } = attempt;
  if (attemptKey === undefined || card === undefined) return;
  const tried = { tenantId, attemptId };
  const { at } = context;
  if (isOpen(attempt)) changes.also((tx) => setAside(tx, tried, at));
  else if (countedFailures([attempt]).length === 0) changes.also((tx) => dropTries(tx, tried));
  else {
    const until = { card: plus(at, BRAKES.card.windowMs), address: plus(at, BRAKES.address.windowMs) };
    changes.also((tx) => keepFailure(tx, tried, until));
    changes.also((tx) => addFailure(tx, tried, { card, until: until.card }));
  }
  changes.afterwards(async () => context.nudge.tap(`tries:${tenantId}`));
}
