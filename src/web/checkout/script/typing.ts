/** While the payer types: grouping, the brand, gentle checks. Nothing here decides; the server checks all of it again. */
import {
  CARD_BRANDS,
  type CardBrand,
  groupDigits,
  numberFault,
  onlyDigits,
  schemeOf,
} from '../../../domain/card-brands.ts';
import { expiryParts } from '../../../domain/card-input.ts';
import { byId, make, type ScriptPage } from './page-state.ts';

/** Wires the card fields of the pay form. */
export function watchTyping(page: ScriptPage): void {
  const rewrite: Record<string, (input: HTMLInputElement, event: Event) => void> = {
    card_number: (input) => groupNumber(page, input),
    card_expiry: slashExpiry,
    card_cvc: (input) => keepCaret(input, onlyDigits(input.value).slice(0, 4)),
  };
  for (const name in rewrite) {
    const input = byId(name);
    if (!input) continue;
    input.addEventListener('input', (event) => {
      if (!(event as InputEvent).isComposing) rewrite[name]?.(input, event);
      if (input.hasAttribute('aria-invalid') && !faultOf(page, input)) setError(page, name, undefined);
    });
    input.addEventListener('blur', () => {
      const parts = name === 'card_expiry' && expiryParts(input.value.trim());
      if (parts) input.value = `${`0${parts[0]}`.slice(-2)}/${`${parts[1]}`.slice(-2)}`;
      const key = faultOf(page, input);
      // A line added under a press that has begun would move the button away from it, and the click would be lost.
      if (key && !document.querySelector(':is(button,a,label,summary):active')) setError(page, name, key);
    });
  }
  page.form?.addEventListener('change', (event) => {
    if ((event.target as HTMLInputElement).name === 'payment_method') showBrand(page);
  });
  showBrand(page);
}

/** Groups the number and keeps the caret behind the same digit. */
export function groupNumber(page: ScriptPage, input: HTMLInputElement): void {
  keepCaret(input, groupDigits(onlyDigits(input.value).slice(0, 19)));
  showBrand(page);
}

/** Sets a value of digits and spaces; the caret stays behind as many digits as before. */
export function keepCaret(input: HTMLInputElement, value: string): void {
  if (input.value === value) return;
  const digits = onlyDigits(input.value.slice(0, input.selectionStart ?? 0)).length;
  input.value = value;
  let caret = 0;
  for (let seen = 0; seen < digits && caret < value.length; caret++) if (value[caret] !== ' ') seen++;
  if (document.activeElement === input) input.setSelectionRange(caret, caret);
}

/** Adds the slash after two digits typed at the end; deleting it is left alone. */
export function slashExpiry(input: HTMLInputElement, event: Event): void {
  const typed = ((event as InputEvent).inputType ?? '').startsWith('insert');
  if (!typed || input.selectionStart !== input.value.length) return;
  const text = input.value.replace(/\p{Nd}/gu, (digit) => onlyDigits(digit));
  const value = /^[2-9]$/.test(text) ? `0${text}/` : text.replace(/^(\d\d)(\d{0,2})$/, '$1/$2');
  if (input.value !== value) input.value = value;
}

/** Names the brand of the number or of the chosen card, and the length of its code. */
export function showBrand(page: ScriptPage): void {
  const chosen = page.form?.querySelector<HTMLInputElement>('[name=payment_method]:checked');
  const typed = schemeOf(onlyDigits(byId('card_number')?.value ?? ''));
  const scheme = chosen && chosen.value !== 'card' ? chosen.dataset.scheme : typed;
  const brand = (CARD_BRANDS as Record<string, CardBrand>)[scheme ?? ''];
  for (const mark of document.querySelectorAll<HTMLElement>('.marks [data-scheme]')) {
    mark.classList.toggle('off', scheme !== undefined && mark.dataset.scheme !== scheme);
  }
  const name = document.querySelector('[data-brand-name]');
  if (name) name.textContent = brand?.name ?? '';
  const hint = document.getElementById('card_cvc-hint');
  const text = page.texts[`field.card_cvc.hint${brand?.code === 4 ? '_amex' : ''}`];
  if (hint && text) hint.textContent = text;
  const code = byId('card_cvc');
  if (code) code.maxLength = brand?.code ?? 4;
}

/** The key of what is complete and cannot be right; blank and half-typed fields are left alone. */
export function faultOf(page: ScriptPage, input: HTMLInputElement): string | undefined {
  const { name, value } = input;
  const digits = onlyDigits(value);
  if (name === 'card_number') return digits && numberFault(digits) === 'check' ? 'card_number.check' : undefined;
  if (name !== 'card_expiry') return undefined;
  const parts = expiryParts(value.trim());
  if (!parts) return undefined;
  const [month, year] = parts;
  if (month < 1 || month > 12) return 'card_expiry.month';
  return Date.now() + page.skewMs >= Date.UTC(year, month, 1, 12) ? 'card_expiry.past' : undefined;
}

/** Puts an error before its field, or takes it away. */
export function setError(page: ScriptPage, name: string, key: string | undefined, text = page.texts[key ?? '']): void {
  const input = byId(name);
  if (!input) return;
  document.getElementById(`${name}-error`)?.remove();
  const others = (input.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== `${name}-error`);
  if (key) {
    others.unshift(`${name}-error`);
    const line = make('p', '', { class: 'error', id: `${name}-error`, 'data-error': key });
    line.append(make('span', `${page.texts['error.prefix']} `, { class: 'vh' }), text ?? '');
    input.before(line);
    input.setAttribute('aria-invalid', 'true');
  } else {
    input.removeAttribute('aria-invalid');
  }
  if (others.length) input.setAttribute('aria-describedby', others.join(' '));
  else input.removeAttribute('aria-describedby');
}
