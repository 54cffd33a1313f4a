/**
 * Pictures of every screen of the checkout, from the test fixtures through the real templates:
 * `node scripts/screens.ts <folder> [name part] [--sizes 1280,320] [--dark]`.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '../test/web/browser/chromium.ts';
import { BROWSER_COOKIE, startCheckout } from '../test/web/checkout-server.ts';
import { FIXTURES } from '../test/web/fixtures.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const folder = words[0] ?? join(tmpdir(), 'tender-screens');
const only = words[1] ?? '';
const sizes = (process.argv.find((word) => word.startsWith('--sizes='))?.slice(8) ?? '1280,390').split(',').map(Number);
const schemes = process.argv.includes('--dark')
  ? (['dark'] as const)
  : process.argv.includes('--both')
    ? (['light', 'dark'] as const)
    : (['light'] as const);

mkdirSync(folder, { recursive: true });
const checkout = await startCheckout();
const browser = await launchBrowser();
for (const { name, view, kept } of FIXTURES.filter((fixture) => fixture.name.includes(only))) {
  for (const width of sizes) {
    for (const colorScheme of schemes) {
      const context = await browser.newContext({
        viewport: { width, height: width > 800 ? 900 : 780 },
        colorScheme,
        deviceScaleFactor: 2,
      });
      await context.addCookies([{ ...BROWSER_COOKIE, url: checkout.origin }]);
      const page = await context.newPage();
      await page.route('https://shop.example/**', (route) => route.abort());
      await page.goto(checkout.origin + checkout.put(name, view, kept), { waitUntil: 'load' });
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      await context.close();
    }
  }
}
await browser.close();
await checkout.close();
console.log(folder);
