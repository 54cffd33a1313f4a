/** One worker at the merchant's, and the calls that every flow is made of. */
import type { Contract } from '../../support/contract.ts';
import type { Json, Merchant, Reply } from '../../support/merchant.ts';
import type { Draws } from '../seeded-world/draws.ts';
import type { Journal } from './journal.ts';
import { askUntilAnswered, type Patience } from './patient-client.ts';

export interface Lane {
  merchant: Merchant;
  contract: Contract;
  draws: Draws;
  patience: Patience;
  journal: Journal;
  /** Of the shop whose clock is moved. */
  calendarMerchant: Merchant;
  /** Tokens of paid series, known to all lanes. */
  tokens: Json[];
  /** Those of the other shop's series under limits. */
  limited: Json[];
  /** For what the lane does not wait for: a job queue would bring it up again later. */
  later(work: Promise<unknown>): void;
}

/** No drawn amount is higher, so that a series begun with it allows every later charge. Minor units. */
export const MOST = 90_000;

/** Amount and currency are drawn unless `body` says otherwise. */
export async function createSession(lane: Lane, body: Json): Promise<Json> {
  const amount = lane.draws.between(100, MOST);
  const reply = await post(lane, '/collect/payment_sessions', { amount, currency: 'ZAR', ...body });
  if (reply.status !== 201) throw new Error(`creating a session answered ${reply.status}: ${reply.text}`);
  lane.journal.session(reply.body);
  return reply.body;
}

/** A post until it is answered; now and then once more with the same key, which must answer the same. */
export async function post(lane: Lane, path: string, body: Json): Promise<Reply<Json>> {
  const key = lane.draws.bytes(12).toString('hex');
  const request = { method: 'POST', path, body, key };
  const reply = await askUntilAnswered(lane.merchant, request, lane.patience);
  if (lane.draws.chance(0.1)) {
    const again = await askUntilAnswered(lane.merchant, request, lane.patience);
    lane.journal.count('keys sent again after their answer');
    if (again.status !== reply.status || again.body.id !== reply.body.id)
      lane.patience.findings.push(`${path} with the same key answered ${reply.text} and then ${again.text}`);
  }
  return reply;
}

export async function read(lane: Lane, path: string): Promise<Json> {
  return (await askUntilAnswered(lane.merchant, { method: 'GET', path }, lane.patience)).body;
}

/** Reads the session once more and notes what it says. */
export async function see(lane: Lane, session: Json): Promise<Json> {
  const now = await read(lane, `/collect/payment_sessions/${session.id}`);
  lane.journal.session(now);
  return now;
}
