/** Out of a shop's frame to a bank and back, and the cookie of a frame over https, in a real browser that blocks all others. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { chromium } from 'playwright-core';
import { findChromium } from '../../../scripts/chromium.mjs';
import { type TestApp, testApp } from '../../support/app.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { startCheckout } from '../checkout-server.ts';
import { viewWith } from '../fixtures.ts';
import { BROWSER_FLAGS, launchBrowser } from './chromium.ts';
import { hears, seesIn, startShop, toldTo, visitShop } from './embed-shop.ts';

test('a bank that is no card takes the whole window after a press, and leads to the full page and then to the shop', async (t) => {
  const [app, browser] = await Promise.all([testApp(), launchBrowser()]);
  const shop = await startShop(app);
  t.after(async () => {
    await browser.close();
    await shop.close();
    await app.close();
  });
  const presentation = { presentation_mode: { mode: 'embedded_inline' }, return_url: `${shop.origin}/thanks` };
  const session = await app.merchant.createSession({ options: { checkout_options: presentation } });
  const { page, frame } = await visitShop({ browser, shop }, session, { mode: 'inline' });
  await hears(page, 'onReady');
  await frame.locator('[value=pay_by_bank]').check();
  await frame.locator('#pay_by_bank_bank').selectOption('prompt');
  await frame.locator('#pay [type=submit]').click();
  await seesIn(frame, 'redirect');
  assert.ok(page.url().startsWith(shop.origin), 'nothing leaves by itself');
  await frame.getByRole('link', { name: 'Continue to Prompt Bank' }).click();
  await page.waitForURL(/\/bank\//);
  await page.locator('button[value=approve]').click();
  await page.waitForURL(/\/thanks\?session_id=/);
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
});

test('over https a frame has a cookie of its own, apart for this shop, where all other cookies of third parties are blocked', async (t) => {
  const inner = await startCheckout({ publicUrl: 'https://127.0.0.1' });
  const outer = createServer(selfSigned(), (socket) => {
    const { port } = new URL(inner.origin);
    const through = connect(Number(port), '127.0.0.1');
    socket.pipe(through).pipe(socket);
    for (const end of [socket, through]) end.on('error', () => end.destroy());
  });
  outer.listen(0, '127.0.0.1');
  await once(outer, 'listening');
  const url = `https://127.0.0.1:${(outer.address() as AddressInfo).port}`;
  const shop = await startShop({ url } as TestApp);
  const args = [...BROWSER_FLAGS, '--test-third-party-cookie-phaseout', '--ignore-certificate-errors'];
  const browser = await chromium.launch({ executablePath: findChromium() as string, args });
  t.after(async () => {
    await browser.close();
    await shop.close();
    outer.close();
    await inner.close();
  });
  inner.door.clientTokenHolds = (_view, token) => token.endsWith('.signed');
  const path = inner.put('framed', viewWith({ embedding: { mode: 'embedded_inline', framers: [shop.origin] } }));
  const claims = Buffer.from(JSON.stringify({ url: url + path })).toString('base64url');
  const session = { client_token: `a.${claims}.signed` };
  const { page, frame, context } = await visitShop({ browser, shop }, session, { mode: 'inline' });
  await hears(page, 'onReady');
  const [cookie, ...others] = (await context.cookies()) as { name: string; partitionKey?: string }[];
  assert.equal(cookie?.name, '__Host-tender_frame');
  assert.equal(cookie?.partitionKey, 'http://localhost');
  assert.deepEqual(others, []);
  await frame.locator('#card_number').fill('4242424242424242');
  await frame.locator('#pay [type=submit]').click();
  await frame.locator('[data-banner=error_summary]').waitFor();
  const kept = [...inner.door.forms.keys()];
  assert.equal(kept.length, 1, 'what was typed is kept for the browser that the cookie names');
  assert.deepEqual(await toldTo(page).then((told) => told.map(([name]) => name)), ['onReady']);
});
