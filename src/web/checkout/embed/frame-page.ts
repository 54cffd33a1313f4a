/**
 * The page's side of a shop's frame. It believes one partner, the window around it, and only where its origin may frame the page; what
 * it tells goes to that exact origin. Runs in the browser as text, beside the functions of `script/`.
 */
import { mayFrame } from '../../../domain/embedding.ts';
import { findPage, type ScriptPage, show, showTruth } from '../script/page-state.ts';
import { send } from '../script/submit.ts';

/** Says something to the shop; nothing before it said hello. */
export type Tell = (type: string, more?: object) => void;

/** Begins to listen to the shop. */
export function startFrame(): void {
  const page = findPage();
  const { framers = '', frame, session } = page.main.dataset;
  if (frame === undefined || parent === window) return;
  const id = page.path.slice(10);
  let shop: string | undefined;
  let token = '';
  const tell: Tell = (type, more) => {
    if (shop) parent.postMessage({ tender: 1, type, checkout_session_id: id, session_id: session, ...more }, shop);
  };
  addEventListener('message', ({ source, origin, data }) => {
    if (source !== parent || !mayFrame(origin, framers.split(' '))) return;
    if (data?.tender !== 1 || data.checkout_session_id !== id) return;
    if (data.type === 'hello' && typeof data.client_token === 'string') {
      shop = origin;
      token = data.client_token;
      tell('ready', looks(page));
      tellState(page, tell);
    }
    if (data.type === 'close') void closeSession(page, tell);
  });
  document.addEventListener('formdata', ({ target, formData }) => {
    // The bank's form is on this page too, and the token is none of its business.
    if ((target as HTMLFormElement).action.startsWith(location.origin + page.path)) formData.set('client_token', token);
  });
  addEventListener('keydown', ({ key, defaultPrevented }) => {
    if (key === 'Escape' && !defaultPrevented) tell('escape');
  });
  followChanges(page, tell);
  if (document.hasFocus()) document.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  for (const link of document.links) if (link.origin !== location.origin && !link.target) link.target = '_top';
  setTimeout(() => show('[data-part=way_out]', !shop), 3000);
}

/** Tells of a new height and of a new state, such as a decline that is shown in place. */
export function followChanges(page: ScriptPage, tell: Tell): void {
  document.body.style.minHeight = '0';
  let before = '';
  const look = () => {
    const now = looks(page);
    const text = JSON.stringify(now);
    if (text !== before) tell('resize', now);
    before = text;
  };
  new ResizeObserver(look).observe(document.body);
  new MutationObserver(look).observe(document.body, { subtree: true, attributeFilter: ['aria-disabled'] });
  new MutationObserver(() => tellState(page, tell)).observe(page.main, { attributeFilter: ['data-version'] });
}

/** What the shop's page shows around the frame. `ask`: the question before it closes, while a payment is under way. */
export function looks(page: ScriptPage): object {
  const { version, close, ask } = page.main.dataset;
  return {
    height: Math.ceil(document.body.getBoundingClientRect().height),
    version: Number(version),
    title: document.title,
    close,
    ...(isUnderWay(page) && { ask }),
  };
}

/** True while an attempt is open, from the press on. */
export function isUnderWay(page: ScriptPage): boolean {
  return 'waiting' in page.main.dataset || !!document.querySelector('#pay [type=submit][aria-disabled]');
}

/** Ends and declines; that it ended, never how: the shop asks its server. */
export function tellState(page: ScriptPage, tell: Tell): void {
  const { state = '', version } = page.main.dataset;
  if (/^(paid|reserved|verified)$/.test(state)) tell('completed');
  if (/^(cancelled|expired)$/.test(state)) tell(state);
  if (/^(declined|declined_other|too_many_tries|not_available)$/.test(state))
    tell('failed', { final: !page.form, version: Number(version) });
}

/** The shop closes: the session is cancelled, unless an attempt is open or it has its end already. */
export async function closeSession(page: ScriptPage, tell: Tell): Promise<void> {
  if (isUnderWay(page)) return;
  const form = document.querySelector<HTMLFormElement>('form[action$="/cancel"]');
  if (!form) return tell('cancelled');
  const answer = await send(page, form);
  if (answer?.state === 'cancelled') tell('cancelled');
  else if (answer) showTruth(page);
}
