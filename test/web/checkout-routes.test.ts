/** The checkout over HTTP: who may knock, and what every answer carries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { HOUR, plus } from '../../src/lib/time.ts';
import { ASSETS } from '../../src/web/checkout/assets.ts';
import { styleOf } from '../../src/web/checkout/brand-style.ts';
import { BROWSER, FORM, open, PATH, post } from './checkout-client.ts';
import { checkoutApp } from './checkout-server.ts';
import { CHECKOUT_ID, NOW, viewWith } from './fixtures.ts';

test('a page answers with its headers, a cookie and the style its policy names', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const page = await server.inject({ url: PATH, headers: BROWSER });
  assert.equal(page.statusCode, 200);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.ok(String(page.headers['content-security-policy']).includes(`'sha256-${styleOf().hash}'`));
  assert.match(String(page.headers['set-cookie']), /^tender_browser=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
  const head = await server.inject({ method: 'HEAD', url: PATH, headers: BROWSER });
  assert.equal(head.statusCode, 200);
  assert.equal(head.body, '');
  assert.deepEqual(door.orders, []);
});

test('answers are compressed the way the client takes them', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const get = (encoding: string) => server.inject({ url: PATH, headers: { ...BROWSER, 'accept-encoding': encoding } });
  const br = await get('gzip, deflate, br');
  assert.equal(br.headers['content-encoding'], 'br');
  assert.match(brotliDecompressSync(br.rawPayload).toString(), /data-state="choose"/);
  const gz = await get('gzip;q=1.0, br;q=0');
  assert.equal(gz.headers['content-encoding'], 'gzip');
  assert.match(gunzipSync(gz.rawPayload).toString(), /data-state="choose"/);
  assert.equal((await get('identity')).headers['content-encoding'], undefined);
});

test('a page fetched ahead of time sets no cookie', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const page = await server.inject({ url: PATH, headers: { ...BROWSER, 'sec-purpose': 'prefetch' } });
  assert.equal(page.headers['set-cookie'], undefined);
});

test('unknown and malformed ids get the same bytes', async () => {
  const { server } = checkoutApp();
  const unknown = await server.inject({ url: `/checkout/ckt_${'z'.repeat(24)}` });
  const malformed = await server.inject({ url: '/checkout/..%2f..%2fetc' });
  assert.equal(unknown.statusCode, 404);
  assert.equal(malformed.statusCode, 404);
  assert.equal(unknown.body, malformed.body);
  assert.match(unknown.body, /data-state="not_found"/);
});

test('own files never change under their name; another name is not found', async () => {
  const { server } = checkoutApp();
  const script = await server.inject({ url: ASSETS.script.path, headers: { 'accept-encoding': 'br' } });
  assert.equal(script.statusCode, 200);
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(script.headers['set-cookie'], undefined);
  assert.equal(brotliDecompressSync(script.rawPayload).toString(), ASSETS.script.body.toString());
  assert.equal((await server.inject({ url: '/checkout/assets/page.0000.js' })).statusCode, 404);
});

test('other methods answer 405 and name the ones that work', async () => {
  const { server } = checkoutApp();
  for (const [method, url, allow] of [
    ['PUT', PATH, 'GET, HEAD'],
    ['POST', PATH, 'GET, HEAD'],
    ['DELETE', `${PATH}/pay`, 'POST'],
    ['GET', `${PATH}/pay`, 'POST'],
    ['PATCH', `${PATH}/status`, 'GET, HEAD'],
    ['GET', '/checkout/reports', 'POST'],
    ['DELETE', `${PATH}/return/att_1`, 'GET, HEAD, POST'],
  ] as const) {
    const answer = await server.inject({ method, url, headers: FORM, payload: 'a=1' });
    assert.equal(answer.statusCode, 405, `${method} ${url}`);
    assert.equal(answer.headers.allow, allow);
  }
});

test('a browser goes back to the shop by a refresh in the page, another client by 303', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith({ situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' } }));
  const browser = await server.inject({ url: PATH, headers: BROWSER });
  assert.equal(browser.statusCode, 200);
  assert.match(browser.body, /<meta http-equiv="refresh" content="0;url=https:\/\/shop\.example/);
  const client = await server.inject({ url: PATH });
  assert.equal(client.statusCode, 303);
  assert.equal(client.headers.location, 'https://shop.example/thanks?order=7&session_id=ps_0000000000000000000000aa');
  door.change(viewWith({ situation: { kind: 'completed', outcome: 'paid', at: plus(NOW, -HOUR), reference: 'r' } }));
  assert.equal((await server.inject({ url: PATH })).statusCode, 200);
});

test('every small form needs its token and asks the application once', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  const csrf = hidden.csrf ?? '';
  for (const action of ['leave', 'cancel', 'check', 'more_time', 'saved/pmt_1/remove']) {
    assert.equal((await server.inject(post(action, { csrf: 'x' }, { cookie }))).statusCode, 303);
    assert.equal((await server.inject(post(action, { csrf }, { cookie }))).statusCode, 303);
  }
  assert.deepEqual(door.calls, [
    `leave ${CHECKOUT_ID}`,
    `cancel ${CHECKOUT_ID}`,
    `check ${CHECKOUT_ID}`,
    `moreTime ${CHECKOUT_ID}`,
    `remove ${CHECKOUT_ID} pmt_1`,
  ]);
});

test('the return from the bank needs nothing, asks the processor, and answers a frame with one line', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const url = `${PATH}/return/att_1`;
  const cross = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  for (const request of [
    { method: 'GET' as const, url, headers: cross },
    { method: 'POST' as const, url, headers: { ...cross, ...FORM }, payload: 'cres=abc&cres=def' },
    { method: 'POST' as const, url, headers: { ...cross, 'content-type': 'text/plain' }, payload: 'x' },
  ]) {
    const answer = await server.inject(request);
    assert.equal(answer.statusCode, 303);
    assert.equal(answer.headers.location, PATH);
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  const frame = await server.inject({ url, headers: { ...cross, 'sec-fetch-dest': 'iframe' } });
  assert.equal(frame.statusCode, 200);
  assert.match(frame.body, /<p>Continue in the payment page\.<\/p>/);
  assert.match(String(frame.headers['content-security-policy']), /frame-ancestors 'self'/);
  assert.equal(frame.headers['x-frame-options'], undefined);
  assert.equal(door.calls.length, 4);
});

test('status answers at once for an old version and as soon as the state changes for the newest', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith({ version: 3 }));
  const old = (await server.inject({ url: `${PATH}/status?version=2` })).json();
  assert.deepEqual(old, { state: 'choose', version: 3, expires_at: '2026-08-04T12:02:00.000Z', poll_after_ms: 10_000 });
  let waits!: () => void;
  const waiting = new Promise<void>((resolve) => {
    waits = resolve;
  });
  const wait = door.waitForChange;
  door.waitForChange = (...args) => {
    waits();
    return wait(...args);
  };
  const held = server.inject({ url: `${PATH}/status?version=3` });
  await waiting;
  door.change(viewWith({ version: 4, situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' } }));
  const now = (await held).json();
  assert.equal(now.state, 'paid');
  assert.equal(now.poll_after_ms, 0);
  assert.equal((await server.inject({ url: '/checkout/ckt_x/status' })).statusCode, 404);
});

test('a newer poll of the same browser ends the older one', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const first = server.inject({ url: `${PATH}/status?version=3` });
  const second = server.inject({ url: `${PATH}/status?version=3` });
  assert.equal((await first).json().poll_after_ms, 10_000);
  door.change(viewWith({ version: 4 }));
  assert.equal((await second).json().version, 4);
});

test('too many requests for one link get a readable 429 with a time to come back', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  let last = await server.inject({ url: PATH, headers: BROWSER });
  for (let i = 0; i < 120; i++) last = await server.inject({ url: PATH, headers: BROWSER });
  assert.equal(last.statusCode, 429);
  assert.match(String(last.headers['retry-after']), /^\d+$/);
  assert.match(last.body, /Wait a few minutes/);
  for (let i = 0; i < 31; i++) last = await server.inject(post('check', {}, { accept: 'application/json' }));
  assert.equal(last.statusCode, 429);
  assert.equal(last.json().alert.key, 'refused.rate');
});

test('our own failure is a page that claims nothing, and shows nothing of the failure', async () => {
  const { server, door } = checkoutApp();
  door.view = async () => {
    throw new Error('secret detail 4242424242424242');
  };
  const page = await server.inject({ url: PATH });
  assert.equal(page.statusCode, 500);
  assert.match(page.body, /data-state="problem"/);
  assert.doesNotMatch(page.body, /secret|4242|Nothing was charged/);
  door.view = async () => {
    throw Object.assign(new Error('database away'), { name: 'Unavailable' });
  };
  const away = await server.inject({ url: PATH });
  assert.equal(away.statusCode, 503);
  assert.equal(away.headers['retry-after'], '2');
});

test('policy reports are counted and answered with 204', async () => {
  const { server } = checkoutApp();
  const answer = await server.inject({
    method: 'POST',
    url: '/checkout/reports',
    headers: { 'content-type': 'application/reports+json' },
    payload: JSON.stringify([{ type: 'csp-violation', body: { effectiveDirective: 'img-src' } }]),
  });
  assert.equal(answer.statusCode, 204);
});

test('plain http to anywhere but this machine is refused at start', () => {
  assert.throws(() => checkoutApp({ publicUrl: 'http://pay.example' }), /needs https/);
});

test('the receipt is there when the session is completed, else the page is', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  assert.equal((await server.inject({ url: `${PATH}/receipt` })).headers.location, PATH);
  door.change(viewWith({ situation: { kind: 'completed', outcome: 'paid', at: NOW, reference: 'TND-1' } }));
  assert.match((await server.inject({ url: `${PATH}/receipt` })).body, /Receipt[\s\S]*TND-1/);
});

test('another language is remembered for a year, an unknown one is not', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const chosen = await server.inject(post('locale', { locale: 'en' }));
  assert.equal(chosen.headers['set-cookie'], 'tender_locale=en; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax');
  assert.equal((await server.inject(post('locale', { locale: 'tlh' }))).headers['set-cookie'], undefined);
});
