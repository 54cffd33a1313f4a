/** A payer of a walk: a plain HTTP client with tabs, who may keep no cookies, and who knows what they typed. */

import type { TestApp } from '../../support/app.ts';
import { hiddenFields, type Page, type Payer } from '../../support/payer.ts';

export interface Typed {
  /** The choice: `card`, `kept_card`, or another way to pay. */
  payment_method: string;
  [field: string]: string;
}

export interface Tab {
  page: Page;
  /** Renderings this tab showed before: Back shows them again. */
  history: Page[];
}

export type Session = { id: string; checkout_session_id: string };

/** Every rendering has an attempt key of its own; a page without a form has none. */
export function attemptKeyOf(page: Page): string | undefined {
  return /name="attempt_key" value="([^"]+)"/.exec(page.html)?.[1];
}

/** The value of a text field, or of what is chosen. */
export function typedValue(page: Page, name: string): string | undefined {
  const input = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(page.html)?.[0];
  return input === undefined ? undefined : (/ value="([^"]*)"/.exec(input)?.[1] ?? '');
}

export class WalkingPayer {
  readonly #app: TestApp;
  readonly #session: Session;
  readonly #kept: Payer | undefined;
  readonly tabs: Tab[] = [];

  constructor(app: TestApp, session: Session, keepsCookies: boolean) {
    this.#app = app;
    this.#session = session;
    this.#kept = keepsCookies ? app.payer.another() : undefined;
  }

  get keepsCookies(): boolean {
    return this.#kept !== undefined;
  }

  /** Who asks: without cookies a new browser each time. */
  get #browser(): Payer {
    return this.#kept ?? this.#app.payer.another();
  }

  async openTab(): Promise<Tab> {
    const tab: Tab = { page: await this.#browser.open(this.#session), history: [] };
    this.tabs.push(tab);
    return tab;
  }

  async reload(tab: Tab): Promise<void> {
    this.#turn(tab, await this.#browser.open(this.#session));
  }

  /** The page this tab showed before, as the browser kept it. */
  back(tab: Tab): void {
    const before = tab.history.at(-1);
    if (before !== undefined) tab.page = before;
  }

  /** Presses Pay as often as said, at one moment, with what stands in the tab. */
  async pay(tab: Tab, typed: Typed, times = 1): Promise<void> {
    const fields = { ...hiddenFields(tab.page.html, 'pay'), ...typed };
    const pages = await Promise.all(
      Array.from({ length: times }, () => this.#browser.press(this.#session, 'pay', fields)),
    );
    this.#turn(tab, pages.at(-1) as Page);
  }

  /** The connection is cut after the press went out; the browser sends the same form again. */
  async payCut(tab: Tab, typed: Typed): Promise<void> {
    const fields = { ...hiddenFields(tab.page.html, 'pay'), ...typed };
    const cut = new AbortController();
    const lost = fetch(`${this.#app.url}/checkout/${this.#session.checkout_session_id}/pay`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams(fields),
      signal: cut.signal,
    }).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    cut.abort();
    await lost;
    await this.pay(tab, typed);
  }

  /** One of the small forms, with the token that stands on the tab's page, old as it may be. */
  async act(tab: Tab, action: string, fields: Record<string, string> = {}): Promise<void> {
    const csrf = /name="csrf" value="([^"]+)"/.exec(tab.page.html)?.[1] ?? '';
    this.#turn(tab, await this.#browser.press(this.#session, action, { csrf, ...fields }));
  }

  async decideAtBank(tab: Tab, decision: 'approve' | 'decline' | 'abandon'): Promise<void> {
    this.#turn(tab, await this.#browser.decidesAtBank(this.#session, decision));
  }

  #turn(tab: Tab, page: Page): void {
    tab.history.push(tab.page);
    tab.page = page;
  }
}
