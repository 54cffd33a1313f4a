/**
 * Card brand marks as tiny inline drawings: our own simple renderings in 38 × 24 units, always beside the brand's name
 * as text. Defined once per document and used by reference.
 */
import { CARD_BRANDS, CARD_SCHEMES, type CardBrand } from '../../domain/card-brands.ts';
import { type Html, html, trusted } from '../html.ts';

const letters = (text: string, x: number, size: number, fill: string): string =>
  `<text x="${x}" y="${12 + size * 0.36}" text-anchor="middle" font-family="Arial,Helvetica,sans-serif" font-weight="800" font-size="${size}" fill="${fill}">${text}</text>`;

const circles = (left: string, right: string, middle: string): string =>
  `<circle cx="15" cy="12" r="7" fill="${left}"/><circle cx="23" cy="12" r="7" fill="${right}"/><path d="M19 6.3a7 7 0 0 1 0 11.4 7 7 0 0 1 0-11.4" fill="${middle}"/>`;

const stripe = (x: number, fill: string): string =>
  `<path d="M${x + 2.5} 5h8a2 2 0 0 1 2 2.4l-2 10a2 2 0 0 1-2 1.6h-8a2 2 0 0 1-2-2.4l2-10a2 2 0 0 1 2-1.6" fill="${fill}"/>`;

const DRAWINGS: Readonly<Record<string, { back: string; mark: string }>> = {
  visa: {
    back: '#fff',
    mark: `<g transform="skewX(-10) translate(2.2 0)">${letters('VISA', 19, 11.5, '#1434cb')}</g>`,
  },
  mastercard: { back: '#fff', mark: circles('#eb001b', '#f79e1b', '#ff5f00') },
  amex: { back: '#016fd0', mark: letters('AMEX', 19, 10, '#fff') },
  discover: {
    back: '#fff',
    mark: `<path d="M38 13v9a2 2 0 0 1-2 2H14c10-1 19-5 24-11" fill="#f47216"/>${letters('DISCOVER', 19, 6.2, '#1a1a1a')}`,
  },
  diners: {
    back: '#fff',
    mark: '<circle cx="19" cy="12" r="8" fill="#0069aa"/><circle cx="19" cy="12" r="6" fill="#fff"/><path d="M17 7.6a5 5 0 0 0 0 8.8zM21 7.6a5 5 0 0 1 0 8.8z" fill="#0069aa"/>',
  },
  jcb: {
    back: '#fff',
    mark: `<rect x="8" y="4" width="7" height="16" rx="2.5" fill="#0e4c96"/><rect x="15.5" y="4" width="7" height="16" rx="2.5" fill="#c8102e"/><rect x="23" y="4" width="7" height="16" rx="2.5" fill="#007940"/>`,
  },
  unionpay: { back: '#fff', mark: stripe(5, '#e21836') + stripe(12.5, '#00447c') + stripe(20, '#007b84') },
  maestro: { back: '#fff', mark: circles('#0099df', '#ed0006', '#6c6bbd') },
};

/** Definitions for {@link brandMark}; once per document, before the first use. */
export const brandMarkSprite: Html = trusted(
  `<svg width="0" height="0" class="vh" aria-hidden="true">${Object.entries(DRAWINGS)
    .map(
      ([scheme, drawing]) =>
        `<symbol id="m-${scheme}" viewBox="0 0 38 24"><rect width="38" height="24" rx="3.5" fill="${drawing.back}"/>${drawing.mark}</symbol>`,
    )
    .join('')}</svg>`,
);

/** The mark of a scheme, for the eye only; a plain card for schemes without one. */
export function brandMark(scheme: string): Html {
  const known = Object.hasOwn(DRAWINGS, scheme);
  return known
    ? html`<svg class="mark" viewBox="0 0 38 24" width="38" height="24" aria-hidden="true"><use href="#m-${scheme}"/></svg>`
    : html`<svg class="mark plain" viewBox="0 0 38 24" width="38" height="24" aria-hidden="true"><rect x="0" y="6" width="38" height="5"/></svg>`;
}

/** The scheme's name for people. */
export function brandName(scheme: string, otherwise: string): string {
  return (CARD_BRANDS as Readonly<Record<string, CardBrand>>)[scheme]?.name ?? otherwise;
}

/** All accepted brands: marks for the eye, names for ears and search. */
export function acceptedBrands(label: string): Html {
  return html`<ul class="marks" aria-label="${label}">${CARD_SCHEMES.map(
    (scheme) =>
      html`<li data-scheme="${scheme}">${brandMark(scheme)}<span class="vh">${CARD_BRANDS[scheme].name}</span></li>`,
  )}</ul>`;
}
