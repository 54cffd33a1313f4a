/** The payer's side of a session, as the hosted page asks for it: see {@link CheckoutDoor} for the promises. */
import { isOpen } from '../domain/attempt.ts';
import { KEPT_FOR_MS } from '../domain/checkout.ts';
import { removePaymentMethod } from '../domain/customer.ts';
import { isRejection, Rejected } from '../domain/errors.ts';
import { extendSession } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import { plus, SECOND } from '../lib/time.ts';
import { Stale } from '../store/database.ts';
import { dropForm, saveForm } from '../store/kept.ts';
import { Changes } from './apply.ts';
import { askAbout, leaveAction } from './asking.ts';
import type { CheckoutDoor, CheckoutView, KeptForm, PayOrder, PayResult } from './checkout-door.ts';
import { type CheckoutFacts, loadCheckout, mayHaveMoreTime, openAttempt, versionOf, viewOf } from './checkout-facts.ts';
import { inHand } from './checkout-means.ts';
import { payOnPage } from './checkout-pay.ts';
import { clientTokenHolds } from './client-token.ts';
import type { App } from './context.ts';
import { isStepInFlight } from './in-flight.ts';
import { forgetKept, keepCard } from './kept.ts';
import { cancelPaymentSession } from './sessions.ts';
import type { Identities } from './tenants.ts';

const CHECK_EVERY_MS = 5 * SECOND;
/** Another process may have written the change: then nobody taps us, and we look. */
const LOOK_EVERY_MS = SECOND;

/** Opens the door that `web/` knocks on. */
export function createCheckoutDoor(app: App, identities: Identities): CheckoutDoor {
  return new Door(app, identities);
}

class Door implements CheckoutDoor {
  readonly #app: App;
  readonly #identities: Identities;
  readonly #lastChecks = new Map<string, number>();
  /** The facts behind each view given out: a payment decided on them need not read them again, versions tell if they aged. */
  readonly #seen = new WeakMap<CheckoutView, CheckoutFacts>();

  constructor(app: App, identities: Identities) {
    this.#app = app;
    this.#identities = identities;
  }

  async view(checkoutId: string, browser?: string) {
    const facts = await this.#load(checkoutId, browser);
    return facts && this.#show(facts);
  }

