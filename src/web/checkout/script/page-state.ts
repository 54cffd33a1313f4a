/**
 * The page as the script sees it, and small moves on it. Everything in `script/` runs in the payer's browser: each
 * function is sent as text, so it may use only functions and tables listed in `parts.ts`.
 */

export interface ScriptPage {
  main: HTMLElement;
  /** `/checkout/ckt_…`. */
  path: string;
  form: HTMLFormElement | null;
  /** Sentences from the catalogue, by key. */
  texts: Record<string, string>;
  /** Server clock minus this device's clock, in milliseconds. */
  skewMs: number;
  channel: BroadcastChannel;
  /** A press of Pay is on its way. */
  busy: boolean;
}

/**
 * Facts a POST answers the script with; the same that a reload would show. A refusal (`refused`: too many requests)
 * has no version and no new hidden values: nothing was looked at, the old ones still hold.
 */
export interface ScriptAnswer {
  state: string;
  version: number;
  errors: { name: string; key: string; text: string }[];
  alert?: { key: string; title: string; text: string };
  title: string;
  csrf: string;
  attempt_key: string;
  seen: string;
  expires_at: string;
  expires_text: string;
  /** The sentence about the end of the page, and whether it can be put off once more. */
  more_time: string;
  more_time_again: boolean;
}

/** The page found in the document. */
export function findPage(): ScriptPage {
  const main = document.querySelector('main') as HTMLElement;
  const form = document.querySelector<HTMLFormElement>('#pay');
  const path = /^\/checkout\/[^/]+/.exec(location.pathname)?.[0] ?? location.pathname;
  return {
    main,
    path,
    form,
    texts: JSON.parse(form?.dataset.texts ?? '{}'),
    skewMs: Number(main.dataset.now ?? Date.now()) - Date.now(),
    channel: new BroadcastChannel(`tender:${path.slice(10)}`),
    busy: false,
  };
}

/** The server's true state of the page, fetched by navigation. */
export function showTruth(page: ScriptPage): void {
  location.replace(page.path);
}

/** Resolves after `ms`, or as soon as the browser is online again or the page seen again. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
  });
}

/** One input or button of the document. */
export function byId(id: string): HTMLInputElement | null {
  return document.getElementById(id) as HTMLInputElement | null;
}

/** A new element with a text and attributes. */
export function make(tag: string, text: string, attributes: Record<string, string>): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const name in attributes) element.setAttribute(name, attributes[name] as string);
  return element;
}

/** Shows or hides the elements of a selector. */
export function show(selector: string, visible: boolean): void {
  for (const element of document.querySelectorAll<HTMLElement>(selector)) element.hidden = !visible;
}

/** Says something once to screen readers. */
export function announce(page: ScriptPage, text: string): void {
  (page.main.querySelector('[role=status]') as HTMLElement).textContent = text;
}
