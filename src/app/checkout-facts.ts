/** Everything a checkout page is decided on, read once; and the one situation that it adds up to. */
import { type Attempt, isOpen } from '../domain/attempt.ts';
import type { BrandView } from '../domain/branding.ts';
import type { DeclineClassOnPage } from '../domain/checkout.ts';
import type { CheckoutSettings } from '../domain/checkout-settings.ts';
import { declineSpec, isDeclineCode } from '../domain/decline.ts';
import { embeddedModeOf, framersOf } from '../domain/embedding.ts';
import type { NextAction } from '../domain/next-action.ts';
import type { CardDetails, Payment } from '../domain/payment.ts';
import { isOtherMethod, mayLeave } from '../domain/payment-methods.ts';
import { isPast, mayExtend, type Session } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import type { Timestamp } from '../lib/time.ts';
import { type CheckoutRecord, findCheckout } from '../store/checkout.ts';
import type {
  CardView,
  CheckoutView,
  ClosedCard,
  KeptForm,
  LeftOutMethodView,
  MerchantView,
  OfferedMethodView,
  Situation,
  UsedCardView,
} from './checkout-door.ts';
import { loadReplaced, mandateViewOf, type ReplacedMandate } from './checkout-mandate.ts';
import { type App, type Context, contextFor } from './context.ts';
import { choicesOf, methodsOfSession } from './offered-methods.ts';
import type { Identities } from './tenants.ts';

export interface CheckoutFacts extends CheckoutRecord {
  context: Context;
  brand: BrandView;
  /** Of a session that puts another card on a mandate. */
  replaced?: ReplacedMandate;
}

const CHECKOUT_ID = /^ckt_[0-9A-Za-z]{24}$/;

/** Reads what stands behind a page; undefined for an unknown or malformed id. Changes nothing. */
export async function loadCheckout(
  app: App,
  identities: Identities,
  page: { checkoutId: string; browser?: string | undefined },
): Promise<CheckoutFacts | undefined> {
  if (!CHECKOUT_ID.test(page.checkoutId)) return undefined;
  const { checkoutId, browser } = page;
  const record = await findCheckout(app.database, { checkoutId, browser, at: app.system.clock.now() });
  if (record === undefined) return undefined;
  const { tenantId } = record.session;
  const [tenant, brand] = await Promise.all([identities.tenant(tenantId), identities.brandings.of(tenantId)]);
  const context = contextFor(app, must(tenant, 'the tenant of a session'));
  const replaced = await loadReplaced(context, record.session);
  return { ...record, context, brand, ...(replaced === undefined ? {} : { replaced }) };
}

/** How the tenant's pages behave now. */
export function settingsOf({ context }: Pick<CheckoutFacts, 'context'>): CheckoutSettings {
  return context.tenant.checkoutSettings;
}

export function openAttempt(facts: CheckoutFacts): Attempt | undefined {
  return facts.attempts.find(isOpen);
}

/** What this session offers now, and why it leaves out the rest. */
export function offersOf(facts: CheckoutFacts): ReturnType<typeof methodsOfSession> {
  const { context, session, attempts } = facts;
  return methodsOfSession(context, session, { attempts, settings: settingsOf(facts) });
}

/** The same as the page needs it. */
function methodViews(facts: CheckoutFacts) {
  const { offered, leftOut } = offersOf(facts);
  const methods: OfferedMethodView[] = [];
  for (const { type, down } of offered) {
    if (!isOtherMethod(type)) continue;
    const choices = choicesOf(facts.context, type);
    methods.push({ type, down, ...(choices.length === 0 ? {} : { choices }) });
  }
  const left: LeftOutMethodView[] = leftOut.map(({ type, reasons }) => ({ type, reason: reasons[0] as string }));
  return { cardsOffered: offered.some(({ type }) => type === 'card'), methods, leftOut: left };
}

/** Grows with every change of session, payment or attempt. */
export function versionOf(facts: CheckoutFacts): number {
  return facts.attempts.reduce(
    (sum, attempt) => sum + attempt.version,
    facts.session.version + (facts.payment?.version ?? 0),
  );
}

