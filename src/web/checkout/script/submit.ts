/** Paying without leaving the page: the same POST, its answer in place, and never a second attempt by accident. */
import { announce, byId, make, pause, type ScriptAnswer, type ScriptPage, show, showTruth } from './page-state.ts';
import { setError } from './typing.ts';

/** Wires the pay form and the form that asks for more time. */
export function watchForms(page: ScriptPage): void {
  const { form } = page;
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!page.busy) void pay(page, form);
  });
  for (const more of document.querySelectorAll<HTMLFormElement>('form[action$=more_time]')) {
    more.addEventListener('submit', (event) => {
      event.preventDefault();
      void send(page, more).then((answer) => answer && moreTime(page, answer));
    });
  }
}

/** One press of Pay. The attempt key makes a resend of the very same form harmless. */
export async function pay(page: ScriptPage, form: HTMLFormElement): Promise<void> {
  const button = form.querySelector('[type=submit]') as HTMLElement;
  page.busy = true;
  button.setAttribute('aria-disabled', 'true');
  announce(page, page.texts['processing.heading'] ?? '');
  const { width, height, colorDepth } = screen;
  const zone = new Date().getTimezoneOffset();
  const browser = { width, height, colorDepth, zone, language: navigator.language };
  (form.elements.namedItem('browser') as HTMLInputElement).value = JSON.stringify(browser).slice(0, 500);
  const answer = await send(page, form);
  if (!answer) return;
  page.channel.postMessage(answer.version);
  if (!staysInPlace(form, answer)) return showTruth(page);
  showAnswer(page, form, answer);
  button.removeAttribute('aria-disabled');
  page.busy = false;
}

/**
 * Whether an answer can be shown without loading the page: typed fields stay then. A new amount, another choice of
 * cards, or an error at a field that is folded away need the page as the server has it.
 */
export function staysInPlace(form: HTMLFormElement, answer: ScriptAnswer): boolean {
  if (answer.state === 'refused') return true;
  const known = answer.state === 'choose' || answer.state === 'declined';
  if (!known || !answer.alert || answer.alert.key === 'notice.changed') return false;
  const chosen = form.querySelector<HTMLInputElement>('[name=payment_method]:checked');
  if (answer.state === 'declined' && !answer.errors.length && chosen && chosen.value !== 'card') return false;
  return answer.errors.every(({ name }) => name.startsWith('card_') && byId(name)?.offsetParent);
}

/** Posts a form until something answers; anything but facts is shown by the server itself. */
export async function send(page: ScriptPage, form: HTMLFormElement): Promise<ScriptAnswer | undefined> {
  const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
  for (let seconds = 1; ; seconds = Math.min(30, seconds * 2)) {
    try {
      const response = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
      show('[data-banner=offline]', false);
      if ((response.headers.get('content-type') ?? '').startsWith('application/json')) return await response.json();
      showTruth(page);
      return undefined;
    } catch {
      // No answer: nobody knows whether it arrived, so the same key goes again and Pay stays closed until then.
      show('[data-banner=offline]', true);
      await pause(seconds * 1000);
    }
  }
}

/** Errors, a decline or a notice in place: what was typed stays, the code goes after a decline. */
export function showAnswer(page: ScriptPage, form: HTMLFormElement, answer: ScriptAnswer): void {
  for (const name of ['csrf', 'attempt_key', 'seen'] as const) {
    if (answer[name]) (form.elements.namedItem(name) as HTMLInputElement).value = answer[name];
  }
  const errors = new Map(answer.errors.map((error) => [error.name, error]));
  for (const name of ['card_number', 'card_expiry', 'card_cvc', 'card_name']) {
    setError(page, name, errors.get(name)?.key, errors.get(name)?.text);
  }
  const { key = '', title = '', text = '' } = answer.alert ?? {};
  const declined = key.startsWith('decline.');
  const code = byId('card_cvc');
  if (declined && code) code.value = '';
  const banner = make('div', '', {
    class: `banner ${declined || errors.size ? 'bad' : 'warn'}`,
    'data-banner': errors.size ? 'error_summary' : declined ? 'decline' : 'notice',
    tabindex: '-1',
  });
  if (declined) banner.dataset.decline = key.slice(8);
  banner.append(make('p', title, { class: 'title' }));
  if (text) banner.append(make('p', text, {}));
  const list = make('ul', '', {});
  for (const error of answer.errors) {
    const item = make('li', '', {});
    item.append(make('a', error.text, { href: `#${error.name}` }));
    list.append(item);
  }
  if (answer.errors.length) banner.append(list);
  document.querySelector('[data-message]')?.replaceChildren(banner);
  document.title = answer.title;
  if (answer.state !== 'refused') page.main.dataset.state = answer.state;
  if (answer.version) page.main.dataset.version = `${answer.version}`;
  announce(page, '');
  banner.focus();
}

/** The new end of the page, without touching what was typed. */
export function moreTime(page: ScriptPage, answer: ScriptAnswer): void {
  if (answer.state !== page.main.dataset.state) {
    showTruth(page);
    return;
  }
  const end = Date.parse(answer.expires_at);
  page.main.dataset.expires = `${end}`;
  for (const banner of document.querySelectorAll<HTMLElement>('[data-banner=expiring]')) {
    banner.hidden = true;
    banner.dataset.after = `${end - 120_000}`;
  }
  for (const time of document.querySelectorAll('[data-part=more_time] time, [data-banner=expiring] time')) {
    time.setAttribute('datetime', answer.expires_at);
    time.textContent = answer.expires_text;
    const [front = '', back = ''] = answer.more_time.split(answer.expires_text);
    if (time.closest('[data-part=more_time]')) time.parentElement?.replaceChildren(front, time, back);
  }
  for (const form of document.querySelectorAll<HTMLFormElement>('form[action$=more_time]')) {
    (form.elements.namedItem('csrf') as HTMLInputElement).value = answer.csrf;
    form.hidden = !answer.more_time_again;
  }
  announce(page, answer.more_time);
}
