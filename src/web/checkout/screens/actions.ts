/**
 * Screens of a payer who has something to do elsewhere: another page, a code to scan, a question on the phone, a code for a till, account
 * details. Each says the amount, what to do, until when, and the way out where the method has one. All of it works without script.
 */
import type { Situation } from '../../../app/checkout-door.ts';
import type { NextAction } from '../../../domain/next-action.ts';
import { qrCode, qrPath } from '../../../lib/qr-code.ts';
import { plus, SECOND } from '../../../lib/time.ts';
import { attribute, type Html, html, type Part } from '../../html.ts';
import { actionForm, type PageContext, returnButton, timeHtml, wholeWindow } from '../page-context.ts';
import { moneyHtml } from '../readable-values.ts';
import { frame, icon } from './waiting.ts';

type Acting = Extract<Situation, { kind: 'action' }>;
type Of<Type extends NextAction['type']> = Extract<NextAction, { type: Type }>;

/** The screen for whatever the payer has to do. */
export function actionScreen(context: PageContext, situation: Acting): Html {
  const { action } = situation;
  switch (action.type) {
    case 'redirect':
      return redirectScreen(context, situation, action);
    case 'qr_code':
      return qrScreen(context, situation, action);
    case 'await_approval':
      return approvalScreen(context, situation, action);
    case 'voucher':
      return voucherScreen(context, situation, action);
    case 'bank_transfer_details':
      return transferScreen(context, situation, action);
  }
}

/** What the document's title says of it. */
export function actionTitle({ t, terms }: PageContext, { action }: Acting): string {
  const { amount } = terms;
  switch (action.type) {
    case 'redirect':
      return t.text('redirect.heading', { bank: bankName({ t }, action), amount });
    case 'qr_code':
      return t.text('qr.heading', { amount });
    case 'await_approval':
      return t.text('approval.heading', { amount });
    case 'voucher':
      return t.text('voucher.heading', { amount });
    case 'bank_transfer_details':
      return t.text('transfer.heading', { amount });
  }
}

function bankName({ t }: Pick<PageContext, 't'>, { bankName: name }: Of<'redirect'>): string {
  return name ?? t.text('method.pay_by_bank');
}

/** Only right after the press the script goes on by itself: whoever comes back undecided must not be sent away again. */
const FOLLOWED_FOR_MS = 10 * SECOND;

function redirectScreen(context: PageContext, situation: Acting, action: Of<'redirect'>): Html {
  const { t, view, framed } = context;
  const bank = html`<bdi>${bankName(context, action)}</bdi>`;
  const button = t.text('redirect.button', { bank: bankName(context, action) });
  // Out of a frame only the payer's own press leads to the whole window.
  const follow = attribute('data-follow', !framed && view.now < plus(situation.since, FOLLOWED_FOR_MS));
  return frame(
    context,
    html`${icon('bank')}
<h1 tabindex="-1" autofocus>${t.rich('redirect.heading', { bank, amount: amountOf(context) })}</h1>
<p>${t.rich('redirect.text', { bank })}</p>
${until(context, situation)}
<div class="actions">
${
  action.method === 'GET'
    ? html`<a class="button primary" href="${action.url}" rel="noreferrer"${wholeWindow(framed)}${follow}>${button}</a>`
    : html`<form id="redirect" method="post" action="${action.url}"${wholeWindow(framed)}>${Object.entries(
        action.fields ?? {},
      ).map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
      )}<button class="primary"${follow}>${button}</button></form>`
}
${otherWay(context, situation)}
</div>`,
  );
}

function qrScreen(context: PageContext, situation: Acting, action: Of<'qr_code'>): Html {
  const { t } = context;
  const amount = amountOf(context);
  return frame(
    context,
    html`<h1 tabindex="-1" autofocus>${t.rich('qr.heading', { amount })}</h1>
<p>${t.rich('qr.text', { amount })}</p>
${action.deepLink !== undefined && html`<p class="deep-link"><a class="button primary" href="${action.deepLink}" rel="noreferrer"${wholeWindow(context.framed)}>${t.text('qr.open')}</a></p>`}
${drawing(action.payload, t.text('qr.alt'))}
${copyable(context, { label: t.text('qr.copy'), value: action.copyText })}
${until(context, situation)}
<div class="actions">
${actionForm(context, 'check', { label: t.text('qr.check'), kind: 'secondary' })}
${otherWay(context, situation)}
</div>`,
  );
}

