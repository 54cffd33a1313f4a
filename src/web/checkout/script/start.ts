/** Where the script begins. */
import { goElsewhere } from './elsewhere.ts';
import { byId, findPage, type ScriptPage, show } from './page-state.ts';
import { watchForms } from './submit.ts';
import { watchTyping } from './typing.ts';
import { openBank, poll, recheck, watchClock } from './waiting.ts';

/** Makes the page in the document nicer; every part of it works without. */
export function start(): void {
  const page = findPage();
  addEventListener('pageshow', (event) => {
    // A page from the back-forward cache may be long past; the server knows.
    if (event.persisted) location.reload();
  });
  addEventListener('offline', () => show('[data-banner=offline]', true));
  addEventListener('online', () => show('[data-banner=offline]', page.busy));
  const print = document.querySelector<HTMLElement>('[data-print]');
  if (print) {
    print.hidden = false;
    print.addEventListener('click', () => window.print());
  }
  watchClock(page);
  goElsewhere(page);
  if (page.form) {
    watchTyping(page);
    watchForms(page);
    offerTestCards(page);
    page.channel.addEventListener('message', () => void recheck(page));
    document.addEventListener('visibilitychange', () => void recheck(page));
  }
  const bank = document.querySelector<HTMLFormElement>('#three_ds');
  if (bank) void openBank(bank);
  if ('waiting' in page.main.dataset) void poll(page);
}

/** Turns the listed test numbers into buttons that fill the form. */
export function offerTestCards(page: ScriptPage): void {
  for (const row of document.querySelectorAll<HTMLElement>('[data-fill]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'fill';
    button.append(...row.childNodes);
    row.append(button);
    button.addEventListener('click', () => fillCard(page, row.dataset.fill ?? ''));
  }
}

/** Types a test card as a person would. */
export function fillCard(page: ScriptPage, number: string): void {
  page.form?.querySelector<HTMLInputElement>('[name=payment_method][value=card]')?.click();
  const year = new Date(Date.now() + page.skewMs).getUTCFullYear() + 3;
  const values = {
    card_number: number,
    card_expiry: `12/${year % 100}`,
    card_cvc: number.startsWith('3') ? '1234' : '123',
  };
  for (const [name, value] of Object.entries(values)) {
    const input = byId(name);
    if (!input) continue;
    input.value = value;
    input.dispatchEvent(new Event('input'));
    input.dispatchEvent(new Event('blur'));
  }
  page.form?.querySelector<HTMLElement>('[type=submit]')?.focus();
}
