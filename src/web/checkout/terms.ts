/**
 * What a page says about money, saving and charging later: computed once and used three times, for the page itself, for
 * the `seen` digest that a press of Pay must repeat, and for the evidence of consent. So the three cannot differ.
 */
import { createHash } from 'node:crypto';
import type { AgreedValues, CheckoutView, ConsentEvidence, MandateView } from '../../app/checkout-door.ts';
import type { ButtonVerb } from '../../domain/branding.ts';
import { type Timestamp, toIso } from '../../lib/time.ts';
import type { Html } from '../html.ts';
import { type PagePhrases, phrasesOf } from '../i18n/locales.ts';
import { moneyText } from '../i18n/money-and-dates.ts';
import { seenDigest } from './form-token.ts';
import { htmlOf, type Line, linesOf, type TermsSection, textOf } from './mandate-words.ts';
import { countSaid, moneySaid, words } from './readable-values.ts';

export interface MandateRow {
  section: 'who' | 'for' | TermsSection | 'today' | 'cancel';
  label: string;
  /** The value with its amounts, dates and counts as `<data>` and `<time>`; its text content is `text`, line by line. */
  shown: Html;
  text: string;
}

export interface ShownTerms {
  amount: string;
  buttonLabel: string;
  /** How the page talks about saving: not at all, a box, a sentence, or the mandate part. */
  saving: 'none' | 'box' | 'sentence' | 'mandate';
  rows: readonly MandateRow[];
  /** The same rows in English, beneath: where no native speaker has read what the language says about mandates. */
  english: readonly MandateRow[];
  /** The payer agrees by a box above the button, not by the button alone. */
  agreeBox: boolean;
  /** The values it was all made from. */
  agreed: AgreedValues;
  /** Exactly what the payer agrees to, as plain text; empty when nothing is saved. */
  consentText: string;
  seen: string;
}

/** The terms of a session as the page in this language shows them. */
export function shownTerms(view: CheckoutView, t: PagePhrases): ShownTerms {
  const amount = moneyText(t.meta.tag, view.money);
  const saving = savingOf(view);
  const rowsIn = (its: PagePhrases) =>
    view.mandate && saving === 'mandate' ? mandateRows(view, view.mandate, its) : [];
  const rows = rowsIn(t);
  const english = needsEnglish(t) ? rowsIn(phrasesOf('en')) : [];
  const buttonLabel = labelOf(view, t, amount);
  const consentText = consentOf(view, saving, { rows, english }, t);
  const seen = seenDigest([
    view.money.amountMinor,
    view.money.currency,
    view.captureMethod,
    saving,
    consentText,
    t.meta.tag,
  ]);
  return {
    amount,
    buttonLabel,
    saving,
    rows,
    english,
    agreeBox: agreesByBox(view),
    agreed: agreedValues(view),
    consentText,
    seen,
  };
}

/** Proof of what was agreed to by pressing the button or ticking the box; undefined when nothing is saved. */
export function consentEvidence(
  terms: ShownTerms,
  t: PagePhrases,
  act: { at: Timestamp; ip?: string; userAgent?: string },
): ConsentEvidence | undefined {
  if (terms.consentText === '') return undefined;
  return {
    text: terms.consentText,
    textHash: createHash('sha256').update(terms.consentText, 'utf8').digest('hex'),
    locale: t.meta.tag,
    catalogueVersion: t.meta.version,
    reviewed: t.meta.reviewed.mandate,
    action: terms.saving === 'box' || terms.agreeBox ? 'checkbox' : 'button',
    buttonLabel: terms.buttonLabel,
    seen: terms.seen,
    terms: terms.agreed,
    ...act,
    at: toIso(act.at),
  };
}

function agreedValues({ money, captureMethod, mandate }: CheckoutView): AgreedValues {
  if (mandate === undefined) return { ...money, captureMethod };
  const { mandateId: _, ...agreed } = mandate;
  return { ...money, captureMethod, mandate: agreed };
}

/** Whether the payer has to tick a box to agree to later charges. */
export function agreesByBox(view: CheckoutView): boolean {
  return savingOf(view) === 'mandate' && view.settings.mandateConsent === 'checkbox';
}

/** Nobody is bound by words that only we have read. Those of an English region are the English ones. */
function needsEnglish({ meta }: PagePhrases): boolean {
  return !meta.reviewed.mandate && new Intl.Locale(meta.tag).language !== 'en';
}

