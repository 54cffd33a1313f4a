/** One press of Pay: at most one attempt, written before it is sent, whatever the number of presses, tabs and browsers. */
import { type Attempt, createAttempt } from '../domain/attempt.ts';
import type { WatchedCard } from '../domain/card-rules.ts';
import { accepted, Rejected } from '../domain/errors.ts';
import { agreementOf } from '../domain/mandate.ts';
import { createPayment, restartPayment } from '../domain/payment.ts';
import { isOtherMethod } from '../domain/payment-methods.ts';
import { isPast, startSessionAttempt } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import { MINUTE, plus, SECOND, type Timestamp } from '../lib/time.ts';
import type { ChargeOrder } from '../processors/processor.ts';
import { insertAttempt } from '../store/attempts.ts';
import { findWatchedCard } from '../store/cards.ts';
import { Stale, Taken } from '../store/database.ts';
import { Changes } from './apply.ts';
import { addCardTry, cardRulesAgainst } from './card-watch.ts';
import { reference } from './charge-intent.ts';
import {
  askBrakes,
  FIRST_PLACES,
  type Places,
  type Presser,
  presserOf,
  takePlaces,
  untilAnswered,
} from './checkout-brakes.ts';
import type { KeptForm, PayOrder, PayResult } from './checkout-door.ts';
import {
  type CheckoutFacts,
  cardView,
  countedFailures,
  isCardAllowed,
  openAttempt,
  pageClass,
  settingsOf,
} from './checkout-facts.ts';
import { type CardMeans, type Means, meansOf } from './checkout-means.ts';
import { type Context, contextFor } from './context.ts';
import type { ChargeInFlight } from './in-flight.ts';
import { forgetKept, keepCard, sealCard } from './kept.ts';
import { expireDueSession } from './sessions.ts';
import { sendAttempt } from './settle.ts';

/** A payer's POST is answered by then; the call goes on and the page follows it. */
const ANSWER_WITHIN_MS = 10 * SECOND;
const TRIES = 20;

/** What became of a press: as the door answers it, or the facts after an attempt that this press made or that a rule forbade. */
export type Paid =
  | Exclude<PayResult, { kind: 'closed' | 'braked' }>
  | { kind: 'sent'; after: CheckoutFacts }
  | { kind: 'closed'; after: CheckoutFacts }
  | { kind: 'braked'; after: CheckoutFacts };

/** Makes one attempt, or finds that none may be made. `reload` reads the facts anew when another writer was faster. */
export async function payOnPage(
  first: CheckoutFacts,
  order: PayOrder,
  reload: () => Promise<CheckoutFacts>,
): Promise<Paid> {
  let facts = first;
  const giveUpAt = plus(first.context.at, ANSWER_WITHIN_MS);
  for (let tries = 1; ; tries++) {
    if (
      facts.session.status === 'active' &&
      isPast(facts.session, facts.context.at) &&
      openAttempt(facts) === undefined
    ) {
      await expireDueSession(facts.context, facts.session.id);
    }
    if (!isPayable(facts, order)) return { kind: 'see_page' };
    const means = await meansOf(facts, order);
    if (means === undefined || (means.kind === 'card' && !isCardAllowed(facts, means.fingerprint))) {
      return { kind: 'refused', errors: [{ name: 'payment_method', key: 'payment_method.gone' }] };
    }
    // A card that no bank said no to, as nearly all, is not asked about: the commit proves that nobody watches it.
    const watched = tries === 1 || means.kind !== 'card' ? undefined : await watchedCard(facts, means);
    if (means.kind === 'card' && isForbidden(facts, means, watched))
      return { kind: 'closed', after: closed(facts, means) };
    const brakes = means.kind === 'card' ? await brakesFor(facts, order, { means, first: tries === 1 }) : undefined;
    if (brakes?.kind === 'wait' && facts.context.at < giveUpAt) {
      // Only the answers under way can tell whether there is room for one more.
      await untilAnswered(facts.context, brakes.presser);
      facts = await reload();
      tries = 1;
      continue;
    }
    if (brakes !== undefined && brakes.kind !== 'free') return refusedByBrake(facts, means as CardMeans, brakes);
    try {
      const now = await writeIntent(facts, order, { means, watched, brakes });
      return await sent(facts, order, { now, means });
    } catch (error) {
      // Another press, tab or the merchant was faster, or this key was used already: the fresh facts say what stands.
      if (!(error instanceof Stale || error instanceof Taken || error instanceof Rejected) || tries === TRIES)
        throw error;
      facts = await reload();
    }
  }
}

interface Braking {
  presser: Presser;
  places: Places;
}

/** What the brakes say to this press. A first press is not asked: the commit proves that the first places were free. */
async function brakesFor(
  { context }: CheckoutFacts,
  { payer }: PayOrder,
  { means, first }: { means: CardMeans; first: boolean },
) {
  const { fingerprint, saved } = means;
  const presser = await presserOf(context, { fingerprint, typed: saved === undefined, ip: payer.ip });
  if (first) return { kind: 'free', presser, places: FIRST_PLACES } as const;
  return { ...(await askBrakes(context, presser)), presser };
}

