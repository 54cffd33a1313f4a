/** A press of Pay over HTTP: what it must pass, what it becomes, and how it comes back to the payer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { DAY, plus, type Timestamp } from '../../src/lib/time.ts';
import { BROWSER, CARD, FORM, open, PATH, post } from './checkout-client.ts';
import { checkoutApp } from './checkout-server.ts';
import { agreed, NOW, viewWith } from './fixtures.ts';

test('a form of another type, size or site, or with a name twice, is refused unread', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  const good = post('pay', { ...hidden, ...CARD }, { cookie });
  const status = async (change: InjectOptions) => (await server.inject({ ...good, ...change })).statusCode;
  assert.equal(
    await status({ headers: { ...BROWSER, cookie, 'content-type': 'application/json' }, payload: '{}' }),
    415,
  );
  assert.equal(await status({ payload: `a=${'x'.repeat(17 * 1024)}` }), 413);
  assert.equal(await status({ payload: `${good.payload}&card_cvc=999` }), 400);
  for (const site of ['cross-site', 'same-site', 'none']) {
    assert.equal(await status({ headers: { ...FORM, cookie, 'sec-fetch-site': site } }), 403, site);
  }
  assert.deepEqual(door.orders, []);
});

test('a press of Pay becomes one order and a 303 to the page', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  const answer = await server.inject(
    post('pay', { ...hidden, ...CARD, browser: '{"width":1}' }, { cookie, 'user-agent': 'UA' }),
  );
  assert.equal(answer.statusCode, 303);
  assert.equal(answer.headers.location, PATH);
  const [order] = door.orders;
  assert.deepEqual(order?.instrument, {
    type: 'card',
    card: { number: '4242424242424242', expMonth: 12, expYear: 2030, securityCode: '123' },
  });
  assert.equal(order?.attemptKey, hidden.attempt_key);
  assert.equal(order?.save, false);
  assert.equal(order?.consent, undefined);
  assert.equal(order?.payer.browser, '{"width":1}');
  assert.match(order?.browser ?? '', /^[0-9a-f]{64}$/);
});

test('a mandate is saved with its evidence, a box only when it was ticked', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith({ saving: 'mandate', type: 'first_in_series', mandate: agreed({ amount: { minMinor: 1 } }) }));
  let page = await open(server);
  await server.inject(post('pay', { ...page.hidden, ...CARD }, { cookie: page.cookie, 'user-agent': 'UA' }));
  assert.equal(door.orders[0]?.save, true);
  assert.equal(door.orders[0]?.consent?.userAgent, 'UA');
  assert.equal(door.orders[0]?.consent?.action, 'button');
  assert.equal(door.orders[0]?.consent?.at, '2026-08-03T12:02:00.000Z');
  assert.equal(door.orders[0]?.consent?.terms.mandate?.terms.currency, 'ZAR');
  assert.match(door.orders[0]?.consent?.text ?? '', /^What you agree to\nWho: Karoo Coffee Roasters/);
  assert.equal(door.orders[0]?.consent?.seen, page.hidden.seen);
  door.change(viewWith({ saving: 'prompt' }));
  page = await open(server);
  const cookie = page.cookie;
  await server.inject(post('pay', { ...page.hidden, ...CARD }, { cookie }));
  await server.inject(post('pay', { ...page.hidden, ...CARD, save_payment_method: 'true' }, { cookie }));
  assert.deepEqual(
    door.orders.slice(1).map((order) => [order.save, order.consent?.action]),
    [
      [false, undefined],
      [true, 'checkbox'],
    ],
  );
});

test('an old, foreign or missing form token sends nothing and asks to press again', async () => {
  let now = NOW;
  const { server, door } = checkoutApp({ system: { clock: { now: () => now, timer: () => () => undefined } } });
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  const stranger = 'tender_browser=BBBBBBBBBBBBBBBBBBBBBB';
  for (const attempt of [
    post('pay', { ...hidden, ...CARD, csrf: 'x' }, { cookie }),
    post('pay', { ...hidden, ...CARD }, { cookie: stranger }),
    post('pay', CARD, { cookie }),
  ]) {
    assert.equal((await server.inject(attempt)).statusCode, 303);
  }
  now = plus(NOW, DAY) as Timestamp;
  await server.inject(post('pay', { ...hidden, ...CARD }, { cookie }));
  assert.deepEqual(door.orders, []);
  const shown = await server.inject({ url: PATH, headers: { ...BROWSER, cookie } });
  assert.match(shown.body, /data-banner="notice"[\s\S]*This page was open for a long time/);
});

test('an amount that changed while the page was open is never charged without a new press', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  door.change(viewWith({ money: { amountMinor: 99900, currency: 'ZAR' } }));
  await server.inject(post('pay', { ...hidden, ...CARD }, { cookie }));
  assert.deepEqual(door.orders, []);
  const shown = await server.inject({ url: PATH, headers: { ...BROWSER, cookie } });
  assert.match(shown.body, /The amount has changed to ZAR\u00a0999\.00/);
});

test('wrong fields send nothing, come back with what was typed, and a good number is kept sealed', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  const answer = await server.inject(post('pay', { ...hidden, ...CARD, card_cvc: '1' }, { cookie }));
  assert.equal(answer.statusCode, 303);
  assert.deepEqual(door.orders, []);
  assert.deepEqual(door.typedCards, [{ number: '4242424242424242', expMonth: 12, expYear: 2030 }]);
  const shown = await server.inject({ url: PATH, headers: { ...BROWSER, cookie } });
  assert.match(shown.body, /data-error="card_cvc\.length"/);
  assert.match(shown.body, /name="card_expiry"[^>]* value="12\/30"/);
  const other = await server.inject({ url: PATH, headers: BROWSER });
  assert.doesNotMatch(other.body, /data-error=/);
});

test('with cookies blocked a payment works and an error is shown at once', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden } = await open(server);
  const wrong = await server.inject(post('pay', { ...hidden, ...CARD, card_number: '1' }));
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, /data-error="card_number\.short"/);
  const right = await server.inject(post('pay', { ...hidden, ...CARD }));
  assert.equal(right.statusCode, 303);
  assert.equal(door.orders[0]?.browser, undefined);
});

test('the script gets the same facts as data', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  const json = { cookie, accept: 'application/json', 'sec-fetch-mode': 'cors' };
  const answer = await server.inject(post('pay', { ...hidden, ...CARD, card_cvc: '' }, json));
  assert.equal(answer.statusCode, 200);
  const facts = answer.json();
  assert.deepEqual(facts.errors, [{ name: 'card_cvc', key: 'card_cvc.missing', text: 'Enter the security code' }]);
  assert.equal(facts.state, 'choose');
  assert.equal(facts.version, 3);
  assert.equal(facts.alert.key, 'error.heading');
  assert.notEqual(facts.attempt_key, hidden.attempt_key);
  assert.equal(facts.seen, hidden.seen);
  door.onPay = () => {
    door.change(
      viewWith({
        situation: { kind: 'declined', class: 'funds', sameCardAllowed: true, nothingCharged: true, at: NOW },
      }),
    );
    return { kind: 'see_page' };
  };
  const declined = (await server.inject(post('pay', { ...hidden, ...CARD }, json))).json();
  assert.equal(declined.state, 'declined');
  assert.equal(declined.alert.key, 'decline.funds');
});

test('fields that the application refuses come back like any other error', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  door.onPay = () => ({ kind: 'refused', errors: [{ name: 'payment_method', key: 'payment_method.gone' }] });
  await server.inject(post('pay', { ...hidden, ...CARD }, { cookie }));
  const shown = await server.inject({ url: PATH, headers: { ...BROWSER, cookie } });
  assert.match(shown.body, /is no longer offered\. Choose another way to pay\./);
});

test('Pay after the end sends nothing; well after success it says that it was done', async () => {
  const { server, door } = checkoutApp();
  door.change(viewWith());
  const { hidden, cookie } = await open(server);
  door.change(
    viewWith({ situation: { kind: 'completed', outcome: 'paid', at: plus(NOW, -5 * 60_000), reference: 'r' } }),
  );
  assert.equal((await server.inject(post('pay', { ...hidden, ...CARD }, { cookie }))).statusCode, 303);
  assert.deepEqual(door.orders, []);
  const shown = await server.inject({ url: PATH, headers: { ...BROWSER, cookie } });
  assert.match(shown.body, /data-again/);
  assert.doesNotMatch(shown.body, /http-equiv="refresh"/);
});
