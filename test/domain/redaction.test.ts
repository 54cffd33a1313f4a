/** What of a request may be read later: known names in known forms, and nothing that could be spent or that names a person. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { REDACTED, redactBody, redactPath, redactQuery, redactText } from '../../src/domain/redaction.ts';
import { luhnDigit } from '../../src/lib/luhn.ts';

const CARDS = [
  '4242424242424242',
  '5555555555554444',
  '378282246310005',
  '30569309025904',
  '6011111111111117',
  '3530111333300000',
];
CARDS.push('2223003122003222', '4222222222222', '6205500000000000004', '6759649826438453');
const SPENDABLE = [
  'sk_live_abcdefgh1234567890',
  'pk_test_abcdefgh1234567890',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
];
SPENDABLE.push('ckt_0Tz3abcdABCDabcdABCDabcd', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln', 'Bearer abcdefgh');

const bodyOf = (body: unknown, of: 'request' | 'answer' = 'request') => JSON.parse(redactBody(body, of) as string);
/** Names under which something is shown, and one that is unknown. */
const NAMES = [
  'external_reference',
  'type',
  'amount',
  'id',
  'url',
  'expires_at',
  'detail',
  'title',
  'pointer',
  'metadata',
  'x',
];

test('known names are shown in the form they have, and every other value is left out', () => {
  const shown = {
    id: 'ps_0Tz3abcdABCDabcdABCDabcd',
    amount: 20_000,
    currency: 'ZAR',
    status: 'active',
    external_reference: 'order-1763823456789',
    expires_at: '2026-11-22T12:00:00.000Z',
    first_date: '2026-11-22',
    options: { checkout_options: { save_payment_method: 'always' }, allowed_days: [1, 31] },
    deleted: true,
  };
  assert.deepEqual(bodyOf(shown), shown);
  const hidden = {
    name: 'Thandi Nkosi',
    email: 'thandi@example.com',
    phone: '+27 82 123 4567',
    description: 'For Thandi',
    secret: 'whsec_abc',
    client_token: 'x.y.z',
    session_url: 'https://pay.example/checkout/ckt_0Tz3abcdABCDabcdABCDabcd',
    checkout_session_id: 'ckt_0Tz3abcdABCDabcdABCDabcd',
    cvc: 123,
    number: 4242,
  };
  assert.deepEqual(bodyOf(hidden), Object.fromEntries(Object.keys(hidden).map((name) => [name, REDACTED])));
});

test('a known name with a value of another form shows no more than an unknown one', () => {
  const misused = {
    amount: '4242',
    type: '4821',
    currency: 'my card is',
    expires_at: 'tomorrow',
    seconds: 4242424242424242,
  };
  assert.deepEqual(bodyOf(misused), Object.fromEntries(Object.keys(misused).map((name) => [name, REDACTED])));
});

test('metadata shows its names only, whatever they are called', () => {
  assert.deepEqual(bodyOf({ metadata: { type: 'a', external_reference: 'b', deep: { id: 'c' }, 'two words': 'd' } }), {
    metadata: { type: REDACTED, external_reference: REDACTED, deep: { id: REDACTED }, '[name 4 redacted]': REDACTED },
  });
});

test('sentences are shown where this program wrote them, and nowhere else', () => {
  const problem = {
    title: 'There is no such payment',
    detail: 'Check the id.',
    errors: [{ pointer: '/amount', code: 'required' }],
  };
  assert.deepEqual(bodyOf(problem, 'answer'), problem);
  assert.deepEqual(bodyOf({ title: 'x', detail: 'y', pointer: 'z' }), {
    title: REDACTED,
    detail: REDACTED,
    pointer: REDACTED,
  });
});

test('an address shows its origin alone', () => {
  assert.deepEqual(bodyOf({ return_url: 'https://shop.example/back?token=abc', url: 'not one' }), {
    return_url: 'https://shop.example/…',
    url: REDACTED,
  });
});

