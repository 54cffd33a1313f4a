/** Uploads of logos and fonts, how they are served, and looking at a branding before it is saved; through the front door. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOUR } from '../../src/lib/time.ts';
import { JPEG, PNG, SVG, woff2 } from '../lib/images/samples.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app?.close());

interface Upload {
  body: Buffer;
  type?: string;
  key?: string;
  method?: string;
}

async function send(slot: string, upload: Upload): Promise<{ status: number; body: Json }> {
  const { body, type = 'image/png', key = app.merchant.secretKey, method = 'PUT' } = upload;
  const response = await fetch(`${app.url}/collect/branding/files/${slot}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    ...(method === 'PUT' && { body: new Uint8Array(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

test('a logo is shown by GET branding, served to anybody for good, and gone after DELETE', async () => {
  const put = await send('logo_light', { body: PNG });
  assert.equal(put.status, 200);
  assert.deepEqual([put.body.type, put.body.width, put.body.height, put.body.warnings], ['image/png', 6, 4, []]);
  const branding = (await app.merchant.call('GET', '/collect/branding')).body;
  assert.equal(branding.logo_light.url, put.body.url);
  const served = await fetch(put.body.url);
  assert.equal(served.status, 200);
  assert.equal(served.headers.get('content-type'), 'image/png');
  assert.equal(served.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal(served.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(served.headers.get('content-security-policy'), "default-src 'none'; sandbox");
  assert.equal(Buffer.from(await served.arrayBuffer()).length, put.body.bytes);
  assert.deepEqual((await send('logo_light', { body: PNG })).body, put.body);
  assert.equal((await send('logo_light', { body: PNG, method: 'DELETE' })).status, 204);
  assert.equal((await send('logo_light', { body: PNG, method: 'DELETE' })).status, 204);
  assert.equal((await fetch(put.body.url)).status, 404);
  assert.equal((await app.merchant.call('GET', '/collect/branding')).body.logo_light, undefined);
});

test('what a file is, its bytes say: a JPEG called PNG is served as JPEG, a drawing as image/svg+xml, a font as font/woff2', async () => {
  assert.equal((await send('logo_dark', { body: JPEG, type: 'image/png' })).body.type, 'image/jpeg');
  assert.equal((await send('icon', { body: SVG, type: 'application/octet-stream' })).body.type, 'image/svg+xml');
  const font = woff2(Buffer.from('tables of a font'));
  const put = await send('font_regular', { body: font, type: 'font/woff2' });
  assert.deepEqual([put.body.type, put.body.width], ['font/woff2', undefined]);
  assert.equal((await send('icon', { body: font, type: 'font/woff2' })).status, 400);
  assert.equal((await send('font_bold', { body: PNG, type: 'font/woff2' })).status, 400);
});

test('a file that is not sound, too large or of no known type is refused in words, and the file before it stays', async () => {
  const before = (await send('icon', { body: SVG, type: 'image/svg+xml' })).body;
  const script = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>',
  );
  const refused = await send('icon', { body: script, type: 'image/svg+xml' });
  assert.equal(refused.status, 400);
  assert.equal(refused.body.code, 'invalid_request');
  assert.deepEqual(refused.body.errors, [
    { pointer: '', code: 'invalid_value', detail: 'The element script is not taken.' },
  ]);
  assert.equal((await send('icon', { body: Buffer.alloc(0) })).status, 400);
  assert.equal((await send('icon', { body: Buffer.alloc(32 * 1024 + 1) })).body.code, 'payload_too_large');
  assert.equal((await send('font_bold', { body: Buffer.alloc(64 * 1024 + 1), type: 'font/woff2' })).status, 413);
  assert.equal((await send('font_bold', { body: Buffer.alloc(64 * 1024), type: 'font/woff2' })).status, 400);
  for (const type of ['application/json', 'text/html', 'image/gif', 'multipart/form-data; boundary=x'])
    assert.equal((await send('icon', { body: PNG, type })).status, 415, type);
  assert.equal((await send('favicon', { body: PNG })).status, 400);
  assert.equal((await send('icon', { body: PNG, key: app.merchant.publicKey })).status, 403);
  assert.equal((await send('icon', { body: PNG, key: 'sk_test_wrong' })).status, 401);
  assert.equal((await app.merchant.call('GET', '/collect/branding')).body.icon.url, before.url);
});

test('a file belongs to one account: another one neither shows nor takes it away', async () => {
  const { body } = await send('logo_light', { body: SVG, type: 'image/svg+xml' });
  const other = await app.otherMerchant();
  assert.equal((await other.call('GET', '/collect/branding')).body.logo_light, undefined);
  assert.equal((await send('logo_light', { body: SVG, method: 'DELETE', key: other.secretKey })).status, 204);
  assert.equal((await fetch(body.url)).status, 200);
});

test('a draft is shown for an hour with its own name and colours, in every state, and is saved nowhere', async () => {
  const draft = { display_name: 'Not Yet Ltd', brand_color: '#ffff00', contrast: 'repair' };
  const preview = await app.merchant.call('POST', '/collect/branding/preview', draft);
  assert.equal(preview.status, 200);
  const { url, expires_at, derived, contrast_report } = preview.body;
  assert.equal(Date.parse(expires_at) - app.clock.now(), HOUR);
  assert.ok(derived.light.button && Array.isArray(contrast_report));
  const page = await fetch(url);
  const text = await page.text();
  assert.equal(page.status, 200);
  assert.match(text, /Not Yet Ltd/);
  assert.ok(text.includes(derived.light.button));
  assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors 'self'/);
  assert.equal(page.headers.get('set-cookie'), null);
  for (const state of ['paid', 'checking', 'mandate', 'expiring', 'not_found', 'receipt', 'problem']) {
    const answer = await fetch(url.replace('/choose?', `/${state}?`));
    assert.equal(answer.status, 200, state);
  }
  assert.notEqual((await app.merchant.call('GET', '/collect/branding')).body.display_name, 'Not Yet Ltd');
  for (const wrong of [
    url.replace(/.$/, url.endsWith('a') ? 'b' : 'a'),
    url.split('?')[0],
    url.replace('/choose?', '/nothing?'),
  ])
    assert.equal((await fetch(wrong)).status, 404, wrong);
  for (const [method, address] of [
    ['POST', url],
    ['DELETE', url],
    ['PUT', `${app.url}/checkout/files/${'0'.repeat(64)}`],
  ]) {
    const refused = await fetch(address, { method });
    assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, HEAD'], `${method} ${address}`);
  }
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 200);
  app.clock.advance(HOUR);
  assert.equal((await fetch(url)).status, 404);
});

test('every form and link of a preview leads back to a preview, with the language that was chosen', async () => {
  const { url } = (await app.merchant.call('POST', '/collect/branding/preview', {})).body;
  const text = await (await fetch(`${url}&scheme=dark&method=wallet_qr`)).text();
  const actions = [...text.matchAll(/action="([^"]+)"/g)].map((match) => match[1] as string);
  assert.ok(actions.some((action) => action.endsWith('/pay')) && actions.some((action) => action.endsWith('/cancel')));
  for (const action of actions) {
    const answer = await fetch(app.url + action, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'csrf=preview&locale=en',
    });
    assert.equal(answer.status, 303, action);
    const next = new URL(answer.headers.get('location') ?? '', app.url);
    assert.equal(next.pathname, '/checkout/preview/choose');
    assert.deepEqual([next.searchParams.get('scheme'), next.searchParams.get('method')], ['dark', 'wallet_qr']);
    assert.equal((await fetch(next)).status, 200);
  }
  const wrong = await app.merchant.call('POST', '/collect/branding/preview', { brand_color: 'red', css: '*{}' });
  assert.equal(wrong.status, 400);
  assert.deepEqual(wrong.body.errors.map(({ pointer }: Json) => pointer).sort(), ['/brand_color', '/css']);
});
