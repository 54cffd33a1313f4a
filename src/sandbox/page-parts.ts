/** What the payer's pages have in common: whose page it is, the amount, the facts, the way back. */
import type { Charge } from './charge.ts';
import { clockText, type Html, html, moneyText, type Page } from './page-layout.ts';

export interface PageFacts {
  charge: Charge;
  merchant: string;
  /** Instant of the account's clock, for deadlines already past. */
  now: number;
}

/** A white sheet under the name of the bank, wallet, phone or shop. */
export function sheet(place: string, content: Html): Html {
  return html`<div class="sheet">${placeLine(place)}${content}</div>`;
}

export function placeLine(place: string): Html {
  return html`<p class="bank"><span class="mark" aria-hidden="true"></span>${place}</p>`;
}

export function amountOf(charge: Charge): string {
  return charge.intent === 'verify' ? `No charge, ${charge.currency}` : moneyText(charge.value, charge.currency);
}

/** Amount and facts; `means` is what is paid with. The deadline is left out once it does not matter any more. */
export function details(
  facts: PageFacts,
  about: { means?: { label: string; value: string } | undefined; over?: boolean },
): Html {
  const { charge } = facts;
  const { means, over } = about;
  return html`<p class="sum">${amountOf(charge)}</p>
<dl>
<div><dt>Paid to</dt><dd>${facts.merchant}</dd></div>
${means !== undefined && html`<div><dt>${means.label}</dt><dd>${means.value}</dd></div>`}
<div><dt>Reference</dt><dd>${charge.reference}</dd></div>
${!over && html`<div><dt>Answer by</dt><dd>${clockText(charge.action?.due ?? facts.now, facts.now)}</dd></div>`}
</dl>`;
}

/** The way back to the shop, for a page on which nothing is left to decide. */
export function wayBack(facts: PageFacts): Html | undefined {
  const back = facts.charge.action?.return_url;
  return back === undefined ? undefined : html`<a class="button yes" href="${back}">Back to ${facts.merchant}</a>`;
}

/** Which shop may frame the page. */
export function shopOf(facts: PageFacts): Pick<Page, 'shop'> {
  const back = facts.charge.action?.return_url;
  return back === undefined ? {} : { shop: new URL(back).origin };
}
