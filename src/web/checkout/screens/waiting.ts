/** Screens of an attempt that is under way: what is known, what not to do, and one way to ask again. */
import type { Situation } from '../../../app/checkout-door.ts';
import { MINUTE, plus, SECOND } from '../../../lib/time.ts';
import { attribute, type Html, html } from '../../html.ts';
import { actionForm, after, type PageContext, returnButton, timeHtml, wholeWindow } from '../page-context.ts';
import { moneyHtml } from '../readable-values.ts';

type Of<Kind extends Situation['kind']> = Extract<Situation, { kind: Kind }>;

const spinner = html`<div class="spinner" aria-hidden="true"></div>`;

/** What the screens of an attempt share: the amount stays in sight. */
export function frame({ t, view }: PageContext, inner: Html, wide = false): Html {
  return html`<div class="${wide ? 'card wide' : 'card'}">
${inner}
${view.money.amountMinor > 0 && html`<p class="foot" data-part="summary">${moneyHtml(t.meta.tag, view.money)} · <bdi>${view.merchant.displayName}</bdi></p>`}
</div>`;
}

/** Sent, no answer yet. */
export function processingScreen(context: PageContext, situation: Of<'processing'>): Html {
  const { t, view } = context;
  const from = plus(situation.since, 10 * SECOND);
  return frame(
    context,
    html`${spinner}
<h1>${t.text('processing.heading')}</h1>
<p>${t.text('processing.text')}</p>
<div class="actions"${view.now < from && after(from)}>${actionForm(context, 'check', { label: t.text('waiting.check'), kind: 'secondary' })}</div>`,
  );
}

/** The outcome is unknown: the screen on which people must not pay again. */
export function checkingScreen(context: PageContext, situation: Of<'unknown'>): Html {
  const { t, view } = context;
  const from = plus(situation.since, 2 * MINUTE);
  return frame(
    context,
    html`${spinner}
<h1>${t.text('checking.heading')}</h1>
<div role="alert"><p>${t.text('checking.text')} <strong>${t.text('checking.do_not')}</strong> ${t.text('checking.we_check')}</p></div>
<p${view.now < from && after(from)}>${t.text('checking.close', { merchant: view.merchant.displayName })}</p>
<div class="actions">
${actionForm(context, 'check', { label: t.text('waiting.check'), kind: 'secondary' })}
${returnButton(context, 'secondary')}
</div>`,
  );
}

/** The processor has it and will tell later, perhaps in days. */
export function onItsWayScreen(context: PageContext, situation: Of<'on_its_way'>): Html {
  const { t, view } = context;
  const merchant = view.merchant.displayName;
  return frame(
    context,
    html`${icon('clock')}
<h1>${t.text('on_its_way.heading')}</h1>
<p>${t.text('on_its_way.text')} <strong>${t.text('on_its_way.do_not')}</strong> ${t.text('on_its_way.result', { merchant })}</p>
${situation.expectBy !== undefined && html`<p>${t.rich('on_its_way.by', { time: timeHtml(context, situation.expectBy, 'moment') })}</p>`}
<div class="actions">${returnButton(context, 'primary')}</div>`,
  );
}

/**
 * 3-D Secure: always the full-page form to the bank; where there is room the script points it at a frame instead.
 * `methodUrl` is the bank's silent look at the browser, done in a hidden frame before the challenge.
 */
export function threeDsScreen(context: PageContext, situation: Of<'three_ds'>): Html {
  const { t } = context;
  return frame(
    context,
    html`${icon('bank')}
<h1 tabindex="-1" autofocus>${t.text('three_ds.heading')}</h1>
<div data-part="full_page">
<p>${t.text('three_ds.text')}</p>
<form id="three_ds" method="post" action="${situation.acsUrl}"${wholeWindow(context.framed)}${attribute('data-method-url', situation.methodUrl)} data-frame-title="${t.text('three_ds.frame_title')}">
<input type="hidden" name="creq" value="${situation.creq}">
<button class="primary">${t.text('three_ds.button')}</button>
</form>
</div>
<div class="bank-frame" data-part="frame" hidden><p><button class="link" form="three_ds" data-full-page>${t.text('three_ds.full_page')}</button></p></div>
<p class="hint">${t.rich('three_ds.until', { time: timeHtml(context, situation.expiresAt, 'clock') })}</p>
<div class="actions">${actionForm(context, 'leave', { label: t.text('three_ds.leave'), kind: 'quiet' })}</div>`,
    true,
  );
}

/** A quiet sign above a heading. */
export function icon(name: 'check' | 'clock' | 'bank' | 'closed' | 'alert'): Html {
  const paths = {
    check: html`<path d="M15 25l6.5 6.5L34 18"/>`,
    clock: html`<path d="M24 14v10l6 4"/>`,
    bank: html`<path d="M24 13l9 4v6c0 6-4 10-9 12-5-2-9-6-9-12v-6z"/>`,
    closed: html`<path d="M16 24h16"/>`,
    alert: html`<path d="M24 14v13M24 32.5v.5"/>`,
  };
  return html`<svg class="icon ${name}" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">${paths[name]}</svg>`;
}
