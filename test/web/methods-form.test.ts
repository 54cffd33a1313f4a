/** Other ways to pay on the form: what is offered, what a press becomes, what is wrong with it, and which choice stands ready. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckoutView, Situation } from '../../src/app/checkout-door.ts';
import type { DeclineClassOnPage } from '../../src/domain/checkout.ts';
import { DECLINE_CODES, methodDeclineTexts, methodMessage } from '../../src/domain/decline.ts';
import { choosePhrases } from '../../src/web/i18n/locales.ts';
import { BROWSER, CARD, open, PATH, post } from './checkout-client.ts';
import { checkoutApp } from './checkout-server.ts';
import { FIXTURES, METHODS, NOW, viewWith } from './fixtures.ts';

const VISA = { scheme: 'visa', last4: '4242', expMonth: 12, expYear: 2029 };
const SAVED = { ...VISA, id: 'pmt_0000000000000000000000a1', expired: false, removable: true, closed: false };

const offering = (over: Partial<CheckoutView> = {}) => viewWith({ methods: METHODS, ...over });

async function pressed(view: CheckoutView, fields: Record<string, string>) {
  const { server, door } = checkoutApp();
  door.change(view);
  const { hidden, cookie } = await open(server);
  const answer = await server.inject(post('pay', { ...hidden, ...fields }, { cookie }));
  const page = await server.inject({ url: PATH, headers: { ...BROWSER, cookie } });
  const json = await server.inject(post('pay', { ...hidden, ...fields }, { cookie, accept: 'application/json' }));
  return { answer, page: withoutStyle(page.body), facts: json.json(), orders: door.orders };
}

/** A failure shows the page; its style says nothing. */
const withoutStyle = (page: string) => page.replace(/<style>[\s\S]*?<\/style>/, '');

async function pageOf(view: CheckoutView): Promise<string> {
  const { server, door } = checkoutApp();
  door.change(view);
  return withoutStyle((await server.inject({ url: PATH, headers: BROWSER })).body);
}

const choicesIn = (page: string) =>
  [...page.matchAll(/name="payment_method" value="([^"]*)"/g)].map(([, value]) => value);
const readyIn = (page: string) =>
  /name="payment_method" value="([^"]*)"[^>]* checked/.exec(page)?.[1] ??
  /type="hidden" name="payment_method" value="([^"]*)"/.exec(page)?.[1];

test('saved cards come first, then the merchant’s order, then the rest, a new card last', async () => {
  assert.deepEqual(choicesIn(await pageOf(offering({ savedMethods: [SAVED] }))), [
    SAVED.id,
    'pay_by_bank',
    'wallet_qr',
    'mobile_money',
    'voucher',
    'card',
  ]);
  const settings = { ...viewWith().settings, methodOrder: ['voucher', 'card'] as const };
  assert.deepEqual(choicesIn(await pageOf(offering({ settings }))), [
    'voucher',
    'card',
    'pay_by_bank',
    'wallet_qr',
    'mobile_money',
  ]);
});

test('one way to pay needs no choice, and none of it folds', async () => {
  const page = await pageOf(offering({ cardsOffered: false, methods: METHODS.slice(0, 1) }));
  assert.match(page, /<input type="hidden" name="payment_method" value="pay_by_bank">/);
  assert.match(page, /class="fields method-fields open"/);
  assert.doesNotMatch(page, /name="card_number"/);
  assert.match(page, /<button class="primary" type="submit">Continue to pay [^<]*249[^<]*<\/button>/);
});

test('every field of the page has its own label and autocomplete word, with every method beside cards', async () => {
  for (const { name, view } of FIXTURES) {
    const page = await pageOf(view);
    const words = [...page.matchAll(/autocomplete="([^"]*)"/g)].map(([, word]) => word);
    assert.equal(new Set(words).size, words.length, name);
    for (const [, id] of page.matchAll(/<(?:input|select) id="([^"]*)"/g))
      assert.ok(page.includes(`<label for="${id}"`), `${name}: ${id} has no label`);
  }
});