function approvalScreen(context: PageContext, situation: Acting, action: Of<'await_approval'>): Html {
  const { t } = context;
  const amount = amountOf(context);
  const time = timeHtml(context, situation.expiresAt, 'clock');
  const app = html`<bdi>${action.appName}</bdi>`;
  const digits = html`<bdi>${action.destination}</bdi>`;
  return frame(
    context,
    html`${icon('clock')}
<h1 tabindex="-1" autofocus>${t.rich('approval.heading', { amount })}</h1>
<p>${t.rich('approval.text', { app, digits, amount, time })}</p>
${!situation.mayLeave && html`<p class="hint">${t.text('approval.final')}</p>`}
<div class="actions">
${actionForm(context, 'check', { label: t.text('waiting.check'), kind: 'secondary' })}
${otherWay(context, situation)}
</div>`,
  );
}

function voucherScreen(context: PageContext, situation: Acting, action: Of<'voucher'>): Html {
  const { t, view } = context;
  const amount = amountOf(context);
  const time = timeHtml(context, situation.expiresAt, 'moment');
  const grouped = action.code.replaceAll(' ', '').replace(/(.{4})(?=.)/g, '$1 ');
  return frame(
    context,
    html`<h1 tabindex="-1" autofocus>${t.rich('voucher.heading', { amount })}</h1>
${copyable(context, { label: t.text('voucher.code'), value: action.code, shown: grouped, large: true })}
<p><b>${t.rich('voucher.until', { time })}</b></p>
<dl class="facts"><div><dt>${t.text('voucher.where')}</dt><dd><bdi>${action.payAt}</bdi></dd></div></dl>
<ol class="steps">
<li>${t.text('voucher.step_show')}</li>
<li>${t.rich('voucher.step_pay', { amount })}</li>
<li>${t.text('voucher.step_result', { merchant: view.merchant.displayName })}</li>
</ol>
<div class="actions noprint">
${returnButton(context, 'primary')}
<button type="button" class="secondary" data-print hidden>${t.text('voucher.print')}</button>
${actionForm(context, 'check', { label: t.text('waiting.check'), kind: 'secondary' })}
</div>
${
  situation.mayLeave &&
  html`<details class="quiet noprint" data-part="leave"><summary>${t.text('voucher.leave')}</summary>
<p>${t.text('voucher.leave_text')}</p>
${actionForm(context, 'leave', { label: t.text('voucher.leave'), kind: 'secondary' })}
</details>`
}`,
  );
}

function transferScreen(context: PageContext, situation: Acting, action: Of<'bank_transfer_details'>): Html {
  const { t, view } = context;
  return frame(
    context,
    html`<h1 tabindex="-1" autofocus>${t.rich('transfer.heading', { amount: amountOf(context) })}</h1>
<p>${t.text('transfer.text', { merchant: view.merchant.displayName })}</p>
${action.lines.map(({ label, value }) => copyable(context, { label, value }))}
${copyable(context, { label: t.text('transfer.reference'), value: action.reference })}
<p><b>${t.rich('voucher.until', { time: timeHtml(context, situation.expiresAt, 'moment') })}</b></p>
<div class="actions noprint">
${returnButton(context, 'primary')}
<button type="button" class="secondary" data-print hidden>${t.text('voucher.print')}</button>
${actionForm(context, 'check', { label: t.text('waiting.check'), kind: 'secondary' })}
${otherWay(context, situation)}
</div>`,
  );
}

function amountOf({ t, view }: PageContext): Html {
  return moneyHtml(t.meta.tag, view.money);
}

function until(context: PageContext, { expiresAt }: Acting): Html {
  const { t } = context;
  return html`<p class="hint">${t.rich('three_ds.until', { time: timeHtml(context, expiresAt, 'clock') })}</p>`;
}

/** The way out, where what was begun can be called back. */
function otherWay(context: PageContext, { mayLeave }: Acting): Part {
  return mayLeave && actionForm(context, 'leave', { label: context.t.text('three_ds.leave'), kind: 'quiet' });
}

/** A value to type or copy elsewhere; the script adds the button that copies. */
function copyable(
  { t }: PageContext,
  { label, value, shown = value, large }: { label: string; value: string; shown?: string; large?: boolean },
): Html {
  return html`<div class="copyable${large && ' large'}">
<span class="hint">${label}</span>
<span class="code" dir="ltr">${shown}</span>
<button type="button" class="secondary" data-copy="${value}" data-done="${t.text('copy.done')}" hidden aria-label="${t.text('copy.button')}: ${label}">${t.text('copy.button')}</button>
</div>`;
}

/** Dark modules on white with the quiet zone, in every colour scheme: readers expect nothing else. */
function drawing(payload: string, alternative: string): Part {
  const modules = qrCode(payload);
  if (modules === undefined) return false;
  const side = modules.length + 8;
  return html`<svg class="qr" role="img" aria-label="${alternative}" viewBox="0 0 ${side} ${side}" width="264" height="264" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${qrPath(modules)}"/></svg>`;
}
