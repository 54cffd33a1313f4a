/**
 * `/checkout/preview/{state}`: the real templates with made-up payments in a look that nobody has saved yet. No session, vault or
 * processor stands behind it: its forms and links lead back to it, and it runs no script.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BrandDoor, DraftView } from '../../../app/brand-door.ts';
import type { BrandView } from '../../../domain/branding.ts';
import { OTHER_METHOD_TYPES, type PaymentMethodType } from '../../../domain/payment-method-types.ts';
import { choosePhrases, isLocale } from '../../i18n/locales.ts';
import { seeOther, sendPage } from '../answers.ts';
import { parseForm } from '../form-body.ts';
import { guardRates, guardSite } from '../guards.ts';
import { createRateMeter, type RateMeter } from '../rates.ts';
import { type CheckoutRoutes, sendNotFound, visitOf } from '../visit.ts';
import { isPreviewName, type PreviewName } from './fixtures.ts';
import { atRest, previewPage } from './render.ts';

const BASE = '/checkout/preview';
/** What is read only; the caller refuses other methods. */
export const PREVIEW_PATH = `${BASE}/:state`;
const SCHEMES = ['light', 'dark', 'auto'] as const;
const METHODS: readonly PaymentMethodType[] = ['card', ...OTHER_METHOD_TYPES];

export interface PreviewParts {
  brands: BrandDoor;
  /** Origin that payers see. */
  origin: string;
}

/** What a preview is asked to show; words that nobody knows are left out, the token is judged by the door. */
interface Asked {
  token: string;
  locale?: string;
  scheme?: (typeof SCHEMES)[number];
  method?: PaymentMethodType;
}

/** Adds the previews to the scope of the checkout, which reads forms. */
export function addPreviews(scope: FastifyInstance, routes: CheckoutRoutes, parts: PreviewParts): void {
  const meter = createRateMeter();
  scope.get(PREVIEW_PATH, (request, reply) =>
    answerPreview({ routes, parts, meter, request, reply }, askedBy(request.query)),
  );
  const onRequest = (request: FastifyRequest, reply: FastifyReply) => guardSite(routes, request, reply);
  for (const url of [`${BASE}/:state/:asked`, `${BASE}/:state/:asked/*`]) {
    scope.get(url, async (request, reply) => lead(request, reply));
    scope.post(url, { onRequest }, async (request, reply) => lead(request, reply));
  }
}

interface Request {
  routes: CheckoutRoutes;
  parts: PreviewParts;
  meter: RateMeter;
  request: FastifyRequest;
  reply: FastifyReply;
}

async function answerPreview(asking: Request, asked: Asked): Promise<FastifyReply> {
  const { routes, parts, meter, request, reply } = asking;
  const { state } = request.params as { state: string };
  const draft = isPreviewName(state) ? await parts.brands.draft(asked.token) : undefined;
  // Strangers pay for guesses as they do for unknown ids.
  if (draft === undefined)
    return (
      (await guardRates(routes, meter, request, reply)) ?? sendNotFound(routes, visitOf(routes, { request, reply }))
    );
  const name = state as PreviewName;
  const t = choosePhrases({ session: asked.locale, acceptLanguage: request.headers['accept-language'] });
  const path = `${BASE}/${name}/${packed(asked)}`;
  const page = previewPage(name, {
    ...looksOf(draft, asked),
    ...{ t, path, address: parts.origin + path },
    ...(asked.method !== undefined && { method: asked.method }),
  });
  // Whatever the made-up page would be answered with, the preview of it was found.
  const shown = { ...atRest(page), status: 200 };
  return sendPage(reply, shown, { ...routes.answers, locale: t.meta.tag, frame: true });
}

function looksOf({ brand, merchant }: DraftView, { scheme }: Asked): { brand: BrandView; merchant: typeof merchant } {
  return { merchant, brand: scheme === undefined ? brand : { ...brand, set: { ...brand.set, colorScheme: scheme } } };
}

/** What a form or link of a preview leads to: the same preview, or the one that the real page would show next. */
function lead(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { state, asked: text, '*': rest = '' } = request.params as Record<'state' | 'asked' | '*', string>;
  const form = Buffer.isBuffer(request.body) ? parseForm(request.body) : undefined;
  const asked = { ...unpacked(text), ...(isLocale(form?.locale ?? '') && { locale: form?.locale }) };
  const next = rest === 'receipt' ? 'receipt' : state === 'receipt' ? 'paid' : state;
  const query = new URLSearchParams(
    Object.entries(asked).filter(([, value]) => value !== undefined) as [string, string][],
  );
  return seeOther(reply, `${BASE}/${encodeURIComponent(next)}?${query}`);
}

function askedBy(query: unknown): Asked {
  const { token = '', locale, scheme, method } = query as Record<string, unknown>;
  const oneOf = <Word extends string>(words: readonly Word[], word: unknown) => words.find((known) => known === word);
  return {
    token: String(token),
    ...withoutAbsent({
      locale: typeof locale === 'string' && isLocale(locale) ? locale : undefined,
      scheme: oneOf(SCHEMES, scheme),
      method: oneOf(METHODS, method),
    }),
  };
}

function withoutAbsent(words: { [K in keyof Omit<Asked, 'token'>]: Asked[K] | undefined }): Omit<Asked, 'token'> {
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}

/** Forms drop the query of their page, so what was asked stands in their path. */
function packed({ token, locale, scheme, method }: Asked): string {
  return [token, locale, scheme, method].map((word) => encodeURIComponent(word ?? '')).join('~');
}

function unpacked(text: string): Asked {
  const [token, locale, scheme, method] = text.split('~');
  return askedBy({ token, locale, scheme, method });
}
