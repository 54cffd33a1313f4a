/** Embedded sessions over HTTP: what every document carries, whose frame may send a form, and what a framed page looks like. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckoutView } from '../../src/app/checkout-door.ts';
import { mayFrame } from '../../src/domain/embedding.ts';
import { MINUTE, plus } from '../../src/lib/time.ts';
import { ASSETS } from '../../src/web/checkout/assets.ts';
import { styleOf } from '../../src/web/checkout/brand-style.ts';
import { BROWSER, CARD, FORM, open, PATH, post } from './checkout-client.ts';
import { checkoutApp } from './checkout-server.ts';
import { CHECKOUT_ID, NOW, viewWith } from './fixtures.ts';

const FRAME = { ...BROWSER, 'sec-fetch-dest': 'iframe' };
const framers = ['https://shop.example', 'http://localhost:8080'];
const embedding = { mode: 'embedded_modal', framers } as const;
const TOKEN = `token of ${CHECKOUT_ID}`;
const paid = { kind: 'completed', outcome: 'paid', at: NOW, reference: 'r' } as const;

function appWith(over: Partial<CheckoutView> = {}, options = {}) {
  const app = checkoutApp(options);
  app.door.change(viewWith({ embedding, ...over }));
  return app;
}

const policyOf = (answer: { headers: object }) =>
  String((answer.headers as Record<string, string>)['content-security-policy']);

/** The whole policy, with these ancestors. */
const policy = (ancestors: string) =>
  `default-src 'none'; base-uri 'none'; object-src 'none'; script-src 'self'; style-src 'sha256-${styleOf().hash}'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'none'; frame-ancestors ${ancestors}; require-trusted-types-for 'script'; trusted-types 'none'; report-to csp`;

test('every document of an embedded session may be framed by its list alone', async () => {
  const { server, door } = appWith({ situation: paid, settings: { ...viewWith().settings, afterPayment: 'receipt' } });
  for (const url of [PATH, `${PATH}/receipt`]) {
    for (const headers of [BROWSER, FRAME]) {
      const page = await server.inject({ url, headers });
      assert.equal(page.statusCode, 200);
      assert.equal(policyOf(page), policy(framers.join(' ')));
      assert.equal(page.headers['x-frame-options'], undefined);
      assert.equal(page.headers['cross-origin-resource-policy'], 'cross-origin');
    }
  }
  const returned = await server.inject({ url: `${PATH}/return/att_1`, headers: FRAME });
  assert.match(policyOf(returned), /frame-ancestors 'self' https:\/\/shop\.example http:\/\/localhost:8080;/);
  assert.equal(returned.headers['x-frame-options'], undefined);
  door.change(
    viewWith({
      embedding,
      situation: {
        kind: 'three_ds',
        attemptId: 'att_1',
        acsUrl: 'https://acs.example/x',
        creq: 'c',
        expiresAt: plus(NOW, MINUTE),
      },
    }),
  );
  const bank = policyOf(await server.inject({ url: PATH, headers: FRAME }));
  assert.match(
    bank,
    /frame-src 'self' https:\/\/acs\.example; frame-ancestors https:\/\/shop\.example http:\/\/localhost:8080;/,
  );
});

test('an embedded session nobody may frame, and one without an embedded mode, refuse every frame', async () => {
  for (const over of [{ embedding: { ...embedding, framers: [] } }, { embedding: undefined }]) {
    const { server, door } = checkoutApp();
    const view = viewWith();
    door.change(over.embedding ? { ...view, embedding: over.embedding } : view);
    const page = await server.inject({ url: PATH, headers: FRAME });
    assert.equal(policyOf(page), policy("'none'"));
    assert.equal(page.headers['x-frame-options'], 'DENY');
    assert.equal(page.headers['cross-origin-resource-policy'], over.embedding ? 'cross-origin' : 'same-origin');
    if (!over.embedding) assert.doesNotMatch(page.body, /data-frame=/);
  }
});

