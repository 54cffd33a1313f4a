/** A payer on a whole Tender when it does not go straight: cancelled, late, already paid, unknown, slow, no cookies, other tabs. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../../scripts/chromium.mjs';
import { type TestApp, testApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';
import { cards } from '../../support/payer.ts';
import { BROWSER_FLAGS, launchBrowser } from './chromium.ts';
import { clean, openWindow, pays, presses, reads, sees, typesCard, type Window, watched } from './real-pages.ts';

const MINUTE = 60_000;
let app: TestApp;
let browser: Browser;
before(async () => {
  [app, browser] = await Promise.all([testApp(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await app?.close();
});

const open = (session: Json, options = {}): Promise<Window> => openWindow({ app, browser }, session, options);

/** Each with the script and without: the page promises the same. */
const WAYS = [
  { how: 'with the script', javaScriptEnabled: true },
  { how: 'without the script', javaScriptEnabled: false },
];

for (const { how, javaScriptEnabled } of WAYS) {
  test(`the payer cancels, is told so, and a reload says the same (${how})`, async () => {
    const session = await app.merchant.createSession();
    const window = await open(session, { javaScriptEnabled });
    await window.page.getByText('Cancel this payment').click();
    await window.page.getByRole('button', { name: 'Yes, cancel' }).click();
    await sees(window.page, 'cancelled');
    await window.page.reload();
    await sees(window.page, 'cancelled');
    assert.equal((await app.merchant.session(session.id)).status, 'cancelled');
    await clean(window);
  });

  test(`Pay after the end sends nothing and says that nothing was charged (${how})`, async () => {
    const session = await app.merchant.createSession();
    const window = await open(session, { javaScriptEnabled });
    app.clock.advance(25 * 60 * MINUTE);
    const before = (await app.control.book()).length;
    await pays(window.page, cards.approved);
    // The form's own token is older than a day too: whatever is said first, the true state is one press away.
    await sees(window.page, 'expired');
    assert.match(await reads(window.page), /This payment page has closed\. Nothing was charged\./);
    assert.equal((await app.control.book()).length, before);
    await app.runDue();
    assert.equal((await app.merchant.session(session.id)).status, 'expired');
    await clean(window);
  });

  test(`a payer who needs more time gets a quarter of an hour more (${how})`, async () => {
    const expires_at = new Date(app.clock.now() + 10 * MINUTE).toISOString();
    const session = await app.merchant.createSession({ options: { checkout_options: { expires_at } } });
    const window = await open(session, { javaScriptEnabled });
    await window.page.locator('#card_expiry').fill('12/30');
    const shown = await window.page.locator('[data-part=more_time] time').textContent();
    await window.page.getByRole('button', { name: 'I need more time' }).click();
    await window.page
      .locator('[data-part=more_time] time', { hasNotText: shown! })
      .waitFor()
      .catch(() => assert.fail(`the page still says ${shown}`));
    const later = Date.parse((await app.merchant.session(session.id)).expires_at) - app.clock.now();
    assert.ok(later > 14 * MINUTE && later <= 15 * MINUTE, `${later / MINUTE} minutes`);
    if (javaScriptEnabled) assert.equal(await window.page.locator('#card_expiry').inputValue(), '12/30');
    await clean(window);
  });

  test(`whoever opens a paid link half an hour later is told not to pay again (${how})`, async () => {
    const session = await app.merchant.createSession();
    await app.payer.pays(session, cards.approved);
    app.clock.advance(31 * MINUTE);
    const window = await open(session, { javaScriptEnabled });
    await sees(window.page, 'paid');
    assert.equal(await window.page.locator('main[data-again]').count(), 1);
    assert.match(await reads(window.page), /This was paid on .*You do not need to pay again/);
    await clean(window);
  });

  test(`a lost answer is called unknown, invites to nothing, and turns into the truth (${how})`, async () => {
    const session = await app.merchant.createSession();
    const window = await open(session, { javaScriptEnabled });
    const { page } = window;
    // The bank's notice is lost too, else it would bring the truth at once.
    await app.control.arm({ kind: 'lost_notification' });
    await app.control.arm({ kind: 'answer_lost' });
    await pays(page, cards.approved);
    await sees(page, 'checking');
    assert.match(await reads(page), /We do not know yet whether the payment went through\. Do not pay again\./);
    assert.doesNotMatch(await reads(page), /Nothing was charged/);
    assert.equal(await page.locator('#card_number, [data-part=cancel]').count(), 0);
    await page.reload();
    await sees(page, 'checking');
    app.clock.advance(6_000);
    await page.getByRole('button', { name: 'Check now' }).click();
    await sees(page, 'paid');
    assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
    await clean(window);
  });

  test(`a slow bank shows that it is being asked, and then its answer (${how})`, async () => {
    const session = await app.merchant.createSession();
    const window = await open(session, { javaScriptEnabled });
    const { page } = window;
    const known = (await app.control.book()).length;
    await app.control.arm({ kind: 'slow', params: { ms: 1_000 } });
    await typesCard(page, cards.approved);
    const pressed = presses(page);
    while ((await app.control.book()).length === known);
    app.clock.advance(10_000);
    await pressed;
    await sees(page, 'processing');
    assert.match(await page.title(), /^Checking with your bank/);
    // With the script the page follows by itself; without, by its own refresh every ten seconds, or a reload.
    while (!javaScriptEnabled && (await app.merchant.session(session.id)).payment_outcome === 'pending');
    if (!javaScriptEnabled) await page.reload();
    await sees(page, 'paid');
    await clean(window);
  });
}

