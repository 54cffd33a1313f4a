/**
 * What an answer of a bank means for the card behind it, its saved method and its mandates. Adds to the transaction of the outcome.
 */
import { WATCHED_FOR_MS } from '../domain/card-rules.ts';
import { isLiftedBy } from '../domain/charge-hold.ts';
import { type Consequences, consequencesOf } from '../domain/holds.ts';
import type { Mandate } from '../domain/mandate.ts';
import { plus } from '../lib/time.ts';
import type { Outcome } from '../processors/processor.ts';
import { blockCard, forgetTry, noteDecline, watchCard } from '../store/cards.ts';
import { findPaymentMethod } from '../store/customers.ts';
import { activeMandatesOfCard, mandatesOfMethod } from '../store/mandates.ts';
import type { Changes } from './apply.ts';
import { liftHolds, revokeForNetwork, stopCharges } from './card-holds.ts';
import { addCardNews, type Renewed } from './card-news.ts';
import { cardKeyOf, countedFrom, networkOf } from './card-watch.ts';
import type { Context } from './context.ts';
import type { ChargeInFlight } from './in-flight.ts';

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

/**
 * After a decline: what counts, blocks, waits, holds and revocations. Answers the mandate of this charge as it stands then, if this
 * changed it; its subscription is then told by the caller, that of other mandates here (`addMandateEnd`, `but`).
 */
export async function declineAftermath(
  context: Context,
  changes: Changes,
  { now, declined }: { now: ChargeInFlight; declined: Of<'declined'> },
): Promise<{ mandate?: Mandate }> {
  const { attempt } = now;
  const { at } = context;
  const { initiator } = attempt;
  if (attempt.method !== undefined) return {};
  const follows = consequencesOf({ ...declined, network: networkOf(attempt), initiator, at });
  const news = { now, card: declined.card, token: declined.token };
  const renewed = await addCardNews(context, changes, news);
  const touched = await addToMandates(context, changes, { now, follows, renewed });
  // The card comes last: charges lock their mandate before their card, too.
  addToCard(changes, now, { declined, follows, at });
  const own = touched.find((mandate) => mandate.id === attempt.mandateId);
  return own === undefined ? {} : { mandate: own };
}

/** The card's own record: the decline that counts, and its blocks. */
function addToCard(
  changes: Changes,
  { attempt, unwatched }: ChargeInFlight,
  { declined, follows, at }: { declined: Of<'declined'>; follows: Consequences; at: Context['at'] },
): void {
  const key = cardKeyOf(attempt);
  const { counts, blocks, waitUntil } = follows;
  if (counts || blocks.length > 0) changes.also((tx) => watchCard(tx, key, plus(at, WATCHED_FOR_MS)));
  if (counts) {
    const { code, raw } = declined;
    const { response, advice } = raw;
    const decline = countedFrom(attempt, {
      at,
      open: false,
      code,
      ...(response === undefined ? {} : { response }),
      ...(advice === undefined ? {} : { advice }),
      ...(waitUntil === undefined ? {} : { waitUntil }),
    });
    changes.also((tx) => noteDecline(tx, key, decline));
  } else if (!unwatched) changes.also((tx) => forgetTry(tx, key, attempt.id));
  for (const rule of blocks) {
    const block = { rule, since: at, attemptId: attempt.id, code: declined.raw.response ?? declined.code };
    changes.also((tx) => blockCard(tx, key, block));
  }
}

