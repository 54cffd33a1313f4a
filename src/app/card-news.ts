/** News of an issuer's updater that came with an answer: the saved method gets its new expiry date, or its new number. */
import { type CardNews, updateByProcessor } from '../domain/card-update.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import type { CardFacts } from '../processors/processor.ts';
import { findPaymentMethod } from '../store/customers.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';
import type { ChargeInFlight } from './in-flight.ts';
import { shredUnneeded } from './kept.ts';

/** The method as it is from now on. `renumbered`: another card than the one that was charged, so what was said about that is past. */
export interface Renewed {
  method: PaymentMethod;
  renumbered: boolean;
}

/**
 * Adds the update of the method that was charged; undefined when there is no news. A payment that saves its card anew writes the
 * method itself.
 */
export async function addCardNews(
  context: Context,
  changes: Changes,
  { now, card, token }: { now: ChargeInFlight; card: CardFacts | undefined; token: string | undefined },
): Promise<Renewed | undefined> {
  const { attempt } = now;
  if (card?.updated === undefined || attempt.paymentMethodId === undefined || attempt.saves) return undefined;
  const method = await findPaymentMethod(context.database, context.tenant.id, attempt.paymentMethodId);
  if (method === undefined) return undefined;
  const news: CardNews = { ...card.updated, ...(token === undefined ? {} : { token }) };
  const decision = updateByProcessor(method, news, context.at);
  if (decision.unchanged) return undefined;
  changes.paymentMethod(decision);
  const renumbered = decision.next.fingerprint !== method.fingerprint;
  const { cardId } = method;
  if (cardId !== undefined && decision.next.cardId === undefined)
    changes.afterwards(() => shredUnneeded(context, [cardId]));
  return { method: decision.next, renumbered };
}
