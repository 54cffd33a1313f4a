/** The last minutes of a page and the paper after it: the banner that asks, more time in place, the end by itself, and the receipt in print. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { MINUTE, SECOND } from '../../../src/lib/time.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';
import { launchBrowser } from './chromium.ts';
import { clean, openWindow, reads, sees, types } from './real-pages.ts';

let app: TestApp;
let browser: Browser;
before(async () => {
  [app, browser] = await Promise.all([testApp(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await app?.close();
});

/** A page that closes in `ms`. */
async function closesIn(ms: number): Promise<Json> {
  const expires_at = new Date(app.clock.now() + 6 * MINUTE).toISOString();
  const session = await app.merchant.createSession({ options: { checkout_options: { expires_at } } });
  app.clock.advance(6 * MINUTE - ms);
  return session;
}

test('two minutes before the end the banner asks, is said once, and more time leaves what was typed', async () => {
  const session = await closesIn(2 * MINUTE + 2 * SECOND);
  const window = await openWindow({ app, browser }, session);
  const { page } = window;
  const banner = page.locator('[data-banner=expiring]');
  assert.equal(await banner.isVisible(), false);
  await types(page, { number: '4242424242424242', expiry: '1230' });
  await banner.waitFor();
  assert.equal(await page.locator('[role=alert] [data-banner=expiring]').count(), 1, 'screen readers hear it');
  assert.equal(await page.locator('#card_number').inputValue(), '4242 4242 4242 4242');
  await banner.getByRole('button', { name: 'I need more time' }).click();
  await page.locator('[data-part=more_time] p', { hasText: 'This page now closes at' }).waitFor();
  assert.equal(await banner.isVisible(), false);
  assert.match(await page.locator('main > [role=status]').innerText(), /This page now closes at/);
  assert.equal(await page.locator('#card_number').inputValue(), '4242 4242 4242 4242');
  const end = Date.parse((await app.merchant.session(session.id)).expires_at);
  assert.equal(end - app.clock.now(), 15 * MINUTE);
  assert.equal(await page.locator('main').getAttribute('data-expires'), String(end));
  await clean(window);
});

test('at its end the page says so by itself, and without the script at the next press', async () => {
  const session = await closesIn(2 * SECOND);
  const window = await openWindow({ app, browser }, session);
  app.clock.advance(2 * SECOND);
  await sees(window.page, 'expired');
  assert.match(await reads(window.page), /This payment page has closed\. Nothing was charged\./);
  await clean(window);
});

test('a receipt in print fits A4 and the 80 mm of a till, says that it is a test, and leaves the buttons out', async () => {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    description: 'Ein Jahresabonnement der Rindfleischetikettierungsüberwachung',
    options: { customer: { name: 'Thandi' }, mandate_options: { type: 'on_demand' } },
  });
  await app.payer.another().pays(session, '4242424242424242');
  const window = await openWindow({ app, browser }, session);
  const { page } = window;
  await page.goto(`${session.session_url}/receipt`);
  await page.emulateMedia({ media: 'print' });
  const mm = (length: number) => Math.floor((length / 25.4) * 96);
  for (const paper of [80, 210]) {
    // The margins of the page are 8 mm a side.
    await page.setViewportSize({ width: mm(paper - 16), height: 1000 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${paper} mm: ${wide} pixels too wide`);
    assert.match(await page.locator('header').innerText(), /Test\. No money moves\./);
    assert.match(await reads(page), /R 200,00.*Blue Door Books.*Visa ending 4242.*What you agreed to/s);
    assert.equal(await page.locator('button:visible, a.button:visible, select:visible').count(), 0);
  }
  const pdf = await page.pdf({ format: 'A4' });
  assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length, 1, 'one sheet of A4');
  await clean(window);
});
