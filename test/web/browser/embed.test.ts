/** A shop that shows the checkout page in its own page, in a real browser: another site, whose frames get no cookies. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type TestApp, testApp } from '../../support/app.ts';
import type { Json } from '../../support/merchant.ts';
import { cards } from '../../support/payer.ts';
import { PROJECT_FOLDER } from '../../support/source-tree.ts';
import { launchBrowser } from './chromium.ts';
import { done, hears, paysIn, type Shop, type Shown, seesIn, startShop, toldTo, visitShop } from './embed-shop.ts';

let app: TestApp;
let browser: Browser;
let shop: Shop;
before(async () => {
  [app, browser] = await Promise.all([testApp(), launchBrowser()]);
  shop = await startShop(app);
});
after(async () => {
  await browser?.close();
  await shop?.close();
  await app?.close();
});

function embedded(mode: 'modal' | 'inline', options: Json = {}): Promise<Json> {
  const presentation = { presentation_mode: { mode: `embedded_${mode}` }, ...options };
  return app.merchant.createSession({ options: { checkout_options: presentation } });
}

const visit = (session: Json, shown: Shown, at: Pick<Shop, 'origin'> = shop) =>
  visitShop({ browser, shop: at }, session, shown);
const outcome = async (session: Json) => (await app.merchant.session(session.id)).payment_outcome;
const focused = (page: Page) => page.evaluate('document.activeElement.id');

/** A window whose payer is asked by the bank. */
async function atTheBank() {
  const session = await embedded('modal');
  const visited = await visit(session, { mode: 'modal' });
  await hears(visited.page, 'onReady');
  await paysIn(visited.frame, cards.challenge);
  await seesIn(visited.frame, 'three_ds');
  return { session, visited };
}

test('a window over the shop takes a payment without any cookie, says that it ended, and gives the focus back', async () => {
  const session = await embedded('modal');
  const visited = await visit(session, { mode: 'modal' });
  const { page, frame, context } = visited;
  await hears(page, 'onReady');
  assert.ok(await page.locator('dialog[open]').isVisible());
  await paysIn(frame, cards.approved);
  const event = { session_id: session.id };
  assert.deepEqual(await hears(page, 'onCompleted'), [['onReady'], ['onCompleted', event]]);
  assert.equal(await outcome(session), 'paid');
  assert.deepEqual(await context.cookies(), []);
  await seesIn(frame, 'paid');
  await page.evaluate('checkout.close()');
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await focused(page), 'buy');
  await done(visited);
});

test('in the flow of the page a decline can be tried again, and the frame is as high as its page', async () => {
  const session = await embedded('inline');
  const visited = await visit(session, { mode: 'inline' });
  const { page, frame } = visited;
  await hears(page, 'onReady');
  await paysIn(frame, cards.declined);
  const event = { session_id: session.id };
  assert.deepEqual(await hears(page, 'onFailed'), [['onReady'], ['onFailed', { ...event, final: false }]]);
  const heights = () =>
    page.waitForFunction(() => {
      const shown = document.querySelector('iframe') as HTMLIFrameElement;
      return shown.style.height !== '600px' && shown.clientHeight;
    });
  const high = (await (await heights()).jsonValue()) as number;
  const content = await frame.locator('body').evaluate((body) => body.scrollHeight);
  assert.ok(Math.abs(high - content) <= 2, `${high} shown, ${content} high`);
  await paysIn(frame, cards.approved);
  const told = await hears(page, 'onCompleted');
  assert.deepEqual(told.at(-1), ['onCompleted', event]);
  assert.equal(told.length, 3);
  assert.equal(await outcome(session), 'paid');
  await done(visited);
});

