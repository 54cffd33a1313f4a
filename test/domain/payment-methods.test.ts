/** The listing rules as a table, and what a payer types into the fields of other methods. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiDigits } from '../../src/domain/card-brands.ts';
import { DEFAULT_CHECKOUT_SETTINGS } from '../../src/domain/checkout-settings.ts';
import { detailsOf, readMethodOrder, readPhone } from '../../src/domain/method-input.ts';
import { OTHER_METHOD_TYPES, type PaymentMethodType } from '../../src/domain/payment-method-types.ts';
import {
  DOWN_FOR_MS,
  LEFT_OUT_REASONS,
  type LeftOutReason,
  METHOD_CAPABILITIES,
  type MethodQuestion,
  type MethodRules,
  offeredMethods,
} from '../../src/domain/payment-methods.ts';
import { plus, type Timestamp } from '../../src/lib/time.ts';

const NOW = Date.UTC(2026, 7, 3) as Timestamp;
const ALL: readonly PaymentMethodType[] = ['card', ...OTHER_METHOD_TYPES];

const plain: MethodQuestion = {
  amountMinor: 2000,
  currency: 'ZAR',
  type: 'one_time',
  captureMethod: 'automatic',
  presentationMode: 'redirect',
  hasReturnUrl: true,
  https: true,
};
const open: MethodRules = { settings: DEFAULT_CHECKOUT_SETTINGS, processor: { methods: ALL, currencies: '*' } };

/** Records with bounds, for rules that no method of ours needs. */
const bounded: MethodRules['capabilities'] = {
  ...METHOD_CAPABILITIES,
  voucher: {
    ...METHOD_CAPABILITIES.voucher,
    needs: ['https'],
    supports: {
      ...METHOD_CAPABILITIES.voucher.supports,
      currencies: ['ZAR', 'KES'],
      countries: ['ZA'],
      amounts: { ZAR: { minMinor: 1000, maxMinor: 500_000 } },
    },
  },
};

interface Row {
  name: string;
  ask?: Partial<MethodQuestion>;
  rules?: Partial<MethodRules>;
  offers: readonly PaymentMethodType[];
  /** Of one of those left out, all reasons. */
  because?: Partial<Record<PaymentMethodType, readonly LeftOutReason[]>>;
}

const settings = (over: Partial<MethodRules['settings']>): Partial<MethodRules> => ({
  settings: { ...DEFAULT_CHECKOUT_SETTINGS, ...over },
});

const others = [...OTHER_METHOD_TYPES];
const everything = [...others, 'card'] as const;
const allBut = (reason: LeftOutReason) => Object.fromEntries(others.map((type) => [type, [reason]]));

const TABLE: readonly Row[] = [
  { name: 'everything fits: other methods as they stand, then cards', offers: everything },
  {
    name: 'nothing is known of the payment: nothing is excluded by it',
    ask: { amountMinor: undefined, currency: undefined, country: undefined, presentationMode: undefined },
    rules: { capabilities: bounded },
    offers: everything,
  },
  {
    name: 'a method switched off',
    rules: settings({ methods: { wallet_qr: false, card: false, voucher: true } }),
    offers: ['pay_by_bank', 'mobile_money', 'voucher'],
    because: { wallet_qr: ['disabled'], card: ['disabled'] },
  },
  {
    name: 'an order of the merchant’s: what it names comes first',
    rules: settings({ methodOrder: ['voucher', 'card', 'wallet_qr'] }),
    offers: ['voucher', 'card', 'wallet_qr', 'pay_by_bank', 'mobile_money'],
  },
  {
    name: 'a processor that takes cards only',
    rules: { processor: { methods: ['card'], currencies: '*' } },
    offers: ['card'],
    because: allBut('processor'),
  },
  { name: 'no processor at all', rules: { processor: undefined }, offers: [], because: { card: ['processor'] } },
  {
    name: 'a currency that the processor does not take',
    rules: { processor: { methods: ALL, currencies: ['EUR'] } },
    offers: [],
    because: { card: ['currency'], ...allBut('currency') },
  },
  {
    name: 'a currency that the method does not take',
    ask: { currency: 'EUR' },
    rules: { capabilities: bounded },
    offers: ['pay_by_bank', 'wallet_qr', 'mobile_money', 'card'],
    because: { voucher: ['currency'] },
  },
  {
    name: 'a payer in a country that the method does not serve',
    ask: { country: 'DE' },
    rules: { capabilities: bounded },
    offers: ['pay_by_bank', 'wallet_qr', 'mobile_money', 'card'],
    because: { voucher: ['country'] },
  },
  {
    name: 'the least amount and the most are taken',
    ask: { country: 'ZA', amountMinor: 1000 },
    rules: { capabilities: bounded },
    offers: everything,
  },
  {
    name: 'one minor unit less is not',
    ask: { amountMinor: 999 },
    rules: { capabilities: bounded },
    offers: ['pay_by_bank', 'wallet_qr', 'mobile_money', 'card'],
    because: { voucher: ['amount'] },
  },
  {
    name: 'nor one more',
    ask: { amountMinor: 500_001 },
    rules: { capabilities: bounded },
    offers: ['pay_by_bank', 'wallet_qr', 'mobile_money', 'card'],
    because: { voucher: ['amount'] },
  },
  {
    name: 'a currency without bounds has none',
    ask: { currency: 'KES', amountMinor: 1 },
    rules: { capabilities: bounded },
    offers: everything,
  },
  { name: 'amount 0: cards only', ask: { amountMinor: 0 }, offers: ['card'], because: allBut('amount_zero') },
  {
    name: 'captured later: cards only',
    ask: { captureMethod: 'manual' },
    offers: ['card'],
    because: allBut('capture_method'),
  },
  {
    name: 'the first of a series: only what can be charged without the payer',
    ask: { type: 'first_in_series', mandateType: 'scheduled' },
    offers: ['card'],
    because: allBut('series'),
  },
  {
    name: 'a card saved for a series of nothing yet: every reason is told',
    ask: { type: 'first_in_series', amountMinor: 0, captureMethod: 'manual' },
    offers: ['card'],
    because: { voucher: ['amount_zero', 'capture_method', 'series'] },
  },
  {
    name: 'embedded without a way back: nothing that leaves the page',
    ask: { presentationMode: 'embedded_inline', hasReturnUrl: false },
    offers: ['wallet_qr', 'mobile_money', 'voucher', 'card'],
    because: { pay_by_bank: ['return_url'] },
  },
  { name: 'embedded with a way back', ask: { presentationMode: 'embedded_modal' }, offers: everything },
  { name: 'a page of its own needs no way back', ask: { hasReturnUrl: false }, offers: everything },
  {
    name: 'plain http, for a method that needs more',
    ask: { https: false },
    rules: { capabilities: bounded },
    offers: ['pay_by_bank', 'wallet_qr', 'mobile_money', 'card'],
    because: { voucher: ['https'] },
  },
];

