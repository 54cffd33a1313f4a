/** Cards a payer may try again without typing them: sealed in the vault for fifteen minutes, for one browser and one session. */
import { KEPT_FOR_MS } from '../domain/checkout.ts';
import type { CardDetails } from '../domain/payment.ts';
import { MINUTE, plus } from '../lib/time.ts';
import { cardsInUse } from '../store/customers.ts';
import { saveKeptCard, takeKept } from '../store/kept.ts';
import type { Context } from './context.ts';

/** A card in clear with what may be shown of it; lives as long as one request. */
export interface CardInHand {
  number: string;
  details: CardDetails;
  fingerprint: string;
  /** Already sealed under this id, if it is. */
  cardId?: string;
}

/** The sweep looks a minute after the page forgot the card, so that an attempt begun in the last moment is seen. */
const SWEEP_AFTER_MS = KEPT_FOR_MS + MINUTE;

/** Seals a card and answers its id. The vault lives in real time: a tenant whose clock is ahead forgets earlier, never later. */
export async function sealCard(context: Context, card: CardInHand): Promise<string> {
  const at = context.system.clock.now();
  const cardId = context.system.ids.next('crd');
  const { expMonth, expYear } = card.details;
  await context.vault.seal({
    tenantId: context.tenant.id,
    cardId,
    number: card.number,
    expMonth,
    expYear,
    at,
    sweepAt: plus(at, SWEEP_AFTER_MS),
  });
  return cardId;
}

/** Keeps a card for this browser to try again. */
export async function keepCard(
  context: Context,
  place: { sessionId: string; browser: string },
  kept: { card: CardInHand; askExpiry: boolean },
): Promise<void> {
  const { card, askExpiry } = kept;
  const cardId = card.cardId ?? (await sealCard(context, card));
  // Sealed a while ago, it would be swept while the page still offers it.
  const sweepAt = plus(context.system.clock.now(), SWEEP_AFTER_MS);
  if (card.cardId !== undefined) await context.vault.postpone(context.tenant.id, [cardId], sweepAt);
  const row = {
    cardId,
    card: card.details,
    fingerprint: card.fingerprint,
    askExpiry,
    expiresAt: plus(context.at, KEPT_FOR_MS),
  };
  await context.database.transaction((tx) => saveKeptCard(tx, { tenantId: context.tenant.id, ...place }, row));
}

/** The session has its end: what its pages kept is forgotten, and cards that nobody saved are shredded. */
export async function forgetKept(context: Context, sessionId: string): Promise<void> {
  const tenantId = context.tenant.id;
  const cardIds = await takeKept(context.database, { tenantId, sessionId });
  if (cardIds.length > 0) await shredUnneeded(context, cardIds);
}

/** Shreds sealed cards that neither a saved method nor an open attempt needs. */
export async function shredUnneeded(context: Context, cardIds: readonly string[]): Promise<void> {
  const tenantId = context.tenant.id;
  const use = await cardsInUse(context.database, tenantId, cardIds);
  const unneeded = cardIds.filter((id) => !use.saved.has(id) && !use.open.has(id));
  if (unneeded.length > 0) await context.vault.shred(tenantId, unneeded);
}
