/** The pure rules of the checkout page: states, headers, tokens, cookies, forms, rates, the way back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Situation } from '../../src/app/checkout-door.ts';
import { isOnePayer } from '../../src/domain/checkout-brakes.ts';
import { DAY, HOUR, MINUTE, plus, type Timestamp } from '../../src/lib/time.ts';
import { cookieNames, newBrowserCookie, readCookies } from '../../src/web/checkout/cookies.ts';
import { parseForm } from '../../src/web/checkout/form-body.ts';
import { formTokenHolds, issueFormToken, seenDigest } from '../../src/web/checkout/form-token.ts';
import { contentSecurityPolicy, pageHeaders } from '../../src/web/checkout/headers.ts';
import { createRateMeter } from '../../src/web/checkout/rates.ts';
import { returnLink } from '../../src/web/checkout/return-link.ts';
import { PAGE_STATES, returnsByItself, stateOf } from '../../src/web/checkout/state.ts';
import { CHECKOUT_ID, FIXTURES, NOW, viewWith } from './fixtures.ts';

const declined: Situation = {
  kind: 'declined',
  class: 'bank',
  sameCardAllowed: true,
  nothingCharged: true,
  at: NOW,
};

test('every situation has one screen', () => {
  for (const { name, view, state } of FIXTURES) assert.equal(stateOf(view), state, name);
  assert.equal(stateOf(undefined), 'not_found');
  assert.equal(stateOf(viewWith({ unavailable: 'account_closed', situation: declined })), 'not_available');
});

test('every screen but the two without a session has a fixture', () => {
  const shown = new Set<string>([...FIXTURES.map((fixture) => fixture.state), 'not_found', 'problem']);
  assert.deepEqual(
    PAGE_STATES.filter((state) => !shown.has(state)),
    [],
  );
});

test('a page nobody pays on ends with its time, an open attempt keeps its screen', () => {
  const late = { expiresAt: NOW };
  assert.equal(stateOf(viewWith(late)), 'expired');
  assert.equal(stateOf(viewWith({ ...late, situation: declined })), 'expired');
  assert.equal(
    stateOf(viewWith({ ...late, situation: { kind: 'unknown', attemptId: 'att_1', since: NOW } })),
    'checking',
  );
  assert.equal(stateOf(viewWith({ expiresAt: plus(NOW, 1) })), 'choose');
});

test('the page goes back by itself only after success or the payer’s own cancelling, for half an hour', () => {
  const completed = (ageMs: number): Situation => ({
    kind: 'completed',
    outcome: 'paid',
    at: plus(NOW, -ageMs),
    reference: 'r',
  });
  assert.ok(returnsByItself(viewWith({ situation: completed(0) })));
  assert.ok(returnsByItself(viewWith({ situation: completed(30 * MINUTE - 1) })));
  assert.ok(!returnsByItself(viewWith({ situation: completed(30 * MINUTE) })));
  assert.ok(returnsByItself(viewWith({ situation: { kind: 'cancelled', by: 'payer', at: NOW } })));
  assert.ok(!returnsByItself(viewWith({ situation: { kind: 'cancelled', by: 'merchant', at: NOW } })));
  assert.ok(!returnsByItself(viewWith()));
});

test('the content security policy is exactly the one we promise', () => {
  assert.equal(
    contentSecurityPolicy({ state: 'choose', styleHash: 'HASH' }),
    "default-src 'none'; base-uri 'none'; object-src 'none'; script-src 'self'; style-src 'sha256-HASH'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; report-to csp",
  );
});

test('only the bank’s page may be posted to and framed, and only while 3-D Secure is open', () => {
  const bank = { styleHash: 'HASH', acsOrigin: 'https://acs.example' };
  const policy = contentSecurityPolicy({ ...bank, state: 'three_ds' });
  assert.match(policy, /; form-action 'self' https:; frame-src 'self' https:\/\/acs\.example; frame-ancestors 'none';/);
  const test = contentSecurityPolicy({ ...bank, state: 'three_ds', sandboxOrigin: 'http://localhost:4601' });
  assert.match(test, /; form-action 'self' https: http:\/\/localhost:4601; /);
  assert.match(contentSecurityPolicy({ ...bank, state: 'choose' }), /; form-action 'self'; frame-src 'none';/);
  assert.match(contentSecurityPolicy({ styleHash: 'H', state: 'frame' }), /frame-ancestors 'self'/);
});

test('headers of a page: nothing is stored, referred, indexed, framed or granted', () => {
  const headers = pageHeaders({ state: 'choose', styleHash: 'H', https: true, locale: 'en' });
  assert.deepEqual(
    { ...headers, 'content-security-policy': '' },
    {
      'content-security-policy': '',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex, nofollow, noarchive',
      'reporting-endpoints': 'csp="/checkout/reports"',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'origin-agent-cluster': '?1',
      'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
      'x-frame-options': 'DENY',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'content-language': 'en',
      vary: 'Accept-Language, Cookie, Accept, Sec-Fetch-Dest, Sec-Fetch-Mode',
    },
  );
  const plain = pageHeaders({ state: 'choose', styleHash: 'H', https: false, locale: 'en' });
  assert.equal(plain['strict-transport-security'], undefined);
});

test('a form token holds for its session, its browser and 24 hours', () => {
  const key = Buffer.alloc(32, 1);
  const browser = 'a'.repeat(64);
  const token = issueFormToken(key, { checkoutId: CHECKOUT_ID, browser }, NOW);
  const facts = { checkoutId: CHECKOUT_ID, browser, now: NOW };
  assert.ok(formTokenHolds(key, token, facts));
  assert.ok(formTokenHolds(key, token, { ...facts, browser: undefined }), 'blocked cookies pass');
  assert.ok(formTokenHolds(key, token, { ...facts, now: plus(NOW, DAY - 1) }));
  assert.ok(!formTokenHolds(key, token, { ...facts, now: plus(NOW, DAY) }));
  assert.ok(!formTokenHolds(key, token, { ...facts, now: plus(NOW, -1) }), 'from the future');
  assert.ok(!formTokenHolds(key, token, { ...facts, browser: 'b'.repeat(64) }));
  assert.ok(!formTokenHolds(key, token, { ...facts, checkoutId: `ckt_${'x'.repeat(24)}` }));
  assert.ok(!formTokenHolds(Buffer.alloc(32, 2), token, facts));
  for (const bad of ['', '.', '...', `${token}x`, token.slice(1)]) assert.ok(!formTokenHolds(key, bad, facts), bad);
});

test('the seen digest changes with everything it covers', () => {
  assert.notEqual(seenDigest([1, 'ZAR']), seenDigest([2, 'ZAR']));
  assert.notEqual(seenDigest(['1', '2']), seenDigest(['12']));
});

test('cookies carry the host prefix over https and lose it on this machine only', () => {
  const https = cookieNames('https://pay.example');
  const { header } = newBrowserCookie(https, Buffer.alloc(16));
  assert.equal(header, '__Host-tender_browser=AAAAAAAAAAAAAAAAAAAAAA; Path=/; Secure; HttpOnly; SameSite=Lax');
  for (const origin of ['http://localhost:4600', 'http://127.0.0.1:4600', 'http://[::1]:4600']) {
    assert.equal(
      newBrowserCookie(cookieNames(origin), Buffer.alloc(16)).header,
      'tender_browser=AAAAAAAAAAAAAAAAAAAAAA; Path=/; HttpOnly; SameSite=Lax',
    );
  }
  assert.throws(() => cookieNames('http://pay.example'), /needs https/);
  assert.throws(() => cookieNames('http://10.0.0.1'), /needs https/);
});

test('a cookie we could not have set is as good as none', () => {
  const names = cookieNames('http://localhost');
  assert.equal(readCookies('tender_browser=AAAAAAAAAAAAAAAAAAAAAA; a=b', names).browser?.length, 64);
  assert.deepEqual(readCookies('tender_browser=short; tender_locale=xx', names), {});
  assert.deepEqual(readCookies('__proto__=1; ;;; =x', names), {});
  assert.deepEqual(readCookies(undefined, names), {});
  assert.deepEqual(readCookies('tender_locale=en', names), { locale: 'en' });
});

test('a form has each name once, valid escapes and valid UTF-8', () => {
  assert.deepEqual({ ...parseForm(Buffer.from('a=1&b=%C3%A9+x&c')) }, { a: '1', b: 'é x', c: '' });
  assert.deepEqual({ ...parseForm(Buffer.from('')) }, {});
  assert.ok(Object.hasOwn(parseForm(Buffer.from('__proto__=1')) ?? {}, '__proto__'));
  for (const bad of ['a=1&a=2', 'a=%', 'a=%ff', '%e0%a4=1']) assert.equal(parseForm(Buffer.from(bad)), undefined, bad);
  assert.equal(parseForm(Buffer.from([0x61, 0x3d, 0xff])), undefined);
});

test('a bucket empties, says when to come back, and fills again', () => {
  const meter = createRateMeter();
  const rate = { count: 3, perMs: 60_000 };
  const at = (ms: number): number => meter.take(rate, 'x', plus(NOW, ms) as Timestamp);
  assert.deepEqual([at(0), at(0), at(0)], [0, 0, 0]);
  assert.equal(at(0), 20);
  assert.equal(at(10_000), 10);
  assert.equal(at(20_000), 0);
  assert.equal(meter.take(rate, 'y', NOW), 0);
});

test('limits per address never brake a proxy on this machine', () => {
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) assert.ok(!isOnePayer(address));
  for (const address of ['203.0.113.9', '2001:db8::1', '1.27.0.1']) assert.ok(isOnePayer(address));
});

test('the way back is the shop’s address with session_id and nothing else', () => {
  assert.equal(returnLink('https://s.example/a', 'ps_1'), 'https://s.example/a?session_id=ps_1');
  assert.equal(returnLink('https://s.example/a?o=7#top', 'ps_1'), 'https://s.example/a?o=7&session_id=ps_1#top');
  assert.equal(returnLink('https://s.example/a?', 'ps_1'), 'https://s.example/a?session_id=ps_1');
  assert.equal(returnLink('shop://done', 'ps_1'), 'shop://done?session_id=ps_1');
  for (const bad of ['javascript:alert(1)', 'DATA:text/html,x', 'vbscript:x', '/relative', '']) {
    assert.equal(returnLink(bad, 'ps_1'), undefined, bad);
  }
  assert.equal(returnLink(undefined, 'ps_1'), undefined);
  assert.equal(HOUR, 60 * MINUTE);
});
