/** What the two ways of creating a session share: who asks, the fields of every type, and the answer. */
import type { Session } from '../domain/session.ts';
import type { SessionRequest } from '../domain/session-request.ts';
import { renderPublicSession, renderSession } from '../wire/session.ts';
import { clientTokenOf } from './client-token.ts';
import type { Context } from './context.ts';
import type { Answer } from './idempotency.ts';

/** Whose key is asking. */
export interface Actor {
  keyId: string;
  kind: 'secret' | 'public';
}

/** The fields every type of session shares. */
export function sessionFacts(context: Context, actor: Actor, request: SessionRequest) {
  return {
    tenantId: context.tenant.id,
    id: context.system.ids.next('ps'),
    type: request.type,
    amountMinor: request.amountMinor,
    currency: request.currency,
    ...(request.description === undefined ? {} : { description: request.description }),
    ...(request.externalReference === undefined ? {} : { externalReference: request.externalReference }),
    ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
    ...(request.returnUrl === undefined ? {} : { returnUrl: request.returnUrl }),
    ...(request.expiresAt === undefined ? {} : { expiresAt: request.expiresAt }),
    options: request.options,
    createdBy: actor.keyId,
    createdAt: context.at,
  };
}

/** 201 with the session as this key may see it. */
export function created(context: Context, session: Session, actor?: Actor): Answer {
  return { status: 201, body: JSON.stringify(shownSession(context, session, actor)) };
}

/** The session as API answers show it: a public key sees nothing that names the customer or the merchant's own books. */
export function shownSession(context: Context, session: Session, actor?: Actor) {
  const clientToken = clientTokenOf(context, session);
  const options = { mode: context.tenant.mode, checkoutUrl: context.checkoutUrl, clientToken };
  return actor?.kind === 'public' ? renderPublicSession(session, options) : renderSession(session, options);
}
