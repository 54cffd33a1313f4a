/** Every screen as a document: what stands in it, what never does, and that it stays small. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { ASSETS } from '../../src/web/checkout/assets.ts';
import { notFoundPage, problemPage, receiptPage, refusalPage, sessionPage } from '../../src/web/checkout/page.ts';
import type { PageContext } from '../../src/web/checkout/page-context.ts';
import { consentEvidence, shownTerms } from '../../src/web/checkout/terms.ts';
import { choosePhrases } from '../../src/web/i18n/locales.ts';
import { agreed, CHECKOUT_ID, FIXTURES, type Fixture, NOW, viewWith } from './fixtures.ts';

const t = choosePhrases({});

function contextOf({ view, kept }: Pick<Fixture, 'view' | 'kept'>): PageContext {
  const terms = shownTerms(view, t);
  return { t, view, kept, terms, path: `/checkout/${CHECKOUT_ID}`, csrf: 'token', attemptKey: 'A'.repeat(22) };
}

function bodyOf(name: string): string {
  const found = FIXTURES.find((fixture) => fixture.name === name);
  assert.ok(found, name);
  return sessionPage(contextOf(found)).body;
}

/** Text as people read it. */
function textOf(body: string): string {
  return body
    .replace(/<style>[\s\S]*?<\/style>|<title>[\s\S]*?<\/title>/g, '')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');
}

test('every screen names its state, version and mode', () => {
  for (const fixture of FIXTURES) {
    const { body, state } = sessionPage(contextOf(fixture));
    assert.equal(state, fixture.state);
    assert.ok(body.includes(`<main data-state="${fixture.state}" data-version="3" data-mode="${fixture.view.mode}"`));
    assert.equal(body.match(/<h1[ >]/g)?.length, 1, `${fixture.name} has one h1`);
    assert.equal(body.match(/ autofocus/g)?.length ?? 0, Number(/autofocus/.test(body)), `${fixture.name}: one focus`);
  }
});

test('no screen holds an inline style, an inline handler, a second script or an address of somebody else', () => {
  for (const fixture of FIXTURES) {
    const { body } = sessionPage(contextOf(fixture));
    assert.doesNotMatch(body, /\sstyle=|\son[a-z]+=/, fixture.name);
    assert.equal(body.match(/<script/g)?.length, 1, fixture.name);
    assert.equal(body.match(/<style/g)?.length, 1, fixture.name);
    const loaded = body.match(/(?:src|<link[^>]*href|<use href)="([^"]*)"/g) ?? [];
    for (const address of loaded) assert.match(address, /="(\/checkout\/assets\/|#)/, fixture.name);
  }
});

test('no id and no autocomplete token stands twice in a document', () => {
  for (const fixture of FIXTURES) {
    const { body } = sessionPage(contextOf(fixture));
    for (const pattern of [/\sid="([^"]+)"/g, /\sautocomplete="([^"]+)"/g]) {
      const all = [...body.matchAll(pattern)].map((match) => match[1]);
      assert.equal(new Set(all).size, all.length, `${fixture.name}: ${all.join(' ')}`);
    }
  }
});

test('the pay form is the one programs know how to find and fill', () => {
  const body = bodyOf('choose');
  assert.ok(body.includes(`<form id="pay" method="post" action="/checkout/${CHECKOUT_ID}/pay" novalidate`));
  for (const name of ['csrf', 'attempt_key', 'seen', 'browser']) {
    assert.match(body, new RegExp(`<input type="hidden" name="${name}" value=`), name);
  }
  assert.match(body, /<input type="hidden" name="payment_method" value="card">/);
  const fields: [string, string][] = [
    ['card_number', 'cc-number'],
    ['card_expiry', 'cc-exp'],
    ['card_cvc', 'cc-csc'],
  ];
  for (const [name, token] of fields) {
    const control = new RegExp(
      `<input id="${name}" name="${name}" type="text" inputmode="numeric" dir="ltr" autocomplete="${token}"`,
    );
    assert.match(body, control);
  }
});

test('what was typed comes back, the number and the code never', () => {
  const kept = {
    values: { payment_method: 'card', card_number: '4242424242424242', card_cvc: '123', card_expiry: '12/30' },
    errors: [{ name: 'card_cvc', key: 'card_cvc.missing' }],
  };
  const { body } = sessionPage(contextOf({ view: viewWith({ mode: 'live' }), kept }));
  assert.match(body, /name="card_expiry"[^>]* value="12\/30"/);
  assert.doesNotMatch(body, /4242424242424242|value="123"/);
});

