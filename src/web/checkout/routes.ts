/**
 * All routes under `/checkout`. Reads render the true state and change nothing; every form is answered with 303 to the
 * page (facts for the script). Money is decided behind {@link CheckoutDoor}; this file only knows who may knock.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BrandDoor } from '../../app/brand-door.ts';
import type { CheckoutDoor, CheckoutView } from '../../app/checkout-door.ts';
import type { System } from '../../system.ts';
import { html } from '../html.ts';
import { isLocale } from '../i18n/locales.ts';
import { seeOther, sendAsset, sendFacts, sendPage, wantsFacts } from './answers.ts';
import { ASSETS, findAsset } from './assets.ts';
import { cookieNames, localeCookie } from './cookies.ts';
import { addBrandFiles, FILES_PATH } from './files.ts';
import { FORM_TYPE, type Form, MAX_FORM_BYTES, parseForm } from './form-body.ts';
import { guardRates, guardSite, sendRefusal } from './guards.ts';
import { problemPage, receiptPage } from './page.ts';
import { answerPay } from './pay.ts';
import { addPreviews, PREVIEW_PATH } from './preview/routes.ts';
import { createRateMeter } from './rates.ts';
import { returnLink } from './return-link.ts';
import { returnsByItself } from './state.ts';
import { answerStatus, type HeldPolls, releasePolls } from './status.ts';
import {
  answersFor,
  type CheckoutRoutes,
  contextFor,
  formHolds,
  keptFor,
  phrasesFor,
  sendBack,
  sendNotFound,
  sendSession,
  showState,
  type Visit,
  viewFor,
  visitOf,
} from './visit.ts';

export interface CheckoutOptions {
  door: CheckoutDoor;
  /** Merchants' files and drafts; absent: there are none. */
  brands?: BrandDoor;
  system: System;
  /** At least 32 bytes; the same on every process that serves the checkout. */
  keys: { csrf: Buffer };
  /** Origin that payers see. Plain http only for this machine, else this throws. */
  publicUrl: string;
  /** Test mode's pretend bank, whose pages may be plain http. */
  sandboxOrigin?: string;
}

/** Adds the hosted checkout to a server, in a scope of its own: no parser, hook or error page of it leaks out. */
export function registerCheckout(server: FastifyInstance, options: CheckoutOptions): void {
  const routes: CheckoutRoutes = {
    door: options.door,
    system: options.system,
    csrfKey: options.keys.csrf,
    cookies: cookieNames(options.publicUrl),
    answers: { https: options.publicUrl.startsWith('https:'), sandboxOrigin: options.sandboxOrigin },
  };
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.setErrorHandler((error, request, reply) => answerError(routes, error, request, reply));
    addOwnFiles(scope, routes);
    if (options.brands !== undefined) {
      addBrandFiles(scope, options.brands);
      refuseOthers(scope, routes, FILES_PATH, ['GET', 'HEAD']);
      addPreviews(scope, routes, { brands: options.brands, origin: options.publicUrl });
      refuseOthers(scope, routes, PREVIEW_PATH, ['GET', 'HEAD']);
    }
    addReports(scope, routes);
    addReturn(scope, routes);
    addSession(scope, routes);
  });
}

const ALL_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

/** 405 with `Allow` for every method that `path` does not answer, before any body is read. */
function refuseOthers(scope: FastifyInstance, routes: CheckoutRoutes, path: string, allowed: readonly string[]): void {
  scope.route({
    method: ALL_METHODS.filter((method) => !allowed.includes(method)),
    url: path,
    onRequest: (request, reply) => {
      reply.header('allow', allowed.join(', '));
      return sendRefusal(routes, request, reply, { status: 405, reason: 'method' });
    },
    handler: () => undefined,
  });
}

function addOwnFiles(scope: FastifyInstance, routes: CheckoutRoutes): void {
  const path = '/checkout/assets/:file';
  scope.get(path, (request, reply) => {
    const asset = findAsset(request.url.split('?')[0] ?? '');
    if (asset) return sendAsset(reply, asset);
    return reply
      .code(404)
      .header('cache-control', 'no-store')
      .type('text/plain; charset=utf-8')
      .send('No such file.\n');
  });
  refuseOthers(scope, routes, path, ['GET', 'HEAD']);
  const loader = '/checkout.js';
  scope.get(loader, (_request, reply) => sendAsset(reply, ASSETS.loader, true));
  refuseOthers(scope, routes, loader, ['GET', 'HEAD']);
}

