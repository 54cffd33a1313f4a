/**
 * Telling the merchant. Each change is told in a signed `POST` of its own, again after 1 s … 24 h of the account's clock
 * until somebody answers 2xx, then given up in the book. What a kill left undelivered is found in the book again. Order is
 * kept while all is calm and promised never.
 */
import { createHmac, hash } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import { type Account, secretId } from './accounts.ts';
import { type Chance, crockford } from './chance.ts';
import { type Charge, iso, type Operation } from './charge.ts';
import { renderCharge } from './charge-view.ts';
import type { FaultEffect } from './fault-kinds.ts';
import type { Notice, NoticePlan, World } from './world.ts';

export interface Outbox {
  /** What to tell of `charge`, bent by faults of the notify stage; nothing where the account has no address. */
  plan(charge: Charge, type: string, operation: Operation): readonly NoticePlan[];
  /** Sends what was planned, as soon as each may be sent. Call once the line that holds the plan is on disk. */
  send(account: string, plans: readonly Pick<NoticePlan, 'id'>[]): void;
  /** Resolves once no notification of `account` is on its way or waiting for a free connection. */
  idle(account: string): Promise<void>;
  close(): void;
}

export interface OutboxOptions {
  world: World;
  chance: Chance;
  nowOf: (account: string) => number;
  /** Real milliseconds: signatures carry real time. */
  now: () => number;
  base: () => string;
  fault: (charge: Charge, operation: Operation) => FaultEffect | undefined;
  /** Writes down what became of a try, and puts the next one on the agenda. */
  settled: (notice: Notice, state: 'delivered' | 'again' | 'given_up', next: number) => void;
  /** A notice that may only be sent later. */
  later: (notice: Notice) => void;
}

const RETRIES_S = [1, 5, 30, 120, 600, 3600, 21_600, 86_400];
const ANSWER_TIMEOUT_MS = 10_000;
const CONNECTIONS = 4;
const TOO_OLD_S = 3600;

interface Lane {
  /** Which try of a notice; copies of one try are the same try. */
  queue: { notice: Notice; tries: number }[];
  /** How much of the queue has been taken: shifting a long array one by one would cost its length each time. */
  taken: number;
  busy: number;
  waiting: (() => void)[];
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { world } = options;
  const agents = { http: new Agent({ keepAlive: true }), https: new TlsAgent({ keepAlive: true }) };
  const lanes = new Map<string, Lane>();
  let closed = false;

  const laneOf = (account: string): Lane => {
    const lane = lanes.get(account) ?? { queue: [], taken: 0, busy: 0, waiting: [] };
    lanes.set(account, lane);
    return lane;
  };
  const next = (lane: Lane): void => {
    while (!closed && lane.busy < CONNECTIONS && waitingIn(lane) > 0) {
      const { notice, tries } = takeFirst(lane);
      lane.busy++;
      deliver(options, notice, agents).then((ok) => {
        lane.busy--;
        if (closed) return;
        // Of several copies the first to come back speaks for all.
        if (notice.tries === tries) settle(options, notice, ok);
        next(lane);
      });
    }
    if (lane.busy === 0 && waitingIn(lane) === 0) for (const then of lane.waiting.splice(0)) then();
  };

  return {
    plan: (charge, type, operation) => planNotices(options, charge, { type, operation }),
    send(account, plans) {
      const lane = laneOf(account);
      const now = options.nowOf(account);
      for (const { id } of plans) {
        const notice = world.notices.get(id);
        if (notice === undefined) continue;
        if (notice.next > now) options.later(notice);
        else for (let copy = 0; copy < copiesOf(notice); copy++) lane.queue.push({ notice, tries: notice.tries });
      }
      next(lane);
    },
    idle: (account) =>
      new Promise((resolve) => {
        const lane = laneOf(account);
        if (lane.busy === 0 && waitingIn(lane) === 0) resolve();
        else lane.waiting.push(resolve);
      }),
    close() {
      closed = true;
      agents.http.destroy();
      agents.https.destroy();
      for (const lane of lanes.values()) for (const then of lane.waiting.splice(0)) then();
    },
  };
}

function waitingIn(lane: Lane): number {
  return lane.queue.length - lane.taken;
}

function takeFirst(lane: Lane): { notice: Notice; tries: number } {
  const first = lane.queue[lane.taken++]!;
  if (lane.taken === lane.queue.length || lane.taken > 4096) {
    lane.queue.splice(0, lane.taken);
    lane.taken = 0;
  }
  return first;
}

/** Copies go out at the first try only. */
function copiesOf(notice: Notice): number {
  return notice.tries === 0 ? (notice.copies ?? 1) : 1;
}

