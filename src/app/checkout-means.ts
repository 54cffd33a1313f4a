/** What a press of Pay charges: a card in hand, a card saved before, or another way to pay; found from what the payer chose. */
import { schemeOf } from '../domain/card-brands.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import { present } from '../domain/field-reader.ts';
import { detailsOf } from '../domain/method-input.ts';
import type { CardDetails } from '../domain/payment.ts';
import type { OtherMethodDetails, OtherMethodOrder } from '../domain/payment-method-types.ts';
import type { ClearCard, PaymentInstrument } from '../processors/processor.ts';
import { instrumentFor } from './charge-sending.ts';
import type { PayOrder } from './checkout-door.ts';
import { type CheckoutFacts, isCardExpired, offersOf } from './checkout-facts.ts';
import type { Context } from './context.ts';
import type { CardInHand } from './kept.ts';
import { choicesOf } from './offered-methods.ts';

export interface CardMeans {
  kind: 'card';
  instrument: PaymentInstrument;
  details: CardDetails;
  fingerprint: string;
  typed?: CardInHand;
  saved?: PaymentMethod;
}

/** No card: nothing is typed that could be kept, saved or known again. */
export interface OtherMeans {
  kind: 'other';
  instrument: OtherMethodOrder;
  method: OtherMethodDetails;
}

export type Means = CardMeans | OtherMeans;

/** What the order charges; undefined where the session does not offer it, or no longer. */
export async function meansOf(facts: CheckoutFacts, { instrument }: PayOrder): Promise<Means | undefined> {
  const { offered } = offersOf(facts);
  if (instrument.type !== 'card' && instrument.type !== 'kept_card' && instrument.type !== 'saved') {
    if (!offered.some(({ type, down }) => type === instrument.type && !down)) return undefined;
    return otherMeans(facts.context, instrument);
  }
  if (!offered.some(({ type }) => type === 'card')) return undefined;
  return cardMeans(facts, instrument);
}

function otherMeans(context: Context, instrument: OtherMethodOrder): OtherMeans | undefined {
  const choices = choicesOf(context, instrument.type);
  if (instrument.type === 'pay_by_bank' && !choices.some(({ value }) => value === instrument.bank)) return undefined;
  return { kind: 'other', instrument, method: detailsOf(instrument) };
}

async function cardMeans(
  facts: CheckoutFacts,
  instrument: Exclude<PayOrder['instrument'], OtherMethodOrder>,
): Promise<CardMeans | undefined> {
  const { context } = facts;
  switch (instrument.type) {
    case 'card': {
      const { number, expMonth, expYear, securityCode, name } = instrument.card;
      return typedMeans(await inHand(context, { number, expMonth, expYear }), { securityCode, holderName: name });
    }
    case 'kept_card': {
      if (facts.kept === undefined) return undefined;
      const sealed = await context.vault.open(context.tenant.id, facts.kept.cardId);
      if (sealed === undefined) return undefined;
      const expMonth = instrument.expMonth ?? facts.kept.card.expMonth;
      const expYear = instrument.expYear ?? facts.kept.card.expYear;
      const hand = await inHand(context, { number: sealed.number, expMonth, expYear });
      return typedMeans({ ...hand, cardId: facts.kept.cardId }, { securityCode: instrument.securityCode });
    }
    case 'saved': {
      const saved = facts.methods.find((method) => method.id === instrument.paymentMethodId);
      if (saved === undefined || isCardExpired(saved.card, context.at)) return undefined;
      return {
        kind: 'card',
        instrument: await instrumentFor(context, saved, instrument.securityCode),
        details: saved.card,
        fingerprint: saved.fingerprint,
        saved,
      };
    }
  }
}

/** What is typed beside the number, as far as it was. */
interface TypedBeside {
  securityCode?: string | undefined;
  holderName?: string | undefined;
}

function typedMeans(hand: CardInHand, beside: TypedBeside): CardMeans {
  const { expMonth, expYear } = hand.details;
  const card = present<ClearCard>({ number: hand.number, expMonth, expYear, ...beside });
  const instrument = { type: 'card', card } as const;
  return { kind: 'card', instrument, details: hand.details, fingerprint: hand.fingerprint, typed: hand };
}

/** A typed card with what may be shown of it and its fingerprint. */
export async function inHand(
  context: Context,
  card: { number: string; expMonth: number; expYear: number },
): Promise<CardInHand> {
  const { number, expMonth, expYear } = card;
  const details = {
    scheme: schemeOf(number) ?? 'unknown',
    bin: number.slice(0, 6),
    last4: number.slice(-4),
    expMonth,
    expYear,
  };
  return { number, details, fingerprint: await context.vault.fingerprint(context.tenant.id, number) };
}
