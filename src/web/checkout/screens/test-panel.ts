/** Test mode's own part: numbers that show each ending. The script turns each row into a button that fills the form. */
import { groupDigits } from '../../../domain/card-brands.ts';
import { type Html, html } from '../../html.ts';
import type { PagePhrases } from '../../i18n/locales.ts';

/** Numbers of the pretend bank; a test holds them to its list. */
export const TEST_CARDS = [
  { number: '4242424242424242', key: 'test.approved' },
  { number: '378282246310005', key: 'test.amex' },
  { number: '4000000000003220', key: 'test.three_ds' },
  { number: '4000000000009995', key: 'test.funds' },
  { number: '4000000000000002', key: 'test.declined' },
  { number: '4000000000000127', key: 'test.code' },
  { number: '4000000000000069', key: 'test.expired' },
  { number: '4000009800100003', key: 'test.unknown' },
] as const;

/** The part with its list. */
export function testPanel(t: PagePhrases): Html {
  return html`<details class="test-panel" data-part="test_panel" open>
<summary>${t.text('test.cards')}</summary>
<ul>${TEST_CARDS.map(({ number, key }) => {
    const grouped = groupDigits(number);
    return html`<li data-fill="${number}"><span class="code" dir="ltr">${grouped}</span> <small>${t.text(key)}</small></li>`;
  })}</ul>
<p>${t.text('test.how')}</p>
</details>`;
}
