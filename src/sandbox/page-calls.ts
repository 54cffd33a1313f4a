/** The payer's side: opening the bank's pages and deciding on them. Each decision is in the book before the page redirects. */
import { sameSecret } from './accounts.ts';
import { acsPage, methodPage } from './acs-pages.ts';
import type { Charge, Decision } from './charge.ts';
import { finishAction } from './charging.ts';
import type { Context } from './context.ts';
import { commitEnd } from './due.ts';
import { type Exchange, header } from './exchange.ts';
import { inboxPage, unknownPage } from './inbox-pages.ts';
import { answerPage } from './page-layout.ts';
import type { PageFacts } from './page-parts.ts';

const DECISIONS: Record<string, Decision> = { approve: 'approve', decline: 'decline', unknown: 'unknown' };
const LOOPBACK_PEERS = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOOPBACK_NAMES = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** `/acs/{page}`, its `/method` frame and `/continue`. GET looks, POST decides; a POST of `creq` looks too. */
export function answerAcs(context: Context, exchange: Exchange, path: readonly string[]): void {
  const [page = '', part] = path;
  const charge = context.world.charges.get(context.world.pages.get(page) ?? '');
  if (
    charge?.action === undefined ||
    charge.method !== undefined ||
    (part !== undefined && part !== 'method' && part !== 'continue')
  ) {
    answerPage(exchange.res, unknownPage());
    return;
  }
  const { method } = exchange;
  if (part !== undefined || (method === 'POST' && charge.action.kind === 'method' && decisionOf(exchange) !== '')) {
    checkBrowser(context, exchange, { charge, frame: part === 'method' });
  } else if (method === 'POST' && decisionOf(exchange) !== '') {
    decide(context, exchange, charge);
  } else {
    show(context, exchange, charge.id);
  }
}

/** The inbox. Away from loopback it asks for the control key, as the password of HTTP basic authentication. */
export function answerInbox(context: Context, exchange: Exchange, controlKey: string): void {
  if (!mayLook(exchange, controlKey)) {
    exchange.res.writeHead(401, { 'www-authenticate': 'Basic realm="tender-sandbox"', 'content-length': 0 });
    exchange.res.end();
    return;
  }
  const open = openActions(context).map((charge) => factsOf(context, charge));
  answerPage(exchange.res, inboxPage(open.slice(0, 200)));
}

/** Charges that wait for their payer, newest first. */
export function openActions(context: Context): Charge[] {
  const open: Charge[] = [];
  for (const id of context.world.pages.values()) {
    const charge = context.world.charges.get(id);
    if (charge?.status === 'action_required') open.push(charge);
  }
  return open.sort((a, b) => b.created - a.created);
}

function decide(context: Context, exchange: Exchange, charge: Charge): void {
  const word = decisionOf(exchange);
  const decision = charge.action?.kind === 'challenge' ? DECISIONS[word] : undefined;
  if (charge.status === 'action_required' && word === 'abandon') {
    // Back, undecided: the deadline decides.
    redirect(exchange, charge);
  } else if (charge.status !== 'action_required' || decision === undefined) {
    show(context, exchange, charge.id);
  } else {
    const line = commitEnd(context, 'action', finishAction(context, charge, decision), decision);
    context.book.whenDurable(line, () => redirect(exchange, charge));
  }
}

/** The look at the browser is the whole authentication: whoever comes by first has had it. */
function checkBrowser(context: Context, exchange: Exchange, about: { charge: Charge; frame: boolean }): void {
  const { charge } = about;
  if (charge.action?.kind !== 'method') {
    show(context, exchange, charge.id);
    return;
  }
  if (charge.status === 'action_required') {
    commitEnd(context, 'action', finishAction(context, charge, 'browser_checked'), 'browser_checked');
  }
  context.book.whenDurable(context.book.lines, () => {
    if (about.frame) answerPage(exchange.res, methodPage(factsOf(context, charge)));
    else redirect(exchange, charge);
  });
}

function show(context: Context, exchange: Exchange, id: string): void {
  context.book.whenDurable(context.book.lines, () => {
    const charge = context.world.charges.get(id);
    answerPage(exchange.res, charge === undefined ? unknownPage() : acsPage(factsOf(context, charge)));
  });
}

/** 303 to the address the merchant gave, exactly as given. */
export function redirect(exchange: Exchange, charge: Charge): void {
  exchange.res.writeHead(303, {
    location: charge.action?.return_url ?? '/',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-length': 0,
  });
  exchange.res.end();
}

export function factsOf(context: Context, charge: Charge): PageFacts {
  // Behind the dot stands what tells two accounts of one name apart; it is not for payers.
  const merchant = context.world.accounts.get(charge.account)?.name.split(' · ')[0] ?? 'the shop';
  return { charge, merchant, now: context.nowOf(charge.account) };
}

export function decisionOf(exchange: Exchange): string {
  return new URLSearchParams(exchange.body).get('decision') ?? '';
}

/** From this machine and under its own name (a foreign name means a page elsewhere had it resolved to here), or with the key. */
function mayLook(exchange: Exchange, controlKey: string): boolean {
  const { req } = exchange;
  const local = LOOPBACK_PEERS.has(req.socket.remoteAddress ?? '') && LOOPBACK_NAMES.test(header(req, 'host'));
  if (local) return true;
  const [, credentials = ''] = /^Basic (.+)$/.exec(header(req, 'authorization')) ?? [];
  const password = Buffer.from(credentials, 'base64').toString().split(':')[1] ?? '';
  return sameSecret(password, controlKey);
}
