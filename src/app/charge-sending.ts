/** How a card is charged without typing it again: the order for the processor, and its one call. */
import type { PaymentMethod } from '../domain/customer.ts';
import { agreementOf } from '../domain/mandate.ts';
import { must } from '../lib/assert.ts';
import type { ChargeOrder, PaymentInstrument } from '../processors/processor.ts';
import type { Context } from './context.ts';
import type { ChargeInFlight } from './in-flight.ts';
import { sendAttempt } from './settle.ts';

/** Sends a charge that was written, once, and records what came back. */
export async function sendCharge(
  context: Context,
  now: ChargeInFlight,
  method: PaymentMethod,
): Promise<ChargeInFlight> {
  const { mandate } = must(now.under, 'the mandate of a charge');
  const { networkTransactionId } = mandate;
  const { attempt } = now;
  const order: ChargeOrder = {
    money: { amountMinor: attempt.amountMinor, currency: attempt.currency },
    reference: attempt.reference,
    initiator: 'merchant',
    instrument: await instrumentFor(context, method),
    agreement: {
      use: 'subsequent',
      type: agreementOf(mandate.terms),
      ...(networkTransactionId === undefined ? {} : { networkTransactionId }),
    },
    authentication: 'none',
  };
  return sendAttempt(context, now, { order });
}

/** The processor's token where there is one, else the number from the vault. */
export async function instrumentFor(
  context: Context,
  method: PaymentMethod,
  securityCode?: string,
): Promise<PaymentInstrument> {
  const code = securityCode === undefined ? {} : { securityCode };
  if (method.processorToken !== undefined) return { type: 'token', token: method.processorToken, ...code };
  const cardId = must(method.cardId, 'the card of a method without a token');
  const sealed = must(await context.vault.open(context.tenant.id, cardId), 'the sealed card of a saved method');
  return {
    type: 'card',
    card: { number: sealed.number, expMonth: method.card.expMonth, expYear: method.card.expYear, ...code },
  };
}
