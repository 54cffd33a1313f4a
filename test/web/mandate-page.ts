/** The mandate part of a rendered page: how a random agreement gets there, and what people see in it. */
import assert from 'node:assert/strict';
import type { CheckoutView, MandateView } from '../../src/app/checkout-door.ts';
import { firstOccurrenceOf, mandateDates } from '../../src/domain/mandate-dates.ts';
import { sessionPage } from '../../src/web/checkout/page.ts';
import { shownTerms } from '../../src/web/checkout/terms.ts';
import type { PagePhrases } from '../../src/web/i18n/locales.ts';
import { CHECKOUT_ID, viewWith } from './fixtures.ts';
import { all, type Element } from './mandate-reader.ts';
import type { RandomAgreement } from './random-agreements.ts';

/** A session that asks for this mandate. */
export function pageOf(mandate: MandateView, firstPaidMinor: number): CheckoutView {
  const money = { amountMinor: firstPaidMinor, currency: mandate.terms.currency };
  return viewWith({ type: 'first_in_series', saving: 'mandate', money, mandate });
}

/** The mandate as the application would describe it. */
export function viewOf(agreement: RandomAgreement): MandateView {
  const { at, firstPaidMinor, ...agreed } = agreement;
  const dates = mandateDates(agreed, { at, amountMinor: firstPaidMinor });
  const firstOccurrence = firstOccurrenceOf(agreed, dates);
  return { ...agreed, ...dates, ...(firstOccurrence === undefined ? {} : { firstOccurrence }) };
}

/** The mandate part of the page, as markup. */
export function partOf(view: CheckoutView, t: PagePhrases): string {
  const context = { t, view, terms: shownTerms(view, t), path: `/checkout/${CHECKOUT_ID}`, csrf: '', attemptKey: '' };
  const part = /<section class="mandate"[\s\S]*?<\/section>/.exec(sessionPage(context).body);
  assert.ok(part);
  return part[0];
}

/** What is shown in the part, line by line as in the evidence. */
export function visibleText(part: Element): string {
  const heading = all(part).find(({ tag }) => tag === 'h3')?.text;
  return [heading, ...rowsIn(part)].join('\n');
}

/** The rows, each with its label. */
export function rowsIn(element: Element): string[] {
  const rows = all(element).filter(({ attributes }) => attributes['data-section'] !== undefined);
  return rows.map((row) => {
    const terms = all(row).filter(({ attributes }) => attributes['data-term'] !== undefined);
    return `${row.children[0]?.text}: ${terms.map(linesIn).join('\n')}`;
  });
}

/** The line, and each date of a list in a line of its own. What opens a long list is no part of the text. */
function linesIn(line: Element): string {
  const items = all(line).filter(({ tag }) => tag === 'li');
  if (items.length === 0) return line.text;
  const lead = line.text.slice(0, line.text.indexOf('\n'));
  return [lead, ...items.map(({ text }) => text)].join('\n');
}