/** The facts as a page may show them. */
export function viewOf(facts: CheckoutFacts): CheckoutView {
  const { context, session, kept } = facts;
  const { tenant, at } = context;
  const settings = settingsOf(facts);
  const closed = (facts.form as KeptForm | undefined)?.closed;
  const mandate = mandateViewOf(facts);
  const views = methodViews(facts);
  const nothingFits = !views.cardsOffered && views.methods.length === 0;
  return {
    checkoutId: must(session.checkoutId, 'the page of a session'),
    sessionId: session.id,
    version: versionOf(facts),
    mode: tenant.mode,
    now: at,
    type: session.type === 'first_in_series' ? 'first_in_series' : 'one_time',
    money: { amountMinor: session.amountMinor, currency: session.currency },
    ...(session.description === undefined ? {} : { description: session.description }),
    merchant: merchantView(facts),
    captureMethod: session.options.captureMethod,
    saving: session.type === 'first_in_series' ? 'mandate' : session.options.savePaymentMethod,
    ...(mandate === undefined ? {} : { mandate }),
    ...(session.options.locale === undefined ? {} : { locale: session.options.locale }),
    expiresAt: must(session.expiresAt, 'the end of a page'),
    moreTimeAllowed: mayHaveMoreTime(facts),
    ...(session.timeExtensions > 0 ? { moreTimeGiven: true as const } : {}),
    ...views,
    brand: facts.brand,
    // Who is known by email is not asked for it.
    settings: facts.emailKnown ? { ...settings, collectEmail: 'off' } : settings,
    savedMethods: facts.methods.map((method) => ({
      id: method.id,
      ...cardView(method.card),
      expired: isCardExpired(method.card, at),
      removable: !method.bound,
      closed: !isCardAllowed(facts, method.fingerprint) || closed?.paymentMethodId === method.id,
    })),
    ...(facts.used === undefined ? {} : { usedCard: usedCardView(facts.used) }),
    ...(kept !== undefined && isCardAllowed(facts, kept.fingerprint) && closed === undefined
      ? { keptCard: { ...cardView(kept.card), askExpiry: kept.askExpiry } }
      : {}),
    ...(session.returnUrl === undefined ? {} : { returnUrl: session.returnUrl }),
    ...embeddingOf(facts),
    // What is under way goes on, whatever would be offered now.
    ...(nothingFits && session.status === 'active' && openAttempt(facts) === undefined
      ? { unavailable: 'no_method' as const }
      : {}),
    ...(facts.form === undefined ? {} : { form: facts.form as KeptForm }),
    situation: shownSituation(facts),
  };
}

function embeddingOf({ session, context }: CheckoutFacts): Pick<CheckoutView, 'embedding'> {
  const mode = embeddedModeOf(session);
  const { checkoutSettings, mode: tenantMode } = context.tenant;
  return mode === undefined ? {} : { embedding: { mode, framers: framersOf(checkoutSettings, tenantMode) } };
}

/** What a payer is told of the merchant. */
function merchantView({ brand, context }: CheckoutFacts): MerchantView {
  const { displayName, legalName, support, statementName } = brand.set;
  const name = context.tenant.accountName;
  return {
    displayName: displayName ?? name,
    legalName: legalName ?? name,
    ...(support === undefined ? {} : { support }),
    ...(statementName === undefined ? {} : { statementName }),
  };
}

/** Whether the payer may have the page open for longer. */
export function mayHaveMoreTime(facts: CheckoutFacts): boolean {
  return settingsOf(facts).moreTime && mayExtend(facts.session);
}

/** The situation, and what this browser's last press was refused for. */
function shownSituation(facts: CheckoutFacts): Situation {
  const { closed, cardsClosedUntil } = (facts.form ?? {}) as Partial<KeptForm>;
  if (closed !== undefined) return withClosedCard(facts, closed);
  const situation = situationOf(facts);
  const { at } = facts.context;
  if (cardsClosedUntil === undefined || cardsClosedUntil <= at) return situation;
  return situation.kind === 'open' || situation.kind === 'declined'
    ? { kind: 'too_many_tries', at, here: true }
    : situation;
}

