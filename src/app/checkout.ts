/** The payer's side of a session, as the hosted page asks for it: see {@link CheckoutDoor} for the promises. */
import { isOpen } from '../domain/attempt.ts';
import { KEPT_FOR_MS } from '../domain/checkout.ts';
import { removePaymentMethod } from '../domain/customer.ts';
import { isRejection, Rejected } from '../domain/errors.ts';
import { extendSession } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import { plus, SECOND } from '../lib/time.ts';
import { Stale } from '../store/database.ts';
import { dropForm, findForm, saveForm } from '../store/kept.ts';
import { Changes } from './apply.ts';
import type { CheckoutDoor, KeptForm } from './checkout-door.ts';
import { type CheckoutFacts, loadCheckout, openAttempt, versionOf, viewOf } from './checkout-facts.ts';
import { inHand, payOnPage } from './checkout-pay.ts';
import type { App } from './context.ts';
import { forgetKept, keepCard } from './kept.ts';
import { cancelPaymentSession } from './sessions.ts';
import { askAbout, leaveAction } from './settle.ts';
import type { Identities } from './tenants.ts';

const CHECK_EVERY_MS = 5 * SECOND;
/** Another process may have written the change: then nobody taps us, and we look. */
const LOOK_EVERY_MS = SECOND;

/** Opens the door that `web/` knocks on. */
export function createCheckoutDoor(app: App, identities: Identities): CheckoutDoor {
  const lastChecks = new Map<string, number>();
  const load = (checkoutId: string, browser?: string) => loadCheckout(app, identities, { checkoutId, browser });
  const place = (facts: CheckoutFacts, browser: string) => ({
    tenantId: facts.session.tenantId,
    sessionId: facts.session.id,
    browser,
  });

  /** Asks the processor and forgets what the page kept once the session has its end. */
  async function ask(facts: CheckoutFacts, attemptId: string): Promise<void> {
    const now = await askAbout(facts.context, attemptId);
    if (now !== undefined && now.session.status !== 'active') await forgetKept(facts.context, facts.session.id);
  }

  return {
    async view(checkoutId, browser) {
      const facts = await load(checkoutId, browser);
      return facts && viewOf(facts);
    },
    async pay(checkoutId, order) {
      const facts = await load(checkoutId, order.browser);
      if (facts === undefined) return { kind: 'see_page' };
      return payOnPage(facts, order, async () =>
        must(await load(checkoutId, order.browser), 'a page that was there a moment ago'),
      );
    },
    async cancel(checkoutId) {
      const facts = await load(checkoutId);
      if (facts === undefined) return;
      try {
        await cancelPaymentSession(facts.context, facts.session.id, 'payer');
        await forgetKept(facts.context, facts.session.id);
      } catch (error) {
        // An open attempt or another end: the page shows it.
        if (!(error instanceof Rejected)) throw error;
      }
    },
    async leave(checkoutId) {
      const facts = await load(checkoutId);
      const open = facts && openAttempt(facts);
      if (facts !== undefined && open !== undefined) await leaveAction(facts.context, open.id);
    },
    async check(checkoutId) {
      const facts = await load(checkoutId);
      const open = facts && openAttempt(facts);
      if (facts === undefined || open === undefined) return;
      const { at } = facts.context;
      if (at - (lastChecks.get(open.id) ?? 0) < CHECK_EVERY_MS) return;
      if (lastChecks.size > 10_000) lastChecks.clear();
      lastChecks.set(open.id, at);
      await ask(facts, open.id);
    },
    async moreTime(checkoutId) {
      const facts = await load(checkoutId);
      if (facts === undefined) return;
      const verdict = extendSession(facts.session, facts.context.at);
      if (isRejection(verdict)) return;
      await unlessStale(() => new Changes(facts.context).session(verdict).commit());
    },
    async removeSavedMethod(checkoutId, paymentMethodId) {
      const facts = await load(checkoutId);
      const method = facts?.methods.find((one) => one.id === paymentMethodId);
      if (facts === undefined || method === undefined || facts.bound.has(method.id)) return;
      const removed = await unlessStale(() =>
        new Changes(facts.context).paymentMethod(removePaymentMethod(method, facts.context.at)).commit(),
      );
      if (removed) await facts.context.vault.shred(facts.session.tenantId, [method.cardId]);
    },
    async returned(checkoutId, attemptId) {
      const facts = await load(checkoutId);
      const attempt = facts?.attempts.find((one) => one.id === attemptId);
      if (facts === undefined || attempt === undefined) return false;
      if (isOpen(attempt)) await ask(facts, attempt.id);
      return true;
    },
    async waitForChange(checkoutId, wait) {
      const facts = await load(checkoutId);
      if (facts === undefined || versionOf(facts) > wait.version) return facts && versionOf(facts);
      return waitForVersion(app, { load: () => load(checkoutId), topic: `session:${facts.session.id}`, wait });
    },
    async keepTypedCard(checkoutId, browser, card) {
      const facts = await load(checkoutId);
      if (facts === undefined || facts.session.status !== 'active') return;
      const askExpiry = card.expMonth === undefined || card.expYear === undefined;
      const hand = await inHand(facts.context, {
        number: card.number,
        expMonth: card.expMonth ?? 1,
        expYear: card.expYear ?? 2000,
      });
      await keepCard(facts.context, { sessionId: facts.session.id, browser }, { card: hand, askExpiry });
    },
    async keepForm(checkoutId, browser, form) {
      const facts = await load(checkoutId);
      if (facts === undefined) return;
      await app.database.transaction((tx) =>
        saveForm(tx, place(facts, browser), { form, expiresAt: plus(facts.context.at, KEPT_FOR_MS) }),
      );
    },
    async keptForm(checkoutId, browser) {
      const facts = await load(checkoutId);
      return facts && ((await findForm(app.database, place(facts, browser), facts.context.at)) as KeptForm | undefined);
    },
    async dropForm(checkoutId, browser) {
      const facts = await load(checkoutId);
      if (facts !== undefined) await app.database.transaction((tx) => dropForm(tx, place(facts, browser)));
    },
  };
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
