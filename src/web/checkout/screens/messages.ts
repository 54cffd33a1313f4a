/** The one message on top of a form: errors to mend, a decline, or a notice. It takes the focus when the page opens. */

import type { DeclineClassOnPage } from '../../../domain/checkout.ts';
import { type Html, html } from '../../html.ts';
import type { En } from '../../i18n/en.ts';
import { moneyText } from '../../i18n/money-and-dates.ts';
import { methodName } from '../method-words.ts';
import { cardText, type PageContext } from '../page-context.ts';

export interface PageMessage {
  kind: 'error_summary' | 'decline' | 'notice';
  /** Catalogue key of the sentence; for errors that of the heading. */
  key: string;
  title: string;
  text: string;
  errors?: readonly { name: string; key: string; text: string }[];
  declineClass?: string;
}

/** What stands on top of the form now: the kept form's errors or notice first, then the last decline. */
export function messageOf(context: PageContext): PageMessage | undefined {
  const { t, view, kept } = context;
  if (kept?.errors.length) {
    const errors = kept.errors.map(({ name, key, params }) => ({
      name,
      key,
      text: t.has(key) ? t.look(key, params) : '',
    }));
    return { kind: 'error_summary', key: 'error.heading', title: t.text('error.heading'), text: '', errors };
  }
  if (kept?.notice === 'stale') return notice('notice.stale', t.text('notice.stale'));
  if (kept?.notice === 'changed') {
    const amount = moneyText(t.meta.tag, view.money);
    return view.money.amountMinor === 0
      ? notice('notice.changed', t.text('notice.changed_terms'))
      : notice('notice.changed', t.text('notice.changed', { amount }));
  }
  return declineMessage(context);
}

function notice(key: string, text: string): PageMessage {
  return { kind: 'notice', key, title: text, text: '' };
}

/** Sentences for tries that were made without a card, by class. */
const METHOD_TEXTS: Record<DeclineClassOnPage, keyof En> = {
  details: 'decline.details_method',
  security_code: 'decline.security_code_method',
  expired: 'decline.bank_method',
  funds: 'decline.funds_method',
  limit: 'decline.limit_method',
  not_allowed: 'decline.not_allowed_method',
  authentication: 'decline.authentication',
  authentication_left: 'decline.left_method',
  busy: 'decline.busy',
  method_down: 'decline.method_down',
  duplicate: 'decline.duplicate_method',
  bank: 'decline.bank_method',
};

function declineMessage({ t, view }: Pick<PageContext, 't' | 'view'>): PageMessage | undefined {
  const { situation } = view;
  if (situation.kind === 'too_many_tries') {
    const key = situation.here ? 'too_many.here' : 'too_many.text';
    const text = `${t.text(key)} ${t.text('too_many.methods')}`;
    return { kind: 'notice', key, title: t.text('too_many.heading'), text };
  }
  if (situation.kind !== 'declined') return undefined;
  if (situation.byTries) {
    const title = view.money.amountMinor === 0 ? t.text('decline.heading_save') : t.text('decline.heading');
    const text = `${t.text('too_many.card')} ${t.text('nothing_charged')}`;
    return { kind: 'decline', key: 'too_many.card', title, text, declineClass: situation.class };
  }
  const key = situation.method ? METHOD_TEXTS[situation.class] : (`decline.${situation.class}` as const);
  const method = situation.method ? methodName(t, situation.method.type) : t.text('form.card');
  const sentences = [
    t.look(key, { merchant: view.merchant.displayName, method }),
    !situation.sameCardAllowed &&
      situation.card &&
      t.text('decline.card_closed', { card: cardText(t, situation.card) }),
    situation.nothingCharged && t.text('nothing_charged'),
  ];
  const title = view.money.amountMinor === 0 ? t.text('decline.heading_save') : t.text('decline.heading');
  return { kind: 'decline', key, title, text: sentences.filter(Boolean).join(' '), declineClass: situation.class };
}

/** The message as a banner. */
export function messageBanner({ t }: PageContext, message: PageMessage): Html {
  const data = message.declineClass === undefined ? html`` : html` data-decline="${message.declineClass}"`;
  const warn = message.kind === 'notice' ? 'warn' : 'bad';
  return html`<div class="banner ${warn}" data-banner="${message.kind}"${data} tabindex="-1" autofocus>
<p class="title">${message.title}</p>
${message.text !== '' && html`<p>${message.text}</p>`}
${
  message.errors &&
  html`<ul>${message.errors.map((error) => html`<li><a href="#${error.name}">${error.text || t.text('error.heading')}</a></li>`)}</ul>`
}
</div>`;
}