test('an error stands at its field, before it and tied to it, and in the summary with a link', () => {
  const body = bodyOf('error-summary');
  assert.match(body, /<title>Error: Pay Karoo Coffee<\/title>/);
  assert.match(body, /<div class="banner bad" data-banner="error_summary" tabindex="-1" autofocus>/);
  assert.match(body, /<a href="#card_expiry">The month is a number from 01 to 12<\/a>/);
  assert.match(
    body,
    /id="card_cvc-error" data-error="card_cvc\.length">[\s\S]*?The security code has 3 digits<\/p>\s*<input id="card_cvc"[^>]* aria-describedby="card_cvc-error card_cvc-hint" aria-invalid="true">/,
  );
});

test('a decline says so in the title and on top, and nothing was charged only when that is known', () => {
  const body = bodyOf('declined-code');
  assert.match(body, /<title>Payment declined – Pay Karoo Coffee<\/title>/);
  assert.match(body, /data-banner="decline" data-decline="security_code"/);
  assert.match(textOf(body), /Check the security code\. It does not match this card\. Nothing was charged\./);
  const held = viewWith({
    situation: { kind: 'declined', class: 'bank', sameCardAllowed: true, nothingCharged: false, at: viewWith().now },
  });
  assert.doesNotMatch(sessionPage(contextOf({ view: held })).body, /Nothing was charged/);
});

test('after a decline the choice stands ready that its class calls for', () => {
  const checked = (body: string): string | undefined =>
    /<input type="radio" name="payment_method" value="(\w+)"[^>]* checked>/.exec(body)?.[1];
  assert.equal(checked(bodyOf('declined-code')), 'kept_card');
  assert.equal(checked(bodyOf('declined')), 'card');
  assert.equal(checked(bodyOf('declined-other')), 'card');
  assert.equal(checked(bodyOf('choose-saved')), 'pmt_0000000000000000000000a1');
});

test('an unknown outcome tells the payer not to pay again and claims nothing', () => {
  const text = textOf(bodyOf('checking'));
  assert.match(text, /We do not know yet whether the payment went through\. Do not pay again\. We are checking\./);
  assert.doesNotMatch(text, /Nothing was charged|declined|failed/);
});

test('the mandate part has its seven rows and the button repeats the act', () => {
  const body = bodyOf('choose-mandate');
  const sections = [...body.matchAll(/data-section="(\w+)"/g)].map((match) => match[1]);
  assert.deepEqual(sections, ['who', 'for', 'how_much', 'when', 'until', 'today', 'cancel']);
  assert.match(textOf(body), /Up to ZAR.249\.00 each time/);
  assert.match(body, /<button class="primary" type="submit">Agree and pay ZAR\u00a0249\.00<\/button>/);
  assert.match(bodyOf('choose-mandate-free'), /<button class="primary" type="submit">Agree and save card<\/button>/);
  assert.match(textOf(bodyOf('choose-mandate-free')), /Any amount Karoo Coffee asks for: no limit was set/);
});

test('the evidence of consent is the text on the page, row by row', () => {
  for (const name of ['choose-mandate', 'choose-mandate-free', 'choose-save-box', 'choose-save-always']) {
    const fixture = FIXTURES.find((entry) => entry.name === name) as Fixture;
    const terms = shownTerms(fixture.view, t);
    const evidence = consentEvidence(terms, t, { at: fixture.view.now, ip: '203.0.113.1' });
    const page = textOf(sessionPage(contextOf(fixture)).body);
    assert.ok(evidence && /^[0-9a-f]{64}$/.test(evidence.textHash));
    for (const line of evidence.text.split('\n')) {
      const shown = line.replace(/^(Who|For|How much|When|Until|Today|To cancel): /, '$1');
      assert.ok(page.replaceAll(' ', '').includes(shown.replace(/\s/g, '')), `${name}: ${line}`);
    }
    assert.equal(evidence.action, name === 'choose-save-box' ? 'checkbox' : 'button');
    assert.equal(evidence.seen, terms.seen);
  }
  assert.equal(consentEvidence(shownTerms(viewWith(), t), t, { at: NOW }), undefined);
});

