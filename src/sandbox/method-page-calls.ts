/**
 * The payer's side of the methods beyond cards: `/bank/{page}`, `/wallet/{page}`, `/phone/{page}` and `/shop/{code}`. GET looks, POST
 * decides; the first decision stands, and each is in the book before the page redirects.
 */
import type { Charge, Decision } from './charge.ts';
import { finishAction } from './charging.ts';
import type { Context } from './context.ts';
import { commitEnd } from './due.ts';
import type { Exchange } from './exchange.ts';
import { unknownPage } from './inbox-pages.ts';
import { answersByItself, type MethodFacts, methodPage } from './method-pages.ts';
import { type OtherMethod, PAGE_PATHS } from './other-methods.ts';
import { decisionOf, factsOf, redirect } from './page-calls.ts';
import { answerPage } from './page-layout.ts';
import { keyOf } from './world.ts';

/** Answers a call of the payer's page `page` under `area`. */
export function answerMethodPage(context: Context, exchange: Exchange, path: { area: string; page: string }): void {
  const charge = context.world.charges.get(context.world.pages.get(path.page) ?? '');
  const method = charge?.method;
  if (charge === undefined || method === undefined || PAGE_PATHS[method.type] !== path.area) {
    answerPage(exchange.res, unknownPage());
    return;
  }
  const word = exchange.method === 'POST' ? decisionOf(exchange) : '';
  const undecided = charge.status === 'action_required' || mayPayLate(context, charge, method);
  if (word === 'abandon' && undecided) {
    // Back, undecided: the deadline decides, or has decided.
    redirect(exchange, charge);
    return;
  }
  const wrongPin = word === 'approve' && charge.status === 'action_required' && !hasPin(exchange, method);
  const decision = wrongPin ? undefined : decisionFor(context, { charge, method, word });
  if (decision === undefined) {
    show(context, exchange, { id: charge.id, method, wrongPin });
    return;
  }
  const line = commitEnd(context, 'action', finishAction(context, charge, decision), decision);
  context.book.whenDurable(line, () => redirect(exchange, charge));
}

/** What pressing a button decides; undefined where it decides nothing. */
function decisionFor(
  context: Context,
  about: { charge: Charge; method: OtherMethod; word: string },
): Decision | undefined {
  const { charge, method, word } = about;
  if (word === 'pay_late') return mayPayLate(context, charge, method) ? word : undefined;
  const open = charge.status === 'action_required' && !answersByItself(charge, method);
  return open && (word === 'approve' || word === 'decline') ? word : undefined;
}

/** After the deadline, unless a reversal has closed the key. A phone's question is gone with its time. */
function mayPayLate(context: Context, charge: Charge, method: OtherMethod): boolean {
  if (method.type === 'mobile_money' || charge.status !== 'declined' || charge.action?.decision !== 'deadline')
    return false;
  return context.world.keys.get(keyOf(charge.account, charge.key))?.closed !== true;
}

function hasPin(exchange: Exchange, method: OtherMethod): boolean {
  return method.type !== 'mobile_money' || /^\d{4}$/.test(new URLSearchParams(exchange.body).get('pin') ?? '');
}

function show(
  context: Context,
  exchange: Exchange,
  about: { id: string; method: OtherMethod; wrongPin: boolean },
): void {
  const { method } = about;
  context.book.whenDurable(context.book.lines, () => {
    const charge = context.world.charges.get(about.id);
    if (charge === undefined) {
      answerPage(exchange.res, unknownPage());
      return;
    }
    const facts: MethodFacts = {
      ...factsOf(context, charge),
      method,
      mayPayLate: mayPayLate(context, charge, method),
      wrongPin: about.wrongPin && charge.status === 'action_required' && !answersByItself(charge, method),
    };
    answerPage(exchange.res, methodPage(facts));
  });
}
