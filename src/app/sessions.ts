/** What merchants do with payment sessions. Charging without the payer is in `charges.ts`, the payer's side in `checkout.ts`. */
import { createCustomer } from '../domain/customer.ts';
import { embeddedModeOf } from '../domain/embedding.ts';
import { accepted, type Decision, isRejection, missing, Rejected, reject } from '../domain/errors.ts';
import { closePayment } from '../domain/payment.ts';
import { replacementTerms } from '../domain/series-options.ts';
import {
  cancelSession,
  createSession,
  expireSession,
  isPast,
  type Session,
  type SessionPatch,
  updateSession,
} from '../domain/session.ts';
import {
  optionsAtAmount,
  type RequestFacts,
  readSessionRequest,
  type SessionBody,
  type SessionRequest,
} from '../domain/session-request.ts';
import { findCustomer } from '../store/customers.ts';
import { Stale, type Tx } from '../store/database.ts';
import { findMandate } from '../store/mandates.ts';
import type { Page } from '../store/pages.ts';
import { findPayment } from '../store/payments.ts';
import { findSession, listSessions, type SessionFilters } from '../store/sessions.ts';
import { Changes } from './apply.ts';
import { chargeSeries } from './charges.ts';
import type { Context } from './context.ts';
import { type Answer, type IdempotentRequest, type KeyWriter, once } from './idempotency.ts';
import { forgetKept } from './kept.ts';
import { type Actor, created, sessionFacts, shownSession } from './new-session.ts';

export type { Actor } from './new-session.ts';

/**
 * Creates a session; a next_in_series one is also charged before the answer. Throws Rejected with 400 for a bad request, 403
 * for what a public key may not do, 404 for an unknown customer, method or mandate, 409 and 422 for what the rules refuse.
 */
export async function createPaymentSession(
  context: Context,
  actor: Actor,
  asked: { body: SessionBody; idempotency: IdempotentRequest | undefined },
): Promise<{ answer: Answer; replayed: boolean }> {
  if (asked.body.type === 'next_in_series' && actor.kind === 'public') {
    throw new Rejected(
      reject('forbidden', 'A public key cannot charge without the payer: use a secret key on your server.'),
    );
  }
  return once(context, asked.idempotency, {
    async work(key) {
      const request = requested(context, asked.body);
      if (request.type === 'next_in_series') return chargeSeries(context, actor, { request, key });
      return createWithPage(context, actor, { request, key });
    },
    report: async (sessionId) => created(context, await getPaymentSession(context, sessionId)),
  });
}

/** What a request is judged by, beside itself. */
export function requestFacts({ at, tenant }: Context): RequestFacts {
  const { mode, settings, checkoutSettings } = tenant;
  return { at, mode, settings, returnUrlHosts: checkoutSettings.returnUrlHosts };
}

function requested(context: Context, body: SessionBody): SessionRequest {
  const request = readSessionRequest(body, requestFacts(context));
  if (isRejection(request)) throw new Rejected(request);
  return request;
}

async function createWithPage(
  context: Context,
  actor: Actor,
  { request, key }: { request: SessionRequest; key: KeyWriter },
): Promise<Answer> {
  const { tenant, system, at } = context;
  const changes = new Changes(context);
  let customerId = request.customerId;
  if (customerId !== undefined) await existingCustomer(context, customerId);
  if (request.newCustomer !== undefined) {
    customerId = system.ids.next('cus');
    changes.customer(createCustomer({ ...request.newCustomer, tenantId: tenant.id, id: customerId, createdAt: at }));
  }
  const options = await withReplaced(context, request);
  const offersSavedMethods = actor.kind === 'secret' && request.customerId !== undefined;
  const decision = createSession({
    ...sessionFacts(context, actor, { ...request, options }),
    checkoutId: system.ids.capability('ckt'),
    offersSavedMethods,
    ...(customerId === undefined ? {} : { customerId }),
  });
  const answer = created(context, decision.next, actor);
  await changes.session(decision).also(key.keep(answer)).commit();
  return answer;
}

/** The options with the terms of the mandate that gets another card, if one does: its page shows them again. */
async function withReplaced(context: Context, { options, customerId, currency }: SessionRequest) {
  const { replacesMandateId } = options;
  if (replacesMandateId === undefined) return options;
  const mandate = await findMandate(context.database, context.tenant.id, replacesMandateId);
  const terms = replacementTerms(mandate, { customerId, currency, at: context.at });
  if (isRejection(terms)) throw new Rejected(terms);
  return { ...options, ...terms };
}

export async function existingCustomer(context: Context, customerId: string) {
  const customer = await findCustomer(context.database, context.tenant.id, customerId);
  if (customer === undefined) throw new Rejected(missing('customer_not_found'));
  return customer;
}

/** Throws Rejected with 404 for an unknown id and for another tenant's. */
export async function getPaymentSession(context: Context, id: string): Promise<Session> {
  const session = await findSession(context.database, context.tenant.id, id);
  if (session === undefined) throw new Rejected(missing('payment_session_not_found'));
  return session;
}

/** The session as JSON text, as this key may see it. A session that a public key did not create does not exist for it. */
export async function showPaymentSession(context: Context, actor: Actor, id: string): Promise<string> {
  const session = await getPaymentSession(context, id);
  if (actor.kind === 'public') {
    if (session.createdBy !== actor.keyId) throw new Rejected(missing('payment_session_not_found'));
    return JSON.stringify(shownSession(context, session, actor));
  }
  // Its token follows the settings, which are no part of it.
  if (embeddedModeOf(session) !== undefined) return JSON.stringify(shownSession(context, session, actor));
  let text = shownBefore.get(session);
  if (text === undefined) {
    text = JSON.stringify(shownSession(context, session, actor));
    shownBefore.set(session, text);
  }
  return text;
}

