/** The screen on which a payer pays: `choose`, and the same form after a decline. */

import { meantEmail } from '../../../domain/payer-email.ts';
import { MINUTE, plus } from '../../../lib/time.ts';
import { attribute, type Html, html, type Part } from '../../html.ts';
import { merchantText } from '../brand-header.ts';
import { actionForm, after, cardText, type PageContext, timeHtml } from '../page-context.ts';
import { headlineMoneyHtml } from '../readable-values.ts';
import { offersCards } from '../state.ts';
import type { MandateRow } from '../terms.ts';
import { cardFields } from './card-fields.ts';
import { errorOf, errorText, field, labelled } from './fields.ts';
import { messageBanner, type PageMessage } from './messages.ts';
import { chosenMethod, methodChoice, methodPanels } from './method-choice.ts';
import { testPanel } from './test-panel.ts';

/** The two columns: what is paid, and how. */
export function payScreen(context: PageContext, message: PageMessage | undefined): Html {
  const { t } = context;
  return html`${summaryPart(context)}
<div class="pane">
<p class="banner warn" data-banner="offline" hidden>${t.text('offline.text')}</p>
<div role="alert">${expiringBanner(context)}<div data-message>${message && messageBanner(context, message)}</div></div>
<h2>${t.text(headingOf(context))}</h2>
${payForm(context)}
${moreTime(context)}
${removeSaved(context)}
<details class="quiet" data-part="cancel">
<summary>${t.text('form.cancel')}</summary>
<p>${t.text('form.cancel_text', { merchant: context.view.merchant.displayName })}</p>
${actionForm(context, 'cancel', { label: t.text('form.cancel_button'), kind: 'secondary' })}
</details>
</div>
${context.view.mode === 'test' && testPanel()}`;
}

function headingOf({ terms, view }: PageContext) {
  if (terms.saving === 'mandate' || view.money.amountMinor === 0) return 'form.heading_save';
  return view.methods.length > 0 ? 'form.heading_any' : 'form.heading';
}

/** Merchant, amount and what it is for. */
export function summaryPart({ t, view }: PageContext): Html {
  const free = view.money.amountMinor === 0;
  const merchant = view.merchant.displayName;
  return html`<section class="summary" data-part="summary" aria-label="${t.text('summary.heading')}">
<h1>${free ? t.text('title.save', { merchant }) : t.text('title.pay', { merchant })}</h1>
${free ? html`<p class="amount words">${t.text('summary.nothing_now')}</p>` : html`<p class="amount">${headlineMoneyHtml(t.meta.tag, view.money)}</p>`}
${view.captureMethod === 'manual' && !free && html`<p class="note">${t.text('summary.reserve_note')}</p>`}
${view.description !== undefined && html`<p class="description">${view.description}</p>`}
</section>`;
}

function payForm(context: PageContext): Html {
  const { terms, path, csrf, attemptKey, view } = context;
  const chosen = chosenMethod(context);
  return html`<form id="pay" method="post" action="${path}/pay" novalidate data-texts="${scriptTexts(context)}">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="attempt_key" value="${attemptKey}">
<input type="hidden" name="seen" value="${terms.seen}">
<input type="hidden" name="browser" value="">
${methodChoice(context, chosen)}
${offersCards(view) && cardFields(context, chosen)}
${methodPanels(context)}
${emailPart(context)}
${offersCards(view) && savePart(context)}
${mandatePart(context)}
${agreePart(context)}
<button class="primary" type="submit">${buttonLabels(context)}</button>
${merchantText(view, { place: 'submit', t: context.t })}
</form>`;
}

/** What pressing does: pays at once with a card, or goes on to where the other methods are approved; folded like the panels. */
function buttonLabels(context: PageContext): Part {
  const { t, terms, view } = context;
  const shown = (label: string): Part => (t.meta.dir === 'rtl' ? html`<bdi>${label}</bdi>` : label);
  const onward = t.text('form.continue', { amount: terms.amount });
  if (!offersCards(view)) return shown(onward);
  if (view.methods.length === 0) return shown(terms.buttonLabel);
  return html`<span class="for-cards">${shown(terms.buttonLabel)}</span><span class="for-methods">${shown(onward)}</span>`;
}

/** Sentences the script may need before the server speaks again; data, never markup. */
function scriptTexts({ t }: PageContext): string {
  const checks = ['card_number.short', 'card_number.check', 'card_expiry.month', 'card_expiry.past', 'card_expiry.far'];
  const keys = [...checks, 'card_cvc.length', 'error.prefix', 'processing.heading', 'field.card_cvc.hint_amex'];
  return JSON.stringify(
    Object.fromEntries([...keys, 'field.card_cvc.hint'].map((key) => [key, t.look(key, { n: '{n}' })])),
  );
}

