/** What the operator may do with the control key: accounts, the book, faults, counters, and holding the process alive. */
import { createReadStream } from 'node:fs';
import { type Account, type AccountFile, newAccount } from './accounts.ts';
import { bookRows, checkBook } from './book-view.ts';
import { crockford } from './chance.ts';
import { iso } from './charge.ts';
import type { Context } from './context.ts';
import { answerJson, type Exchange, jsonOf } from './exchange.ts';
import { address, invalid, object, Refusal, text } from './fields.ts';
import { pagePath } from './inbox-pages.ts';
import { openActions } from './page-calls.ts';

const ACCOUNT = new Set(['name', 'notification_url']);

/** Makes an account, or finds the one of this name. */
export function postAccount(context: Context, exchange: Exchange, file: AccountFile): void {
  const fields = object(jsonOf(exchange), 'body', ACCOUNT);
  const name = text(fields.name, 'name', 64);
  const url =
    fields.notification_url === undefined ? undefined : address(fields.notification_url, 'notification_url', 1024);
  const id = `A-${crockford(context.chance.draw('account', name), 0)}`;
  const known = context.world.accounts.get(id);
  const account = known ?? newAccount(id, name);
  if (url !== undefined) account.notification_url = url;
  context.world.accounts.set(id, account);
  if (known === undefined || url !== undefined) file.write(context.world.accounts.values());
  const line = account.known ? context.book.lines : context.journal.account({ account: id, name });
  context.book.whenDurable(line, () => answerJson(exchange.res, known === undefined ? 201 : 200, secretsOf(account)));
}

/** The rows of `GET /book`, as NDJSON or, with `format=json`, in one array. */
export function getBook(context: Context, exchange: Exchange): void {
  const after = exchange.query.get('after') ?? '0';
  if (!/^\d{1,15}$/.test(after)) throw invalid('after', 'must be a line number');
  context.book.whenDurable(context.book.lines, () => {
    const rows = bookRows(context.world, Number(after));
    if (exchange.query.get('format') === 'json') return answerJson(exchange.res, 200, { data: [...rows] });
    const { res } = exchange;
    res.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    const more = (): void => {
      for (let row = rows.next(); !row.done; row = rows.next()) {
        if (res.write(`${JSON.stringify(row.value)}\n`)) continue;
        res.once('drain', more);
        return;
      }
      res.end();
    };
    more();
  });
}

export function getBookCheck(context: Context, exchange: Exchange): void {
  context.book.whenDurable(context.book.lines, () => answerJson(exchange.res, 200, checkBook(context.world)));
}

/** The file itself, as far as it is on disk. */
export function getBookRaw(context: Context, exchange: Exchange): void {
  context.book.whenDurable(context.book.lines, () => {
    exchange.res.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    createReadStream(context.book.path).pipe(exchange.res);
  });
}

/** Everything that waits for a payer, newest first, with the page on which to play one. */
export function listActions(context: Context, exchange: Exchange): void {
  const data = openActions(context).map((charge) => ({
    account: charge.account,
    request_key: charge.key,
    reference: charge.reference,
    type: charge.method?.type ?? 'three_ds',
    url: `${exchange.base}${pagePath(charge)}`,
    expires_at: iso(charge.action?.due ?? 0),
  }));
  context.book.whenDurable(context.book.lines, () => answerJson(exchange.res, 200, { data }));
}

export function postFault(context: Context, exchange: Exchange): void {
  const id = context.faults.arm(jsonOf(exchange));
  context.book.whenDurable(context.book.lines, () => answerJson(exchange.res, 201, { id }));
}

export function listFaults(context: Context, exchange: Exchange): void {
  answerJson(exchange.res, 200, { data: context.faults.list() });
}

export function deleteFaults(context: Context, exchange: Exchange, id: string | undefined): void {
  const removed = context.faults.remove(id);
  if (id !== undefined && removed === 0) throw new Refusal(404, 'no_such_fault', { message: 'no fault has this id' });
  context.book.whenDurable(context.book.lines, () => answerJson(exchange.res, 200, { removed }));
}

function secretsOf(account: Account): Record<string, unknown> {
  return {
    id: account.id,
    name: account.name,
    merchant_key: account.merchant_key,
    notification_secret: account.notification_secret,
    notification_url: account.notification_url ?? null,
  };
}
