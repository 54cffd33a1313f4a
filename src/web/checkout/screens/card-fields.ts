/** The card form: cards to choose from, the fields of a new card, and one security code field for all of them. */
import type { FieldError } from '../../../domain/card-input.ts';
import { attribute, type Html, html, type Part } from '../../html.ts';
import { acceptedBrands, brandMark } from '../brand-marks.ts';
import { cardText, expiryText, type PageContext } from '../page-context.ts';

/** Everything between the hidden inputs and the words above the button. */
export function cardFields(context: PageContext): Html {
  const { t, view } = context;
  const choices = cardChoices(context);
  const chosen = chosenMethod(context);
  const askExpiry = view.keptCard?.askExpiry === true;
  const amex = choices.length > 0 && chosen !== 'card' && chosenScheme(context, chosen) === 'amex';
  return html`${choiceList(context, choices, chosen)}
<div class="fields" data-part="new_card"${attribute('data-ask-expiry', askExpiry)}>
${field(context, {
  name: 'card_number',
  label: html`${t.text('field.card_number')}<span class="brand-name" data-brand-name></span>`,
  beside: acceptedBrands(t.text('form.accepted')),
  attributes: html` inputmode="numeric" dir="ltr" autocomplete="cc-number" maxlength="23" spellcheck="false"`,
})}
${field(context, {
  name: 'card_expiry',
  label: t.text('field.card_expiry'),
  hint: t.text('field.card_expiry.hint'),
  attributes: html` inputmode="numeric" dir="ltr" autocomplete="cc-exp" maxlength="9"`,
})}
${field(context, {
  name: 'card_cvc',
  label: t.text('field.card_cvc'),
  hint: amex ? t.text('field.card_cvc.hint_amex') : t.text('field.card_cvc.hint'),
  attributes: html` inputmode="numeric" dir="ltr" autocomplete="cc-csc" maxlength="4"`,
})}
${
  (view.nameOnCard ?? 'off') !== 'off' &&
  field(context, {
    name: 'card_name',
    label:
      view.nameOnCard === 'optional'
        ? html`${t.text('field.card_name')} <span class="optional">(${t.text('field.optional')})</span>`
        : t.text('field.card_name'),
    attributes: html` autocomplete="cc-name" maxlength="100" spellcheck="false"`,
  })
}
</div>`;
}

/** The value of `payment_method` that stands ready: what was chosen, what the decline calls for, else the first usable. */
export function chosenMethod({ view, kept }: PageContext): string {
  const usable = view.savedMethods.filter((method) => !method.expired && !method.closed).map((method) => method.id);
  const keptCard = view.keptCard ? ['kept_card'] : [];
  const { situation } = view;
  if (kept?.errors.length) {
    // A good number beside another mistake is kept sealed; asking for it again would ask twice.
    const numberWasGood = kept.values.payment_method === 'card' && !kept.errors.some((e) => e.name === 'card_number');
    if (numberWasGood && view.keptCard) return 'kept_card';
  } else if (situation.kind === 'declined') {
    const again = ['security_code', 'authentication', 'busy'].includes(situation.class);
    if (again) return keptCard[0] ?? stillUsable(kept?.values.payment_method, usable) ?? 'card';
    if (situation.class !== 'authentication_left') return 'card';
    return keptCard[0] ?? stillUsable(kept?.values.payment_method, usable) ?? usable[0] ?? 'card';
  }
  return (
    stillUsable(kept?.values.payment_method, [...usable, ...keptCard, 'card']) ?? usable[0] ?? keptCard[0] ?? 'card'
  );
}

function stillUsable(value: string | undefined, usable: readonly string[]): string | undefined {
  return value !== undefined && usable.includes(value) ? value : undefined;
}

function chosenScheme({ view }: PageContext, chosen: string): string | undefined {
  return chosen === 'kept_card' ? view.keptCard?.scheme : view.savedMethods.find(({ id }) => id === chosen)?.scheme;
}

interface Choice {
  value: string;
  part: string;
  scheme: string;
  title: string;
  hint?: string;
  disabled?: boolean;
}

function cardChoices({ t, view }: PageContext): Choice[] {
  const saved = view.savedMethods.map((method) => ({
    value: method.id,
    part: 'saved_methods',
    scheme: method.scheme,
    title: cardText(t, method),
    hint: method.expired
      ? t.text('form.saved_expired')
      : method.closed
        ? t.text('form.saved_closed')
        : t.text('form.saved_expires', { expiry: expiryText(method) }),
    disabled: method.expired || method.closed,
  }));
  const { keptCard } = view;
  if (!keptCard) return saved;
  const kept = { value: 'kept_card', part: 'kept_card', scheme: keptCard.scheme, title: cardText(t, keptCard) };
  return [{ ...kept, hint: t.text('form.kept_hint') }, ...saved];
}

function choiceList(context: PageContext, choices: readonly Choice[], chosen: string): Html {
  const { t } = context;
  if (choices.length === 0) return html`<input type="hidden" name="payment_method" value="card">`;
  const rows: Choice[] = [
    ...choices,
    { value: 'card', part: 'another_card', scheme: '', title: t.text('form.new_card') },
  ];
  const error = errorOf(context, 'payment_method');
  return html`<fieldset class="choices" id="payment_method" tabindex="-1"${error && html` aria-describedby="payment_method-error"`}>
<legend>${t.text('form.choose')}</legend>
${error && errorText(context, error)}
${rows.map(
  (row) => html`<label class="choice" data-part="${row.part}">
<input type="radio" name="payment_method" value="${row.value}"${attribute('data-scheme', row.scheme || undefined)}${attribute('checked', row.value === chosen)}${attribute('disabled', row.disabled)}>
<span class="words"><b>${row.title}</b>${row.hint !== undefined && html`<small>${row.hint}</small>`}</span>
${row.scheme === '' ? html`<svg class="mark plus" viewBox="0 0 38 24" width="38" height="24" aria-hidden="true"><path d="M19 6v12M13 12h12"/></svg>` : brandMark(row.scheme)}
</label>`,
)}
</fieldset>`;
}

interface FieldSpec {
  name: string;
  label: Part;
  hint?: string;
  beside?: Part;
  attributes: Html;
}

/** Label above, hint and error between, control below; the error before its field and tied to it. */
function field(context: PageContext, spec: FieldSpec): Html {
  const { name } = spec;
  const error = errorOf(context, name);
  const describedBy = [error && `${name}-error`, spec.hint !== undefined && `${name}-hint`].filter(Boolean).join(' ');
  // The number and the code are never written into a page, whatever was typed.
  const value = name === 'card_number' || name === 'card_cvc' ? undefined : context.kept?.values[name];
  return html`<div class="field ${name}" data-field="${name}">
<div class="top"><label for="${name}">${spec.label}</label>${spec.beside}</div>
${spec.hint !== undefined && html`<p class="hint" id="${name}-hint">${spec.hint}</p>`}
${error && errorText(context, error)}
<input id="${name}" name="${name}" type="text"${spec.attributes}${attribute('value', value)}${attribute('aria-describedby', describedBy || undefined)}${error && html` aria-invalid="true"`}>
</div>`;
}

function errorOf({ kept }: PageContext, name: string): FieldError | undefined {
  return kept?.errors.find((error) => error.name === name);
}

function errorText({ t }: PageContext, error: FieldError): Html {
  return html`<p class="error" id="${error.name}-error" data-error="${error.key}"><span class="vh">${t.text('error.prefix')} </span>${t.look(error.key, error.params)}</p>`;
}