test('the page of the guide sells', async () => {
  const session = await embedded('modal');
  const guide = readFileSync(join(PROJECT_FOLDER, 'docs/guides/embedding.md'), 'utf8');
  const [, block = ''] = /```html\n([\s\S]*?)```/.exec(guide) ?? [];
  const own = block.replace('http://localhost:4600', app.url).replace("'…'", `'${session.client_token}'`);
  shop.pages.set('/guide', `<!doctype html><title>Shop</title>${own}`);
  shop.pages.set(`/orders/of/${session.id}`, 'Thanks');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${shop.origin}/guide`);
  await page.locator('#buy').click();
  await paysIn(page.frameLocator('iframe'), cards.approved);
  await page.waitForURL(`${shop.origin}/orders/of/${session.id}`);
  assert.equal(await outcome(session), 'paid');
  await context.close();
});

test('Escape while the bank is asked asks first; the bank answers inside the window', async () => {
  const { session, visited } = await atTheBank();
  const { page, frame } = visited;
  const bank = frame.frameLocator('iframe[name=bank]');
  await bank.locator('button[value=approve]').waitFor();
  await frame.locator('h1').click();
  const asked = page.waitForEvent('dialog');
  const pressed = page.keyboard.press('Escape');
  const question = await asked;
  assert.match(question.message(), /You can close this page/);
  await question.dismiss();
  await pressed;
  assert.ok(await page.locator('dialog[open]').isVisible());
  await bank.locator('button[value=approve]').click();
  await hears(page, 'onCompleted');
  assert.equal(await outcome(session), 'paid');
  await done(visited);
});

test('a window that is closed on a payment under way gives the focus back and still tells of the end', async () => {
  const { session, visited } = await atTheBank();
  const { page } = visited;
  await page.waitForFunction(() => document.querySelector('dialog')?.ariaLabel?.startsWith('Your bank'));
  page.on('dialog', (dialog) => void dialog.accept());
  await page.locator('dialog > div > button').click();
  await page.locator('dialog').waitFor({ state: 'hidden' });
  assert.equal(await focused(page), 'buy');
  assert.deepEqual(await toldTo(page), [['onReady']]);
  await app.payer.decidesAtBank(session, 'approve');
  await hears(page, 'onCompleted');
  assert.equal(await outcome(session), 'paid');
  await done(visited);
});

test('Escape with nothing under way cancels the session; the shop may close it too', async () => {
  for (const close of [
    (page: Page) => page.keyboard.press('Escape'),
    (page: Page) => page.evaluate('checkout.close()'),
  ]) {
    const session = await embedded('modal');
    const visited = await visit(session, { mode: 'modal' });
    const { page, frame } = visited;
    await hears(page, 'onReady');
    await frame.locator('#card_number').click();
    await close(page);
    const event = { session_id: session.id };
    assert.deepEqual(await hears(page, 'onCancelled'), [['onReady'], ['onCancelled', event]]);
    assert.equal((await app.merchant.session(session.id)).status, 'cancelled');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'buy');
    await done(visited);
  }
});

test('in a narrow frame the bank takes the whole window, after a press, and leads back to the shop', async () => {
  const session = await embedded('inline', { return_url: `${shop.origin}/thanks` });
  const visited = await visit(session, { mode: 'inline', width: '400px' });
  const { page, frame } = visited;
  await hears(page, 'onReady');
  await paysIn(frame, cards.challenge);
  await seesIn(frame, 'three_ds');
  assert.match(page.url(), /#/, 'nothing leaves by itself');
  await frame.locator('#three_ds button').click();
  await page.waitForURL(/\/acs\//);
  await page.locator('button[value=approve]').click();
  await page.waitForURL(/\/thanks\?session_id=/);
  assert.equal(new URL(page.url()).searchParams.get('session_id'), session.id);
  assert.equal(await outcome(session), 'paid');
  await done(visited);
});

test('what another window says is heard by neither the shop nor the frame', async () => {
  const session = await embedded('inline');
  const visited = await visit(session, { mode: 'inline' });
  const { page, frame } = visited;
  await hears(page, 'onReady');
  const said = page.evaluate(
    () => new Promise((resolve) => addEventListener('message', ({ data }) => data === 'said' && resolve(true))),
  );
  const address = `${shop.stranger}/stranger#${session.checkout_session_id},${session.id}`;
  await page.evaluate((src) => {
    const stranger = document.createElement('iframe');
    stranger.src = src;
    document.body.append(stranger);
  }, address);
  await said;
  await paysIn(frame.owner().first().contentFrame(), cards.approved);
  const event = { session_id: session.id };
  assert.deepEqual(await hears(page, 'onCompleted'), [['onReady'], ['onCompleted', event]]);
  await done(visited);
});

test('a page that is not allowed cannot frame a session, and nobody can frame one without an embedded mode', async () => {
  const session = await embedded('modal');
  const strange = await visit(session, { mode: 'modal' }, { origin: shop.stranger });
  await strange.page.waitForFunction(() => document.querySelector('iframe'));
  await assert.rejects(strange.frame.locator('main').waitFor({ timeout: 2_000 }));
  assert.deepEqual(await toldTo(strange.page), []);
  assert.match(strange.complaints.join(), /frame-ancestors/);
  await strange.context.close();

  const plain = await app.merchant.createSession();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${shop.origin}/thanks`);
  const refused = page.waitForEvent('console', (message) => /frame-ancestors|X-Frame-Options/i.test(message.text()));
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
  }, plain.session_url);
  await refused;
  await context.close();
});

test('an address without a token takes the whole window, and an embedded session opened so is a normal page', async () => {
  const session = await embedded('modal');
  const context = await browser.newContext();
  const page = await context.newPage();
  const told = { sessionUrl: session.session_url, mode: 'modal' };
  await page.goto(`${shop.origin}/#${encodeURIComponent(JSON.stringify(told))}`);
  await page.locator('#buy').click();
  await page.waitForURL(session.session_url);
  assert.equal(await page.locator('main').getAttribute('data-frame'), null);
  await page.locator('#card_number').fill(cards.approved);
  await page.locator('#card_expiry').fill('1230');
  await page.locator('#card_cvc').fill('123');
  await page.locator('#pay button[type=submit]').click();
  await page.locator('main[data-state=paid]').waitFor();
  await context.close();
});
