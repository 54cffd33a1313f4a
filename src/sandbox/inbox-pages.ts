/** The inbox of open actions, where a payer is played without hunting for links, and the page for an address that leads nowhere. */
import type { Charge } from './charge.ts';
import { PAGE_PATHS, placeName } from './other-methods.ts';
import { clockText, html, type Page } from './page-layout.ts';
import { amountOf, type PageFacts, placeLine, sheet } from './page-parts.ts';

const BANK = 'Sandbox bank';

export function unknownPage(): Page {
  return {
    status: 404,
    title: 'Page not found',
    content: sheet(
      BANK,
      html`<h1>There is nothing here</h1><p class="lead">The address is not one of ours, or it was cut off.</p>`,
    ),
  };
}

/** Path of the page on which the payer decides about `charge`. */
export function pagePath(charge: Charge): string {
  return `/${charge.method === undefined ? 'acs' : PAGE_PATHS[charge.method.type]}/${charge.action?.page ?? ''}`;
}

/** Every action still open, newest first. */
export function inboxPage(open: readonly PageFacts[]): Page {
  const items = open.map((facts) => {
    const { charge } = facts;
    return html`<li class="sheet">
<p class="row"><span>${facts.merchant}</span><span>${amountOf(charge)}</span></p>
<p class="soft">${meansOf(charge)} · reference ${charge.reference} · open until ${clockText(charge.action?.due ?? 0, facts.now)}</p>
<a class="button yes" href="${pagePath(charge)}">${linkText(charge)}</a>
</li>`;
  });
  return {
    status: 200,
    title: open.length === 0 ? `No open actions · ${BANK}` : `${open.length} open · ${BANK}`,
    wide: true,
    content: html`${placeLine(BANK)}<h1>Waiting for a payer</h1>
<p class="lead">Payments that stand still until somebody answers. Newest first; load the page again for the latest.</p>
${items.length === 0 ? html`<div class="sheet"><p class="lead">Nothing is waiting at the moment.</p></div>` : html`<ul>${items}</ul>`}`,
  };
}

function meansOf({ method, card, action }: Charge): string {
  if (method === undefined) return `Card ending ${card?.last4 ?? '????'}`;
  switch (method.type) {
    case 'mobile_money':
      return `Phone ending ${method.ending}`;
    case 'voucher':
      return `Code ${action?.page ?? ''}`;
    default:
      return placeName(method);
  }
}

function linkText({ method }: Charge): string {
  switch (method?.type) {
    case 'wallet_qr':
      return 'Open the wallet';
    case 'mobile_money':
      return 'Pick up the phone';
    case 'voucher':
      return 'Go to the till';
    default:
      return "Open the bank's page";
  }
}
