/** From what is known to a finished document: state, title, screen, head. Pure; the only renderer of session pages. */
import { MINUTE } from '../../lib/time.ts';
import { type Html, html, type Part } from '../html.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { styleOf } from './brand-style.ts';
import { documentText } from './document.ts';
import { focusByScript, frameAttributes, frameScript, wayOut } from './embed/frame-parts.ts';
import type { PageContext } from './page-context.ts';
import { returnLink } from './return-link.ts';
import { actionScreen, actionTitle } from './screens/actions.ts';
import {
  cancelledScreen,
  expiredScreen,
  notAvailableScreen,
  notFoundScreen,
  problemScreen,
  type RefusalReason,
  refusalScreen,
  tooManyScreen,
} from './screens/closings.ts';
import { messageOf, type PageMessage } from './screens/messages.ts';
import { payScreen } from './screens/pay-form.ts';
import { receiptScreen, resultScreen } from './screens/results.ts';
import { checkingScreen, onItsWayScreen, processingScreen, threeDsScreen } from './screens/waiting.ts';
import { endedByNow, hasForm, isLongDone, isWaiting, type PageState, returnsByItself, stateOf } from './state.ts';

export interface Page {
  status: number;
  state: PageState | 'plain';
  body: string;
  /** Base64 SHA-256 of its inline style; absent: the default look. */
  styleHash?: string;
  /** Origin of the bank's page, for the policy of `three_ds`. */
  acsOrigin?: string;
  /** Has a form to another place, by which the payer leaves. */
  postsAway?: boolean;
}

/** The page of a session as it is now. */
export function sessionPage(context: PageContext): Page {
  const { t, view } = context;
  const state = stateOf(view);
  const situation = endedByNow(view);
  const form = hasForm(view);
  const message = form ? messageOf(context) : undefined;
  const again = isLongDone(view) || context.again === true;
  const body = documentText({
    t,
    view,
    state,
    title: titleOf(context, state, message),
    layout: form ? 'split' : 'single',
    marks: form,
    main: html`${wayOut(context)}${screenOf(context, state, message)}`,
    mainData: html`${situation.kind === 'completed' && again && html` data-again`}${isWaiting(state) && html` data-waiting`}${frameAttributes(context)}`,
    script: frameScript(context),
    head: refreshOf(context, state, again),
    path: context.path,
  });
  const status = view.unavailable === 'account_closed' ? 403 : 200;
  const postsAway =
    situation.kind === 'action' && situation.action.type === 'redirect' && situation.action.method === 'POST';
  const styleHash = styleOf(view.brand).hash;
  const page = { status, state, body: focusByScript(body, context), styleHash, ...(postsAway && { postsAway }) };
  return situation.kind === 'three_ds' ? { ...page, acsOrigin: new URL(situation.acsUrl).origin } : page;
}

/** The receipt of a completed session, else undefined. */
export function receiptPage(context: PageContext): Page | undefined {
  const { situation } = context.view;
  if (situation.kind !== 'completed') return undefined;
  const { t, view } = context;
  const title = t.text('title.status', { status: t.text('receipt.heading'), merchant: view.merchant.displayName });
  const main = receiptScreen(context, situation);
  return {
    status: 200,
    state: 'plain',
    styleHash: styleOf(view.brand).hash,
    body: documentText({
      t,
      view,
      state: stateOf(view),
      title,
      layout: 'single',
      main,
      mainData: frameAttributes(context),
      script: frameScript(context),
    }),
  };
}

/** Unknown and malformed ids: the same bytes for both. */
export function notFoundPage(t: PagePhrases): Page {
  const title = t.text('title.page');
  const body = documentText({ t, title, state: 'not_found', layout: 'single', main: notFoundScreen(t) });
  return { status: 404, state: 'not_found', body };
}

/** Our own mistake, 500 or 503. */
export function problemPage(t: PagePhrases, facts: { status: 500 | 503; provenUnsent: boolean; path: string }): Page {
  const main = problemScreen(t, facts);
  const body = documentText({ t, title: t.text('problem.heading'), state: 'problem', layout: 'single', main });
  return { status: facts.status, state: 'problem', body };
}

/** A readable answer to a request that was refused unread. */
export function refusalPage(
  t: PagePhrases,
  facts: { status: number; reason: RefusalReason; path: string | undefined },
): Page {
  const main = refusalScreen(t, facts);
  const body = documentText({ t, title: t.text('refused.heading'), state: 'plain', layout: 'single', main });
  return { status: facts.status, state: 'plain', body };
}

function screenOf(context: PageContext, state: PageState, message: PageMessage | undefined): Html {
  if (hasForm(context.view)) return payScreen(context, message);
  if (state === 'not_available') return notAvailableScreen(context);
  const situation = endedByNow(context.view);
  switch (situation.kind) {
    case 'processing':
      return processingScreen(context, situation);
    case 'unknown':
      return checkingScreen(context, situation);
    case 'three_ds':
      return threeDsScreen(context, situation);
    case 'action':
      return actionScreen(context, situation);
    case 'on_its_way':
      return onItsWayScreen(context, situation);
    case 'completed':
      return resultScreen(context, situation);
    case 'expired':
      return expiredScreen(context, situation);
    case 'cancelled':
      return cancelledScreen(context, situation);
    default:
      return tooManyScreen(context);
  }
}

function titleOf(context: PageContext, state: PageState, message: PageMessage | undefined): string {
  const { t, view } = context;
  const merchant = view.merchant.displayName;
  const pay = view.money.amountMinor === 0 ? t.text('title.save', { merchant }) : t.text('title.pay', { merchant });
  if (message?.kind === 'error_summary') return t.text('title.error', { title: pay });
  if (message?.kind === 'decline') return t.text('title.declined', { title: pay });
  const headings: Partial<Record<PageState, string>> = {
    processing: t.text('processing.heading'),
    checking: t.text('checking.heading'),
    three_ds: t.text('three_ds.heading'),
    on_its_way: t.text('on_its_way.heading'),
    paid: t.text('paid.heading'),
    reserved: t.text('reserved.heading'),
    verified: t.text('verified.heading'),
    cancelled: t.text('cancelled.heading'),
    too_many_tries: t.text('too_many.heading'),
  };
  const { situation } = view;
  const status = situation.kind === 'action' ? actionTitle(context, situation) : headings[state];
  return status === undefined ? pay : t.text('title.status', { status, merchant });
}

/** Where something may happen without the payer's hand on this page. */
const REFRESHED: ReadonlySet<PageState> = new Set(['processing', 'checking', 'qr_code', 'await_approval']);

/** Waiting screens reload without the script for five minutes; fresh ends go back to the shop (see routes). */
function refreshOf({ view, again, framed }: PageContext, state: PageState, longDone: boolean): Part {
  const link = returnLink(view.returnUrl, view.sessionId);
  // In a frame the shop is told and decides; its own page does not belong in there.
  if (link && returnsByItself(view) && !longDone && !again && !framed)
    return html`<meta http-equiv="refresh" content="0;url=${link}">`;
  const waits = REFRESHED.has(state);
  const since = 'since' in view.situation ? view.situation.since : view.now;
  return waits && view.now - since < 5 * MINUTE && html`<noscript><meta http-equiv="refresh" content="10"></noscript>`;
}

/** The message on top of the form, as data for the script. */
export function messageFor(context: PageContext): PageMessage | undefined {
  return messageOf(context);
}

/** The document's title, as data for the script. */
export function titleFor(context: PageContext): string {
  const state = stateOf(context.view);
  return titleOf(context, state, hasForm(context.view) ? messageOf(context) : undefined);
}
