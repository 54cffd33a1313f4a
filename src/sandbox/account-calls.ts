/** A merchant account seen by its merchant: notification address, switches, deadlines, and its clock. */
import type { Account, AccountFile } from './accounts.ts';
import { iso } from './charge.ts';
import type { Context } from './context.ts';
import { runDue } from './due.ts';
import { answerJson, type Exchange, jsonOf } from './exchange.ts';
import { address, invalid, object, optionalFlag, whole } from './fields.ts';
import { type ActionDeadlines, DEADLINES_S } from './other-methods.ts';

const SETTINGS = new Set(['notification_url', 'idempotent', 'action_deadlines']);
const DEADLINES = new Set(Object.keys(DEADLINES_S));
const LONGEST_DEADLINE_S = 30 * 86_400;
const CLOCK = new Set(['to']);

export function getAccount(exchange: Exchange, account: Account): void {
  answerJson(exchange.res, 200, renderAccount(account));
}

/** Changes what is given and leaves the rest; `notification_url: null` ends notifications. */
export function putAccount(context: Context, exchange: Exchange, about: { account: Account; file: AccountFile }): void {
  const { account, file } = about;
  const fields = object(jsonOf(exchange), 'body', SETTINGS);
  const url = fields.notification_url;
  const address_ = url === undefined || url === null ? url : address(url, 'notification_url', 1024);
  const idempotent = optionalFlag(fields.idempotent, 'idempotent') ?? account.idempotent;
  const deadlines = readDeadlines(fields.action_deadlines);
  if (address_ === null) delete account.notification_url;
  else if (address_ !== undefined) account.notification_url = address_;
  if (address_ !== undefined) file.write(context.world.accounts.values());
  const line = context.journal.account({
    account: account.id,
    name: account.name,
    idempotent,
    action_deadlines: { ...account.action_deadlines, ...deadlines },
  });
  context.book.whenDurable(line, () => answerJson(exchange.res, 200, renderAccount(account)));
}

/** Those that are given; seconds. */
function readDeadlines(value: unknown): Partial<ActionDeadlines> {
  const given = value === undefined ? {} : object(value, 'action_deadlines', DEADLINES);
  const bounds = { min: 1, max: LONGEST_DEADLINE_S };
  return Object.fromEntries(
    Object.entries(given).map(([name, seconds]) => [name, whole(seconds, `action_deadlines.${name}`, bounds)]),
  );
}

export function getClock(context: Context, exchange: Exchange, account: Account): void {
  answerJson(exchange.res, 200, clockOf(context, account));
}

const advancing = new WeakMap<Account, Promise<void>>();

/** Moves the account's clock on; answers once all that fell due on the way has happened and been told for the first time. */
export async function postClock(context: Context, exchange: Exchange, account: Account): Promise<void> {
  const fields = object(jsonOf(exchange), 'body', CLOCK);
  const to = typeof fields.to === 'string' ? Date.parse(fields.to) : Number.NaN;
  if (Number.isNaN(to)) throw invalid('to', 'must be an ISO 8601 time');
  // One after another: two advances at once would let the clock jump over what the other is waiting for.
  const turn = (advancing.get(account) ?? Promise.resolve()).then(() => advance(context, account, to));
  advancing.set(account, turn);
  await turn;
  context.book.whenDurable(context.book.lines, () => answerJson(exchange.res, 200, clockOf(context, account)));
}

async function advance(context: Context, account: Account, to: number): Promise<void> {
  await context.outbox.idle(account.id);
  for (;;) {
    const due = context.agenda.nextDue(account.id);
    if (due === undefined || due > to) break;
    moveTo(context, account, due);
    for (let item = context.agenda.take(account.id, due); item; item = context.agenda.take(account.id, due)) {
      runDue(context, account.id, item);
      const line = context.book.lines;
      await new Promise<void>((resolve) => context.book.whenDurable(line, resolve));
      await context.outbox.idle(account.id);
    }
  }
  moveTo(context, account, to);
  context.agenda.rearm(account.id);
}

/** A clock only moves on: an instant already past changes nothing. */
function moveTo(context: Context, account: Account, to: number): void {
  const ahead = Math.ceil(to - context.nowOf(account.id));
  if (ahead > 0) context.journal.clock({ account: account.id, offset: account.offset + ahead });
}

function clockOf(context: Context, account: Account): Record<string, unknown> {
  const due = context.agenda.nextDue(account.id);
  return { now: iso(context.nowOf(account.id)), next_due_at: due === undefined ? null : iso(due) };
}

function renderAccount(account: Account): Record<string, unknown> {
  return {
    id: account.id,
    name: account.name,
    notification_url: account.notification_url ?? null,
    idempotent: account.idempotent,
    action_deadlines: account.action_deadlines,
  };
}