test('seen changes with amount, currency, saving, mandate and capture', () => {
  const base = shownTerms(viewWith(), t).seen;
  const others = [
    viewWith({ money: { amountMinor: 24901, currency: 'ZAR' } }),
    viewWith({ money: { amountMinor: 24900, currency: 'USD' } }),
    viewWith({ saving: 'prompt' }),
    viewWith({ captureMethod: 'manual' }),
    viewWith({ saving: 'mandate', mandate: agreed({ amount: { minMinor: 1 } }) }),
  ].map((view) => shownTerms(view, t).seen);
  assert.equal(new Set([base, ...others]).size, 6);
  assert.equal(shownTerms(viewWith({ version: 9, description: 'other' }), t).seen, base);
});

test('fresh success goes back to the shop by a refresh in the page; later and without a shop it stays', () => {
  const refresh =
    /<meta http-equiv="refresh" content="0;url=https:\/\/shop\.example\/thanks\?order=7&amp;session_id=ps_0000000000000000000000aa">/;
  assert.match(bodyOf('paid'), refresh);
  for (const name of ['paid-again', 'paid-without-return', 'expired', 'cancelled-by-merchant']) {
    assert.doesNotMatch(bodyOf(name), /http-equiv="refresh" content="0/, name);
  }
  assert.match(bodyOf('paid-again'), /<main [^>]*data-again/);
  assert.match(textOf(bodyOf('paid-again')), /This was paid on 3 August 2026\. You do not need to pay again\./);
});

test('the receipt exists for completed sessions only', () => {
  for (const fixture of FIXTURES) {
    const page = receiptPage(contextOf(fixture));
    assert.equal(page !== undefined, fixture.view.situation.kind === 'completed', fixture.name);
    if (page) assert.match(textOf(page.body), /Receipt.*Karoo Coffee.*TND-7F3K-92QX/);
  }
});

test('hostile merchant data stays text', () => {
  const bad = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
  const view = viewWith({
    description: bad,
    merchant: { displayName: bad, legalName: bad, support: { email: bad, phone: bad, url: bad }, statementName: bad },
    returnUrl: `https://s.example/?${bad}`,
    saving: 'mandate',
    mandate: { ...agreed({ amount: { minMinor: 1 } }), mandateId: bad },
  });
  for (const { situation } of FIXTURES.map((fixture) => fixture.view)) {
    const { body } = sessionPage(contextOf({ view: { ...view, situation } }));
    assert.equal(body.match(/<script/g)?.length, 1);
    assert.doesNotMatch(body, /<img/);
  }
});

test('pages without a session say nothing about one', () => {
  assert.equal(notFoundPage(t).body, notFoundPage(t).body);
  assert.doesNotMatch(notFoundPage(t).body, /Karoo/);
  const unknown = problemPage(t, { status: 503, provenUnsent: false, path: '/checkout/x' });
  assert.doesNotMatch(unknown.body, /Nothing was charged/);
  const proven = problemPage(t, { status: 500, provenUnsent: true, path: '/checkout/x' });
  assert.match(textOf(proven.body), /Something went wrong before your bank was contacted\. Nothing was charged\./);
  const refused = refusalPage(t, { status: 429, reason: 'rate', path: undefined });
  assert.equal(refused.status, 429);
});

test('pages and script stay within their budgets', () => {
  const gz = (text: string): number => gzipSync(text, { level: 6 }).length;
  const heaviest = FIXTURES.map((fixture) => ({ name: fixture.name, bytes: gz(sessionPage(contextOf(fixture)).body) }));
  const most = heaviest.reduce((a, b) => (a.bytes > b.bytes ? a : b));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  const br = brotliCompressSync(bodyOf(most.name), quality).length;
  console.log(
    `heaviest page ${most.name}: ${most.bytes} B gz, ${br} B br; script ${ASSETS.script.gzip.length} B gz, ${ASSETS.script.brotli.length} B br`,
  );
  assert.ok(most.bytes <= 14 * 1024, `${most.name}: ${most.bytes} bytes`);
  assert.ok(ASSETS.script.gzip.length <= 10 * 1024);
  assert.ok(most.bytes + ASSETS.script.gzip.length + ASSETS.icon.gzip.length <= 25 * 1024);
});

test('a page is rendered in milliseconds', () => {
  const context = contextOf(FIXTURES.find((fixture) => fixture.name === 'choose-mandate') as Fixture);
  for (let i = 0; i < 50; i++) sessionPage(context);
  const times = Array.from({ length: 200 }, () => {
    const start = performance.now();
    sessionPage(context);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  console.log(`render p50 ${times[100]?.toFixed(2)} ms, p99 ${times[197]?.toFixed(2)} ms`);
  assert.ok((times[100] as number) < 15);
});