/** Ends or stops mandates, each at most once. Answers those that changed, as they stand then. */
async function addToMandates(
  context: Context,
  changes: Changes,
  { now, follows, renewed }: { now: ChargeInFlight; follows: Consequences; renewed: Renewed | undefined },
): Promise<Mandate[]> {
  const { attempt } = now;
  const { blocks, hold, revokes } = follows;
  if (blocks.length === 0 && hold === undefined && !revokes) {
    if (renewed !== undefined) await liftForNewData(context, changes, { renewed, except: [] });
    return [];
  }
  const mandates = await activeMandatesOfCard(context.database, context.tenant.id, cardKeyOf(attempt).cardKey);
  // Only of its own try a subscription is told with the charge.
  if (revokes) return revokeForNetwork(context, changes, { mandates, but: now.under?.charge.subscriptionId });
  const [rule] = blocks;
  if (rule !== undefined) {
    // A method that got another number in the same answer is not the blocked card any more.
    const stopped = mandates.filter(
      (mandate) => !(renewed?.renumbered && mandate.paymentMethodId === renewed.method.id),
    );
    return stopCharges(context, changes, { mandates: stopped, hold: { rule, liftedBy: 'operator' } });
  }
  if (hold === undefined) return [];
  if (hold.of === 'mandate') {
    const own = mandates.filter((mandate) => mandate.id === attempt.mandateId);
    return stopCharges(context, changes, { mandates: own, hold });
  }
  if (renewed !== undefined) {
    // The new data came with the answer that asked for them.
    await liftForNewData(context, changes, { renewed, except: [] });
    return [];
  }
  const ofMethod = mandates.filter((mandate) => mandate.paymentMethodId === attempt.paymentMethodId);
  return stopCharges(context, changes, { mandates: ofMethod, hold });
}

/** After a success: what is forgotten, holds that it lifts, and news from the processor's card updater. `ended`: this charge ended its mandate. */
export async function successAftermath(
  context: Context,
  changes: Changes,
  { now, approved, ended }: { now: ChargeInFlight; approved: Of<'approved'>; ended: Mandate | undefined },
): Promise<void> {
  const { attempt, session, unwatched } = now;
  if (attempt.method !== undefined) return;
  const except = [ended?.id, session.options.replacesMandateId];
  const renewed = await addCardNews(context, changes, { now, card: approved.card, token: approved.token });
  // A charge of the merchant's may pay a due date: what that means for the subscription is told with the charge.
  const but = now.under?.mandate.subscriptionId;
  if (renewed !== undefined) await liftForNewData(context, changes, { renewed, except, but });
  if (unwatched) return;
  changes.also((tx) => forgetTry(tx, cardKeyOf(attempt), attempt.id));
  if (attempt.initiator !== 'customer' || session.customerId === undefined) return;
  const mandates = await activeMandatesOfCard(context.database, context.tenant.id, cardKeyOf(attempt).cardKey);
  const own = mandates.filter((one) => one.customerId === session.customerId && !except.includes(one.id));
  const freed: Mandate[] = [];
  for (const mandate of own) if (await isFreed(context, now, mandate)) freed.push(mandate);
  await liftHolds(context, changes, { mandates: freed });
}

/** True when the payer's success with the card mends what stopped the mandate. */
async function isFreed(context: Context, { attempt }: ChargeInFlight, mandate: Mandate): Promise<boolean> {
  if (isLiftedBy(mandate, 'customer_present_success')) return true;
  // A saved card was used as it was saved: that says nothing new about its data.
  const typed = attempt.saves ? attempt.cardId !== undefined : attempt.paymentMethodId === undefined;
  if (!isLiftedBy(mandate, 'payment_method_update') || !typed) return false;
  if (attempt.saves) return true;
  const method = await findPaymentMethod(context.database, context.tenant.id, mandate.paymentMethodId);
  return method?.card.expMonth === attempt.card?.expMonth && method?.card.expYear === attempt.card?.expYear;
}

/** The mandates of a method with new data go on; also blocked ones, when the number is another. */
async function liftForNewData(
  context: Context,
  changes: Changes,
  { renewed, except, but }: { renewed: Renewed; except: readonly (string | undefined)[]; but?: string | undefined },
): Promise<void> {
  const { method, renumbered } = renewed;
  const of = { customerId: method.customerId, paymentMethodId: method.id };
  const mandates = await mandatesOfMethod(context.database, context.tenant.id, of);
  const freed = mandates.filter(
    (mandate) =>
      !except.includes(mandate.id) &&
      mandate.status === 'active' &&
      (isLiftedBy(mandate, 'payment_method_update') || (renumbered && mandate.chargeHold !== undefined)),
  );
  await liftHolds(context, changes, { mandates: freed, but });
}