/** Policy reports: counted in the log by directive, never with the address of a session. */
function addReports(scope: FastifyInstance, routes: CheckoutRoutes): void {
  const path = '/checkout/reports';
  scope.register(async (inner) => {
    const types = ['application/reports+json', 'application/csp-report', 'application/json'];
    inner.addContentTypeParser(types, { parseAs: 'string', bodyLimit: 4 * MAX_FORM_BYTES }, (_request, body, done) =>
      done(null, String(body)),
    );
    inner.post(path, (request, reply) => {
      const found = /"(?:effectiveDirective|effective-directive|violated-directive)"\s*:\s*"([a-z-]{1,40})/.exec(
        typeof request.body === 'string' ? request.body : '',
      );
      routes.system.log.warn(
        { directive: found?.[1] ?? 'unknown' },
        'a checkout page broke its content security policy',
      );
      return reply.code(204).send();
    });
  });
  refuseOthers(scope, routes, path, ['POST']);
}

/** Back from the bank: any method, no cookie, no token; what it says is a hint, the processor is asked. */
function addReturn(scope: FastifyInstance, routes: CheckoutRoutes): void {
  const path = '/checkout/:id/return/:att';
  const meter = createRateMeter();
  scope.register(async (inner) => {
    inner.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 64 * 1024 }, (_request, _body, done) => done(null));
    inner.route({
      method: ['GET', 'POST'],
      url: path,
      onRequest: (request, reply) => guardRates(routes, meter, request, reply),
      handler: async (request, reply) => {
        const visit = visitOf(routes, { request, reply });
        const { att } = request.params as { att: string };
        const view = await viewFor(routes, visit);
        if (!view) return sendNotFound(routes, visit);
        if (/^att_[0-9A-Za-z]{1,40}$/.test(att)) await routes.door.returned(visit.id, att);
        if (request.headers['sec-fetch-dest'] !== 'iframe') return seeOther(reply, visit.path);
        const t = phrasesFor(visit, view);
        const body = html`<!doctype html><html lang="${t.meta.tag}" dir="${t.meta.dir}"><meta charset="utf-8"><title>${t.text('title.page')}</title><p>${t.text('three_ds.frame_done')}</p></html>`;
        const settings = { ...answersFor(routes, { view, t }), frame: true };
        return sendPage(reply, { status: 200, state: 'plain', body: body.text }, settings);
      },
    });
  });
  refuseOthers(scope, routes, path, ['GET', 'HEAD', 'POST']);
}