  async pay(checkoutId: string, order: PayOrder, seen?: CheckoutView): Promise<PayResult> {
    const facts = (seen && this.#seen.get(seen)) ?? (await this.#load(checkoutId, order.browser));
    if (facts === undefined) return { kind: 'see_page' };
    const reload = async () => must(await this.#load(checkoutId, order.browser), 'a page that was there a moment ago');
    const paid = await payOnPage(facts, order, reload);
    if (paid.kind === 'sent') return { kind: 'see_page', after: this.#show(paid.after) };
    if (paid.kind !== 'closed' && paid.kind !== 'braked') return paid;
    const { closed, cardsClosedUntil } = paid.after.form as KeptForm;
    if (paid.kind === 'braked')
      return {
        kind: 'braked',
        cardsClosedUntil: must(cardsClosedUntil, 'until when cards are closed'),
        after: this.#show(paid.after),
      };
    return { kind: 'closed', card: must(closed, 'the card that was refused'), after: this.#show(paid.after) };
  }

  async cancel(checkoutId: string) {
    const facts = await this.#load(checkoutId);
    if (facts === undefined) return;
    try {
      await cancelPaymentSession(facts.context, facts.session.id, 'payer');
    } catch (error) {
      // An open attempt or another end: the page shows it.
      if (!(error instanceof Rejected)) throw error;
    }
  }

  async leave(checkoutId: string) {
    const facts = await this.#load(checkoutId);
    const open = facts && openAttempt(facts);
    if (facts !== undefined && open !== undefined) await leaveAction(facts.context, open.id);
  }

  async check(checkoutId: string) {
    const facts = await this.#load(checkoutId);
    const open = facts && openAttempt(facts);
    if (facts === undefined || open === undefined) return;
    const { at } = facts.context;
    if (at - (this.#lastChecks.get(open.id) ?? 0) < CHECK_EVERY_MS) return;
    if (this.#lastChecks.size > 10_000) this.#lastChecks.clear();
    this.#lastChecks.set(open.id, at);
    await ask(facts, open.id);
  }

  async moreTime(checkoutId: string) {
    const facts = await this.#load(checkoutId);
    if (facts === undefined || !mayHaveMoreTime(facts)) return;
    const verdict = extendSession(facts.session, facts.context.at);
    if (verdict === undefined || isRejection(verdict)) return;
    await unlessStale(() => new Changes(facts.context).session(verdict).commit());
  }

  async removeSavedMethod(checkoutId: string, paymentMethodId: string) {
    const facts = await this.#load(checkoutId);
    const method = [...(facts?.methods ?? []), facts?.used].find((one) => one?.id === paymentMethodId);
    if (facts === undefined || method === undefined || method.bound || method.status !== 'active') return;
    const { context } = facts;
    const { bound: _, ...saved } = method;
    const removed = await unlessStale(() =>
      new Changes(context).paymentMethod(removePaymentMethod(saved, context.at)).commit(),
    );
    if (removed && method.cardId !== undefined) await context.vault.shred(facts.session.tenantId, [method.cardId]);
  }

  async returned(checkoutId: string, attemptId: string) {
    const facts = await this.#load(checkoutId);
    const attempt = facts?.attempts.find((one) => one.id === attemptId);
    if (facts === undefined || attempt === undefined) return false;
    if (isOpen(attempt)) await ask(facts, attempt.id);
    return true;
  }

  async waitForChange(checkoutId: string, wait: Waiting['wait']) {
    const facts = await this.#load(checkoutId);
    if (facts === undefined || versionOf(facts) > wait.version) return facts && versionOf(facts);
    return waitForVersion(this.#app, {
      load: () => this.#load(checkoutId),
      topic: `session:${facts.session.id}`,
      wait,
    });
  }

  async keepTypedCard(
    checkoutId: string,
    browser: string,
    card: { number: string; expMonth?: number; expYear?: number },
  ) {
    const facts = await this.#load(checkoutId);
    if (facts === undefined || facts.session.status !== 'active') return;
    const askExpiry = card.expMonth === undefined || card.expYear === undefined;
    const hand = await inHand(facts.context, {
      number: card.number,
      expMonth: card.expMonth ?? 1,
      expYear: card.expYear ?? 2000,
    });
    await keepCard(facts.context, { sessionId: facts.session.id, browser }, { card: hand, askExpiry });
  }

  clientTokenHolds(view: CheckoutView, token: string) {
    const facts = must(this.#seen.get(view), 'the facts of a view');
    return clientTokenHolds(facts.context, facts.session, token);
  }

  async keepForm(checkoutId: string, browser: string, form: KeptForm) {
    const facts = await this.#load(checkoutId);
    if (facts === undefined) return;
    const kept = { form, expiresAt: plus(facts.context.at, KEPT_FOR_MS) };
    await this.#app.database.transaction((tx) => saveForm(tx, place(facts, browser), kept));
  }

  async dropForm(checkoutId: string, browser: string) {
    const facts = await this.#load(checkoutId);
    if (facts !== undefined) await this.#app.database.transaction((tx) => dropForm(tx, place(facts, browser)));
  }

  #load(checkoutId: string, browser?: string) {
    return loadCheckout(this.#app, this.#identities, { checkoutId, browser });
  }

  #show(facts: CheckoutFacts): CheckoutView {
    const view = viewOf(facts);
    this.#seen.set(view, facts);
    return view;
  }
}

function place(facts: CheckoutFacts, browser: string) {
  return { tenantId: facts.session.tenantId, sessionId: facts.session.id, browser };
}

/** Asks the processor and forgets what the page kept once the session has its end. */
async function ask(facts: CheckoutFacts, attemptId: string): Promise<void> {
  const now = await askAbout(facts.context, attemptId);
  if (now !== undefined && !isStepInFlight(now) && now.session.status !== 'active')
    await forgetKept(facts.context, facts.session.id);
}

interface Waiting {
  load(): Promise<CheckoutFacts | undefined>;
  topic: `session:${string}`;
  wait: { version: number; waitMs: number; signal?: AbortSignal };
}

/** Looks at every tap and every second, until the version has grown or the time is over. */
function waitForVersion(app: App, { load, topic, wait }: Waiting): Promise<number | undefined> {
  const { clock, log } = app.system;
  return new Promise((resolve) => {
    let tick = () => {};
    let done = false;
    const finish = (version: number | undefined): void => {
      if (done) return;
      done = true;
      tick();
      end();
      deaf();
      wait.signal?.removeEventListener('abort', leave);
      resolve(version);
    };
    const leave = (): void => finish(wait.version);
    const look = (): void => {
      load().then(
        (facts) => {
          if (facts === undefined || versionOf(facts) > wait.version) finish(facts && versionOf(facts));
        },
        (error: unknown) => {
          log.warn({ err: error }, 'a waiting page could not be looked at');
          leave();
        },
      );
    };
    const every = (): void => {
      if (done) return;
      look();
      tick = clock.timer(LOOK_EVERY_MS, every);
    };
    const deaf = app.nudge.listen(topic, look);
    const end = clock.timer(wait.waitMs, leave);
    tick = clock.timer(LOOK_EVERY_MS, every);
    wait.signal?.addEventListener('abort', leave);
  });
}

async function unlessStale(write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof Stale) return false;
    throw error;
  }
}
