/** One field of the pay form: label above, hint and error between, control below; the error before its field and tied to it. */
import type { FieldError } from '../../../domain/card-input.ts';
import { attribute, type Html, html, type Part } from '../../html.ts';
import type { PagePhrases } from '../../i18n/locales.ts';
import type { PageContext } from '../page-context.ts';

export interface FieldSpec {
  name: string;
  label: Part;
  hint?: string;
  beside?: Part;
  attributes: Html;
  /** `select` needs `choices`. Default `text`. */
  kind?: 'text' | 'tel' | 'email' | 'select';
  /** The first one stands for no choice yet. */
  choices?: readonly { value: string; label: string }[];
}

/** The field as HTML. The card's number and code are never written into a page, whatever was typed. */
export function field(context: PageContext, spec: FieldSpec): Html {
  const { name, kind = 'text' } = spec;
  const error = errorOf(context, name);
  const describedBy = [error && `${name}-error`, spec.hint !== undefined && `${name}-hint`].filter(Boolean).join(' ');
  const value = name === 'card_number' || name === 'card_cvc' ? undefined : context.kept?.values[name];
  const rest = html`${spec.attributes}${attribute('aria-describedby', describedBy || undefined)}${error && html` aria-invalid="true"`}`;
  return html`<div class="field ${name}" data-field="${name}">
<div class="top"><label for="${name}">${spec.label}</label>${spec.beside}</div>
${spec.hint !== undefined && html`<p class="hint" id="${name}-hint">${spec.hint}</p>`}
${error && errorText(context, error)}
${
  kind === 'select'
    ? html`<select id="${name}" name="${name}"${rest}>${(spec.choices ?? []).map(
        (choice) =>
          html`<option value="${choice.value}"${attribute('selected', choice.value !== '' && choice.value === value)}>${choice.label}</option>`,
      )}</select>`
    : html`<input id="${name}" name="${name}" type="${kind}"${rest}${attribute('value', value)}>`
}
</div>`;
}

/** The label of a field that may be left empty says so. */
export function labelled(
  t: PagePhrases,
  key: 'field.card_name' | 'field.email',
  policy: 'off' | 'optional' | 'required',
): Part {
  if (policy !== 'optional') return t.text(key);
  return html`${t.text(key)} <span class="optional">(${t.text('field.optional')})</span>`;
}

/** What is wrong with a field of the form that was sent back. */
export function errorOf({ kept }: PageContext, name: string): FieldError | undefined {
  return kept?.errors.find((error) => error.name === name);
}

export function errorText({ t }: PageContext, error: FieldError): Html {
  return html`<p class="error" id="${error.name}-error" data-error="${error.key}"><span class="vh">${t.text('error.prefix')} </span>${t.look(error.key, error.params)}</p>`;
}