test('a path shows words and ids, a query what a body would', () => {
  assert.equal(
    redactPath('/collect/payments/pay_0Tz3abcdABCDabcdABCDabcd/refunds?x=1'),
    '/collect/payments/pay_0Tz3abcdABCDabcdABCDabcd/refunds',
  );
  for (const typed of [
    '4242424242424242',
    'thandi@example.com',
    'sk_test_abc123',
    'ckt_0Tz3abcdABCDabcdABCDabcd',
    '%00',
    'A b',
  ])
    assert.equal(redactPath(`/collect/payments/${typed}`), `/collect/payments/${REDACTED}`, typed);
  assert.ok(redactPath('/a'.repeat(4_000)).length < 100);
  assert.deepEqual(
    JSON.parse(
      redactQuery({ limit: '20', status: 'paid', email: 'a@b.example', created_after: '2026-11-22' }) as string,
    ),
    {
      limit: 20,
      status: 'paid',
      email: REDACTED,
      created_after: '2026-11-22',
    },
  );
  assert.equal(redactQuery({}), undefined);
});

test('a card number is found wherever it stands, in any grouping and any digits', () => {
  for (const card of CARDS) {
    const grouped = [
      card,
      card.replace(/(.{4})(?=.)/g, '$1 '),
      card.replace(/(.{4})(?=.)/g, '$1-'),
      `${card} 12/29 123`,
      `99${card}77`,
    ];
    grouped.push([...card].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join(''));
    for (const text of grouped) {
      assert.ok(!/\d{6}|[\u0660-\u0669]{6}|\d{4}[ -]\d{4}/.test(redactText(`a ${text} b`)), text);
    }
  }
});

test('numbers that no card has are shown: orders, times, amounts', () => {
  for (const text of ['order-1763823456789', '20261122-000123', 'INV 2026 000 001', '123456789012', '4242424242424241'])
    assert.equal(redactText(text), text);
});

test('keys, tokens and e-mail addresses are found by their form', () => {
  for (const word of [...SPENDABLE, 'thandi@example.com'])
    assert.equal(redactText(`(${word})`).includes(word), false, word);
});

test('whatever is sent wherever, no card number, key or address of a person is left', () => {
  const digits = fc.constantFrom(...CARDS);
  const made = fc
    .tuple(fc.constantFrom('4', '51', '37', '6011'), fc.stringMatching(/^\d{15}$/))
    .map(([start, rest]) => {
      const payload = (start + rest).slice(0, start === '37' ? 14 : 15);
      return payload + luhnDigit(payload);
    });
  const canary = fc.oneof(digits, made, fc.constantFrom(...SPENDABLE, 'thandi@example.com'));
  const around = fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/\w/g, ''));
  const leaf = fc.tuple(around, canary, around).map((parts) => parts.join(' '));
  const body = fc.tuple(
    fc.constantFrom(...NAMES),
    leaf,
    fc.constantFrom('', 'options', 'metadata', 'errors'),
    fc.boolean(),
  );
  fc.assert(
    fc.property(body, canary, ([name, text, group, asName], word) => {
      const inner = asName ? { [word]: 1, [name]: text } : { [name]: [text, word] };
      for (const side of ['request', 'answer'] as const) {
        const kept = redactBody(group === '' ? inner : { [group]: inner }, side) as string;
        assert.ok(!kept.includes(word) && !CARDS.some((card) => kept.includes(card)), kept);
        assert.ok(!SPENDABLE.some((one) => kept.includes(one)) && !kept.includes('thandi@example.com'), kept);
      }
    }),
    { numRuns: 2_000, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) },
  );
});

test('a body of any size is kept as JSON of a few thousand characters that says what is missing', () => {
  const item = { id: 'ps_0Tz3abcdABCDabcdABCDabcd', status: 'active', detail: 'x'.repeat(500) };
  const kept = redactBody({ data: Array.from({ length: 100 }, () => item), more: 1 }, 'answer') as string;
  assert.ok(kept.length < 6_000, `${kept.length}`);
  const shown = JSON.parse(kept);
  assert.match(shown.data.at(-1), /^… \d+ more$/);
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      const value = JSON.parse(text);
      const body = redactBody(value, 'answer');
      if (typeof value !== 'object' || value === null) assert.equal(body, undefined);
      else assert.ok(JSON.stringify(JSON.parse(body as string)).length < 8_000);
    }),
  );
});
