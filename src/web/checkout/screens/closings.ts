/** Screens on which nothing can be paid: closed, cancelled, unknown, refused, or our own mistake. */
import type { Situation } from '../../../app/checkout-door.ts';
import { type Html, html, type Part } from '../../html.ts';
import type { PagePhrases } from '../../i18n/locales.ts';
import { actionForm, type PageContext, returnButton } from '../page-context.ts';
import { returnsByItself } from '../state.ts';
import { icon } from './waiting.ts';

function closing(sign: 'closed' | 'alert', heading: string, ...rest: Part[]): Html {
  return html`<div class="card">${icon(sign)}<h1 tabindex="-1" autofocus>${heading}</h1>${rest}</div>`;
}

/** The time ran out. "Nothing was charged" only where that is proven. */
export function expiredScreen(context: PageContext, situation: Extract<Situation, { kind: 'expired' }>): Html {
  const { t, view } = context;
  const sentences = [
    situation.lastTryDeclined && t.text('expired.declined'),
    situation.nothingCharged && t.text('nothing_charged'),
  ].filter((sentence) => sentence !== false);
  return closing(
    'closed',
    t.text('expired.heading'),
    sentences.length > 0 && html`<p>${sentences.join(' ')}</p>`,
    html`<p>${t.text('expired.help', { merchant: view.merchant.displayName })}</p>`,
    html`<div class="actions">${returnButton(context, 'primary')}</div>`,
  );
}

/** Cancelled, and by whom. */
export function cancelledScreen(context: PageContext, situation: Extract<Situation, { kind: 'cancelled' }>): Html {
  const { t, view } = context;
  const merchant = view.merchant.displayName;
  const by = situation.by === 'payer' ? t.text('cancelled.by_you') : t.text('cancelled.by_merchant', { merchant });
  return closing(
    'closed',
    t.text('cancelled.heading'),
    html`<p>${by}</p>`,
    returnsByItself(view) && !context.framed && html`<p class="hint">${t.text('return.going', { merchant })}</p>`,
    html`<div class="actions">${returnButton(context, 'primary')}</div>`,
  );
}

/** Too many failures: cards are closed, the session is not. */
export function tooManyScreen(context: PageContext): Html {
  const { t, view } = context;
  const here = view.situation.kind === 'too_many_tries' && view.situation.here === true;
  return closing(
    'alert',
    t.text('too_many.heading'),
    html`<p>${t.text(here ? 'too_many.here' : 'too_many.text')}</p><p>${t.text('too_many.help', { merchant: view.merchant.displayName })}</p>`,
    html`<div class="actions">${returnButton(context, 'primary')}${actionForm(context, 'cancel', { label: t.text('form.cancel'), kind: 'quiet' })}</div>`,
  );
}

/** The account was closed, or no method fits. */
export function notAvailableScreen({ t, view }: PageContext): Html {
  const merchant = view.merchant.displayName;
  return closing('closed', t.text('not_available.heading'), html`<p>${t.text('not_available.text', { merchant })}</p>`);
}

/** The same bytes for unknown and malformed ids. */
export function notFoundScreen(t: PagePhrases): Html {
  return closing('closed', t.text('not_found.heading'), html`<p>${t.text('not_found.text')}</p>`);
}

/** Our own mistake. `provenUnsent`: certainly before anything was sent, so nothing can have been charged. */
export function problemScreen(t: PagePhrases, facts: { provenUnsent: boolean; path: string }): Html {
  const text = facts.provenUnsent
    ? `${t.text('problem.text')} ${t.text('nothing_charged')}`
    : t.text('problem.unknown');
  return closing(
    'alert',
    t.text('problem.heading'),
    html`<p>${text}</p><div class="actions"><a class="button primary" href="${facts.path}">${t.text('problem.again')}</a></div>`,
  );
}

export type RefusalReason = 'rate' | 'type' | 'size' | 'site' | 'method';

/** A request that was not even looked at: too many, too large, from elsewhere. */
export function refusalScreen(t: PagePhrases, facts: { reason: RefusalReason; path: string | undefined }): Html {
  return closing(
    'alert',
    t.text('refused.heading'),
    html`<p>${t.text(`refused.${facts.reason}`)}</p>`,
    facts.path !== undefined &&
      html`<div class="actions"><a class="button secondary" href="${facts.path}">${t.text('refused.open')}</a></div>`,
  );
}