test('opened directly an embedded session is the page it always was', async () => {
  const { server, door } = appWith();
  const direct = await server.inject({ url: PATH, headers: { ...BROWSER, 'sec-fetch-dest': 'document' } });
  assert.doesNotMatch(direct.body, /data-frame=|way_out/);
  assert.ok(direct.body.includes(ASSETS.script.path));
  const { hidden, cookie } = await open(server);
  await server.inject(post('pay', { ...hidden, payment_method: 'card', ...CARD }, { cookie }));
  assert.equal(door.orders.length, 1);
  door.change(viewWith({ embedding, situation: paid }));
  const done = await server.inject({ url: PATH, headers: BROWSER });
  assert.match(done.body, /<meta http-equiv="refresh" content="0;url=https:\/\/shop\.example/);
});

test('a form of a framed page is taken with the token of the shop alone', async () => {
  const { server, door } = appWith();
  const { hidden, cookie } = await open(server, FRAME);
  const fields = { ...hidden, payment_method: 'card', ...CARD };
  const csrf = hidden.csrf as string;
  for (const token of [undefined, '', 'token of another', TOKEN.slice(0, -1)]) {
    const sent = { ...fields, ...(token !== undefined && { client_token: token }) };
    for (const headers of [FRAME, { ...BROWSER, accept: 'application/json' }] as Record<string, string>[]) {
      const answer = await server.inject(post('pay', sent, { cookie, ...headers }));
      assert.equal(answer.statusCode, headers.accept ? 200 : 303);
      if (headers.accept) assert.equal(answer.json().alert.key, 'notice.stale');
    }
    for (const action of ['cancel', 'leave', 'check', 'more_time'])
      await server.inject(post(action, { csrf, ...(token && { client_token: token }) }, { cookie, ...FRAME }));
  }
  assert.deepEqual([door.orders.length, door.calls], [0, []]);
  for (const action of ['cancel', 'leave', 'check', 'more_time'])
    await server.inject(post(action, { csrf, client_token: TOKEN }, { cookie, ...FRAME }));
  await server.inject(post('pay', { ...fields, client_token: TOKEN }, { cookie, ...FRAME }));
  assert.deepEqual([door.orders.length, door.calls.length], [1, 4]);
});

test('the mark of a frame cannot be taken off: a changed csrf is refused, and a plain one does not help inside a frame', async () => {
  const { server, door } = appWith();
  const framed = await open(server, FRAME);
  const plain = await open(server);
  const unmarked = (framed.hidden.csrf ?? '').replace(/^(\w+)\.1\./, '$1.0.');
  assert.notEqual(unmarked, framed.hidden.csrf);
  await server.inject(post('cancel', { csrf: unmarked }, { cookie: framed.cookie }));
  await server.inject(post('cancel', { csrf: plain.hidden.csrf as string }, { cookie: plain.cookie, ...FRAME }));
  assert.deepEqual(door.calls, []);
  await server.inject(post('cancel', { csrf: plain.hidden.csrf as string }, { cookie: plain.cookie }));
  assert.equal(door.calls.length, 1);
});

test('without any cookie a framed page pays, and errors come back in the frame', async () => {
  const { server, door } = appWith();
  const { hidden } = await open(server, FRAME);
  const fields = { ...hidden, payment_method: 'card', client_token: TOKEN };
  const wrong = await server.inject(post('pay', { ...fields, ...CARD, card_cvc: '' }, FRAME));
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, /data-frame="embedded_modal"/);
  assert.equal(policyOf(wrong), policy(framers.join(' ')));
  assert.equal((await server.inject(post('pay', { ...fields, ...CARD }, FRAME))).statusCode, 303);
  assert.equal(door.orders.length, 1);
});

test('the cookie of a frame is another one, apart for each shop, and neither stands in for the other', async () => {
  const secure = appWith({}, { publicUrl: 'https://pay.example' });
  const cookieOf = async (headers: Record<string, string>) =>
    String((await secure.server.inject({ url: PATH, headers })).headers['set-cookie']);
  const value = '=[\\w-]{22}';
  assert.match(
    await cookieOf(FRAME),
    new RegExp(`^__Host-tender_frame${value}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned$`),
  );
  assert.match(
    await cookieOf(BROWSER),
    new RegExp(`^__Host-tender_browser${value}; Path=/; Secure; HttpOnly; SameSite=Lax$`),
  );
  const { server, door } = appWith();
  const framed = await open(server, FRAME);
  assert.match(framed.cookie, /^tender_frame=[\w-]{22}$/);
  const foreign = { cookie: 'tender_frame=BBBBBBBBBBBBBBBBBBBBBB' };
  const fields = { csrf: framed.hidden.csrf as string, client_token: TOKEN };
  await server.inject(post('cancel', fields, foreign));
  assert.deepEqual(door.calls, [], 'the frame cookie of another browser');
  await server.inject(post('cancel', fields, { cookie: framed.cookie }));
  assert.equal(door.calls.length, 1);
});

test('a language chosen in a frame is remembered there', async () => {
  const { server } = appWith({}, { publicUrl: 'https://pay.example' });
  const set = async (headers: Record<string, string>) =>
    String((await server.inject(post('locale', { locale: 'en' }, headers))).headers['set-cookie']);
  assert.match(await set(FRAME), /^__Host-tender_locale=en; Max-Age=31536000; .* SameSite=None; Partitioned$/);
  assert.match(await set(BROWSER), /SameSite=Lax$/);
});

