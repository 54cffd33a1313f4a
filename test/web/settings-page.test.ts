/** Settings and branding on the page of a session: read once for many views, heeded at once, each tenant's own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApiKey } from '../../src/app/tenants.ts';
import { SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Json, Merchant } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';

let app: TestApp;
let second: TestApp;
const statements: string[] = [];
before(async () => {
  app = await testApp({ watch: { before: (text) => void statements.push(text), after: () => undefined } });
  second = await testApp({ on: app });
});
after(async () => {
  await second.stop();
  await app.close();
});

async function put(path: string, body: Json, merchant: Merchant = app.merchant): Promise<Json> {
  const reply = await merchant.call('PUT', `/collect/${path}`, body, { key: null });
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
}

const SESSION = '/collect/payment_sessions';
const returning = (return_url: string) => ({
  amount: 1,
  currency: 'ZAR',
  options: { checkout_options: { return_url } },
});

test('a return_url leads to listed hosts alone: in live mode always, in test mode where hosts are listed', async () => {
  const answerTo = async (merchant: Merchant, url: string) => {
    const { status, body } = await merchant.call('POST', SESSION, returning(url));
    return status === 201 ? 'taken' : `${status} ${body.code} ${body.errors[0].pointer}`;
  };
  const refused = '422 return_url_not_allowed /options/checkout_options/return_url';
  const [row] = await app.database.query<{ tenant_id: string }>(
    `select tenant_id from tenants where mode = 'live' and account_id = $1`,
    [app.accountId],
  );
  const { key } = await createApiKey(app.program.app, { id: row!.tenant_id, mode: 'live' }, 'secret');
  const live = new Merchant(app.url, key, key);
  assert.equal(await answerTo(live, 'https://shop.example/thanks'), refused);
  await put('checkout_settings', { return_url_hosts: ['shop.example', 'shop://'] }, live);
  assert.equal(await answerTo(live, 'https://SHOP.example/thanks?a=1'), 'taken');
  assert.equal(await answerTo(live, 'https://shop.example:8443/thanks'), 'taken');
  assert.equal(await answerTo(live, 'shop://thanks'), 'taken');
  for (const url of [
    'https://shop.example.evil.example/',
    'https://evil.example/shop.example',
    'http://localhost/',
    'other://x',
  ])
    assert.equal(await answerTo(live, url), refused, url);
  assert.equal(await answerTo(app.merchant, 'https://anything.example/'), 'taken');
  await put('checkout_settings', { return_url_hosts: ['shop.example'] });
  assert.equal(await answerTo(app.merchant, 'https://anything.example/'), refused);
  assert.equal(await answerTo(app.merchant, 'http://localhost:3000/'), 'taken');
  await put('checkout_settings', {});
});

test('times are told in the merchant’s zone, and the promise to tell of changes stands in the agreement', async () => {
  await put('checkout_settings', { time_zone: 'Africa/Johannesburg', notice_days: 7 });
  const session = await app.merchant.createSession({ type: 'first_in_series', options: { customer: { name: 'T' } } });
  const payer = app.payer.another();
  const page = await payer.open(session);
  assert.match(
    page.html,
    /at least <data[^>]*>(?:<bdi>)?7(?:<\/bdi>)?<\/data> days before the amount or the dates change/,
  );
  assert.match(
    (await payer.submit(session, page, cards.approved)).html,
    /<time datetime="[^"]+">[^<]* (GMT\+2|SAST)<\/time>/,
  );
  await put('checkout_settings', {});
});

test('a payer who asks for no language gets the merchant’s, and one who asks gets theirs', async () => {
  const { locales } = (await app.merchant.call('GET', '/collect/checkout_settings')).body;
  const { tag } = locales.find((one: Json) => one.tag !== 'en');
  await put('checkout_settings', { default_locale: tag });
  const session = await app.merchant.createSession();
  const langOf = async (headers: Record<string, string>) => {
    const page = await fetch(`${app.url}/checkout/${session.checkout_session_id}`, { headers });
    return /<html lang="([^"]+)"/.exec(await page.text())?.[1];
  };
  assert.deepEqual([await langOf({}), await langOf({ 'accept-language': 'en' })], [tag, 'en']);
  await put('checkout_settings', {});
});

test('a branding is on the page at its next load, in this process at once and in any other within a second', async () => {
  const session = await app.merchant.createSession();
  const there = second.payer.another();
  assert.doesNotMatch((await there.open(session)).html, /Karoo/);
  await put('branding', {
    display_name: 'Karoo & Sons',
    brand_color: '#7a3e1d',
    button_verb: 'order',
    support: { email: 'help@karoo.example' },
    texts: { submit: { en: 'Roasted when you order.' } },
  });
  const page = await app.payer.another().open(session);
  assert.match(page.html, /<title>Pay Karoo &amp; Sons<\/title>/);
  assert.match(page.html, /--button:#7a3e1d/);
  assert.match(page.html, />Order and pay/);
  assert.match(page.html, /mailto:help@karoo\.example/);
  assert.match(page.html, /<p class="own" data-text="submit" dir="auto">Roasted when you order\.<\/p>/);
  app.clock.advance(SECOND);
  assert.match((await there.open(session)).html, /Karoo &amp; Sons/);
  const stranger = await app.otherMerchant();
  const other = await stranger.createSession();
  assert.doesNotMatch((await app.payer.another().open(other)).html, /Karoo|#7a3e1d/);
});

test('a logo that was put is on the page at its next load, under its own hash, and gone when it was taken away', async () => {
  const session = await app.merchant.createSession();
  const drawing =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10" fill="#123456"/></svg>';
  const path = '/collect/branding/files/logo_light';
  const put = await app.merchant.call('PUT', path, undefined, {
    key: null,
    raw: drawing,
    headers: { 'content-type': 'image/svg+xml' },
  });
  assert.equal(put.status, 200, put.text);
  const { html } = await app.payer.another().open(session);
  const [, source = ''] =
    /<img src="(\/checkout\/files\/[0-9a-f]{64})" alt="[^"]+" width="176" height="44"/.exec(html) ?? [];
  const file = await fetch(app.url + source);
  assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'image/svg+xml']);
  assert.match(await file.text(), /#123456/);
  assert.equal((await app.merchant.call('DELETE', path)).status, 204);
  assert.doesNotMatch((await app.payer.another().open(session)).html, /<img/);
});

test('the policy of the page names the style that the page has', async () => {
  const session = await app.merchant.createSession();
  const page = await app.payer.another().open(session);
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page.html) ?? [];
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(style))).toString('base64');
  assert.ok(page.headers.get('content-security-policy')?.includes(`style-src 'sha256-${hash}'`));
});

test('a page whose merchant was seen a moment ago is read in one round trip', async () => {
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  await payer.open(session);
  statements.length = 0;
  await payer.open(session);
  assert.equal(statements.length, 1, statements.join('\n'));
});

test('what was promised in evidence is what the button says', async () => {
  await put('branding', { button_verb: 'donate' });
  const session = await app.merchant.createSession({
    options: { customer: { name: 'T' }, checkout_options: { save_payment_method: 'always' } },
  });
  const page = await app.payer.another().pays(session, cards.approved);
  assert.equal(page.state, 'paid');
  const rows = await app.database.query<{ consent: string }>(
    'select consent::text as consent from attempts where consent is not null and session_id = $1',
    [session.id],
  );
  assert.match((JSON.parse(rows[0]!.consent) as Json).buttonLabel, /^Donate /);
});