/** A version of a session is always shown with the same text. */
const shownBefore = new WeakMap<Session, string>();

export function listPaymentSessions(context: Context, list: { filters: SessionFilters; page: Page }) {
  return listSessions(context.database, context.tenant.id, list);
}

/**
 * Changes what a merchant may change. Throws Rejected with 409 `amount_locked` once a payment was attempted, and with 400 for an
 * amount that contradicts what the session asks its payer to agree to.
 */
export function patchPaymentSession(
  context: Context,
  id: string,
  asked: { patch: SessionPatch; idempotency: IdempotentRequest | undefined },
) {
  return onceOn(context, id, {
    idempotency: asked.idempotency,
    async decide(session) {
      const now = asked.patch.amountMinor === undefined ? session : await ended(context, session);
      const decision = repriced(context, now, asked.patch);
      return { decision, changes: new Changes(context).session(decision) };
    },
  });
}

/** Another amount changes what the payer agrees to, where that was taken from the amount. */
function repriced(context: Context, session: Session, patch: SessionPatch): Decision<Session> {
  const decision = accepted(updateSession(session, patch, context.at));
  if (decision.next.amountMinor === session.amountMinor) return decision;
  const options = optionsAtAmount(session, decision.next.amountMinor, requestFacts(context));
  if (isRejection(options)) throw new Rejected(options);
  return accepted(updateSession(session, { ...patch, options }, context.at));
}

/** The merchant cancels. A cancelled session is answered as it is; an open attempt is 409. */
export function cancelForMerchant(context: Context, id: string, idempotency: IdempotentRequest | undefined) {
  return onceOn(context, id, { idempotency, decide: (session) => cancelling(context, session, 'merchant') });
}

/** Cancels for the merchant or the payer. */
export function cancelPaymentSession(context: Context, id: string, by: 'payer' | 'merchant'): Promise<Session> {
  return change(context, id, { decide: (session) => cancelling(context, session, by) });
}

async function cancelling(context: Context, session: Session, by: 'payer' | 'merchant') {
  if (session.status === 'cancelled') return undefined;
  const now = await ended(context, session);
  return closing(context, now, { as: 'cancelled', decision: accepted(cancelSession(now, by, context.at)) });
}

/** The session, its end written if its time has run out: nothing is decided on a session that is over. */
function ended(context: Context, session: Session): Promise<Session> | Session {
  return isPast(session, context.at) && session.status === 'active' ? expireDueSession(context, session.id) : session;
}

/** Writes the end of a session whose time ran out; does nothing when it is not due or an attempt is open. */
export async function expireDueSession(context: Context, id: string): Promise<Session> {
  return change(context, id, {
    async decide(session) {
      const verdict = expireSession(session, context.at);
      return isRejection(verdict) ? undefined : closing(context, session, { as: 'expired', decision: verdict });
    },
  });
}

/** A decision about a session, with all that is written beside it. */
interface Decided {
  decision: Decision<Session>;
  changes: Changes;
}

/** A session that ends without success takes its payment, if one was ever attempted, with it. */
async function closing(
  context: Context,
  session: Session,
  end: { as: 'cancelled' | 'expired'; decision: Decision<Session> },
): Promise<Decided> {
  // What its pages kept goes with it; after a crash here it goes when its quarter of an hour is over.
  const changes = new Changes(context).afterwards(() => forgetKept(context, session.id));
  if (session.paymentId !== undefined) {
    const payment = await findPayment(context.database, context.tenant.id, session.paymentId);
    if (payment !== undefined) changes.payment(closePayment(payment, end.as, context.at));
  }
  return { decision: end.decision, changes: changes.session(end.decision) };
}

const TRIES = 20;

interface Change {
  /** Undefined: the session already is as asked. */
  decide(session: Session): Promise<Decided | undefined>;
  /** Written together with the change. */
  also?(session: Session): (tx: Tx) => void;
}

/** Reads, decides, writes; and again when another writer was faster. */
async function change(context: Context, id: string, { decide, also }: Change): Promise<Session> {
  for (let tries = 1; ; tries++) {
    const session = await getPaymentSession(context, id);
    const decided = await decide(session);
    const next = decided?.decision.next ?? session;
    const changes = decided?.changes ?? new Changes(context);
    try {
      await changes.also(also?.(next) ?? (() => undefined)).commit();
      if (next !== session) context.nudge.tap(`session:${id}`);
      return next;
    } catch (error) {
      if (!(error instanceof Stale) || tries === TRIES) throw error;
    }
  }
}

/** A change that answers the session, at most once for its key. */
function onceOn(
  context: Context,
  id: string,
  asked: Pick<Change, 'decide'> & { idempotency: IdempotentRequest | undefined },
) {
  const answer = (session: Session) => ({ status: 200, body: JSON.stringify(shownSession(context, session)) });
  return once(context, asked.idempotency, {
    work: async (key) =>
      answer(await change(context, id, { decide: asked.decide, also: (next) => key.keep(answer(next)) })),
    report: async () => answer(await getPaymentSession(context, id)),
  });
}
