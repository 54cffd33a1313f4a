/** Which screens there are to look at: every made-up page once, and a few that need a hand. */
import type { Page } from 'playwright-core';
import { PREVIEW_NAMES, type PreviewName } from '../../src/web/checkout/preview/fixtures.ts';
import { previewPage } from '../../src/web/checkout/preview/render.ts';
import { PAGE_STATES } from '../../src/web/checkout/state.ts';
import { phrasesOf } from '../../src/web/i18n/locales.ts';

export interface Screen {
  name: string;
  /** The made-up page it is a picture of. */
  page: PreviewName;
  /** What happens on the page before the picture. */
  act?: (page: Page) => Promise<void>;
}

/** Screens whose name holds one of `words`, by comma; all without. States come first, and no page comes twice. */
export function screensNamed(words: string): Screen[] {
  const seen = new Set<string>();
  const made = [...PAGE_STATES, ...PREVIEW_NAMES].filter((name) => {
    const path = '/checkout/page';
    const { body } = previewPage(name, { t: phrasesOf('en'), path, address: `https://pay.example${path}` });
    return !seen.has(body) && seen.add(body);
  });
  const asked = words.split(',');
  return [...made.map((name) => ({ name, page: name })), ...BY_HAND].filter(({ name }) =>
    asked.some((word) => name.includes(word)),
  );
}

const typeCard = async (page: Page): Promise<void> => {
  await page.locator('#card_number').pressSequentially('378282246310005');
  await page.locator('#card_expiry').pressSequentially('1230');
  await page.locator('#card_cvc').pressSequentially('1234');
};

const BY_HAND: readonly Screen[] = [
  { name: 'typed', page: 'new_card', act: (page) => chooseCard(page).then(() => typeCard(page)) },
  {
    name: 'mistyped',
    page: 'new_card',
    async act(page) {
      await chooseCard(page);
      await page.locator('#card_number').pressSequentially('4242424242424241');
      await page.locator('#card_cvc').focus();
    },
  },
  {
    name: 'button_focus',
    page: 'new_card',
    act: (page) => page.locator('button.primary').focus(),
  },
  { name: 'cancel_open', page: 'cancel', act: (page) => page.locator('[data-part=cancel] summary').click() },
  {
    name: 'remove_open',
    page: 'remove_saved',
    act: (page) => page.locator('[data-part=remove_saved] summary').click(),
  },
];

async function chooseCard(page: Page): Promise<void> {
  const card = page.locator('input[type=radio][name=payment_method][value=card]');
  if ((await card.count()) > 0) await card.check();
}
