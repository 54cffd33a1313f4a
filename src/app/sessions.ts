/** What merchants do with payment sessions. Charging without the payer is in `charges.ts`, the payer's side in `checkout.ts`. */
import { createCustomer } from '../domain/customer.ts';
import { accepted, isRejection, Rejected, reject } from '../domain/errors.ts';
import { closePayment } from '../domain/payment.ts';
import {
  cancelSession,
  createSession,
  expireSession,
  type Session,
  type SessionPatch,
  updateSession,
} from '../domain/session.ts';
import { readSessionRequest, type SessionBody, type SessionRequest } from '../domain/session-request.ts';
import { findCustomer } from '../store/customers.ts';
import { Stale } from '../store/database.ts';
import type { Page } from '../store/pages.ts';
import { findPayment } from '../store/payments.ts';
import { findSession, listSessions, type SessionFilters } from '../store/sessions.ts';
import { Changes } from './apply.ts';
import { chargeSeries } from './charges.ts';
import type { Context } from './context.ts';
import { type Answer, type IdempotentRequest, type KeyWriter, once } from './idempotency.ts';
import { type Actor, created, sessionFacts } from './new-session.ts';

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
  const request = readSessionRequest(asked.body, { at: context.at, mode: context.tenant.mode });
  if (isRejection(request)) throw new Rejected(request);
  if (asked.body.options?.mandate_options !== undefined || asked.body.options?.subscription_options !== undefined) {
    throw new Rejected(
      reject(
        'not_implemented',
        'mandate_options and subscription_options are not built yet: a mandate allows charges up to its first amount.',
      ),
    );
  }
  if (request.type === 'next_in_series' && actor.kind === 'public') {
    throw new Rejected(
      reject('forbidden', 'A public key cannot charge without the payer: use a secret key on your server.'),
    );
  }
  return once(context, asked.idempotency, {
    work: (key) =>
      request.type === 'next_in_series'
        ? chargeSeries(context, actor, { request, key })
        : createWithPage(context, actor, { request, key }),
    report: async (sessionId) => created(context, await getPaymentSession(context, sessionId)),
  });
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
  const offersSavedMethods = actor.kind === 'secret' && request.customerId !== undefined;
  const decision = createSession({
    ...sessionFacts(context, actor, request),
    checkoutId: system.ids.capability('ckt'),
    offersSavedMethods,
    ...(customerId === undefined ? {} : { customerId }),
  });
  const answer = created(context, decision.next);
  await changes.session(decision).also(key.keep(answer)).commit();
  return answer;
}

export async function existingCustomer(context: Context, customerId: string) {
  const customer = await findCustomer(context.database, context.tenant.id, customerId);
  if (customer === undefined) throw new Rejected(reject('customer_not_found', `There is no customer ${customerId}.`));
  return customer;
}

/** Throws Rejected with 404 for an unknown id and for another tenant's. */
export async function getPaymentSession(context: Context, id: string): Promise<Session> {
  const session = await findSession(context.database, context.tenant.id, id);
  if (session === undefined)
    throw new Rejected(reject('payment_session_not_found', `There is no payment session ${id}.`));
  return session;
}

export function listPaymentSessions(context: Context, list: { filters: SessionFilters; page: Page }) {
  return listSessions(context.database, context.tenant.id, list);
}

/** Changes what a merchant may change. Throws Rejected with 409 `amount_locked` once a payment was attempted. */
export function patchPaymentSession(context: Context, id: string, patch: SessionPatch): Promise<Session> {
  return change(context, id, (session) =>
    new Changes(context).session(accepted(updateSession(session, patch, context.at))),
  );
}

/** Cancels for the merchant or the payer. A cancelled session is answered as it is; an open attempt is 409. */
export async function cancelPaymentSession(context: Context, id: string, by: 'payer' | 'merchant'): Promise<Session> {
  return change(context, id, async (session) => {
    if (session.status === 'cancelled') return undefined;
    return closing(context, session, 'cancelled', accepted(cancelSession(session, by, context.at)));
  });
}

/** Writes the end of a session whose time ran out; does nothing when it is not due or an attempt is open. */
export async function expireDueSession(context: Context, id: string): Promise<Session> {
  return change(context, id, async (session) => {
    const verdict = expireSession(session, context.at);
    return isRejection(verdict) ? undefined : closing(context, session, 'expired', verdict);
  });
}

/** A session that ends without success takes its payment, if one was ever attempted, with it. */
async function closing(
  context: Context,
  session: Session,
  as: 'cancelled' | 'expired',
  decision: ReturnType<typeof createSession>,
) {
  const changes = new Changes(context);
  if (session.paymentId !== undefined) {
    const payment = await findPayment(context.database, context.tenant.id, session.paymentId);
    if (payment !== undefined) changes.payment(closePayment(payment, as, context.at));
  }
  return changes.session(decision);
}

const TRIES = 20;

/** Reads, decides, writes; and again when another writer was faster. */
async function change(
  context: Context,
  id: string,
  decide: (session: Session) => Changes | undefined | Promise<Changes | undefined>,
): Promise<Session> {
  for (let tries = 1; ; tries++) {
    const session = await getPaymentSession(context, id);
    const changes = await decide(session);
    if (changes === undefined) return session;
    try {
      await changes.commit();
      context.nudge.tap(`session:${id}`);
      return await getPaymentSession(context, id);
    } catch (error) {
      if (!(error instanceof Stale) || tries === TRIES) throw error;
    }
  }
}