test('a framed page goes nowhere by itself, and what leads elsewhere takes the whole window', async () => {
  const { server, door } = appWith({ situation: paid });
  const done = await server.inject({ url: PATH, headers: FRAME });
  assert.equal(done.statusCode, 200);
  assert.doesNotMatch(done.body, /http-equiv="refresh"|Taking you back/);
  assert.match(done.body, /data-return href="https:\/\/shop\.example[^"]*" target="_top"/);
  const action = {
    type: 'redirect',
    method: 'GET',
    url: 'https://bank.example/a',
    expiresAt: plus(NOW, MINUTE),
  } as const;
  const redirect = {
    kind: 'action',
    attemptId: 'att_1',
    since: NOW,
    expiresAt: plus(NOW, MINUTE),
    mayLeave: true,
  } as const;
  const framed = async (situation: CheckoutView['situation']) => {
    door.change(viewWith({ embedding, situation }));
    return (await server.inject({ url: PATH, headers: FRAME })).body;
  };
  const link = await framed({ ...redirect, action });
  assert.match(link, /<a class="button primary" href="https:\/\/bank\.example\/a" rel="noreferrer" target="_top">/);
  const form = await framed({ ...redirect, action: { ...action, method: 'POST', fields: { a: '1' } } });
  assert.match(form, /<form id="redirect" method="post" action="https:\/\/bank\.example\/a" target="_top">/);
  assert.doesNotMatch(link + form, /data-follow/);
  const bank = await framed({
    kind: 'three_ds',
    attemptId: 'a',
    acsUrl: 'https://acs.example/x',
    creq: 'c',
    expiresAt: plus(NOW, MINUTE),
  });
  assert.match(bank, /<form id="three_ds" method="post" action="https:\/\/acs\.example\/x" target="_top"/);
});

test('a framed page names its framers and its way out, and carries the frame’s script', async () => {
  const { server } = appWith();
  const { body } = await server.inject({ url: PATH, headers: FRAME });
  assert.match(body, /data-frame="embedded_modal" data-framers="https:\/\/shop\.example http:\/\/localhost:8080"/);
  assert.match(
    body,
    new RegExp(`<noscript><p class="actions"><a class="button primary" href="${PATH}" target="_top">`),
  );
  assert.ok(body.includes(`src="${ASSETS.frameScript.path}" integrity="${ASSETS.frameScript.integrity}"`));
});

test('which origins may frame is decided to the letter', () => {
  const list = ['https://shop.example', 'http://localhost:*'];
  for (const good of ['https://shop.example', 'http://localhost', 'http://localhost:3000'])
    assert.ok(mayFrame(good, list));
  for (const bad of [
    'http://shop.example',
    'https://shop.example:8443',
    'https://shop.example.evil.example',
    'https://evil.example',
    'https://localhost:3000',
    'http://localhost:3000.evil.example',
    'http://localhost.evil.example',
    'null',
    '',
  ])
    assert.equal(mayFrame(bad, list), false, bad);
  assert.equal(mayFrame('http://localhost:3000', ['http://localhost:3001']), false);
});

test('checkout.js is small, served to shops under a name that stays and one with its hash, and keeps nothing there', async () => {
  const { server } = appWith();
  const { loader, frameScript } = ASSETS;
  assert.ok(loader.gzip.length <= 2 * 1024, `checkout.js has ${loader.gzip.length} bytes, 2 KB at most`);
  assert.ok(frameScript.gzip.length <= 8 * 1024, `the script of a framed page has ${frameScript.gzip.length} bytes`);
  for (const [url, cache] of [
    ['/checkout.js', 'public, max-age=300'],
    [loader.path, 'public, max-age=31536000, immutable'],
  ] as const) {
    const answer = await server.inject({ url });
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.body, loader.body.toString());
    assert.equal(answer.headers['cache-control'], cache);
    assert.equal(answer.headers['cross-origin-resource-policy'], 'cross-origin');
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  assert.match(loader.path, /^\/checkout\/assets\/embed\.[0-9a-f]{16}\.js$/);
  const own = await server.inject({ url: ASSETS.script.path });
  assert.equal(own.headers['cross-origin-resource-policy'], 'same-origin');
  assert.equal(own.headers['access-control-allow-origin'], undefined);
  assert.doesNotMatch(loader.body.toString(), /cookie|localStorage|sessionStorage|indexedDB|innerHTML|eval\(/);
  const refused = await server.inject({ method: 'POST', url: '/checkout.js', headers: FORM, payload: '' });
  assert.deepEqual([refused.statusCode, refused.headers.allow], [405, 'GET, HEAD']);
});

test('what the script of a framed page fetches finds what that browser typed there', async () => {
  const { server, door } = appWith();
  const page = await server.inject({ url: PATH, headers: FRAME });
  const cookie = String(page.headers['set-cookie']).split(';')[0] as string;
  const asked: (string | undefined)[] = [];
  const { view } = door;
  door.view = (id, browser) => {
    asked.push(browser);
    return view(id, browser);
  };
  await server.inject({ url: PATH, headers: { ...FRAME, cookie } });
  await server.inject({ url: `${PATH}/status`, headers: { 'sec-fetch-dest': 'empty', cookie } });
  await server.inject({ url: PATH, headers: { ...BROWSER, 'sec-fetch-dest': 'document', cookie } });
  assert.match(asked[0] ?? '', /^[0-9a-f]{64}$/);
  assert.deepEqual(asked.slice(1), [asked[0], undefined]);
});

test('a framed page asks for no focus by itself: browsers refuse it there', async () => {
  const { server } = appWith({ situation: paid });
  const [framed, whole] = await Promise.all([FRAME, BROWSER].map((headers) => server.inject({ url: PATH, headers })));
  assert.match(whole?.body ?? '', / autofocus>/);
  assert.doesNotMatch(framed?.body ?? '', / autofocus/);
  assert.match(framed?.body ?? '', / data-autofocus>/);
});