/** A card that was refused unsent shows like a decline that closes it, while a form is shown at all. */
function withClosedCard(facts: CheckoutFacts, { card, byTries }: ClosedCard): Situation {
  const situation = situationOf(facts);
  if (situation.kind !== 'open' && situation.kind !== 'declined') return situation;
  const itsClass = shownClass('not_allowed', settingsOf(facts));
  const { at } = facts.context;
  const why = byTries ? { byTries } : {};
  return { kind: 'declined', class: itsClass, card, sameCardAllowed: false, nothingCharged: true, at, ...why };
}

export function situationOf(facts: CheckoutFacts): Situation {
  const { session, payment } = facts;
  const { at } = facts.context;
  if (session.status === 'completed') return completed(session, must(payment, 'the payment of a completed session'));
  if (session.status === 'cancelled')
    return { kind: 'cancelled', by: session.cancelledBy ?? 'merchant', at: session.endedAt ?? at };
  const open = openAttempt(facts);
  if (session.status === 'expired' || (open === undefined && isPast(session, at))) {
    return {
      kind: 'expired',
      at: session.endedAt ?? session.expiresAt ?? at,
      lastTryDeclined: facts.attempts.length > 0,
      nothingCharged: facts.attempts.every(isProvenUncharged),
    };
  }
  if (open !== undefined) return inFlight(open, at);
  const last = facts.attempts.at(-1);
  if (countedFailures(facts.attempts).length >= settingsOf(facts).limits.attempts)
    return { kind: 'too_many_tries', at: last?.settledAt ?? at };
  if (last === undefined) return { kind: 'open' };
  const itsClass = shownClass(pageClass(last), settingsOf(facts));
  return {
    kind: 'declined',
    class: itsClass,
    ...(last.card === undefined ? {} : { card: cardView(last.card) }),
    ...(last.method === undefined ? {} : { method: last.method }),
    sameCardAllowed:
      !CLOSING_CLASSES.has(itsClass) && (last.method !== undefined || isCardAllowed(facts, last.cardFingerprint)),
    nothingCharged: isProvenUncharged(last),
    at: last.settledAt ?? at,
  };
}

function completed(session: Session, payment: Payment): Situation {
  const outcome =
    session.paymentOutcome === 'payment_method_verified'
      ? 'verified'
      : session.paymentOutcome === 'reserved'
        ? 'reserved'
        : 'paid';
  return {
    kind: 'completed',
    outcome,
    at: must(session.endedAt, 'the end of a completed session'),
    ...(payment.card === undefined ? {} : { card: cardView(payment.card) }),
    ...(payment.method === undefined ? {} : { method: payment.method }),
    reference: payment.reconciliationReference,
    ...(payment.refundedMinor === 0 ? {} : { refundedMinor: payment.refundedMinor }),
    ...(payment.authorisationExpiresAt === undefined ? {} : { reservedUntil: payment.authorisationExpiresAt }),
  };
}

function inFlight(attempt: Attempt, at: Timestamp): Situation {
  const { id: attemptId, sentAt: since, nextAction } = attempt;
  switch (attempt.status) {
    case 'sent':
      return { kind: 'processing', attemptId, since };
    case 'pending': {
      const { actionExpiresAt: expectBy } = attempt;
      return { kind: 'on_its_way', attemptId, since, ...(expectBy === undefined ? {} : { expectBy }) };
    }
    case 'action_required': {
      const expiresAt = attempt.actionExpiresAt ?? at;
      if (attempt.leaving || nextAction === undefined || expiresAt <= at) return { kind: 'unknown', attemptId, since };
      return actionOf(attempt, { action: nextAction, expiresAt });
    }
    default:
      return { kind: 'unknown', attemptId, since };
  }
}