test('a press with a bank or a phone is one order with just that, whatever stands in other fields', async () => {
  const bank = await pressed(offering(), { ...CARD, payment_method: 'pay_by_bank', pay_by_bank_bank: 'patient' });
  assert.equal(bank.answer.statusCode, 303);
  assert.deepEqual(bank.orders[0]?.instrument, { type: 'pay_by_bank', bank: 'patient' });
  assert.equal(bank.orders[0]?.save, false);
  const phone = { payment_method: 'mobile_money', mobile_money_phone: '٠٠٢٧ (0)82-١٢٣-4589' };
  const asked = await pressed(offering({ saving: 'always' }), phone);
  assert.deepEqual(asked.orders[0]?.instrument, { type: 'mobile_money', phone: '+27821234589' });
});

test('what is wrong is said at its field, what was typed stays, and a card number in the wrong field does not', async () => {
  const bank = await pressed(offering(), { payment_method: 'pay_by_bank', pay_by_bank_bank: 'elsewhere' });
  assert.match(bank.page, /data-error="pay_by_bank_bank\.missing"/);
  assert.equal(readyIn(bank.page), 'pay_by_bank');
  const phone = await pressed(offering(), { payment_method: 'mobile_money', mobile_money_phone: '082 123 4589' });
  assert.match(phone.page, /data-error="mobile_money_phone\.format"/);
  assert.match(phone.page, /name="mobile_money_phone" type="tel"[^>]* value="082 123 4589"/);
  assert.deepEqual(
    phone.facts.errors.map(({ key }: { key: string }) => key),
    ['mobile_money_phone.format'],
  );
  const card = await pressed(offering({ mode: 'live' }), {
    payment_method: 'mobile_money',
    mobile_money_phone: '4242 4242 4242 4242',
    pay_by_bank_bank: '4242424242424242',
  });
  assert.match(card.page, /data-error="mobile_money_phone\.format"/);
  assert.doesNotMatch(card.page, /4242/);
  for (const { orders } of [bank, phone, card]) assert.deepEqual(orders, []);
});

test('what is not offered, does not work now or was never heard of is refused by name', async () => {
  const down = METHODS.map((method) => ({ ...method, down: method.type === 'voucher' }));
  const gone = await pressed(offering({ methods: down }), { payment_method: 'voucher' });
  assert.match(gone.page, /Pay in a shop is no longer offered\. Choose another way to pay\./);
  assert.match(gone.page, /value="voucher" data-method disabled/);
  const absent = await pressed(viewWith(), { payment_method: 'wallet_qr' });
  assert.match(absent.page, /Scan with a wallet is no longer offered/);
  const cards = await pressed(offering({ cardsOffered: false }), { ...CARD, payment_method: 'card' });
  assert.match(cards.page, /Card is no longer offered/);
  for (const { orders } of [gone, absent, cards]) assert.deepEqual(orders, []);
});

test('after too many tries with cards the other ways stay, and cards are refused', async () => {
  const view = offering({ situation: { kind: 'too_many_tries', at: NOW }, savedMethods: [SAVED] });
  const page = await pageOf(view);
  assert.match(page, /<main data-state="too_many_tries"/);
  assert.deepEqual(choicesIn(page), ['pay_by_bank', 'wallet_qr', 'mobile_money', 'voucher']);
  assert.match(page, /For your safety cards are closed on this page\. You can still use another way to pay\./);
  const card = await pressed(view, { ...CARD, payment_method: 'card' });
  assert.deepEqual(card.orders, []);
  const voucher = await pressed(view, { payment_method: 'voucher' });
  assert.deepEqual(voucher.orders[0]?.instrument, { type: 'voucher' });
});

const declined = (over: Partial<Extract<Situation, { kind: 'declined' }>>): Situation => ({
  kind: 'declined',
  class: 'bank',
  sameCardAllowed: true,
  nothingCharged: true,
  at: NOW,
  ...over,
});

const READY: readonly [name: string, over: Partial<CheckoutView>, chosen: string][] = [
  ['nothing happened yet', {}, 'card'],
  ['a saved card is there', { savedMethods: [SAVED] }, SAVED.id],
  ['no cards are offered', { cardsOffered: false }, 'pay_by_bank'],
  [
    'the first method does not work',
    { cardsOffered: false, methods: METHODS.map((m, i) => ({ ...m, down: i === 0 })) },
    'wallet_qr',
  ],
  ['a wallet was declined', { situation: declined({ method: { type: 'wallet_qr' } }) }, 'wallet_qr'],
  [
    'a wallet does not work',
    {
      situation: declined({ class: 'method_down', sameCardAllowed: false, method: { type: 'wallet_qr' } }),
      methods: METHODS.map((m) => ({ ...m, down: m.type === 'wallet_qr' })),
    },
    'card',
  ],
  [
    'cards do not work',
    { situation: declined({ class: 'method_down', card: VISA, sameCardAllowed: false }) },
    'pay_by_bank',
  ],
  ['a card had no money', { situation: declined({ class: 'funds', card: VISA }) }, 'card'],
];

