/** One request to a session's page: who asks, in which language, and how to render the page for them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CheckoutDoor, CheckoutView, KeptForm } from '../../app/checkout-door.ts';
import { type Timestamp, toIso } from '../../lib/time.ts';
import type { System } from '../../system.ts';
import { choosePhrases, type PagePhrases } from '../i18n/locales.ts';
import { clockText } from '../i18n/money-and-dates.ts';
import { type AnswerSettings, seeOther, sendFacts, sendPage, wantsFacts } from './answers.ts';
import { type BrowserCookies, type CookieNames, newBrowserCookie, readCookies } from './cookies.ts';
import type { Form } from './form-body.ts';
import { formTokenHolds, isFramedToken, issueFormToken } from './form-token.ts';
import { messageFor, notFoundPage, sessionPage, titleFor } from './page.ts';
import { type PageContext, zoneOf } from './page-context.ts';
import { hasForm, stateOf } from './state.ts';
import { shownTerms } from './terms.ts';

/** What all routes share. */
export interface CheckoutRoutes {
  door: CheckoutDoor;
  system: System;
  csrfKey: Buffer;
  cookies: CookieNames;
  answers: AnswerSettings;
}

export interface Visit {
  request: FastifyRequest;
  reply: FastifyReply;
  /** `ckt_…`, as it came. */
  id: string;
  path: string;
  cookies: BrowserCookies;
  /** Asked for by a frame, or sent by a page that was rendered into one. */
  framed: boolean;
  /** Real time, for tokens and rates; the session's own clock is in its view. */
  now: Timestamp;
}

/** Ids we could have made; anything else is answered without a look-up. */
export const CHECKOUT_ID = /^ckt_[0-9A-Za-z]{24}$/;

/** `csrf`: of the form, if one came. */
export function visitOf(
  routes: CheckoutRoutes,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  csrf = '',
): Visit {
  const { id = '' } = request.params as { id?: string };
  const { 'sec-fetch-dest': dest, cookie } = request.headers;
  const framed = dest === 'iframe' || isFramedToken(csrf);
  const cookies = readCookies(cookie, routes.cookies, !framed && dest === 'empty' && csrf === '' ? 'unknown' : framed);
  return { request, reply, id, path: `/checkout/${id}`, cookies, framed, now: routes.system.clock.now() };
}

/** Whether a form came from a page of ours, for this session and this browser, and out of a frame with the shop's token. */
export function formHolds(routes: CheckoutRoutes, visit: Visit, { view, form }: { view: CheckoutView; form: Form }) {
  const facts = { checkoutId: visit.id, browser: visit.cookies.browser, now: visit.now };
  if (!formTokenHolds(routes.csrfKey, form.csrf ?? '', facts)) return false;
  return !visit.framed || routes.door.clientTokenHolds(view, form.client_token ?? '');
}

/** The language of a visit. */
export function phrasesFor(visit: Pick<Visit, 'request' | 'cookies'>, view: CheckoutView | undefined): PagePhrases {
  return choosePhrases({
    cookie: visit.cookies.locale,
    session: view?.locale,
    acceptLanguage: visit.request.headers['accept-language'],
    defaultLocale: view?.settings.defaultLocale,
  });
}

/** The session as it is now, or undefined. */
export function viewFor(routes: CheckoutRoutes, visit: Visit): Promise<CheckoutView | undefined> {
  return CHECKOUT_ID.test(visit.id) ? routes.door.view(visit.id, visit.cookies.browser) : Promise.resolve(undefined);
}

/** The answer to an unknown id. */
export function sendNotFound(routes: CheckoutRoutes, visit: Visit): Promise<FastifyReply> {
  const t = phrasesFor(visit, undefined);
  return sendPage(visit.reply, notFoundPage(t), { ...routes.answers, locale: t.meta.tag });
}