/** The page for a press that a brake refused: the card is closed, or all cards for whoever pays from this address. */
function refusedByBrake(
  facts: CheckoutFacts,
  means: CardMeans,
  brakes: { kind: 'wait' } | { kind: 'closed'; by: 'card' | 'address'; until: Timestamp },
): Paid {
  if (brakes.kind === 'closed' && brakes.by === 'card') return { kind: 'closed', after: closed(facts, means, 'tries') };
  const until = brakes.kind === 'closed' ? brakes.until : plus(facts.context.at, MINUTE);
  const form: KeptForm = { values: {}, errors: [], cardsClosedUntil: until };
  return { kind: 'braked', after: { ...facts, form } };
}

function watchedCard(
  { context, session }: CheckoutFacts,
  { fingerprint }: CardMeans,
): Promise<WatchedCard | undefined> {
  return findWatchedCard(context.database, { tenantId: session.tenantId, cardKey: fingerprint });
}

/** True when a rule of the network or of the house closes this card for this payment: nothing is sent then. */
function isForbidden({ context, session }: CheckoutFacts, means: CardMeans, watched: WatchedCard | undefined): boolean {
  const { amountMinor, currency, type } = session;
  const asked = { amountMinor, currency, initiator: 'customer', startsSeries: type === 'first_in_series' } as const;
  return cardRulesAgainst(context, watched, { ...asked, network: means.details.scheme }).length > 0;
}

/** The page after a card was refused unsent: as after a decline that closes it. */
function closed(facts: CheckoutFacts, { details, saved }: CardMeans, why?: 'tries'): CheckoutFacts {
  const id = saved === undefined ? {} : { paymentMethodId: saved.id };
  const byTries = why === 'tries' ? { byTries: true as const } : {};
  const form: KeptForm = { values: {}, errors: [], closed: { card: cardView(details), ...id, ...byTries } };
  return { ...facts, form };
}

function isPayable(facts: CheckoutFacts, order: PayOrder): boolean {
  const { session, attempts, context } = facts;
  if (session.status !== 'active' || isPast(session, context.at) || openAttempt(facts) !== undefined) return false;
  if (attempts.some((attempt) => attempt.attemptKey === order.attemptKey)) return false;
  // The merchant changed the amount while the payer was pressing: the page shows the new one first.
  if (session.amountMinor !== order.money.amountMinor || session.currency !== order.money.currency) return false;
  if (context.tenant.sealedCredentials === undefined) return false;
  // The limit closes cards; other ways to pay stay open.
  return isOtherMethod(order.instrument.type) || countedFailures(attempts).length < settingsOf(facts).limits.attempts;
}

/** Step 1 of the protocol: session, payment and attempt, committed before anything is sent. */
async function writeIntent(
  facts: CheckoutFacts,
  order: PayOrder,
  { means, watched, brakes }: { means: Means; watched: WatchedCard | undefined; brakes: Braking | undefined },
): Promise<ChargeInFlight> {
  const { context, session } = facts;
  const { at, system } = context;
  const saves = means.kind === 'card' && savesCard(facts, order, means);
  // Sealed before the attempt, so that a success found after a crash can still save the card.
  if (saves && means.typed !== undefined) means.typed.cardId ??= await sealCard(context, means.typed);
  const payment =
    facts.payment === undefined
      ? createPayment(newPayment(facts, means))
      : restartPayment(facts.payment, { amountMinor: session.amountMinor, ...paidWith(means) }, at);
  const started = accepted(startSessionAttempt(session, { paymentId: payment.next.id }, at));
  const id = system.ids.next('att');
  const attempt = createAttempt({
    tenantId: session.tenantId,
    id,
    sessionId: session.id,
    paymentId: payment.next.id,
    kind: session.amountMinor === 0 ? 'verify' : session.options.captureMethod === 'manual' ? 'authorise' : 'charge',
    amountMinor: session.amountMinor,
    currency: session.currency,
    requestKey: id,
    processor: context.tenant.processor,
    reference: payment.next.reconciliationReference,
    initiator: 'customer',
    attemptKey: order.attemptKey,
    ...(order.browser === undefined ? {} : { browser: order.browser }),
    ...paidWith(means),
    ...(means.kind === 'card' ? cardOf(means) : {}),
    saves,
    ...(saves && order.consent !== undefined ? { consent: order.consent } : {}),
    sentAt: at,
  });
  const changes = new Changes(context)
    .session(started)
    .payment(payment)
    .also((tx) => insertAttempt(tx, attempt));
  if (means.kind === 'card') addCardTry(changes, attempt, watched);
  if (brakes !== undefined) takePlaces(changes, attempt, brakes);
  await changes.commit();
  context.nudge.tap(`session:${session.id}`);
  const unwatched = watched === undefined ? ({ unwatched: true } as const) : {};
  return { attempt, payment: payment.next, session: started.next, ...unwatched };
}

/** Whether the success of this try saves the card, or begins a series with it. */
function savesCard({ session }: CheckoutFacts, order: PayOrder, { saved }: CardMeans): boolean {
  if (session.type === 'first_in_series') return true;
  return saved === undefined && session.options.savePaymentMethod !== 'never' && order.save;
}