function savingOf(view: CheckoutView): ShownTerms['saving'] {
  if (view.saving === 'prompt') return 'box';
  if (view.saving === 'always') return 'sentence';
  return view.saving === 'mandate' ? 'mandate' : 'none';
}

function labelOf(view: CheckoutView, t: PagePhrases, amount: string): string {
  const free = view.money.amountMinor === 0;
  if (view.saving === 'mandate') return free ? t.text('form.agree_save') : t.text('form.agree_pay', { amount });
  return free ? t.text('form.save') : t.text(VERBS[view.brand.set.buttonVerb ?? 'pay'], { amount });
}

/** What pressing does, in the merchant's word for it. */
const VERBS = {
  pay: 'form.pay',
  book: 'form.book',
  donate: 'form.donate',
  order: 'form.order',
  subscribe: 'form.subscribe',
} as const satisfies Record<ButtonVerb, string>;

function consentOf(
  view: CheckoutView,
  saving: ShownTerms['saving'],
  said: Pick<ShownTerms, 'rows' | 'english'>,
  t: PagePhrases,
): string {
  const merchant = view.merchant.displayName;
  if (saving === 'none') return '';
  if (saving === 'mandate') {
    const box = agreesByBox(view) ? [t.text('mandate.box')] : [];
    const lines = (rows: readonly MandateRow[]) => rows.map((row) => `${row.label}: ${row.text}`);
    const beneath = said.english.length === 0 ? [] : ['', t.text('mandate.english'), ...lines(said.english)];
    return [t.text('mandate.heading'), ...lines(said.rows), ...beneath, ...box].join('\n');
  }
  const sentence = saving === 'box' ? t.text('save.box', { merchant }) : t.text('save.sentence', { merchant });
  return `${sentence}\n${t.text('save.hint', { merchant })}`;
}

/** The seven rows; each value comes from the object that later charges are held against. */
function mandateRows(view: CheckoutView, mandate: MandateView, t: PagePhrases): MandateRow[] {
  const merchant = view.merchant.displayName;
  const told = { mandate, merchant, t };
  const forWhat =
    view.description === undefined ? t.say('mandate.for_text', { merchant: words(merchant) }) : words(view.description);
  const lines: Record<MandateRow['section'], readonly Line[]> = {
    who: [{ term: 'who', said: t.say('mandate.who_text', { legal_name: words(view.merchant.legalName) }) }],
    for: [{ term: 'for', said: forWhat }],
    how_much: linesOf('how_much', told),
    when: linesOf('when', told),
    until: linesOf('until', told),
    today: today(view, mandate, t),
    cancel: howToCancel(view, t),
  };
  return Object.entries(lines).map(([name, its]) => {
    const section = name as MandateRow['section'];
    return { section, label: t.text(`mandate.${section}`), text: textOf(its), shown: htmlOf(its) };
  });
}

/** What is taken at once; and whether the limits count it, for they speak of what is taken without the payer. */
function today(view: CheckoutView, { terms }: MandateView, t: PagePhrases): Line[] {
  if (view.money.amountMinor === 0) return [{ term: 'now', said: t.say('mandate.nothing_now') }];
  const key = view.captureMethod === 'manual' ? 'mandate.reserved_now' : 'mandate.now';
  const lines: Line[] = [{ term: 'now', said: t.say(key, { amount: moneySaid(t, view.money) }) }];
  if (terms.type === 'installment') lines.push({ term: 'counted', said: t.say('mandate.in_total') });
  else if (terms.maxOccurrences !== undefined || terms.periodLimits.length > 0)
    lines.push({ term: 'counted', said: t.say('mandate.not_in_limits') });
  return lines;
}

function howToCancel({ merchant, settings }: CheckoutView, t: PagePhrases): Line[] {
  const { noticeDays } = settings;
  const contact = merchant.support?.email ?? merchant.support?.phone ?? merchant.support?.url;
  const name = words(merchant.displayName);
  const lines: Line[] = [
    {
      term: 'cancel',
      said: contact
        ? t.say('mandate.cancel_text', { support: words(contact) })
        : t.say('mandate.cancel_merchant', { merchant: name }),
    },
  ];
  if (noticeDays !== undefined)
    lines.push({ term: 'notice', said: t.say('mandate.notice', { merchant: name, n: countSaid(noticeDays) }) });
  return lines;
}
