/** What every template of a session's page gets, and the few words that many of them share. */
import type { CardView, CheckoutView, KeptForm } from '../../app/checkout-door.ts';
import type { Timestamp } from '../../lib/time.ts';
import { attribute, type Html, html } from '../html.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { clockText, dayText, momentText } from '../i18n/money-and-dates.ts';
import { brandName } from './brand-marks.ts';
import { returnLink } from './return-link.ts';
import type { ShownTerms } from './terms.ts';

export interface PageContext {
  t: PagePhrases;
  view: CheckoutView;
  /** `/checkout/ckt_…`, where every form of the page begins. */
  path: string;
  terms: ShownTerms;
  csrf: string;
  attemptKey: string;
  /** What this browser typed before, and what was wrong with it. */
  kept?: KeptForm | undefined;
  /** The payer tried to pay again after it was done. */
  again?: boolean;
  /** Rendered into a shop's frame: whatever leads elsewhere takes the whole window. */
  framed?: boolean;
}

export function zoneOf(view: CheckoutView): string {
  return view.settings.timeZone;
}

/** `<time>` showing time of day, date, or both. */
export function timeHtml({ t, view }: PageContext, at: Timestamp, style: 'clock' | 'day' | 'moment'): Html {
  const zone = zoneOf(view);
  const texts = {
    clock: () => clockText(t.meta.tag, at, { now: view.now, timeZone: zone }),
    day: () => dayText(t.meta.tag, at, zone),
    moment: () => momentText(t.meta.tag, at, zone),
  };
  return html`<time datetime="${new Date(at).toISOString()}">${texts[style]()}</time>`;
}

/** "Visa ending 4242". */
export function cardText(t: PagePhrases, card: CardView): string {
  return t.text('form.saved_card', { brand: brandName(card.scheme, t.text('form.card')), last4: card.last4 });
}

/** "12/29". */
export function expiryText(card: CardView): string {
  return `${String(card.expMonth).padStart(2, '0')}/${String(card.expYear % 100).padStart(2, '0')}`;
}

/** A small form with one button, for everything that is not paying. */
export function actionForm(
  { path, csrf }: PageContext,
  action: string,
  button: { label: string; kind: 'secondary' | 'quiet'; after?: Timestamp; ariaLabel?: string },
): Html {
  return html`<form method="post" action="${path}/${action}"${after(button.after)}>
<input type="hidden" name="csrf" value="${csrf}">
<button class="${button.kind}"${attribute('aria-label', button.ariaLabel)}>${button.label}</button>
</form>`;
}

/** Marks an element that the script shows from `at` on; without the script it is shown by the next load. */
export function after(at: Timestamp | undefined): Html {
  return at === undefined ? html`` : html` hidden data-after="${at}"`;
}

/** The way back to the shop as a link that looks like a button; nothing when there is none. */
export function returnButton({ t, view, framed }: PageContext, kind: 'primary' | 'secondary'): Html | false {
  const link = returnLink(view.returnUrl, view.sessionId);
  if (!link) return false;
  return html`<a class="button ${kind}" data-return href="${link}"${wholeWindow(framed)}>${t.text('return.button', { merchant: view.merchant.displayName })}</a>`;
}

/** On a link or form that leaves a shop's frame: banks refuse to be framed, and the shop is around it already. */
export function wholeWindow(framed: boolean | undefined): Html {
  return attribute('target', framed ? '_top' : undefined);
}