/** Everything a template needs. Gives the browser its cookie, unless the page is only being fetched ahead. */
export function contextFor(
  routes: CheckoutRoutes,
  visit: Visit,
  view: CheckoutView,
  kept: KeptForm | undefined,
): PageContext {
  const t = phrasesFor(visit, view);
  const framed = visit.framed && view.embedding !== undefined;
  let { browser } = visit.cookies;
  if (browser === undefined && !/prefetch/.test(String(visit.request.headers['sec-purpose'] ?? ''))) {
    const cookie = newBrowserCookie(routes.cookies, routes.system.random(16), framed);
    visit.reply.header('set-cookie', cookie.header);
    browser = cookie.browser;
  }
  return {
    t,
    view,
    path: visit.path,
    terms: shownTerms(view, t),
    csrf: issueFormToken(routes.csrfKey, { checkoutId: visit.id, browser: browser ?? '', framed }, visit.now),
    attemptKey: routes.system.random(16).toString('base64url'),
    kept,
    again: kept?.notice === 'again',
    ...(framed && { framed }),
  };
}

/** The kept form of this browser, where the page can show it. */
export function keptFor(view: CheckoutView): KeptForm | undefined {
  const shows = hasForm(view) || view.situation.kind === 'completed';
  return shows ? view.form : undefined;
}

/** Renders the page of a session; `status` other than the page's own for answers to a form without cookies. */
export function sendSession(
  routes: CheckoutRoutes,
  visit: Visit,
  context: PageContext,
  status?: number,
): Promise<FastifyReply> {
  const page = sessionPage(context);
  return sendPage(visit.reply, status === undefined ? page : { ...page, status }, answersFor(routes, context));
}

/** How documents of a session are sent. */
export function answersFor(
  { answers }: CheckoutRoutes,
  { view, t }: Pick<PageContext, 'view' | 't'>,
): AnswerSettings & { locale: string } {
  const sandboxOrigin = view.mode === 'test' ? answers.sandboxOrigin : undefined;
  return { ...answers, sandboxOrigin, framers: view.embedding?.framers, locale: t.meta.tag };
}

/** After a form: 303 to the true state, or the same facts for the script. `known.view` is that state, if it was just learned. */
export async function showState(
  routes: CheckoutRoutes,
  visit: Visit,
  known: { kept?: KeptForm; view?: CheckoutView | undefined } = {},
): Promise<FastifyReply> {
  if (!wantsFacts(visit.request)) return seeOther(visit.reply, visit.path);
  const view = known.view ?? (await viewFor(routes, visit));
  return view
    ? sendFacts(visit.reply, 200, factsOf(contextFor(routes, visit, view, known.kept)))
    : sendNotFound(routes, visit);
}

/**
 * A form that goes back to the payer. What was typed (less number and code) is kept for this browser; a browser without
 * cookies gets the page at once, since nothing could be shown after a redirect.
 */
export async function sendBack(
  routes: CheckoutRoutes,
  visit: Visit,
  view: CheckoutView,
  kept: KeptForm,
): Promise<FastifyReply> {
  const { browser } = visit.cookies;
  if (browser !== undefined) await routes.door.keepForm(visit.id, browser, kept);
  if (browser !== undefined || wantsFacts(visit.request)) return showState(routes, visit, { kept });
  return sendSession(routes, visit, contextFor(routes, visit, view, kept), 422);
}

/** The facts of a page, for the script. */
export function factsOf(context: PageContext): object {
  const { t, view, kept } = context;
  const message = hasForm(view) ? messageFor(context) : undefined;
  const time = clockText(t.meta.tag, view.expiresAt, { now: view.now, timeZone: zoneOf(view) });
  return {
    state: stateOf(view),
    version: view.version,
    errors: (kept?.errors ?? []).map(({ name, key, params }) => ({
      name,
      key,
      text: t.has(key) ? t.look(key, params) : '',
    })),
    ...(message && { alert: { key: message.key, title: message.title, text: message.text } }),
    title: titleFor(context),
    csrf: context.csrf,
    attempt_key: context.attemptKey,
    seen: context.terms.seen,
    expires_at: toIso(view.expiresAt),
    expires_text: time,
    more_time: t.text(view.moreTimeGiven ? 'more_time.done' : 'more_time.text', { time }),
    more_time_again: view.moreTimeAllowed,
  };
}
