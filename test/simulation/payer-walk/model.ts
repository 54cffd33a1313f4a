/** What must hold after each step of a payer's walk: the money, the screen against the API, the keys, and what was typed. */
import type { TestApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';
import type { Page } from '../../support/payer.ts';
import { attemptKeyOf, type Session, type Typed, typedValue } from './payer.ts';

/** Which screens tell the truth about a session as the API shows it. */
const SCREENS: Record<string, readonly string[]> = {
  'active not_started': ['choose', 'too_many_tries'],
  'active unpaid': ['choose', 'declined', 'declined_other', 'too_many_tries'],
  'active pending': [
    ...['processing', 'checking', 'three_ds', 'on_its_way'],
    ...['redirect', 'qr_code', 'await_approval', 'voucher', 'bank_transfer'],
  ],
  'completed paid': ['paid'],
  'expired unpaid': ['expired'],
  'expired not_started': ['expired'],
  'cancelled unpaid': ['cancelled'],
  'cancelled not_started': ['cancelled'],
};

export class WalkModel {
  readonly #app: TestApp;
  readonly #session: Session;
  /** Attempt keys of all renderings so far. */
  readonly #keys = new Set<string>();
  readonly #seen = new WeakSet<Page>();

  constructor(app: TestApp, session: Session) {
    this.#app = app;
    this.#session = session;
  }

  /** A page that a tab shows: its key is new, unless it is a page shown before. Answers what is broken. */
  shown(page: Page): string[] {
    if (this.#seen.has(page)) return [];
    this.#seen.add(page);
    const broken = page.status >= 500 ? [`a page answered ${page.status}`] : [];
    const key = attemptKeyOf(page);
    if (key === undefined) return broken;
    if (this.#keys.has(key)) broken.push(`the key ${key} was given out twice`);
    this.#keys.add(key);
    return broken;
  }

  /** A press answered with a form again: what was typed, less number and code, stands in it. */
  keptTyped(page: Page, typed: Typed): string[] {
    if (!['choose', 'declined'].includes(page.state)) return [];
    return Object.entries(typed).flatMap(([name, value]) => {
      const stands = typedValue(page, name);
      if (name === 'payment_method' || stands === undefined) return [];
      const secret = name === 'card_number' || name === 'card_cvc';
      if (secret) return stands === '' ? [] : [`${name} stands in the page`];
      return stands === value ? [] : [`${name} was ${value} and is ${stands || 'empty'}`];
    });
  }

  /** The session, its page, its book and its attempts agree, and at most one charge stands. */
  async agrees(settled = false): Promise<{ broken: string[]; state: string; session: Json }> {
    const fresh = await this.#app.payer.another().open(this.#session);
    const session = await this.#app.merchant.session(this.#session.id);
    const status = await fetch(`${this.#app.url}/checkout/${this.#session.checkout_session_id}/status`);
    const polled = (await status.json()) as { state: string };
    const broken = this.shown(fresh);
    const ended = session.status === 'active' && Date.parse(session.expires_at) <= this.#app.clock.now();
    const told = `${session.status} ${session.payment_outcome}`;
    const truths = ended && session.payment_outcome !== 'pending' ? ['expired'] : SCREENS[told];
    if (!truths?.includes(fresh.state)) broken.push(`the API says ${told} and the page ${fresh.state}`);
    if (polled.state !== fresh.state) broken.push(`the poll says ${polled.state} and the page ${fresh.state}`);
    const charges = await this.#charges(session);
    const kept = charges.filter(({ reversed }) => !reversed);
    if (kept.length > 1) broken.push(`${kept.length} charges stand`);
    if (told === 'completed paid' && kept.length !== 1) broken.push(`paid, and ${kept.length} charges stand`);
    if (settled && told !== 'completed paid' && kept.length > 0) broken.push(`${told}, and a charge stands`);
    const main = /<main[\s\S]*<\/main>/.exec(fresh.html)?.[0] ?? '';
    if (main.includes('Nothing was charged') && kept.length > 0) broken.push('it says nothing was charged, and it was');
    broken.push(...(await this.#keysUsedTwice(session)));
    return { broken, state: fresh.state, session };
  }

  async #charges({ payment_id }: Json) {
    if (payment_id === undefined) return [];
    const { reconciliation_reference: reference } = await this.#app.merchant.payment(payment_id);
    const book = await this.#app.control.book();
    return book.filter((row) => row.reference === reference && row.kind === 'charge' && row.state === 'approved');
  }

  async #keysUsedTwice({ payment_id }: Json): Promise<string[]> {
    if (payment_id === undefined) return [];
    const rows = await this.#app.database.query<{ attempt_key: string | null }>(
      `select attempt_key from attempts where payment_id = '${payment_id}'`,
    );
    const keys = rows.map((row) => row.attempt_key);
    const broken = keys.filter((key, n) => key !== null && keys.indexOf(key) < n).map((key) => `${key} paid twice`);
    for (const key of keys) if (key !== null && !this.#keys.has(key)) broken.push(`${key} was never on a page`);
    return broken;
  }
}