function savePart({ t, view, terms, kept }: PageContext): Part {
  const say = { merchant: view.merchant.displayName };
  if (terms.saving === 'box') {
    return html`<div class="consent box" data-part="save_consent">
<input type="checkbox" id="save_payment_method" name="save_payment_method" value="true" aria-describedby="save-hint"${attribute('checked', kept?.values.save_payment_method === 'true')}>
<div><label for="save_payment_method">${t.text('save.box', say)}</label>
<p class="hint" id="save-hint">${t.text('save.hint', say)}</p></div>
</div>`;
  }
  if (terms.saving !== 'sentence') return false;
  return html`<div class="consent" data-part="save_consent"><div><p>${t.text('save.sentence', say)}</p><p class="hint">${t.text('save.hint', say)}</p></div></div>`;
}

/** Where the merchant asks for it and does not know it. What was probably meant is offered; nobody has to take it. */
function emailPart(context: PageContext): Part {
  const { t, view, kept } = context;
  const { collectEmail } = view.settings;
  if (collectEmail === 'off') return false;
  const meant = meantEmail(kept?.values.payer_email ?? '');
  return html`<div class="fields" data-part="payer_email">${field(context, {
    name: 'payer_email',
    kind: 'email',
    label: labelled(t, 'field.email', collectEmail),
    ...(meant === undefined ? {} : { hint: t.text('payer_email.meant', { email: meant }) }),
    attributes: html` inputmode="email" autocomplete="email" maxlength="254" spellcheck="false" dir="ltr"`,
  })}</div>`;
}

/** The box that agrees to later charges, where the button alone does not. */
function agreePart(context: PageContext): Part {
  const { t, terms, kept } = context;
  if (!terms.agreeBox) return false;
  const error = errorOf(context, 'mandate_consent');
  return html`<div class="agree" data-part="mandate_consent">
${error && errorText(context, error)}
<div class="consent"><input type="checkbox" id="mandate_consent" name="mandate_consent" value="true"${attribute('checked', kept?.values.mandate_consent === 'true')}${error && html` aria-invalid="true" aria-describedby="mandate_consent-error"`}>
<label for="mandate_consent">${t.text('mandate.box')}</label></div>
</div>`;
}

/** Seven rows, in the words that are stored as evidence. */
export function mandatePart({ t, terms, view }: PageContext): Part {
  if (terms.rows.length === 0) return false;
  const id = view.mandate?.mandateId;
  const done = view.situation.kind === 'completed';
  const heading = html`id="mandate-heading">${t.text(done ? 'mandate.heading_done' : 'mandate.heading')}`;
  return html`<section class="mandate" data-part="mandate" aria-labelledby="mandate-heading">
${done ? html`<h2 ${heading}</h2>` : html`<h3 ${heading}</h3>`}
<dl>${mandateRows(terms.rows)}${
    id !== undefined && html`<div><dt>${t.text('mandate.id')}</dt><dd class="code">${id}</dd></div>`
  }</dl>
${
  terms.english.length > 0 &&
  html`<div class="english"><p>${t.text('mandate.english')}</p>
<dl lang="en" dir="ltr">${mandateRows(terms.english)}</dl></div>`
}
</section>`;
}

function mandateRows(rows: readonly MandateRow[]): Html {
  return html`${rows.map((row) => html`<div data-section="${row.section}"><dt>${row.label}</dt><dd>${row.shown}</dd></div>`)}`;
}

function expiringBanner(context: PageContext): Part {
  const { t, view } = context;
  const from = plus(view.expiresAt, -2 * MINUTE);
  return html`<div class="banner warn" data-banner="expiring"${view.now < from && after(from)}>
<p>${t.rich(view.moreTimeAllowed ? 'expiring.text' : 'more_time.text', { time: timeHtml(context, view.expiresAt, 'clock') })}</p>
${moreTimeForm(context)}
</div>`;
}

function moreTimeForm(context: PageContext): Part {
  const label = context.t.text('more_time.button');
  return context.view.moreTimeAllowed && actionForm(context, 'more_time', { label, kind: 'quiet' });
}

/** From 30 minutes before the end; in a page that was opened earlier the script shows it in time. */
function moreTime(context: PageContext): Part {
  const { t, view } = context;
  const from = plus(view.expiresAt, -30 * MINUTE);
  return html`<div class="more-time" data-part="more_time"${view.now < from && after(from)}>
<p>${t.rich(view.moreTimeGiven ? 'more_time.done' : 'more_time.text', { time: timeHtml(context, view.expiresAt, 'clock') })}</p>
${moreTimeForm(context)}
</div>`;
}

function removeSaved(context: PageContext): Part {
  const { t, view } = context;
  if (view.savedMethods.length === 0) return false;
  return html`<details class="quiet" data-part="remove_saved">
<summary>${t.text('form.remove_heading')}</summary>
<ul>${view.savedMethods.map((method) => {
    const card = cardText(t, method);
    const label = {
      label: t.text('form.remove'),
      kind: 'secondary' as const,
      ariaLabel: `${t.text('form.remove')}: ${card}`,
    };
    return html`<li><span>${card}</span>${
      method.removable
        ? actionForm(context, `saved/${method.id}/remove`, label)
        : html`<small>${t.text('form.remove_used')}</small>`
    }</li>`;
  })}</ul>
</details>`;
}