/** What payment and attempt show of it. */
function paidWith(means: Means) {
  return means.kind === 'card' ? { card: means.details } : { method: means.method };
}

function cardOf({ typed, fingerprint, saved }: CardMeans) {
  return {
    cardFingerprint: fingerprint,
    ...(typed?.cardId === undefined ? {} : { cardId: typed.cardId }),
    ...(saved === undefined ? {} : { paymentMethodId: saved.id }),
  };
}

function newPayment(facts: CheckoutFacts, means: Means): Parameters<typeof createPayment>[0] {
  const { context, session } = facts;
  const id = context.system.ids.next('pay');
  return {
    tenantId: session.tenantId,
    id,
    sessionId: session.id,
    intent: session.amountMinor === 0 ? 'payment_method_verification' : 'payment',
    initiator: 'customer',
    captureMethod: session.options.captureMethod,
    amountMinor: session.amountMinor,
    currency: session.currency,
    ...(session.externalReference === undefined ? {} : { externalReference: session.externalReference }),
    ...(session.metadata === undefined ? {} : { metadata: session.metadata }),
    ...(session.customerId === undefined ? {} : { customerId: session.customerId }),
    ...paidWith(means),
    reconciliationReference: reference(id),
    createdAt: context.at,
  };
}

/** Steps 2 and 3, waited for up to ten seconds. */
async function sent(
  facts: CheckoutFacts,
  order: PayOrder,
  begun: { now: ChargeInFlight; means: Means },
): Promise<Paid> {
  const { context } = facts;
  const { now, means } = begun;
  const saved = means.kind === 'card' ? means.saved : undefined;
  const saving = now.attempt.saves && saved !== undefined ? { saving: { method: saved } } : {};
  const hadKept = facts.kept !== undefined;
  const work = sendAttempt(context, now, { order: chargeOrder(facts, order, begun), ...saving }).then(async (ended) => {
    await afterwards(context, order, { ended, means, hadKept });
    return ended;
  });
  let callOff = () => {};
  const late = new Promise<undefined>((resolve) => {
    callOff = context.system.clock.timer(ANSWER_WITHIN_MS, () => resolve(undefined));
  });
  const ended = await Promise.race([work, late]).finally(() => callOff());
  if (ended === undefined) {
    work.catch((error: unknown) =>
      context.system.log.error(
        { err: error, attempt: now.attempt.id },
        'recording an outcome failed; the worker will ask',
      ),
    );
  }
  const { attempt, payment, session } = ended ?? now;
  const { kept: _, form: __, ...rest } = facts;
  return {
    kind: 'sent',
    after: {
      ...rest,
      context: contextFor(context, context.tenant),
      session,
      payment,
      attempts: [...facts.attempts, attempt],
    },
  };
}

/** A card that may be tried again is kept for this browser; after the end nothing is. */
async function afterwards(
  context: Context,
  order: PayOrder,
  { ended, means, hadKept }: { ended: ChargeInFlight; means: Means; hadKept: boolean },
): Promise<void> {
  const { attempt, session } = ended;
  if (session.status !== 'active') {
    if (hadKept) await forgetKept(context, session.id);
    return;
  }
  // Where reasons are not told, what is kept and asked again must not tell them either.
  const silent = context.tenant.checkoutSettings.declineDetail === 'minimal';
  const mayReturn =
    attempt.status === 'action_required' ||
    (attempt.status === 'declined' && !attempt.decline?.final && (silent || pageClass(attempt) !== 'expired'));
  if (!mayReturn || means.kind !== 'card' || means.typed === undefined || order.browser === undefined) return;
  const askExpiry = attempt.status === 'declined' && (silent || pageClass(attempt) === 'details');
  await keepCard(context, { sessionId: session.id, browser: order.browser }, { card: means.typed, askExpiry });
}

function chargeOrder(
  facts: CheckoutFacts,
  order: PayOrder,
  { now, means }: { now: ChargeInFlight; means: Means },
): ChargeOrder {
  const { session, attempts, context } = facts;
  const { attempt } = now;
  const seriesOrEmpty = session.type === 'first_in_series' || session.amountMinor === 0;
  const askedBefore = attempts.some(
    (earlier: Attempt) => pageClass(earlier) === 'authentication' && earlier.status === 'declined',
  );
  const { mandate } = session.options;
  const use = session.type === 'first_in_series' ? (mandate ? agreementOf(mandate) : 'unscheduled') : 'card_on_file';
  return {
    money: { amountMinor: attempt.amountMinor, currency: attempt.currency },
    reference: attempt.reference,
    initiator: 'customer',
    instrument: means.instrument,
    returnUrl: `${context.checkoutUrl}/checkout/${must(session.checkoutId, 'the page of a session')}/return/${attempt.id}`,
    ...(attempt.saves ? { agreement: { use: 'initial', type: use } as const } : {}),
    authentication: seriesOrEmpty || askedBefore ? 'challenge' : 'auto',
    payer: order.payer,
  };
}
