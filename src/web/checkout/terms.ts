/**
 * What a page says about money, saving and charging later: computed once and used three times, for the page itself, for
 * the `seen` digest that a press of Pay must repeat, and for the evidence of consent. So the three cannot differ.
 */
import { createHash } from 'node:crypto';
import type { CheckoutView, ConsentEvidence, MandateView } from '../../app/checkout-door.ts';
import { type Html, html } from '../html.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { moneyText } from '../i18n/money-and-dates.ts';
import { seenDigest } from './form-token.ts';

export interface MandateRow {
  section: 'who' | 'for' | 'how_much' | 'when' | 'until' | 'today' | 'cancel';
  label: string;
  /** The value with its amounts as `<data>`; its text content is `text`. */
  shown: Html;
  text: string;
}

export interface ShownTerms {
  amount: string;
  buttonLabel: string;
  /** How the page talks about saving: not at all, a box, a sentence, or the mandate part. */
  saving: 'none' | 'box' | 'sentence' | 'mandate';
  rows: readonly MandateRow[];
  /** Exactly what the payer agrees to, as plain text; empty when nothing is saved. */
  consentText: string;
  seen: string;
}

/** The terms of a session as the page in this language shows them. */
export function shownTerms(view: CheckoutView, t: PagePhrases): ShownTerms {
  const amount = moneyText(t.meta.tag, view.money);
  const saving = savingOf(view);
  const rows = view.mandate && saving === 'mandate' ? mandateRows(view, view.mandate, t) : [];
  const buttonLabel = labelOf(view, t, amount);
  const consentText = consentOf(view, saving, rows, t);
  const seen = seenDigest([
    view.money.amountMinor,
    view.money.currency,
    view.captureMethod,
    saving,
    consentText,
    t.meta.tag,
  ]);
  return { amount, buttonLabel, saving, rows, consentText, seen };
}

/** Proof of what was agreed to by pressing the button or ticking the box; undefined when nothing is saved. */
export function consentEvidence(
  terms: ShownTerms,
  t: PagePhrases,
  payer: { ip?: string; userAgent?: string },
): ConsentEvidence | undefined {
  if (terms.consentText === '') return undefined;
  return {
    text: terms.consentText,
    textHash: createHash('sha256').update(terms.consentText, 'utf8').digest('hex'),
    locale: t.meta.tag,
    catalogueVersion: t.meta.version,
    reviewed: t.meta.reviewed.mandate,
    action: terms.saving === 'box' ? 'checkbox' : 'button',
    buttonLabel: terms.buttonLabel,
    seen: terms.seen,
    ...payer,
  };
}

/** `<data>` around an amount, so that programs can read back what people see. */
export function moneyHtml(locale: string, money: CheckoutView['money']): Html {
  return html`<data value="${money.amountMinor}" data-currency="${money.currency}"><bdi>${moneyText(locale, money)}</bdi></data>`;
}

/** The same for headlines: a currency code stands smaller beside the figure. */
export function headlineMoneyHtml(locale: string, money: CheckoutView['money']): Html {
  const pieces = moneyText(locale, money).split(/([A-Z]{3})/);
  const shown = pieces.map((piece, i) => (i % 2 ? html`<small>${piece}</small>` : piece));
  return html`<data value="${money.amountMinor}" data-currency="${money.currency}"><bdi>${shown}</bdi></data>`;
}

function savingOf(view: CheckoutView): ShownTerms['saving'] {
  if (view.saving === 'prompt') return 'box';
  if (view.saving === 'always') return 'sentence';
  return view.saving === 'mandate' ? 'mandate' : 'none';
}

function labelOf(view: CheckoutView, t: PagePhrases, amount: string): string {
  const free = view.money.amountMinor === 0;
  if (view.saving === 'mandate') return free ? t.text('form.agree_save') : t.text('form.agree_pay', { amount });
  return free ? t.text('form.save') : t.text('form.pay', { amount });
}

function consentOf(
  view: CheckoutView,
  saving: ShownTerms['saving'],
  rows: readonly MandateRow[],
  t: PagePhrases,
): string {
  const merchant = view.merchant.displayName;
  if (saving === 'none') return '';
  if (saving === 'mandate') {
    return [t.text('mandate.heading'), ...rows.map((row) => `${row.label}: ${row.text}`)].join('\n');
  }
  const sentence = saving === 'box' ? t.text('save.box', { merchant }) : t.text('save.sentence', { merchant });
  return `${sentence}\n${t.text('save.hint', { merchant })}`;
}

/** The seven rows; each value comes from the object that later charges are held against. */
function mandateRows(view: CheckoutView, mandate: MandateView, t: PagePhrases): MandateRow[] {
  const merchant = view.merchant.displayName;
  const plain = (text: string) => ({ text, shown: html`${text}` });
  const forWhat = view.description ?? t.text('mandate.for_text', { merchant });
  return [
    { section: 'who', ...plain(t.text('mandate.who_text', { legal_name: view.merchant.legalName })) },
    { section: 'for', ...plain(forWhat) },
    { section: 'how_much', ...howMuch(mandate, merchant, t) },
    { section: 'when', ...plain(t.text('mandate.on_demand', { merchant })) },
    { section: 'until', ...plain(t.text('mandate.until_cancelled')) },
    { section: 'today', ...today(view, t) },
    { section: 'cancel', ...plain(howToCancel(view, t)) },
  ].map((row) => ({ ...row, label: t.text(`mandate.${row.section as MandateRow['section']}`) }) as MandateRow);
}

type Value = Pick<MandateRow, 'text' | 'shown'>;

function howMuch(mandate: MandateView, merchant: string, t: PagePhrases): Value {
  const { minAmountMinor: low, maxAmountMinor: high, currency } = mandate;
  if (high === undefined) {
    const text = t.text('mandate.no_limit', { merchant });
    return { text, shown: html`${text}` };
  }
  const [min, max] = [
    { amountMinor: low, currency },
    { amountMinor: high, currency },
  ];
  if (low > 1 && low < high) {
    const say = { min: moneyText(t.meta.tag, min), max: moneyText(t.meta.tag, max) };
    const show = { min: moneyHtml(t.meta.tag, min), max: moneyHtml(t.meta.tag, max) };
    return { text: t.text('mandate.between', say), shown: t.rich('mandate.between', show) };
  }
  return amountIn(low === high ? 'mandate.exactly' : 'mandate.up_to', max, t);
}

function today(view: CheckoutView, t: PagePhrases): Value {
  if (view.money.amountMinor === 0) {
    const text = t.text('mandate.nothing_now');
    return { text, shown: html`${text}` };
  }
  return amountIn(view.captureMethod === 'manual' ? 'mandate.reserved_now' : 'mandate.now', view.money, t);
}

function amountIn(
  key: 'mandate.exactly' | 'mandate.up_to' | 'mandate.now' | 'mandate.reserved_now',
  money: CheckoutView['money'],
  t: PagePhrases,
): Value {
  return {
    text: t.text(key, { amount: moneyText(t.meta.tag, money) }),
    shown: t.rich(key, { amount: moneyHtml(t.meta.tag, money) }),
  };
}

function howToCancel({ merchant }: CheckoutView, t: PagePhrases): string {
  const support = merchant.support?.email ?? merchant.support?.phone ?? merchant.support?.url;
  return support
    ? t.text('mandate.cancel_text', { support })
    : t.text('mandate.cancel_merchant', { merchant: merchant.displayName });
}
