/**
 * Test mode's own part: numbers that show each ending. The script turns each row into a button that fills the form. It is for
 * developers, so it is in English on every page.
 */
import { groupDigits } from '../../../domain/card-brands.ts';
import { type Html, html } from '../../html.ts';

/** Numbers of the pretend bank; a test holds them to its list. */
export const TEST_CARDS = [
  { number: '4242424242424242', ending: 'Approved' },
  { number: '378282246310005', ending: 'Approved, American Express' },
  { number: '4000000000003220', ending: 'Bank confirmation, then approved' },
  { number: '4000000000009995', ending: 'Declined: not enough money' },
  { number: '4000000000000002', ending: 'Declined: no reason given' },
  { number: '4000000000000127', ending: 'Declined: wrong security code' },
  { number: '4000000000000069', ending: 'Declined: card expired' },
  { number: '4000009800100003', ending: 'Bank’s answer gets lost' },
] as const;

/** The part with its list. */
export function testPanel(): Html {
  return html`<details class="test-panel" data-part="test_panel" lang="en" dir="ltr" open>
<summary>Test cards</summary>
<ul>${TEST_CARDS.map(({ number, ending }) => {
    const grouped = groupDigits(number);
    return html`<li data-fill="${number}"><span class="code" dir="ltr">${grouped}</span> <small>${ending}</small></li>`;
  })}</ul>
<p>Any expiry date ahead and any security code work.</p>
</details>`;
}
