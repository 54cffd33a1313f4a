/** Declines: every code, card, date, wait and block of the data, and what people are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import codes from '../../data/decline-codes.json' with { type: 'json' };
import rules from '../../data/network-retry-rules.json' with { type: 'json' };
import cards from '../../data/sandbox-cards.json' with { type: 'json' };
import {
  conclude,
  DECLINE_CODES,
  type DeclineCode,
  type DeclineFacts,
  declineSpec,
  declineTexts,
  followUp,
  isDeclineCode,
  merchantMessage,
  retryAfterDecline,
} from '../../src/domain/decline.ts';
import { HOUR, type Timestamp } from '../../src/lib/time.ts';

const ON = '2026-11-22';
const AT = Date.UTC(2026, 10, 22) as Timestamp;

test('the list of codes in the types is the list in the data, without doubles', () => {
  assert.deepEqual([...DECLINE_CODES].sort(), codes.map((row) => row.code).sort());
  assert.equal(new Set(DECLINE_CODES).size, DECLINE_CODES.length);
  assert.equal(isDeclineCode('do_not_honor'), true);
  assert.equal(isDeclineCode('do_not_honour'), false);
});

test('every fact of every code is of a known kind and agrees with its class', () => {
  const waits: Record<string, readonly string[]> = {
    soft_funds: ['after_24h'],
    soft_technical: ['after_1h'],
    soft_opaque: ['few_spaced', 'after_24h'],
    authentication_required: ['needs_customer'],
    data: ['needs_new_data'],
    hard: ['never'],
    risk: ['never'],
    product: ['never'],
    consent: ['never'],
    request: ['needs_new_data', 'after_24h'],
  };
  for (const code of DECLINE_CODES) {
    const spec = declineSpec(code);
    assert.ok(waits[spec.class]?.includes(spec.mitRetry), code);
    assert.ok(['customer', 'bank', 'merchant', 'time', 'none'].includes(spec.fixer), code);
    assert.ok(!spec.revokesMandate || spec.class === 'consent', code);
  }
});

test('every code has a sentence for people, and the sentence names no code and no reason that a bank keeps to itself', () => {
  for (const code of DECLINE_CODES) {
    assert.ok(merchantMessage(code).endsWith('.'), code);
    assert.ok(!merchantMessage(code).includes('_'), code);
  }
  const silent: DeclineCode[] = ['lost_card', 'stolen_card', 'fraudulent', 'stop_payment_order', 'generic_decline'];
  for (const code of silent) assert.equal(merchantMessage(code), declineTexts.bank);
});

test('every rule row names codes, classes, networks and effects that exist, and no answer has two rows on one date', () => {
  const named = [...rules.response_codes, ...rules.combinations].map((row) => row.decline_code);
  for (const code of [...named, rules.unlisted_response_code]) assert.ok(isDeclineCode(code), code);
  const effects = new Set(rules.precedence);
  for (const row of rules.advice_codes) assert.ok(effects.has(row.action), row.code);
  const classes = new Set(DECLINE_CODES.map((code) => declineSpec(code).class as string));
  for (const block of rules.blocks) {
    for (const name of block.match.decline_classes ?? []) assert.ok(classes.has(name), block.id);
  }
  for (const rows of [rules.response_codes, rules.advice_codes]) {
    for (const [i, row] of rows.entries()) {
      const rival = rows.slice(i + 1).find((each) => each.network === row.network && each.code === row.code);
      const apart =
        rival === undefined ||
        (row.effective_to ?? '9') <= (rival.effective_from ?? '') ||
        (rival.effective_to ?? '9') <= (row.effective_from ?? '');
      assert.ok(apart, `${row.network} ${row.code}`);
    }
  }
});

test('every card of the sandbox that declines in a bank’s words concludes to the code written beside it', () => {
  let seen = 0;
  for (const card of cards) {
    if (!('response_code' in card) || card.response_code === undefined) continue;
    const { scheme: network, response_code: response, decline_code: code } = card;
    const advice = 'advice_code' in card ? card.advice_code : undefined;
    assert.equal(conclude({ network, response, advice, on: ON }).code, code, card.number);
    seen++;
  }
  assert.ok(seen > 90, `${seen}`);
});

test('a combination goes before the network’s row, that before everybody’s, and the rest is a generic decline', () => {
  const code = (network: string, response?: string, advice?: string) =>
    conclude({ network, response, advice, on: ON }).code;
  assert.equal(code('mastercard', '83', '01'), 'authentication_required');
  assert.equal(code('mastercard', '82'), 'do_not_honor');
  assert.equal(code('visa', '82'), 'incorrect_cvc');
  assert.equal(code('jcb', '82'), 'incorrect_cvc');
  assert.equal(code('mastercard', '65'), 'authentication_required');
  assert.equal(code('visa', '65'), 'card_velocity_exceeded');
  assert.equal(code('amex', 'R0'), 'generic_decline');
  assert.equal(code('visa', 'zz'), 'generic_decline');
  assert.equal(code('visa'), 'generic_decline');
});

test('a row counts from its first day and not before', () => {
  const code = (on: string) => conclude({ network: 'visa', response: '83', on }).code;
  assert.equal(code('2026-10-24'), 'generic_decline');
  assert.equal(code('2026-10-25'), 'fraudulent');
  const waits = (on: string) => conclude({ network: 'mastercard', response: '51', advice: '30', on }).networkWaitMs;
  assert.equal(waits('2023-10-08'), undefined);
  assert.equal(waits('2023-10-09'), 240 * HOUR);
});

test('advice changes what follows and never the code', () => {
  const after = (advice: string) => conclude({ network: 'mastercard', response: '05', advice, on: ON });
  for (const advice of ['02', '03', '21', '99', '41', '00', '77'])
    assert.equal(after(advice).code, 'do_not_honor', advice);
  assert.equal(after('03').effect, 'never');
  assert.deepEqual(after('03').rules, ['mastercard.advice_never']);
  assert.equal(after('41').effect, 'fix_data');
  assert.equal(after('02').networkWaitMs, 72 * HOUR);
  assert.deepEqual([after('21').revokesMandate, after('03').revokesMandate], [true, false]);
  assert.equal(after('77').effect, 'wait', 'unknown advice never means never');
  assert.equal(conclude({ network: 'visa', response: '05', advice: '03', on: ON }).effect, 'wait');
});

test('where a network and the house say the same, the network is named first', () => {
  assert.deepEqual(conclude({ network: 'visa', response: '43', on: ON }).rules, ['visa.never', 'house.hard']);
  assert.deepEqual(conclude({ network: 'jcb', response: '43', on: ON }).rules, ['house.hard']);
  assert.deepEqual(followUp('authentication_rejected').rules, ['house.risk']);
});

test('the revocations end the mandate, a stopped payment does not', () => {
  const ends = (response: string) => conclude({ network: 'visa', response, on: ON }).revokesMandate;
  assert.deepEqual(['R0', 'R1', 'R3', '43', '51'].map(ends), [false, true, true, false, false]);
});

function retry(
  code: DeclineCode,
  facts: Partial<DeclineFacts> & { words?: [network: string, response: string, advice?: string] },
) {
  const { words, ...rest } = facts;
  const answer = words && { network: words[0], response: words[1], advice: words[2], on: ON };
  const { allowed, after } = retryAfterDecline({
    code,
    initiator: 'merchant',
    startsSeries: false,
    at: AT,
    ...(answer && { answer }),
    ...rest,
  });
  return after === undefined ? allowed : `${allowed} after ${(after - AT) / HOUR} h`;
}

test('after a merchant-initiated charge, retry speaks of the next charge by the class of the decline', () => {
  assert.equal(retry('insufficient_funds', {}), 'true after 24 h');
  assert.equal(retry('processing_error', {}), 'true after 1 h');
  assert.equal(retry('do_not_honor', {}), 'true after 48 h');
  assert.equal(retry('pin_try_exceeded', {}), 'true after 24 h');
  assert.equal(retry('duplicate_transaction', {}), 'true after 24 h');
  assert.equal(retry('invalid_amount', {}), true);
  for (const code of DECLINE_CODES) {
    const { class: itsClass } = declineSpec(code);
    const closed = ['authentication_required', 'data', 'hard', 'risk', 'product', 'consent'].includes(itsClass);
    assert.equal(retry(code, {}) === false, closed, code);
  }
});

test('of the house’s wait and the network’s the longer one counts', () => {
  assert.equal(retry('insufficient_funds', { words: ['mastercard', '51', '24'] }), 'true after 24 h');
  assert.equal(retry('insufficient_funds', { words: ['mastercard', '51', '30'] }), 'true after 240 h');
  assert.equal(retry('do_not_honor', { words: ['mastercard', '05', '03'] }), false);
  assert.equal(retry('insufficient_funds', { words: ['mastercard', '51', '40'] }), false);
});

test('with the payer present the same card stays open unless a block or a network’s wait closes it', () => {
  const initiator = 'customer';
  for (const code of [
    'insufficient_funds',
    'do_not_honor',
    'incorrect_cvc',
    'authentication_failed',
    'expired_card',
  ] as const) {
    assert.equal(retry(code, { initiator }), true, code);
  }
  assert.equal(retry('stolen_card', { initiator, words: ['visa', '43'] }), false);
  assert.equal(retry('incorrect_number', { initiator, words: ['visa', '14'] }), false);
  assert.equal(retry('incorrect_number', { initiator, words: ['jcb', '14'] }), true);
  assert.equal(retry('fraudulent', { initiator, words: ['mastercard', '59'] }), 'false after 24 h');
  assert.equal(retry('insufficient_funds', { initiator, words: ['mastercard', '51', '24'] }), 'false after 1 h');
  assert.equal(retry('stop_payment_order', { initiator, words: ['visa', 'R0'] }), true);
  assert.equal(retry('stop_payment_order', { initiator, words: ['visa', 'R0'], startsSeries: true }), false);
  assert.equal(retry('not_supported', { initiator }), true);
});
