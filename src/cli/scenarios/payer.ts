/**
 * A payer without JavaScript, as a scenario needs one: keeps cookies, reads the forms of a page, fills them in and follows where
 * it is sent. What is typed must have a field on the page, so that a scenario cannot do what no payer can.
 */

export interface Page {
  /** Where the payer ended, after redirects. */
  url: string;
  status: number;
  html: string;
  /** What Tender's page says of itself, such as `choose`, `paid`, `declined`; empty on pages of others. */
  state: string;
}

export interface Form {
  action: string;
  method: string;
  /** Name and value of every field as it is sent when nobody touches it. */
  fields: Record<string, string>;
  /** Names of all fields, also of those that are sent only when chosen. */
  names: ReadonlySet<string>;
}

const LONGEST_WAY = 10;

export class Payer {
  readonly #cookies = new Map<string, Map<string, string>>();

  open(url: string): Promise<Page> {
    return this.#go(url, { method: 'GET' });
  }

  /** Fills in a form of the page and sends it. Throws where the page has no such form or no field for what is typed. */
  async submit(page: Page, which: string, typed: Record<string, string> = {}): Promise<Page> {
    const form = formsOf(page.html).find(({ action }) => action.includes(which));
    if (form === undefined) throw new Error(`The page (${page.state || page.url}) has no form "${which}".`);
    const missing = Object.keys(typed).find((name) => !form.names.has(name));
    if (missing !== undefined) throw new Error(`The form "${which}" has no field "${missing}".`);
    const body = new URLSearchParams({ ...form.fields, ...typed });
    return this.#go(new URL(form.action, page.url).href, { method: 'POST', body });
  }

  /** Goes on until a page is shown. */
  async #go(from: string, request: { method: 'GET' | 'POST'; body?: URLSearchParams }): Promise<Page> {
    let [url, { method, body }] = [from, request];
    for (let hop = 0; hop < LONGEST_WAY; hop++) {
      const { origin } = new URL(url);
      const headers = {
        cookie: this.#cookieFor(origin),
        ...(method === 'POST' ? { 'sec-fetch-site': 'same-origin' } : {}),
      };
      const answer = await fetch(url, { method, redirect: 'manual', headers, ...(body === undefined ? {} : { body }) });
      this.#keep(origin, answer);
      const html = await answer.text();
      const location = answer.headers.get('location');
      if (location === null) return { url, status: answer.status, html, state: stateOf(html) };
      [url, method, body] = [new URL(location, url).href, 'GET', undefined];
    }
    throw new Error(`${from} leads round in a circle.`);
  }

  #cookieFor(origin: string): string {
    return [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(origin: string, answer: Response): void {
    const kept = this.#cookies.get(origin) ?? new Map<string, string>();
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) kept.set(name, value);
    }
    this.#cookies.set(origin, kept);
  }
}

function stateOf(html: string): string {
  return /data-state="([^"]*)"/.exec(html)?.[1] ?? '';
}

/** Every form of a page, as a browser would send it untouched. */
export function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', inside = '']) => {
    const form: { fields: Record<string, string>; names: Set<string> } = { fields: {}, names: new Set() };
    for (const [tag] of inside.matchAll(/<(?:input|button)\b[^>]*>/g)) {
      const name = attributeOf(tag, 'name');
      if (name === undefined) continue;
      form.names.add(name);
      const type = attributeOf(tag, 'type') ?? 'text';
      const chosen = !/^(radio|checkbox)$/.test(type) || /\schecked\b/.test(tag);
      if (chosen && !/^<button/.test(tag) && type !== 'submit') form.fields[name] = attributeOf(tag, 'value') ?? '';
    }
    for (const [, tag = '', options = ''] of inside.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
      const name = attributeOf(tag, 'name');
      if (name === undefined) continue;
      form.names.add(name);
      const all = [...options.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
      const shown = all.find((option) => /\sselected\b/.test(option)) ?? all[0] ?? '';
      form.fields[name] = attributeOf(shown, 'value') ?? '';
    }
    return {
      action: attributeOf(attributes, 'action') ?? '',
      method: attributeOf(attributes, 'method') ?? 'get',
      ...form,
    };
  });
}

function attributeOf(tag: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|([^\\s">]+))`).exec(tag) ?? [];
  return (quoted ?? bare)?.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');
}