/** What the payer has to do. The bank's question about a card has a situation of its own. */
function actionOf(
  { id: attemptId, sentAt: since, method }: Attempt,
  { action, expiresAt }: { action: NextAction; expiresAt: Timestamp },
): Situation {
  if (action.type !== 'three_ds') {
    const leave = mayLeave(method?.type ?? 'card');
    return { kind: 'action', attemptId, since, action, ...(method && { method }), expiresAt, mayLeave: leave };
  }
  const { acsUrl, creq, methodUrl } = action;
  return { kind: 'three_ds', attemptId, acsUrl, creq, ...(methodUrl === undefined ? {} : { methodUrl }), expiresAt };
}

/** Classes after which the page does not offer the same card again. */
const CLOSING_CLASSES: ReadonlySet<DeclineClassOnPage> = new Set(['expired', 'not_allowed', 'method_down']);

/** Failures that count against the limits, of cards alone: a bank that did not answer and an attempt never sent do not. */
export function countedFailures(attempts: readonly Attempt[]): Attempt[] {
  return attempts.filter((attempt) => {
    if (attempt.status !== 'declined' || attempt.decline?.stage === 'not_sent' || attempt.method !== undefined)
      return false;
    const itsClass = pageClass(attempt);
    return itsClass !== 'busy' && itsClass !== 'method_down';
  });
}

/** False once this card failed too often here, or failed in a way that forbids another try. */
export function isCardAllowed(
  facts: Pick<CheckoutFacts, 'attempts' | 'context'>,
  fingerprint: string | undefined,
): boolean {
  const { limits } = settingsOf(facts);
  const failures = countedFailures(facts.attempts).filter((attempt) => attempt.cardFingerprint === fingerprint);
  const wrongCodes = failures.filter((attempt) => pageClass(attempt) === 'security_code');
  if (failures.length >= limits.perCard || wrongCodes.length >= limits.securityCodes) return false;
  return failures.every((attempt) => !attempt.decline?.final);
}

/** Reasons that a thief with a list of cards could learn from. */
const TELLING_CLASSES: ReadonlySet<DeclineClassOnPage> = new Set([
  'details',
  'security_code',
  'expired',
  'funds',
  'limit',
  'not_allowed',
  'authentication',
]);

/** The row that the page shows, with all that follows from it: with `minimal` a telling one reads as the bank's plain no. */
export function shownClass(itsClass: DeclineClassOnPage, { declineDetail }: CheckoutSettings): DeclineClassOnPage {
  return declineDetail === 'minimal' && TELLING_CLASSES.has(itsClass) ? 'bank' : itsClass;
}

/** The row of the page's table for a decline. */
export function pageClass(attempt: Attempt): DeclineClassOnPage {
  const code = attempt.decline?.code ?? '';
  if (!isDeclineCode(code)) return 'bank';
  // Beyond cards a PIN is what the security code is on them.
  if (attempt.method !== undefined && code === 'incorrect_pin') return 'security_code';
  const key = declineSpec(code).customerTextKey.slice('decline.'.length);
  return key === 'other_card' ? 'not_allowed' : (key as DeclineClassOnPage);
}

/**
 * Settled as declined is a proof: by the issuer, or by a closed key. Except where an approval was only not given in time: banks, wallets
 * and tills may still let the payer give it, and a request on a phone cannot be called back.
 */
export function isProvenUncharged({ method, decline }: Attempt): boolean {
  return !(method !== undefined && decline?.code === 'approval_timeout' && decline.reason === 'action_expired');
}

function usedCardView({ id, card, status, bound }: NonNullable<CheckoutFacts['used']>): UsedCardView {
  return { id, ...cardView(card), state: status !== 'active' ? 'removed' : bound ? 'in_use' : 'saved' };
}

export function cardView(card: CardDetails): CardView {
  return { scheme: card.scheme, last4: card.last4, expMonth: card.expMonth, expYear: card.expYear };
}

/** A card is good until its month has ended everywhere on earth, twelve hours after UTC. */
export function isCardExpired(card: { expMonth: number; expYear: number }, at: Timestamp): boolean {
  return at >= Date.UTC(card.expYear, card.expMonth, 1, 12);
}