for (const { name, ask, rules, offers, because = {} } of TABLE) {
  test(`what is offered: ${name}`, () => {
    const { offered, leftOut } = offeredMethods({ ...plain, ...ask }, { ...open, ...rules }, NOW);
    assert.deepEqual(
      offered.map(({ type }) => type),
      offers,
    );
    assert.deepEqual([...offered, ...leftOut].map(({ type }) => type).sort(), [...ALL].sort(), 'nothing vanishes');
    for (const [type, reasons] of Object.entries(because)) {
      assert.deepEqual(leftOut.find((one) => one.type === type)?.reasons, reasons, type);
    }
    for (const { reasons } of leftOut)
      assert.ok(reasons.length > 0 && reasons.every((one) => LEFT_OUT_REASONS.includes(one)));
  });
}

test('a method that does not work stands disabled for five minutes, and then is as before', () => {
  const failed = (agoMs: number) =>
    offeredMethods(plain, { ...open, failedAt: { wallet_qr: plus(NOW, -agoMs) } }, NOW).offered.filter(
      ({ down }) => down,
    );
  assert.deepEqual(
    failed(DOWN_FOR_MS - 1).map(({ type }) => type),
    ['wallet_qr'],
  );
  assert.deepEqual(failed(DOWN_FOR_MS), []);
});

test('every reason of the list is told of some question in this table', () => {
  const told = new Set(
    TABLE.flatMap(({ ask, rules }) =>
      offeredMethods({ ...plain, ...ask }, { ...open, ...rules }, NOW).leftOut.flatMap(({ reasons }) => reasons),
    ),
  );
  assert.deepEqual([...told].sort(), [...LEFT_OUT_REASONS].sort());
});

const PHONES: readonly [typed: string, phone: string | 'missing' | 'format'][] = [
  ['+27821234589', '+27821234589'],
  [' +27 82 123 45 89 ', '+27821234589'],
  ['+27 (0)82 123-45-89', '+27821234589'],
  ['0027 82.123.4589', '+27821234589'],
  ['＋２７８２１２３４５８９', '+27821234589'],
  ['+٢٧٨٢١٢٣٤٥٨٩', '+27821234589'],
  ['+۲۷۸۲۱۲۳۴۵۸۹', '+27821234589'],
  ['\u202a+२७ ८२ १२३ ४५८९\u202c', '+27821234589'],
  ['+254712345600', '+254712345600'],
  ['', 'missing'],
  ['  ', 'missing'],
  ['082 123 4589', 'format'],
  ['27821234589', 'format'],
  ['+0821234589', 'format'],
  ['+27 82', 'format'],
  ['+27821234589012345', 'format'],
  ['+27x821234589', 'format'],
];

for (const [typed, phone] of PHONES) {
  test(`a phone number typed as ${JSON.stringify(typed)} is ${phone}`, () => {
    const reading = readPhone(typed);
    if ('value' in reading) assert.equal(reading.value, phone);
    else assert.deepEqual(reading.error, { name: 'mobile_money_phone', key: `mobile_money_phone.${phone}` });
  });
}

test('an order holds what its method needs, and what is kept of it is never the whole phone number', () => {
  assert.deepEqual(readMethodOrder('pay_by_bank', { pay_by_bank_bank: 'prompt' }, ['prompt']), {
    value: { type: 'pay_by_bank', bank: 'prompt' },
  });
  const unknown = readMethodOrder('pay_by_bank', { pay_by_bank_bank: 'other' }, ['prompt']);
  assert.deepEqual(unknown, { error: { name: 'pay_by_bank_bank', key: 'pay_by_bank_bank.missing' } });
  assert.deepEqual(readMethodOrder('voucher', { pay_by_bank_bank: 'prompt' }, []), { value: { type: 'voucher' } });
  const phone = readMethodOrder('mobile_money', { mobile_money_phone: '+27 82 123 45 89' }, []);
  assert.ok('value' in phone);
  assert.deepEqual(detailsOf(phone.value), { type: 'mobile_money', phoneEnding: '89' });
  assert.equal(asciiDigits('٨٩'), '89');
});
