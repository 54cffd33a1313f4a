/** Completed sessions: paid, reserved, card saved; and the receipt to print. */
import type { Situation } from '../../../app/checkout-door.ts';
import { type Html, html, type Part } from '../../html.ts';
import { paidWithText } from '../method-words.ts';
import { actionForm, cardText, type PageContext, returnButton, timeHtml } from '../page-context.ts';
import { headlineMoneyHtml, moneyHtml } from '../readable-values.ts';
import { isLongDone, returnsByItself } from '../state.ts';
import { mandatePart } from './pay-form.ts';
import { icon } from './waiting.ts';

type Completed = Extract<Situation, { kind: 'completed' }>;

/** The screen after success; says so again to whoever comes back later. */
export function resultScreen(context: PageContext, situation: Completed): Html {
  const { t, view, path } = context;
  const again = isLongDone(view) || context.again === true;
  const merchant = view.merchant.displayName;
  const going = !again && !context.framed && returnsByItself(view);
  return html`<div class="card">
${icon('check')}
<h1 tabindex="-1" autofocus>${t.text(`${situation.outcome}.heading`)}</h1>
${situation.outcome !== 'verified' && html`<p class="amount">${headlineMoneyHtml(t.meta.tag, view.money)}</p>`}
${outcomeSentences(context, situation)}
${again && html`<p class="again">${t.rich(`again.${situation.outcome}`, { date: timeHtml(context, situation.at, 'day') })}</p>`}
${going && html`<p class="hint">${t.text('return.going', { merchant })}</p>`}
${facts(context, situation)}
${mandatePart(context)}
${!going && savedCard(context)}
<div class="actions">
${returnButton(context, 'primary')}
<a class="button secondary" href="${path}/receipt">${t.text('receipt.open')}</a>
</div>
</div>`;
}

/** The receipt: the same facts, made for paper. */
export function receiptScreen(context: PageContext, situation: Completed): Html {
  const { t, view, path } = context;
  return html`<div class="card receipt">
<h1>${t.text('receipt.heading')}</h1>
<p class="amount">${headlineMoneyHtml(t.meta.tag, view.money)}</p>
<p>${t.text(`${situation.outcome}.heading`)}</p>
${outcomeSentences(context, situation)}
${facts(context, situation)}
${mandatePart(context)}
${savedCard(context)}
<div class="actions noprint">
<button type="button" class="primary" data-print hidden>${t.text('receipt.print')}</button>
<a class="button secondary" href="${path}">${t.text('receipt.back')}</a>
</div>
</div>`;
}

/** What became of the card, and the payer's own way to take it back. */
function savedCard(context: PageContext): Part {
  const { t, view } = context;
  const { usedCard } = view;
  if (usedCard === undefined || usedCard.state === 'in_use') return false;
  const merchant = view.merchant.displayName;
  if (usedCard.state === 'removed')
    return html`<p class="used-card" data-part="removed_card" role="status">${t.text('receipt.removed', { merchant })}</p>`;
  const button = { label: t.text('receipt.remove'), kind: 'quiet' } as const;
  return html`<div class="used-card noprint" data-part="used_card">
<p>${t.text('receipt.saved', { card: cardText(t, usedCard), merchant })}</p>
${actionForm(context, `saved/${usedCard.id}/remove`, button)}
</div>`;
}

function outcomeSentences(context: PageContext, situation: Completed): Part {
  const { t, view } = context;
  if (situation.outcome === 'verified') return html`<p>${t.text('verified.text')}</p>`;
  if (situation.outcome === 'paid') return false;
  return html`<p>${t.rich('reserved.text', { amount: moneyHtml(t.meta.tag, view.money) })} ${
    situation.reservedUntil !== undefined &&
    t.rich('reserved.until', { time: timeHtml(context, situation.reservedUntil, 'moment') })
  }</p>`;
}

function givenBack({ t, view }: PageContext, { refundedMinor = 0 }: Completed): Part {
  if (refundedMinor === 0) return false;
  const amount = moneyHtml(t.meta.tag, { ...view.money, amountMinor: refundedMinor });
  return html`<br><span data-part="refunded">${t.rich('receipt.refunded', { amount })}</span>`;
}

function facts(context: PageContext, situation: Completed): Html {
  const { t, view } = context;
  const method = situation.outcome === 'verified' ? 'receipt.card' : 'receipt.method';
  const rows: [label: string, value: Part, kind?: string][] = [
    [
      t.text('receipt.amount'),
      situation.outcome !== 'verified' && html`${moneyHtml(t.meta.tag, view.money)}${givenBack(context, situation)}`,
    ],
    [t.text('receipt.merchant'), html`<bdi>${view.merchant.displayName}</bdi>`],
    [t.text('receipt.description'), view.description],
    [t.text(method), paidWithText(t, situation)],
    [t.text('receipt.time'), timeHtml(context, situation.at, 'moment')],
    [t.text('receipt.statement'), situation.outcome === 'paid' && view.merchant.statementName],
    [t.text('receipt.reference'), situation.reference, 'code'],
  ];
  return html`<dl class="facts">${rows
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([label, value, kind]) => html`<div><dt>${label}</dt><dd class="${kind ?? ''}">${value}</dd></div>`)}</dl>`;
}
