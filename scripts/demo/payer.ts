/** A payer in a real browser, with JavaScript or without: opens the link, types a card, presses the button, waits for the bank. */
import type { Browser, BrowserContext, Page } from 'playwright-core';

export class BrowserPayer {
  readonly #context: BrowserContext;
  readonly #javaScript: boolean;
  #page: Page | undefined;

  private constructor(context: BrowserContext, javaScript: boolean) {
    this.#context = context;
    this.#javaScript = javaScript;
  }

  static async with(browser: Browser, options: { javaScript: boolean }): Promise<BrowserPayer> {
    const context = await browser.newContext({
      javaScriptEnabled: options.javaScript,
      viewport: { width: 1280, height: 900 },
      locale: 'en-ZA',
    });
    context.setDefaultTimeout(15_000);
    return new BrowserPayer(context, options.javaScript);
  }

  /** Opens a session's page in a new tab. */
  async opens(session: { session_url: string }): Promise<void> {
    await this.#page?.close();
    this.#page = await this.#context.newPage();
    await this.#page.goto(session.session_url);
    await this.sees('choose');
  }

  /** Types a card and presses the button, whatever it is called. */
  async pays(card: string): Promise<void> {
    const page = this.#open();
    const fields = { card_number: card, card_expiry: '12/34', card_cvc: '123' };
    for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value);
    await page.locator('#pay button[type=submit]').click();
  }

  /** Waits until the page says one of these; answers which. */
  async sees(...states: string[]): Promise<string> {
    const page = this.#open();
    const wanted = states.map((state) => `main[data-state=${state}]`).join(',');
    try {
      return (await page.locator(wanted).getAttribute('data-state')) ?? '';
    } catch {
      const state = await page.locator('main').getAttribute('data-state', { timeout: 1_000 });
      throw new Error(`the page should say ${states.join(' or ')} and says ${state}`);
    }
  }

  /** Answers the bank's question: in the frame that the script opens, or on the page that a button leads to. */
  async decidesAtBank(decision: 'Approve' | 'Decline'): Promise<void> {
    const page = this.#open();
    await this.sees('three_ds');
    if (this.#javaScript) {
      await page.frameLocator('iframe[name=bank]').getByRole('button', { name: decision, exact: true }).click();
      return;
    }
    await page.locator('#three_ds button').click();
    await page.getByRole('button', { name: decision, exact: true }).click();
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  #open(): Page {
    if (this.#page === undefined) throw new Error('no page is open');
    return this.#page;
  }
}