function planNotices(
  options: OutboxOptions,
  charge: Charge,
  about: { type: string; operation: Operation },
): NoticePlan[] {
  const account = options.world.accounts.get(charge.account);
  if (account?.notification_url === undefined) return [];
  const id = (nth: number): string =>
    `N-${crockford(options.chance.draw('notice', `${charge.id} ${about.type} ${charge.version}`, nth), 0)}`;
  const plan: NoticePlan = { id: id(0), type: about.type };
  const fault = options.fault(charge, about.operation);
  if (fault === undefined) return [plan];
  const later = options.nowOf(charge.account) + Number(fault.params.s ?? 0) * 1000;
  switch (fault.kind) {
    case 'lost_notification':
      return [];
    case 'late_notification':
    case 'reordered':
      return [{ ...plan, not_before: later }];
    case 'duplicate_notification':
      return [{ ...plan, copies: Number(fault.params.n) }];
    case 'contradictory_notification':
      return [plan, { id: id(1), type: about.type, fault: fault.kind }];
    default:
      return [{ ...plan, fault: fault.kind }];
  }
}

function settle(options: OutboxOptions, notice: Notice, delivered: boolean): void {
  // A copy of it has been settled already.
  if (!options.world.notices.has(notice.id)) return;
  if (delivered) {
    options.settled(notice, 'delivered', 0);
    return;
  }
  const wait = RETRIES_S[notice.tries];
  if (wait === undefined) {
    options.settled(notice, 'given_up', 0);
    return;
  }
  options.settled(notice, 'again', options.nowOf(notice.account) + wait * 1000);
}

/** The header of a notification: HMAC-SHA-512 over method, path, second, nonce and the body's SHA-256. */
export function signNotification(
  secret: string,
  message: { path: string; body: string; t: number; nonce: string },
): string {
  const signed = `POST\n${message.path}\n${message.t}\n${message.nonce}\n${hash('sha256', message.body, 'hex')}`;
  const mac = createHmac('sha512', secret).update(signed).digest('hex');
  return `k=${secretId(secret)};t=${message.t};n=${message.nonce};m=${mac}`;
}

/** One try. True for 2xx within ten seconds; everything the network does otherwise is false. */
function deliver(options: OutboxOptions, notice: Notice, agents: { http: Agent; https: TlsAgent }): Promise<boolean> {
  const account = options.world.accounts.get(notice.account);
  if (account?.notification_url === undefined) return Promise.resolve(false);
  const url = new URL(account.notification_url);
  const body = bodyOf(options, notice, account);
  const signature = signatureOf(options, notice, { account, url, body });
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, {
      method: 'POST',
      agent: url.protocol === 'https:' ? agents.https : agents.http,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'sandbox-signature': signature,
        'user-agent': 'tender-sandbox',
      },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    request.on('response', (response) => {
      response.resume();
      response.on('error', () => resolve(false));
      response.on('end', () => resolve(Math.floor((response.statusCode ?? 0) / 100) === 2));
      response.on('close', () => resolve(false));
    });
    request.on('error', () => resolve(false));
    request.end(body);
  });
}

function bodyOf(options: OutboxOptions, notice: Notice, account: Account): string {
  if (notice.fault === 'malformed_notification' && notice.tries === 0) return '{"notification_id": "N-';
  const charge = renderCharge(notice.charge, options.base());
  const base = { notification_id: notice.id, type: notice.type, account: account.id, at: iso(notice.at) };
  const money = charge.amount as { value: number; currency: string };
  switch (notice.fault) {
    case 'contradictory_notification': {
      const opposite = charge.status === 'approved' ? 'declined' : 'approved';
      return JSON.stringify({ ...base, type: `charge.${opposite}`, charge: { ...charge, status: opposite } });
    }
    case 'wrong_amount_notification':
      return JSON.stringify({ ...base, charge: { ...charge, amount: { ...money, value: money.value + 1 } } });
    case 'unknown_notification': {
      const id = `C-${crockford(options.chance.draw('unknown', notice.id), 0)}`;
      return JSON.stringify({ ...base, charge: { ...charge, id, request_key: `unknown-${notice.id}` } });
    }
    default:
      return JSON.stringify({ ...base, charge });
  }
}

/** Forged, old and malformed notifications go wrong once; the next try is a good one. */
function signatureOf(
  options: OutboxOptions,
  notice: Notice,
  about: { account: Account; url: URL; body: string },
): string {
  const bad = notice.tries === 0 ? notice.fault : undefined;
  const secret = bad === 'forged_notification' ? 'not the secret of this account' : about.account.notification_secret;
  const t = Math.floor(options.now() / 1000) - (bad === 'old_notification' ? TOO_OLD_S : 0);
  const nonce = options.chance.draw('nonce', notice.id, notice.tries).toString('hex', 0, 12);
  return signNotification(secret, { path: about.url.pathname + about.url.search, body: about.body, t, nonce });
}