function addSession(scope: FastifyInstance, routes: CheckoutRoutes): void {
  const polls: HeldPolls = { open: new Map() };
  const meter = createRateMeter();
  const statusMeter = createRateMeter();
  scope.addHook('preClose', async () => releasePolls(polls));
  scope.addContentTypeParser(FORM_TYPE, { parseAs: 'buffer', bodyLimit: MAX_FORM_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  const read = (suffix: string, answer: (visit: Visit) => Promise<FastifyReply>, rates = meter): void => {
    const url = `/checkout/:id${suffix}`;
    scope.get(url, { onRequest: (request, reply) => guardRates(routes, rates, request, reply) }, (request, reply) =>
      answer(visitOf(routes, { request, reply })),
    );
    refuseOthers(scope, routes, url, ['GET', 'HEAD']);
  };
  const post = (suffix: string, answer: (visit: Visit, form: Form) => Promise<FastifyReply>): void => {
    const url = `/checkout/:id/${suffix}`;
    const onRequest = async (request: FastifyRequest, reply: FastifyReply) =>
      (await guardSite(routes, request, reply)) ?? (await guardRates(routes, meter, request, reply));
    scope.post(url, { onRequest }, async (request, reply) => {
      const form = parseForm(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
      if (!form) return sendRefusal(routes, request, reply, { status: 400, reason: 'type' });
      return answer(visitOf(routes, { request, reply }, form.csrf), form);
    });
    refuseOthers(scope, routes, url, ['POST']);
  };
  read('', (visit) => answerPage(routes, visit));
  read('/receipt', (visit) => answerReceipt(routes, visit));
  read('/status', (visit) => answerStatus(routes, visit, polls), statusMeter);
  post('pay', (visit, form) => answerPay(routes, visit, form));
  post('locale', (visit, form) => answerLocale(routes, visit, form));
  const { door } = routes;
  const acts: Record<string, (id: string) => Promise<void>> = {
    leave: (id) => door.leave(id),
    cancel: (id) => door.cancel(id),
    check: (id) => door.check(id),
    more_time: (id) => door.moreTime(id),
  };
  for (const [suffix, act] of Object.entries(acts)) {
    post(suffix, (visit, form) => answerAction(routes, visit, form, () => act(visit.id)));
  }
  post('saved/:pmt/remove', (visit, form) => {
    const { pmt } = visit.request.params as { pmt: string };
    return answerAction(routes, visit, form, async (view) => {
      await door.removeSavedMethod(visit.id, pmt);
      return view.situation.kind === 'completed' ? `${visit.path}/receipt` : undefined;
    });
  });
}

/** The page. Fresh ends go back to the shop: browsers by a refresh in the page, other clients by 303. */
async function answerPage(routes: CheckoutRoutes, visit: Visit): Promise<FastifyReply> {
  const view = await viewFor(routes, visit);
  if (!view) return sendNotFound(routes, visit);
  const kept = keptFor(view);
  const link = returnLink(view.returnUrl, view.sessionId);
  const plainClient = visit.request.headers['sec-fetch-mode'] === undefined;
  if (link && plainClient && kept?.notice !== 'again' && returnsByItself(view)) return seeOther(visit.reply, link);
  return sendSession(routes, visit, contextFor(routes, visit, view, kept));
}

async function answerReceipt(routes: CheckoutRoutes, visit: Visit): Promise<FastifyReply> {
  const view = await viewFor(routes, visit);
  if (!view) return sendNotFound(routes, visit);
  const context = contextFor(routes, visit, view, undefined);
  const page = receiptPage(context);
  return page ? sendPage(visit.reply, page, answersFor(routes, context)) : seeOther(visit.reply, visit.path);
}

async function answerLocale(routes: CheckoutRoutes, visit: Visit, form: Form): Promise<FastifyReply> {
  if (isLocale(form.locale ?? ''))
    visit.reply.header('set-cookie', localeCookie(routes.cookies, form.locale as string, visit.framed));
  return seeOther(visit.reply, visit.path);
}

async function answerAction(
  routes: CheckoutRoutes,
  visit: Visit,
  form: Form,
  act: (view: CheckoutView) => Promise<unknown>,
): Promise<FastifyReply> {
  const view = await viewFor(routes, visit);
  if (!view) return sendNotFound(routes, visit);
  if (!formHolds(routes, visit, { view, form })) {
    return sendBack(routes, visit, view, { values: {}, errors: [], notice: 'stale' });
  }
  // Where to see what was done, when it is not the page itself.
  const seenAt = await act(view);
  return typeof seenAt === 'string' ? seeOther(visit.reply, seenAt) : showState(routes, visit);
}

/** The last stop: refused bodies get their status, everything else is our mistake and claims nothing about money. */
function answerError(
  routes: CheckoutRoutes,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> | FastifyReply {
  const code = (error as { code?: string }).code;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return sendRefusal(routes, request, reply, { status: 415, reason: 'type' });
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return sendRefusal(routes, request, reply, { status: 413, reason: 'size' });
  const name = error instanceof Error ? error.name : typeof error;
  // The database or the vault is away: nothing is known yet, and a moment later everything may be.
  const status = name === 'Unavailable' || name === 'VaultUnavailable' ? 503 : 500;
  if (status === 503) reply.header('retry-after', '2');
  routes.system.log.error(
    { error: name, code, stack: error instanceof Error ? error.stack : undefined },
    'a checkout request failed',
  );
  if (wantsFacts(request)) return sendFacts(reply, status, { state: 'problem' });
  const visit = visitOf(routes, { request, reply });
  const t = phrasesFor(visit, undefined);
  const page = problemPage(t, { status, provenUnsent: false, path: visit.path });
  return sendPage(reply, page, { ...routes.answers, locale: t.meta.tag });
}
