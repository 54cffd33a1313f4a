/** The fields of a new card, and one security code field for all cards. */
import { attribute, type Html, html } from '../../html.ts';
import { acceptedBrands } from '../brand-marks.ts';
import type { PageContext } from '../page-context.ts';
import { field, labelled } from './fields.ts';

/** The fields as they stand for the choice that is ready. */
export function cardFields(context: PageContext, chosen: string): Html {
  const { t, view } = context;
  const askExpiry = view.keptCard?.askExpiry === true;
  const amex = chosenScheme(context, chosen) === 'amex';
  return html`<div class="fields" data-part="new_card"${attribute('data-ask-expiry', askExpiry)}${attribute('data-no-code', view.settings.savedCardSecurityCode === 'not_required')}>
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
  view.settings.nameOnCard !== 'off' &&
  field(context, {
    name: 'card_name',
    label: labelled(t, 'field.card_name', view.settings.nameOnCard),
    attributes: html` autocomplete="cc-name" maxlength="100" spellcheck="false"`,
  })
}
</div>`;
}

function chosenScheme({ view }: PageContext, chosen: string): string | undefined {
  return chosen === 'kept_card' ? view.keptCard?.scheme : view.savedMethods.find(({ id }) => id === chosen)?.scheme;
}
