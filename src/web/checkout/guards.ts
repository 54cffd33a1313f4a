/** What a request must pass before its body is read: rates, and that a form comes from our own page. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isOnePayer } from '../../domain/checkout-brakes.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { type AnswerSettings, sendFacts, sendPage, wantsFacts } from './answers.ts';
import { readCookies } from './cookies.ts';
import { refusalPage } from './page.ts';
import { CHECKOUT_RATES, type Rate, type RateMeter } from './rates.ts';
import type { RefusalReason } from './screens/closings.ts';
import { CHECKOUT_ID, type CheckoutRoutes, phrasesFor } from './visit.ts';

/** Refuses when a link or an address asks too often. Returns the reply when it was refused. */
export async function guardRates(
  routes: CheckoutRoutes,
  meter: RateMeter,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const { id = '' } = request.params as { id?: string };
  const now = routes.system.clock.now();
  const one = isOnePayer(request.ip);
  const waits: number[] = [];
  const take = (rate: Rate, who: string): number => waits.push(meter.take(rate, who, now));
  if (CHECKOUT_ID.test(id)) take(request.method === 'POST' ? CHECKOUT_RATES.posts : CHECKOUT_RATES.reads, id);
  else if (one) take(CHECKOUT_RATES.unknownIds, request.ip);
  if (request.method === 'POST' && one) take(CHECKOUT_RATES.addressPosts, request.ip);
  const waitS = Math.max(0, ...waits);
  if (waitS === 0) return undefined;
  reply.header('retry-after', String(waitS));
  return sendRefusal(routes, request, reply, { status: 429, reason: 'rate' });
}

/** Refuses a form that another site sent; browsers that do not say pass, their `csrf` field is checked anyway. */
export async function guardSite(
  routes: CheckoutRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin') return undefined;
  return sendRefusal(routes, request, reply, { status: 403, reason: 'site' });
}

/** A readable refusal, or the same as facts for the script. */
export async function sendRefusal(
  routes: CheckoutRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: { status: number; reason: RefusalReason },
): Promise<FastifyReply> {
  const cookies = readCookies(request.headers.cookie, routes.cookies);
  const t = phrasesFor({ request, cookies }, undefined);
  if (wantsFacts(request)) return sendFacts(reply, refusal.status, refusedFacts(t, refusal.reason));
  const { id } = request.params as { id?: string };
  const path = id !== undefined && CHECKOUT_ID.test(id) ? `/checkout/${id}` : undefined;
  const settings: AnswerSettings & { locale: string } = { ...routes.answers, locale: t.meta.tag };
  return sendPage(reply, refusalPage(t, { ...refusal, path }), settings);
}

function refusedFacts(t: PagePhrases, reason: RefusalReason): object {
  const alert = { key: `refused.${reason}`, title: t.text('refused.heading'), text: t.text(`refused.${reason}`) };
  return { state: 'refused', errors: [], alert, title: t.text('refused.heading') };
}
