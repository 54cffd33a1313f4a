/** What the script adds, in a real browser: typing, paying in place, waiting, other tabs; and the page without it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { CheckoutView } from '../../../src/app/checkout-door.ts';
import { type CheckoutServer, idFor, startCheckout } from '../checkout-server.ts';
import { NOW, viewWith } from '../fixtures.ts';
import { launchBrowser } from './chromium.ts';

let browser: Browser;
let checkout: CheckoutServer;

before(async () => {
  [browser, checkout] = await Promise.all([launchBrowser(), startCheckout()]);
});
after(async () => {
  await browser?.close();
  await checkout?.close();
});

interface Opened {
  context: BrowserContext;
  page: Page;
  path: string;
  id: string;
  /** Changes what the application says. */
  now(over: Partial<CheckoutView>): void;
}

async function open(
  name: string,
  over: Partial<CheckoutView> = {},
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options });
  await context.route('https://shop.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Shop</title>' }),
  );
  await context.route('http://127.0.0.1:9/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Bank</title><p>Bank' }),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const view = viewWith(over);
  const path = checkout.put(name, view);
  const id = idFor(name);
  await page.goto(checkout.origin + path);
  let version = view.version;
  return {
    context,
    page,
    path,
    id,
    now: (change) => checkout.door.change({ ...view, ...change, checkoutId: id, version: ++version }),
  };
}

async function typeCard(page: Page, number = '4242424242424242'): Promise<void> {
  await page.locator('#card_number').pressSequentially(number);
  await page.locator('#card_expiry').pressSequentially('1230');
  await page.locator('#card_cvc').pressSequentially('123');
}

const declined = (className: 'funds' | 'security_code') =>
  ({ kind: 'declined', class: className, sameCardAllowed: true, nothingCharged: true, at: NOW }) as const;

test('numbers are grouped by brand while they are typed, the brand is named, the code field follows', async () => {
  const { page, context } = await open('typing');
  const number = page.locator('#card_number');
  await number.pressSequentially('378282246310005');
  assert.equal(await number.inputValue(), '3782 822463 10005');
  assert.equal(await page.locator('[data-brand-name]').textContent(), 'American Express');
  assert.equal(await page.locator('#card_cvc-hint').textContent(), '4 digits on the front');
  await number.fill('');
  await number.pressSequentially('٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢');
  assert.equal(await number.inputValue(), '4242 4242 4242 4242');
  await page.locator('#card_expiry').pressSequentially('1230');
  assert.equal(await page.locator('#card_expiry').inputValue(), '12/30');
  await page.locator('#card_expiry').fill('2030-01');
  await page.locator('#card_cvc').focus();
  assert.equal(await page.locator('#card_expiry').inputValue(), '01/30');
  await context.close();
});

test('editing in the middle of a number keeps the caret where it was', async () => {
  const { page, context } = await open('caret');
  const number = page.locator('#card_number');
  await number.pressSequentially('4242424242424242');
  await number.evaluate((input: HTMLInputElement) => input.setSelectionRange(6, 6));
  await page.keyboard.press('Backspace');
  assert.equal(await number.inputValue(), '4242 2424 2424 242');
  assert.equal(await number.evaluate((input: HTMLInputElement) => input.selectionStart), 4);
  await page.keyboard.type('4');
  assert.equal(await number.inputValue(), '4242 4242 4242 4242');
  await context.close();
});

test('only what is complete and impossible is marked on leaving, and the repair takes the mark away', async () => {
  const { page, context } = await open('marks');
  const number = page.locator('#card_number');
  await number.pressSequentially('4242');
  await page.locator('#card_expiry').focus();
  assert.equal(await page.locator('.error').count(), 0);
  await number.fill('4242424242424241');
  await page.locator('#card_expiry').pressSequentially('13');
  assert.equal(await page.locator('#card_number-error').textContent(), 'Error: Check the card number');
  assert.equal(await number.getAttribute('aria-invalid'), 'true');
  await number.press('End');
  await number.press('Backspace');
  assert.equal(await page.locator('#card_number-error').count(), 0);
  await page.locator('#card_expiry').fill('13/30');
  await number.focus();
  assert.equal(await page.locator('[data-error]').getAttribute('data-error'), 'card_expiry.month');
  await context.close();
});

