/** A payer without JavaScript: reads the page, fills in the form it finds, follows where it is sent. */

export const cards = {
  approved: '4242424242424242',
  declined: '4000000000000002',
  insufficientFunds: '4000000000009995',
  challenge: '4000000000003220',
  frictionless: '4000000032200000',
} as const;

export interface Page {
  status: number;
  state: string;
  html: string;
  headers: Headers;
}

export interface CardInput {
  number: string;
  expiry?: string;
  cvc?: string;
}

export class Payer {
  readonly url: string;
  #cookies = new Map<string, string>();

  constructor(url: string) {
    this.url = url;
  }

  /** Another browser. */
  another(): Payer {
    return new Payer(this.url);
  }

  async open(session: { checkout_session_id: string }): Promise<Page> {
    return this.#get(`/checkout/${session.checkout_session_id}`);
  }

  /** Opens the page, types a card and presses Pay. */
  async pays(
    session: { checkout_session_id: string },
    card: string | CardInput,
    more: Record<string, string> = {},
  ): Promise<Page> {
    return this.submit(session, await this.open(session), card, more);
  }

  /** Presses Pay on a page that is open already. */
  async submit(
    session: { checkout_session_id: string },
    page: Page,
    card: string | CardInput,
    more: Record<string, string> = {},
  ): Promise<Page> {
    const { number, expiry = '12/30', cvc = '123' } = typeof card === 'string' ? { number: card } : card;
    const typed = { payment_method: 'card', card_number: number, card_expiry: expiry, card_cvc: cvc };
    return this.press(session, 'pay', { ...hiddenFields(page.html, 'pay'), ...typed, ...more });
  }

  /** Pays with a method saved earlier; only its security code is typed. */
  async paysWithSaved(
    session: { checkout_session_id: string },
    paymentMethodId: string,
    more: Record<string, string> = {},
  ): Promise<Page> {
    const page = await this.open(session);
    const fields = { payment_method: paymentMethodId, card_number: '', card_expiry: '', card_cvc: '123' };
    return this.press(session, 'pay', { ...hiddenFields(page.html, 'pay'), ...fields, ...more });
  }

  /** Posts one of the page's forms and follows the answer. */
  async press(session: { checkout_session_id: string }, action: string, fields: Record<string, string>): Promise<Page> {
    const answer = await fetch(`${this.url}/checkout/${session.checkout_session_id}/${action}`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        cookie: this.#cookieHeader(),
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
      },
      body: new URLSearchParams(fields),
    });
    this.#keep(answer);
    const location = answer.headers.get('location');
    if (location === null) return pageOf(answer, await answer.text());
    await answer.arrayBuffer();
    const next = new URL(location, this.url);
    if (next.origin !== new URL(this.url).origin)
      return { status: answer.status, state: `left for ${next.href}`, html: '', headers: answer.headers };
    return this.#get(next.pathname);
  }

  /** Any small form of the page (cancel, check, leave, more_time): its token is on the page. */
  async act(session: { checkout_session_id: string }, action: string): Promise<Page> {
    const page = await this.open(session);
    return this.press(session, action, { csrf: hiddenFields(page.html, action).csrf ?? '' });
  }

  /** At the bank's page: decides, and comes back the way the bank sends. */
  async decidesAtBank(
    session: { checkout_session_id: string },
    decision: 'approve' | 'decline' | 'abandon',
  ): Promise<Page> {
    const page = await this.open(session);
    const acs = /action="(https?:\/\/[^"]+\/acs\/[^"]+)"/.exec(page.html)?.[1];
    const creq = /name="creq"[^>]*value="([^"]*)"/.exec(page.html)?.[1] ?? '';
    if (acs === undefined) throw new Error(`no bank form on the page (${page.state})`);
    const bank = await fetch(acs.replaceAll('&amp;', '&'), { method: 'POST', body: new URLSearchParams({ creq }) });
    await bank.text();
    const decided = await fetch(acs.replaceAll('&amp;', '&'), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ decision }),
    });
    await decided.arrayBuffer();
    const back = decided.headers.get('location');
    if (back === null) throw new Error(`the bank answered ${decided.status} without a way back`);
    const returned = await fetch(back, { redirect: 'manual' });
    await returned.arrayBuffer();
    return this.open(session);
  }

  async #get(path: string): Promise<Page> {
    const answer = await fetch(this.url + path, { headers: { cookie: this.#cookieHeader() }, redirect: 'manual' });
    this.#keep(answer);
    return pageOf(answer, await answer.text());
  }

  #cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair!.indexOf('=');
      this.#cookies.set(pair!.slice(0, at), pair!.slice(at + 1));
    }
  }
}

function pageOf(answer: Response, html: string): Page {
  const state = /data-state="([^"]*)"/.exec(html)?.[1] ?? `status ${answer.status}`;
  return { status: answer.status, state, html, headers: answer.headers };
}

/** Name and value of every hidden input of the form that posts to `action`. */
export function hiddenFields(html: string, action: string): Record<string, string> {
  const form = html.match(new RegExp(`<form[^>]*action="[^"]*/${action}"[\\s\\S]*?</form>`))?.[0] ?? '';
  const fields: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input[^>]*type="?hidden"?[^>]*>/g)) {
    const name = /name="?([\w-]+)"?/.exec(input)?.[1];
    if (name !== undefined)
      fields[name] = /value="([^"]*)"/.exec(input)?.[1] ?? /value=([^\s">]+)/.exec(input)?.[1] ?? '';
  }
  return fields;
}
