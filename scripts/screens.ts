/**
 * Pictures of every screen of the checkout, from the test fixtures through the real templates, for people to look at:
 * `node scripts/screens.ts [folder] [part of a name] [--sizes=1280,390,320] [--dark | --both]`.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../test/web/browser/chromium.ts';
import { BROWSER_COOKIE, startCheckout } from '../test/web/checkout-server.ts';
import { FIXTURES } from '../test/web/fixtures.ts';

interface Shot {
  name: string;
  path: string;
  /** What happens on the page before the picture. */
  act?: (page: Page) => Promise<void>;
}

const [folder = join(tmpdir(), 'tender-screens'), part = ''] = process.argv
  .slice(2)
  .filter((word) => !word.startsWith('--'));
const sizes = (process.argv.find((word) => word.startsWith('--sizes='))?.slice(8) ?? '1280,390').split(',').map(Number);
const schemes = process.argv.includes('--both')
  ? (['light', 'dark'] as const)
  : ([process.argv.includes('--dark') ? 'dark' : 'light'] as const);

async function typeCard(page: Page): Promise<void> {
  await page.locator('#card_number').pressSequentially('4242424242424242');
  await page.locator('#card_expiry').pressSequentially('1230');
  await page.locator('#card_cvc').pressSequentially('123');
}

mkdirSync(folder, { recursive: true });
const checkout = await startCheckout();
const browser = await launchBrowser();
const shots: Shot[] = FIXTURES.map(({ name, view, kept }) => ({ name, path: checkout.put(name, view, kept) }));
const choose = shots.find(({ name }) => name === 'choose')?.path ?? '';
const paid = shots.find(({ name }) => name === 'paid-mandate')?.path ?? '';
shots.push(
  { name: 'typed', path: choose, act: typeCard },
  { name: 'typed-focus', path: choose, act: (page) => page.locator('#card_number').pressSequentially('37828224') },
  { name: 'button-focus', path: choose, act: (page) => typeCard(page).then(() => page.keyboard.press('Tab')) },
  { name: 'cancel-open', path: choose, act: (page) => page.getByText('Cancel this payment').click() },
  { name: 'receipt', path: `${paid}/receipt` },
  { name: 'not-found', path: '/checkout/nothing' },
);
for (const { name, path, act } of shots.filter((shot) => shot.name.includes(part))) {
  for (const width of sizes) {
    for (const colorScheme of schemes) {
      const viewport = { width, height: width > 800 ? 900 : 780 };
      const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 2 });
      await context.addCookies([{ ...BROWSER_COOKIE, url: checkout.origin }]);
      const page = await context.newPage();
      // The shop and the bank answer nothing, so that every page stays.
      await page.route(
        (url) => url.origin !== checkout.origin,
        (route) => route.fulfill({ status: 204 }),
      );
      await page.goto(checkout.origin + path, { waitUntil: 'commit' });
      await page.locator('footer').waitFor();
      await act?.(page);
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      await context.close();
    }
  }
}
await browser.close();
await checkout.close();
console.log(folder);