test('an error and a decline appear in place; what was typed stays, the code goes after a decline', async () => {
  const { page, context, now, id } = await open('inplace');
  await typeCard(page);
  await page.locator('#card_cvc').fill('12');
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.locator('[data-banner=error_summary]').waitFor();
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.locator('#card_number').inputValue(), '4242 4242 4242 4242');
  assert.ok(
    await page.locator('[data-banner=error_summary]').evaluate((element) => element === document.activeElement),
  );
  await page.locator('#card_cvc').fill('123');
  checkout.door.onPay = () => {
    now({ situation: declined('funds') });
    return { kind: 'see_page' };
  };
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.locator('[data-decline=funds]').waitFor();
  assert.equal(await page.locator('#card_number').inputValue(), '4242 4242 4242 4242');
  assert.equal(await page.locator('#card_cvc').inputValue(), '');
  assert.equal(await page.locator('.error').count(), 0);
  checkout.door.onPay = () => {
    now({ situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' } });
    return { kind: 'see_page' };
  };
  await page.locator('#card_cvc').fill('123');
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.waitForURL('https://shop.example/thanks?order=7&session_id=*');
  const keys = checkout.door.orders.filter((order) => order.browser !== undefined).map((order) => order.attemptKey);
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(keys.length >= 2 && id);
  await context.close();
});

test('a decline of a card that was not typed shows the page as the server has it', async () => {
  const kept = { scheme: 'visa', last4: '4242', expMonth: 12, expYear: 2029, askExpiry: false };
  const { page, context, now } = await open('keptcard', { situation: declined('security_code'), keptCard: kept });
  await page.locator('#card_cvc').fill('123');
  checkout.door.onPay = () => {
    now({ situation: declined('funds') });
    return { kind: 'see_page' };
  };
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.locator('[data-decline=funds]').waitFor();
  assert.ok(await page.locator('#card_number').isVisible());
  assert.ok(await page.locator('[name=payment_method][value=card]').isChecked());
  await context.close();
});

test('a refusal is told in place, loses nothing, and lets the payer press again', async () => {
  const { page, context } = await open('refused');
  await typeCard(page);
  const alert = { key: 'refused.rate', title: 'This was not sent', text: 'Wait a few minutes.' };
  await page.route('**/pay', (route) =>
    route.fulfill({ status: 429, json: { state: 'refused', errors: [], alert, title: 'This was not sent' } }),
  );
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.locator('[data-banner=notice]').waitFor();
  assert.equal(await page.locator('#card_cvc').inputValue(), '123');
  assert.equal(await page.getByRole('button', { name: /^Pay/ }).getAttribute('aria-disabled'), null);
  assert.equal(await page.locator('main').getAttribute('data-state'), 'choose');
  await context.close();
});

test('a double click makes one order', async () => {
  const { page, context, now } = await open('double');
  await typeCard(page);
  const before = checkout.door.orders.length;
  checkout.door.onPay = () => {
    now({ situation: { kind: 'processing', attemptId: 'att_1', since: NOW } });
    return { kind: 'see_page' };
  };
  await page.getByRole('button', { name: /^Pay/ }).dblclick();
  await page.locator('main[data-state=processing]').waitFor();
  assert.equal(checkout.door.orders.length, before + 1);
  now({ situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' } });
  await page.waitForURL('https://shop.example/**');
  await context.close();
});

test('a connection lost on submit keeps everything and sends the same key again', async () => {
  const { page, context, now } = await open('offline');
  await typeCard(page);
  checkout.door.onPay = () => {
    now({ situation: declined('security_code') });
    return { kind: 'see_page' };
  };
  let sent: string[] = [];
  await page.route('**/pay', (route) => {
    sent = [...sent, String(route.request().postData())];
    return sent.length === 1 ? route.abort() : route.continue();
  });
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.locator('[data-banner=offline]').waitFor({ state: 'visible' });
  assert.equal(await page.getByRole('button', { name: /^Pay/ }).getAttribute('aria-disabled'), 'true');
  await page.locator('[data-decline=security_code]').waitFor();
  assert.equal(sent.length, 2);
  assert.equal(sent[0], sent[1]);
  assert.ok(await page.locator('[data-banner=offline]').isHidden());
  await context.close();
});

test('a second tab learns that the session was paid', async () => {
  const { page, context, now, path } = await open('tabs');
  const other = await context.newPage();
  await other.goto(checkout.origin + path);
  checkout.door.onPay = () => {
    now({ situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' } });
    return { kind: 'see_page' };
  };
  await typeCard(page);
  await page.getByRole('button', { name: /^Pay/ }).click();
  await other.waitForURL('https://shop.example/**');
  await context.close();
});

test('a press on a test card fills the form', async () => {
  const { page, context } = await open('fill', { savedMethods: [] });
  await page.getByRole('button', { name: /Approved, American Express/ }).click();
  assert.equal(await page.locator('#card_number').inputValue(), '3782 822463 10005');
  assert.equal(await page.locator('#card_cvc').inputValue(), '1234');
  assert.match(await page.locator('#card_expiry').inputValue(), /^12\/\d\d$/);
  await context.close();
});

test('more time is given without touching what was typed', async () => {
  const { page, context, now } = await open('more', { expiresAt: (NOW + 20 * 60_000) as typeof NOW });
  await typeCard(page);
  const moreTime = checkout.door.moreTime;
  checkout.door.moreTime = async () => now({ expiresAt: (NOW + 90 * 60_000) as typeof NOW });
  await page.getByRole('button', { name: 'I need more time' }).click();
  await page.getByText('This page closes at 13:32 UTC.').first().waitFor();
  assert.equal(await page.locator('#card_number').inputValue(), '4242 4242 4242 4242');
  checkout.door.moreTime = moreTime;
  await context.close();
});

test('the bank’s page opens in a frame where there is room, and the outer page follows by itself', async () => {
  const situation = {
    kind: 'three_ds',
    attemptId: 'att_1',
    acsUrl: 'http://127.0.0.1:9/acs',
    creq: 'abc',
    expiresAt: (NOW + 600_000) as typeof NOW,
  } as const;
  const { page, context, now } = await open('bank', { situation });
  const frame = page.locator('iframe[title="Bank confirmation"]');
  await frame.waitFor();
  assert.equal(
    await frame.getAttribute('sandbox'),
    'allow-forms allow-scripts allow-same-origin allow-popups allow-modals',
  );
  assert.ok(await page.locator('[data-part=full_page]').isHidden());
  now({ situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' } });
  await page.waitForURL('https://shop.example/**');
  await context.close();
});

test('on a narrow window the bank’s page takes the full page at once', async () => {
  const situation = {
    kind: 'three_ds',
    attemptId: 'att_1',
    acsUrl: 'http://127.0.0.1:9/acs',
    creq: 'abc',
    expiresAt: (NOW + 600_000) as typeof NOW,
  } as const;
  const context = await browser.newContext({ viewport: { width: 390, height: 700 } });
  await context.route('http://127.0.0.1:9/**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><p>${route.request().method()} ${route.request().postData()}`,
    }),
  );
  const page = await context.newPage();
  await page.goto(checkout.origin + checkout.put('narrow', viewWith({ situation })));
  await page.waitForURL('http://127.0.0.1:9/acs');
  assert.equal(await page.textContent('p'), 'POST creq=abc');
  await context.close();
});

test('without script a payer sees an error, mends it, is declined, and pays', async () => {
  const { page, context, now } = await open('noscript', {}, { javaScriptEnabled: false });
  await page.fill('#card_number', '4242 4242 4242 4242');
  await page.fill('#card_expiry', '1/30');
  await page.click('#pay [type=submit]');
  await page.locator('[data-error="card_cvc.missing"]').waitFor();
  assert.equal(await page.inputValue('#card_expiry'), '1/30');
  checkout.door.onPay = () => {
    now({ situation: declined('funds') });
    return { kind: 'see_page' };
  };
  await page.fill('#card_number', '4242 4242 4242 4242');
  await page.fill('#card_cvc', '123');
  await page.click('#pay [type=submit]');
  await page.locator('[data-decline=funds]').waitFor();
  assert.ok(await page.locator('[data-banner=decline]').evaluate((element) => element === document.activeElement));
  checkout.door.onPay = () => {
    now({ situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' } });
    return { kind: 'see_page' };
  };
  await page.fill('#card_number', '4242 4242 4242 4242');
  await page.fill('#card_cvc', '123');
  await page.click('#pay [type=submit]');
  await page.waitForURL('https://shop.example/thanks?order=7&session_id=*');
  await context.close();
});

test('a shop whose return address redirects on is reached after a payment without script', async () => {
  const { page, context, now } = await open(
    'redirects',
    { returnUrl: 'https://shop.example/first' },
    { javaScriptEnabled: false },
  );
  await context.route('https://other.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: 'there' }),
  );
  await context.route('https://shop.example/first**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<meta http-equiv="refresh" content="0;url=https://other.example/end">',
    }),
  );
  checkout.door.onPay = () => {
    now({
      returnUrl: 'https://shop.example/first',
      situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' },
    });
    return { kind: 'see_page' };
  };
  await page.fill('#card_number', '4242 4242 4242 4242');
  await page.fill('#card_expiry', '1/30');
  await page.fill('#card_cvc', '123');
  await page.click('#pay [type=submit]');
  await page.waitForURL('https://other.example/end');
  await context.close();
});
