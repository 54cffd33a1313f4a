/** The pay form as an instrument to charge, or every field error at once. Pure. Nothing here is written anywhere. */
import type { CheckoutView, PayOrder } from '../../app/checkout-door.ts';
import { onlyDigits } from '../../domain/card-brands.ts';
import {
  type Expiry,
  type FieldError,
  type Reading,
  readCardName,
  readCardNumber,
  readExpiry,
  readNewCard,
  readSecurityCode,
} from '../../domain/card-input.ts';
import { readMethodOrder } from '../../domain/method-input.ts';
import { readPayerEmail } from '../../domain/payer-email.ts';
import type { OtherMethodType } from '../../domain/payment-method-types.ts';
import { isOtherMethod } from '../../domain/payment-methods.ts';
import { passesLuhn } from '../../lib/luhn.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import type { Form } from './form-body.ts';
import { methodName } from './method-words.ts';
import { cardText } from './page-context.ts';
import { offersCards } from './state.ts';
import { agreesByBox } from './terms.ts';

export type PaymentReading =
  | { instrument: PayOrder['instrument']; email?: string }
  | { errors: FieldError[]; good?: { number?: string; expiry?: Expiry } };

/** What the payer chose, typed and ticked, judged against what the page offers now. */
export function readPayment(form: Form, view: CheckoutView, t: PagePhrases): PaymentReading {
  const reading = readInstrument(form, view, t);
  const { collectEmail } = view.settings;
  const email = collectEmail === 'off' ? { value: undefined } : readPayerEmail(form.payer_email ?? '', collectEmail);
  const more = [
    ...('error' in email ? [email.error] : []),
    ...(agreesByBox(view) && form.mandate_consent !== 'true'
      ? [{ name: 'mandate_consent', key: 'mandate_consent.missing' }]
      : []),
  ];
  if ('errors' in reading) return { ...reading, errors: [...reading.errors, ...more] };
  if (more.length > 0 || 'error' in email) return { errors: more, ...goodOf(reading.instrument) };
  return email.value === undefined ? reading : { ...reading, email: email.value };
}

/** A card that was right beside another mistake. */
function goodOf(instrument: PayOrder['instrument']): { good?: { number: string; expiry: Expiry } } {
  if (instrument.type !== 'card') return {};
  const { number, expMonth, expYear } = instrument.card;
  return { good: { number, expiry: { expMonth, expYear } } };
}

function readInstrument(form: Form, view: CheckoutView, t: PagePhrases): PaymentReading {
  const method = form.payment_method ?? '';
  const typedNumber = 'value' in readCardNumber(form.card_number ?? '');
  if (isOtherMethod(method)) return readOther(method, form, { view, t });
  if (method !== '' && !offersCards(view)) return gone(t.text('form.card'));
  if (method === 'card' || (method === 'kept_card' && (typedNumber || !view.keptCard)))
    return readTypedCard(form, view);
  if (method === 'kept_card') return readKeptCard(form, view);
  if (method === '') return { errors: [{ name: 'payment_method', key: 'payment_method.missing' }] };
  const saved = view.savedMethods.find(({ id }) => id === method);
  if (!saved || saved.expired || saved.closed) {
    return gone(saved ? cardText(t, saved) : t.text('form.card'));
  }
  if (typedNumber) {
    // Two cards at once: guessing could charge the wrong one.
    const params = { saved: cardText(t, saved) };
    return { errors: [{ name: 'payment_method', key: 'payment_method.two_cards', params }] };
  }
  const code = readCodeOf(saved.scheme, form, view);
  if ('error' in code) return { errors: [code.error] };
  return { instrument: { type: 'saved', paymentMethodId: saved.id, ...securityCode(code) } };
}

/** The order for another way to pay: still offered, and its fields right. Fields of all others are ignored. */
function readOther(
  type: OtherMethodType,
  form: Form,
  { view, t }: { view: CheckoutView; t: PagePhrases },
): PaymentReading {
  const offered = view.methods.find((method) => method.type === type);
  if (offered === undefined || offered.down) return gone(methodName(t, type));
  const choices = (offered.choices ?? []).map(({ value }) => value);
  const reading = readMethodOrder(type, form, choices);
  return 'error' in reading ? { errors: [reading.error] } : { instrument: reading.value };
}

function gone(method: string): PaymentReading {
  return { errors: [{ name: 'payment_method', key: 'payment_method.gone', params: { method } }] };
}

/** What may be shown again in this browser: never the number or the code, nor what could be one in another field. */
export function keepable(form: Form): Record<string, string> {
  const kept: Record<string, string> = {};
  const { payment_method: method = '', card_expiry: expiry = '', card_name: name = '' } = form;
  if (isOtherMethod(method) || /^(card|kept_card|pmt_[0-9A-Za-z]{1,40})$/.test(method)) kept.payment_method = method;
  const { pay_by_bank_bank: bank = '', mobile_money_phone: phone = '' } = form;
  if (/^[a-z0-9_-]{1,40}$/.test(bank) && !looksLikeCard(bank)) kept.pay_by_bank_bank = bank;
  if (/^[\p{Nd}\s+().\-‐-―−/＋]{1,40}$/u.test(phone) && !looksLikeCard(phone)) kept.mobile_money_phone = phone;
  if (expiry.length > 0 && expiry.length <= 9 && onlyDigits(expiry).length <= 6) kept.card_expiry = expiry;
  const reading = readCardName(name, 'optional');
  if ('value' in reading && reading.value !== undefined) kept.card_name = reading.value;
  const { payer_email: email = '' } = form;
  if (email !== '' && email.length <= 254 && !/\p{Cc}/u.test(email) && !looksLikeCard(email))
    kept.payer_email = email.trim();
  for (const box of ['save_payment_method', 'mandate_consent']) if (form[box] === 'true') kept[box] = 'true';
  return kept;
}

/** A card number that was typed into another field is never kept. */
function looksLikeCard(text: string): boolean {
  const digits = onlyDigits(text);
  return digits.length >= 12 && passesLuhn(digits);
}

function readTypedCard(form: Form, view: CheckoutView): PaymentReading {
  const fields = {
    number: form.card_number ?? '',
    expiry: form.card_expiry ?? '',
    securityCode: form.card_cvc ?? '',
    name: form.card_name ?? '',
  };
  const reading = readNewCard(fields, { now: view.now, name: view.settings.nameOnCard });
  return 'card' in reading ? { instrument: { type: 'card', card: reading.card } } : reading;
}

function readKeptCard(form: Form, view: CheckoutView): PaymentReading {
  const code = readCodeOf(view.keptCard?.scheme, form, view);
  const expiry = view.keptCard?.askExpiry ? readExpiry(form.card_expiry ?? '', view.now) : undefined;
  if ('error' in code || (expiry && 'error' in expiry)) {
    return { errors: [expiry, code].flatMap((reading) => (reading && 'error' in reading ? [reading.error] : [])) };
  }
  return { instrument: { type: 'kept_card', ...securityCode(code), ...expiry?.value } };
}

/** The code of a card that is known already: asked for unless the merchant does without. */
function readCodeOf(scheme: string | undefined, form: Form, { settings }: CheckoutView): Reading<string | undefined> {
  const typed = form.card_cvc ?? '';
  if (settings.savedCardSecurityCode === 'not_required' && typed.trim() === '') return { value: undefined };
  return readSecurityCode(typed, scheme);
}

function securityCode({ value }: { value: string | undefined }): { securityCode?: string } {
  return value === undefined ? {} : { securityCode: value };
}