for (const [name, over, chosen] of READY) {
  test(`ready-made choice: ${name}`, async () => {
    assert.equal(readyIn(await pageOf(offering(over))), chosen);
  });
}

const SENTENCES: readonly [itsClass: DeclineClassOnPage, sentence: RegExp][] = [
  ['security_code', /The PIN was not right/],
  ['funds', /not enough money available\. Use another way to pay or add money/],
  ['limit', /over a limit on your account/],
  ['not_allowed', /Mobile money cannot be used for this payment/],
  ['authentication_left', /The payment was not approved\. You can try again or use another way/],
  ['method_down', /Mobile money is not working right now/],
  ['duplicate', /looks like a repeat/],
  ['details', /Mobile money did not recognise them/],
  ['bank', /we were not told why\. Use another way to pay/],
];

for (const [itsClass, sentence] of SENTENCES) {
  test(`a decline of class ${itsClass} without a card speaks of no card`, async () => {
    const method = { type: 'mobile_money', phoneEnding: '89' } as const;
    const page = await pageOf(offering({ situation: declined({ class: itsClass, method }) }));
    const banner = /<div class="banner bad"[\s\S]*?<\/div>/.exec(page)?.[0] ?? '';
    assert.match(banner, sentence);
    assert.match(banner, new RegExp(`data-decline="${itsClass}"`));
    assert.doesNotMatch(banner, /card/i);
  });
}

test('the API tells a decline without a card in the words of the page', () => {
  const speak = choosePhrases({});
  for (const [key, text] of Object.entries(methodDeclineTexts)) {
    const onPage = key === 'authentication_left' ? 'left' : key === 'expired' ? 'bank' : key;
    const merchant = key === 'duplicate' ? { merchant: 'the merchant' } : { method: '{method}' };
    assert.equal(text, speak.look(`decline.${onPage}_method`, merchant), key);
  }
  for (const code of DECLINE_CODES) assert.doesNotMatch(methodMessage(code), /card|[{}_]/i, code);
});

test('"Nothing was charged" stands only where it is proven', async () => {
  const left = declined({ class: 'authentication_left', method: { type: 'voucher' } });
  assert.match(await pageOf(offering({ situation: left })), /Nothing was charged\./);
  const open = { ...left, nothingCharged: false } as Situation;
  assert.doesNotMatch(await pageOf(offering({ situation: open })), /Nothing was charged\./);
});

test('only the screen that posts to a bank may post to another place', async () => {
  const policyOf = async (name: string) => {
    const { server, door } = checkoutApp();
    door.change(FIXTURES.find((one) => one.name === name)!.view);
    const answer = await server.inject({ url: PATH, headers: BROWSER });
    return String(answer.headers['content-security-policy']);
  };
  assert.match(
    await policyOf('redirect-post'),
    /; form-action 'self' https: http:\/\/127\.0\.0\.1:9; frame-src 'none'; /,
  );
  for (const name of ['redirect', 'qr-code', 'await-approval', 'voucher', 'choose-methods'])
    assert.match(await policyOf(name), /; form-action 'self'; /, name);
});

test('each screen says the amount, until when, and offers another way only where there is one', async () => {
  for (const { name, view, state } of FIXTURES.filter((one) => one.view.situation.kind === 'action')) {
    const page = await pageOf(view);
    const situation = view.situation as Extract<Situation, { kind: 'action' }>;
    assert.match(page, new RegExp(`<main data-state="${state}"`), name);
    assert.match(page, /data-waiting/, name);
    assert.match(page, /<data value="24900" data-currency="ZAR"/, name);
    assert.ok(page.includes(`<time datetime="${new Date(situation.expiresAt).toISOString()}"`), name);
    assert.equal(page.includes(`action="${PATH}/leave"`), situation.mayLeave, name);
    assert.match(page, /<h1 tabindex="-1" autofocus>/, name);
    assert.match(page, /<title>[^<]*249[^<]*<\/title>/, name);
  }
});
