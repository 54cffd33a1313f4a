/**
 * A card while it is tried: what has to stand in the transaction of the intent, so that a blocked card is never sent and a watched
 * card's caps are exact, at no cost for a card that no bank said no to.
 */
import type { Attempt } from '../domain/attempt.ts';
import { brokenCardRules, type CardDecline, type CardTry, type WatchedCard } from '../domain/card-rules.ts';
import type { Session } from '../domain/session.ts';
import type { Violation } from '../domain/violation.ts';
import { must } from '../lib/assert.ts';
import { type CardKey, expectUnwatched, noteTry } from '../store/cards.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';

/** The card of an attempt: the same after it is saved again, by whichever customer. */
export function cardKeyOf(attempt: Attempt): CardKey {
  return { tenantId: attempt.tenantId, cardKey: must(attempt.cardFingerprint, 'the fingerprint of a card') };
}

/** An attempt as the rules of its card see it. */
export function cardTryOf({ attempt, session }: { attempt: Attempt; session: Pick<Session, 'type'> }): CardTry {
  const { amountMinor, currency, initiator } = attempt;
  return {
    network: networkOf(attempt),
    amountMinor,
    currency,
    initiator,
    startsSeries: session.type === 'first_in_series',
  };
}

/** Whose rules hold for the card; `*` when its scheme is not known. */
export function networkOf({ card }: Pick<Attempt, 'card'>): string {
  return card?.scheme ?? '*';
}

/** Every rule of network or house that forbids a try with this card now. */
export function cardRulesAgainst(context: Context, card: WatchedCard | undefined, asked: CardTry): Violation[] {
  return brokenCardRules(card, asked, { at: context.at, caps: context.tenant.settings.retryCaps });
}

/**
 * Adds to the transaction of an intent: an unwatched card is still unwatched, a watched one is as it was read and has one more try
 * under way. The commit is Stale otherwise.
 */
export function addCardTry(changes: Changes, attempt: Attempt, watched: WatchedCard | undefined): void {
  const key = cardKeyOf(attempt);
  if (watched === undefined) {
    changes.also((tx) => expectUnwatched(tx, key));
    return;
  }
  const { version } = watched;
  changes.also((tx) =>
    noteTry(tx, key, { version, decline: countedFrom(attempt, { at: attempt.sentAt, open: true }) }),
  );
}

/** The row that counts against the caps. */
export function countedFrom(
  attempt: Attempt,
  facts: Pick<CardDecline, 'at' | 'open'> & Partial<CardDecline>,
): CardDecline {
  const { id: attemptId, amountMinor, currency } = attempt;
  return { attemptId, amountMinor, currency, network: networkOf(attempt), ...facts };
}