test('the page expires by itself when its time is up, and a merchant who cancels is named', async () => {
  const expires_at = new Date(app.clock.now() + 6 * MINUTE).toISOString();
  const session = await app.merchant.createSession({ options: { checkout_options: { expires_at } } });
  const window = await open(session);
  // The browser's clock and the server's, moved together.
  await window.page.clock.install();
  await window.page.reload();
  app.clock.advance(7 * MINUTE);
  await window.page.clock.fastForward(7 * MINUTE);
  await sees(window.page, 'expired');
  await clean(window);

  const other = await app.merchant.createSession();
  const stale = await open(other);
  await app.merchant.call('POST', `/collect/payment_sessions/${other.id}/cancel`);
  await pays(stale.page, cards.approved);
  await sees(stale.page, 'cancelled');
  assert.match(await reads(stale.page), /Blue Door Books/);
  await clean(stale);
});

test('an amount that changed while the page was open is never charged without a new press', async () => {
  const session = await app.merchant.createSession({ amount: 20_000 });
  const window = await open(session);
  assert.equal(
    (await app.merchant.call('PATCH', `/collect/payment_sessions/${session.id}`, { amount: 30_000 })).status,
    200,
  );
  const before = (await app.control.charged()).length;
  await pays(window.page, cards.approved);
  await window.page.getByText(/The amount has changed to/).waitFor();
  assert.equal((await app.control.charged()).length, before);
  await pays(window.page, cards.approved);
  await sees(window.page, 'paid');
  assert.equal((await app.control.charged()).at(-1)?.amount, 30_000);
  await clean(window);
});

test('a payer who paid is taken back to the shop with the session’s id alone, and so is one who cancelled', async () => {
  const return_url = 'https://shop.example/thanks?basket=7';
  const options = { checkout_options: { return_url } };
  const acts = [
    (page: Page) => pays(page, cards.approved),
    async (page: Page) => {
      await page.getByText('Cancel this payment').click();
      await page.getByRole('button', { name: 'Yes, cancel' }).click();
    },
  ];
  for (const act of acts) {
    const session = await app.merchant.createSession({ options });
    const window = await open(session);
    await window.context.route('https://shop.example/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><link rel="icon" href="data:,"><title>Shop</title>',
      }),
    );
    await act(window.page);
    await window.page.waitForURL('https://shop.example/**');
    const back = `${return_url}&session_id=${session.id}`;
    assert.deepEqual([window.page.url(), window.foreign.splice(0)], [back, [back]]);
    await clean(window);
  }
});

test('a browser that refuses all cookies declines, retries and pays', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'tender-profile-'));
  mkdirSync(join(profile, 'Default'));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium()!,
    args: BROWSER_FLAGS,
  });
  const session = await app.merchant.createSession();
  const window = watched(app, context, await context.newPage());
  await window.page.goto(session.session_url);
  await pays(window.page, cards.declined);
  await sees(window.page, 'declined');
  await window.page.reload();
  await pays(window.page, cards.approved);
  await sees(window.page, 'paid');
  assert.deepEqual(await context.cookies(), []);
  await clean(window);
  rmSync(profile, { recursive: true, force: true });
});
