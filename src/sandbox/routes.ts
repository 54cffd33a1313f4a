/** Which call goes where, and who may make it. Merchants show their key, the operator shows the control key. */
import { getAccount, getClock, postClock, putAccount } from './account-calls.ts';
import { type Account, type AccountFile, sameSecret } from './accounts.ts';
import type { StepKind } from './charge.ts';
import { getCharge, listCharges, postCharge } from './charge-calls.ts';
import {
  deleteFaults,
  getBook,
  getBookCheck,
  getBookRaw,
  listActions,
  listFaults,
  postAccount,
  postFault,
} from './control-calls.ts';
import { answerJson, type Exchange, header } from './exchange.ts';
import { Refusal } from './fields.ts';
import { answerMethodPage } from './method-page-calls.ts';
import type { Desk } from './money-call.ts';
import { answerAcs, answerInbox } from './page-calls.ts';
import { postProfile } from './profiles.ts';
import { postReversal } from './reversals.ts';
import { postStep } from './steps.ts';

const STEP_KINDS: Record<string, StepKind> = { captures: 'capture', voids: 'void', refunds: 'refund' };

export interface Surroundings {
  desk: Desk;
  file: AccountFile;
  controlKey: string;
  /** What `GET /health` and `GET /control/stats` say beyond the obvious. */
  health(): Record<string, unknown>;
  stats(): Record<string, unknown>;
  /** Keeps the connection open: whoever holds it wants the sandbox alive. */
  hold(exchange: Exchange): void;
}

/** Answers one call. Throws a {@link Refusal} for what it will not do. */
export function route(around: Surroundings, exchange: Exchange): void | Promise<void> {
  const [, area = '', ...rest] = exchange.path.split('/');
  switch (area) {
    case 'v1':
      return routeMerchant(around, exchange, rest);
    case '':
      answerInbox(around.desk.context, exchange, around.controlKey);
      return;
    case 'favicon.ico':
      exchange.res.writeHead(204).end();
      return;
    case 'acs':
      answerAcs(around.desk.context, exchange, rest);
      return;
    case 'bank':
    case 'wallet':
    case 'phone':
    case 'shop':
      answerMethodPage(around.desk.context, exchange, { area, page: rest.length === 1 ? (rest[0] ?? '') : '' });
      return;
    case 'health':
      return answerJson(exchange.res, 200, around.health());
    case 'control':
    case 'book':
      return routeControl(around, exchange, [area, ...rest]);
    default:
      throw notFound();
  }
}

/** The name a call is counted under: its path with ids left out. */
export function routeName(method: string, path: string): string {
  const parts = path
    .split('/')
    .map((part, i) => (i > 1 && (/^[A-Z]-/.test(part) || /^([0-9a-f]{32}|\d{16})$/.test(part)) ? ':id' : part));
  return `${method} ${parts.join('/').slice(0, 60)}`;
}

function routeMerchant(around: Surroundings, exchange: Exchange, path: readonly string[]): void | Promise<void> {
  const { desk } = around;
  const account = merchantOf(desk, exchange);
  const [resource = '', id, part] = path;
  const call = `${exchange.method} ${[resource, id && ':id', part].filter(Boolean).join('/')}`;
  switch (call) {
    case 'POST charges':
      return postCharge(desk, exchange, account);
    case 'GET charges':
      return listCharges(desk, exchange, account);
    case 'GET charges/:id':
      return getCharge(desk, exchange, { account, id: id ?? '' });
    case 'POST charges/:id/captures':
    case 'POST charges/:id/voids':
    case 'POST charges/:id/refunds':
      return postStep(desk, exchange, { account, id: id ?? '', kind: STEP_KINDS[part ?? ''] ?? 'capture' });
    case 'POST reversals':
      return postReversal(desk, exchange, account);
    case 'GET account':
      return getAccount(exchange, account);
    case 'PUT account':
      return putAccount(desk.context, exchange, { account, file: around.file });
    case 'GET clock':
      return getClock(desk.context, exchange, account);
    case 'POST clock':
      return postClock(desk.context, exchange, account);
    default:
      throw notFound();
  }
}

function routeControl(around: Surroundings, exchange: Exchange, path: readonly string[]): void {
  if (!sameSecret(header(exchange.req, 'control-key'), around.controlKey)) {
    throw new Refusal(401, 'unauthorized', { message: 'Control-Key is missing or wrong' });
  }
  const { context } = around.desk;
  const call = `${exchange.method} ${path.slice(0, 2).join('/')}`;
  switch (call) {
    case 'POST control/accounts':
      postAccount(context, exchange, around.file);
      return;
    case 'GET control/stats':
      answerJson(exchange.res, 200, around.stats());
      return;
    case 'GET control/hold':
      around.hold(exchange);
      return;
    case 'GET control/actions':
      listActions(context, exchange);
      return;
    case 'POST control/faults':
      postFault(context, exchange);
      return;
    case 'POST control/profiles':
      postProfile(context, exchange);
      return;
    case 'GET control/faults':
      listFaults(context, exchange);
      return;
    case 'DELETE control/faults':
      deleteFaults(context, exchange, path[2]);
      return;
    case 'GET book':
      getBook(context, exchange);
      return;
    case 'GET book/check':
      getBookCheck(context, exchange);
      return;
    case 'GET book/raw':
      getBookRaw(context, exchange);
      return;
    default:
      throw notFound();
  }
}

/** The account whose key the call carries. */
function merchantOf(desk: Desk, exchange: Exchange): Account {
  const given = header(exchange.req, 'merchant-key');
  const account = given === '' ? undefined : desk.context.accountByKey(given);
  if (account === undefined) throw new Refusal(401, 'unauthorized', { message: 'Merchant-Key is missing or wrong' });
  return account;
}

function notFound(): Refusal {
  return new Refusal(404, 'no_such_route', { message: 'there is nothing here' });
}
