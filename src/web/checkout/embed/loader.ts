/**
 * `/checkout.js` in the shop's page: shows a session in a window over the page or in a container of it, and calls the shop back.
 * Runs there as text, so each function may use only what `scripts.ts` lists. It keeps nothing in the browser.
 */

export interface EmbedEvent {
  /** `ps_…`: what became of it the shop's server asks Tender. */
  session_id: string;
  /** Of `onFailed`: false while the payer may try again. */
  final?: boolean;
}

export interface EmbedOptions {
  /** `client_token` of the session. */
  clientToken?: string;
  /** `session_url`, where the page has no token: then the whole window goes there. */
  sessionUrl?: string;
  mode?: 'modal' | 'inline';
  /** Inline: an element, or a selector of one. */
  container?: Element | string;
  onReady?(): void;
  onCompleted?(event: EmbedEvent): void;
  onFailed?(event: EmbedEvent): void;
  onCancelled?(event: EmbedEvent): void;
  onExpired?(event: EmbedEvent): void;
}

/** One session on the shop's page. */
export interface Embed {
  options: EmbedOptions;
  url: URL;
  modal: boolean;
  /** What the shop's page shows: the window, or the frame itself. */
  shown?: HTMLElement;
  frame?: HTMLIFrameElement;
  closer?: HTMLButtonElement;
  /** The page in the frame has answered. */
  heard: boolean;
  /** And did before, on another load. */
  known: boolean;
  /** The session has its end, or nothing more can be paid on its page: closing asks nobody. */
  over: boolean;
  dead: boolean;
  /** The page was asked to close. */
  asked: boolean;
  /** The question before closing, while a payment is under way. */
  ask?: string | undefined;
  /** The last decline that the shop was told of: a page that loads again says it again. */
  told?: unknown;
  /** Stops listening. */
  deaf(): void;
}

/** A checkout that can be opened and closed. Throws when it was told of no session. */
export function checkout(options: EmbedOptions): { open(): void; close(): void } {
  const { clientToken, sessionUrl, mode } = options;
  const url = new URL(clientToken ? urlIn(clientToken) : (sessionUrl ?? ''));
  const modal = mode !== 'inline';
  const embed: Embed = {
    options,
    url,
    modal,
    heard: false,
    known: false,
    over: false,
    dead: false,
    asked: false,
    deaf() {},
  };
  return {
    open() {
      if (!clientToken) return location.assign(url);
      if (!embed.shown) build(embed);
      const dialog = embed.shown as HTMLDialogElement;
      if (modal && !dialog.open) dialog.showModal();
    },
    close: () => leave(embed, false),
  };
}

/** The address of the page, as the token has it; nothing else of it is read here. */
export function urlIn(token: string): string {
  const claims = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  return JSON.parse(atob(claims)).url;
}

/** The frame, an ear for what it says, and the native window around it: that keeps the focus inside and gives it back. */
export function build(embed: Embed): void {
  const { options, url, modal } = embed;
  const place = typeof options.container === 'string' ? document.querySelector(options.container) : options.container;
  if (!modal && !place) throw new Error('Tender.checkout: mode inline needs a container');
  const frame = document.createElement('iframe');
  frame.src = url.href;
  frame.allow = 'payment; publickey-credentials-get';
  frame.style.cssText = `border:0;display:block;width:100%;height:${modal ? 'auto;flex:1' : '600px'}`;
  embed.frame = embed.shown = frame;
  embed.over = embed.dead = embed.asked = embed.known = false;
  let timer: ReturnType<typeof setInterval>;
  // Every document in the frame, also after a form, is told again who stands around it.
  frame.addEventListener('load', () => {
    let times = 0;
    embed.heard = false;
    clearInterval(timer);
    const hello = () => {
      if (embed.heard || ++times > 50) clearInterval(timer);
      else say(embed, { type: 'hello', client_token: options.clientToken });
    };
    timer = setInterval(hello, 200);
    hello();
  });
  const listen = ({ source, origin, data }: MessageEvent) => {
    if (source === frame.contentWindow && origin === url.origin && data?.tender === 1) hear(embed, data);
  };
  addEventListener('message', listen);
  embed.deaf = () => {
    clearInterval(timer);
    removeEventListener('message', listen);
  };
  if (!modal) return void place?.append(frame);
  const dialog = document.createElement('dialog');
  const closer = document.createElement('button');
  dialog.style.cssText =
    'border:0;padding:0;margin:auto;width:min(100%,560px);height:min(100%,800px);max-width:100%;max-height:100%;border-radius:16px;overflow:hidden';
  closer.type = 'button';
  closer.hidden = true;
  closer.style.cssText = 'display:block;width:100%;min-height:44px;border:0;font:inherit;cursor:pointer';
  closer.onclick = () => leave(embed, true);
  embed.closer = closer;
  const leaves = (event: Event) => {
    event.preventDefault();
    leave(embed, true);
  };
  // Not by a key: the way back of a telephone.
  dialog.addEventListener('cancel', leaves);
  // The key is taken first: some browsers close at a second Escape, whatever was answered to the first.
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && leaves(event));
  const box = document.createElement('div');
  box.style.cssText = 'display:flex;flex-direction:column;height:100%';
  box.append(closer, frame);
  dialog.append(box);
  document.body.append(dialog);
  embed.shown = dialog;
}

/** One message to the frame, and to no other page that may stand in it. */
export function say({ frame, url }: Embed, message: object): void {
  const id = url.pathname.split('/').pop();
  frame?.contentWindow?.postMessage({ tender: 1, checkout_session_id: id, ...message }, url.origin);
}

/**
 * Closing: at once where nothing can be lost, else the page in the frame cancels the session and says so. While a payment is under way
 * the payer is asked, and what goes on behind a closed window is still heard of.
 */
export function leave(embed: Embed, byPayer: boolean): void {
  const { ask, asked, modal, shown } = embed;
  if (!embed.heard || embed.over || embed.dead) {
    hide(embed);
    return;
  }
  // Without an answer to the first try, as when the network is gone, the window closes all the same.
  const goes = ask ? byPayer && confirm(ask) : asked && modal;
  if (goes) (shown as HTMLDialogElement).close();
  else if (!ask) say(embed, { type: 'close' });
  embed.asked = !ask;
}

/** Takes everything from the shop's page; the window gives the focus back. */
export function hide(embed: Embed): void {
  const { shown } = embed;
  if (embed.modal) (shown as HTMLDialogElement | undefined)?.close();
  embed.deaf();
  shown?.remove();
  delete embed.shown;
  delete embed.frame;
}

/** What the page in the frame says. Types that are not known here mean nothing. */
export function hear(embed: Embed, data: { type: string; [fact: string]: unknown }): void {
  const { options, frame, closer, url } = embed;
  const { type, session_id, final, height, version, title, close, ask } = data;
  if (!frame || data.checkout_session_id !== url.pathname.split('/').pop()) return;
  const event = { session_id: `${session_id}` };
  if (type === 'ready' || type === 'resize') {
    frame.title = `${title}`;
    if (embed.shown) embed.shown.ariaLabel = frame.title;
    embed.ask = ask ? `${ask}` : undefined;
    if (!embed.modal) frame.style.height = `${Number(height)}px`;
    if (closer) closer.textContent = `${close}`;
    if (closer) closer.hidden = false;
  }
  if (type === 'ready') {
    embed.heard = true;
    if (!embed.known) {
      // A decline from before it was opened is no news.
      embed.told = version;
      embed.dead = final === true;
      options.onReady?.();
    }
    embed.known = true;
  }
  if (type === 'escape' && embed.modal) leave(embed, true);
  if (type === 'failed' && embed.told !== (final ? type : version)) {
    embed.told = final ? type : version;
    options.onFailed?.({ ...event, final: final === true });
  }
  if (embed.over || !['completed', 'cancelled', 'expired'].includes(type)) return;
  embed.over = true;
  if (type === 'completed') options.onCompleted?.(event);
  if (type === 'expired') options.onExpired?.(event);
  if (type !== 'cancelled') return;
  hide(embed);
  options.onCancelled?.(event);
}
