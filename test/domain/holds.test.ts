/** What a decline sets in motion: counting, blocks, holds, waits and revocations, for every code, answer and network. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import rules from '../../data/network-retry-rules.json' with { type: 'json' };
import { brokenCardRules, type WatchedCard } from '../../src/domain/card-rules.ts';
import { holdCharges, liftHold } from '../../src/domain/charge-hold.ts';
import { conclude, DECLINE_CODES, declineSpec } from '../../src/domain/decline.ts';
import { consequencesOf, type DeclineAnswer } from '../../src/domain/holds.ts';
import type { ChargeHold, Mandate } from '../../src/domain/mandate.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { HOUR, plus, type Timestamp, toIso } from '../../src/lib/time.ts';

const AT = Date.UTC(2026, 10, 22, 12) as Timestamp;

function after(network: string, response: string, advice?: string, more: Partial<DeclineAnswer> = {}) {
  const { code } = conclude({ network, response, advice, on: toIso(AT).slice(0, 10) });
  const raw = advice === undefined ? { response } : { response, advice };
  return consequencesOf({ code, stage: 'issuer', raw, network, initiator: 'merchant', at: AT, ...more });
}

test('a never code blocks the card by the network’s rule, and by the house’s where the class is hard on any network', () => {
  for (const response of ['04', '07', '15', '41', '43', '46']) {
    assert.deepEqual(after('visa', response).blocks, ['visa.never', 'house.hard'], response);
    assert.deepEqual(after('amex', response).blocks, ['house.hard'], response);
  }
  assert.deepEqual(after('visa', '14').blocks, ['visa.never']);
  for (const response of ['12', '57'])
    assert.deepEqual(after('visa', response).blocks, ['visa.never', 'house.product']);
  for (const advice of ['03', '42', '99']) {
    assert.deepEqual(after('mastercard', '05', advice).blocks, ['mastercard.advice_never'], advice);
    assert.deepEqual(after('visa', '05', advice).blocks, [], 'advice is Mastercard’s');
  }
});

test('withdrawn consent revokes every mandate of the card, a stopped payment keeps them', () => {
  const of = (network: string, response: string, advice?: string) => {
    const { blocks, revokes } = after(network, response, advice);
    return [blocks[0], revokes];
  };
  assert.deepEqual(of('visa', 'R0'), ['visa.stop_payment', false]);
  assert.deepEqual(of('visa', 'R1'), ['visa.revocation', true]);
  assert.deepEqual(of('visa', 'R3'), ['visa.revocation', true]);
  assert.deepEqual(of('mastercard', '05', '21'), ['mastercard.advice_cancelled', true]);
  assert.deepEqual(of('mastercard', '05', '03'), ['mastercard.advice_never', false]);
});

test('advice to wait says until when, and counts like any decline', () => {
  const hours: Record<string, number> = {
    '02': 72,
    '24': 1,
    '25': 24,
    '26': 48,
    '27': 96,
    '28': 144,
    '29': 192,
    '30': 240,
  };
  for (const [advice, wait] of Object.entries(hours)) {
    const { counts, blocks, hold, waitUntil } = after('mastercard', '51', advice);
    assert.deepEqual([counts, blocks, hold, waitUntil], [true, [], undefined, AT + wait * HOUR], advice);
  }
});

test('a charge that needs its payer holds its mandate, one that needs new data every mandate of its method', () => {
  assert.deepEqual(after('visa', '1A').hold, {
    rule: 'house.needs_customer',
    liftedBy: 'customer_present_success',
    of: 'mandate',
  });
  const newData = { rule: 'house.needs_new_data', liftedBy: 'payment_method_update', of: 'payment_method' };
  assert.deepEqual(after('visa', '54').hold, newData);
  for (const advice of ['01', '04', '40', '41'])
    assert.deepEqual(after('mastercard', '51', advice).hold, newData, advice);
  assert.equal(
    after('visa', '54', undefined, { initiator: 'customer' }).hold,
    undefined,
    'with the payer present nothing is held',
  );
  assert.equal(after('visa', '13').hold, undefined, 'a wrong amount says nothing about the card');
});

test('only the bank’s own words count; what was never sent, and a refused authentication, do not', () => {
  assert.equal(after('visa', '51').counts, true);
  assert.equal(after('visa', '51', undefined, { stage: 'not_sent', code: 'processor_unavailable' }).counts, false);
  const unanswered = (code: DeclineAnswer['code']) =>
    consequencesOf({ code, stage: 'issuer', raw: {}, network: 'visa', initiator: 'customer', at: AT });
  assert.deepEqual(unanswered('authentication_failed'), { counts: false, blocks: [], revokes: false });
  assert.deepEqual(unanswered('authentication_rejected').blocks, ['house.risk']);
});

test('an unknown answer, and unknown advice, never blocks, holds or revokes', () => {
  for (const network of ['visa', 'mastercard', 'amex', '*']) {
    for (const [response, advice] of [['ZZ'], ['ZZ', '77'], ['05', '77']] as const) {
      const { blocks, hold, revokes, counts } = after(network, response, advice);
      assert.deepEqual([blocks, hold, revokes, counts], [[], undefined, false, true], `${network} ${response}`);
    }
  }
});

test('for every code its class says whether a charge blocks, holds, or leaves the card as it is', () => {
  for (const code of DECLINE_CODES) {
    const { class: its, revokesMandate } = declineSpec(code);
    const { blocks, hold, revokes } = consequencesOf({
      code,
      stage: 'issuer',
      raw: { response: 'ZZ' },
      network: '*',
      initiator: 'merchant',
      at: AT,
    });
    const blocked =
      ['hard', 'risk', 'consent'].includes(its) ||
      (its === 'product' && !code.endsWith('not_supported')) ||
      code === 'account_type_not_supported';
    assert.deepEqual(blocks, blocked ? [`house.${its}`] : [], code);
    assert.equal(
      hold?.rule,
      { authentication_required: 'house.needs_customer', data: 'house.needs_new_data' }[its as string],
      code,
    );
    assert.equal(revokes, revokesMandate, code);
  }
});

test('every hold and block of the data is set by some answer', () => {
  const set = new Set<string | undefined>();
  for (const row of rules.response_codes) {
    const network = row.network === '*' ? 'visa' : row.network;
    for (const advice of [undefined, ...rules.advice_codes.map((one) => one.code)]) {
      const { blocks, hold } = after(network, row.code, advice);
      for (const id of [...blocks, hold?.rule]) set.add(id);
    }
  }
  assert.deepEqual(
    [...rules.blocks, ...rules.holds].filter((row) => !set.has(row.id)),
    [],
  );
});

test('in ten thousand random histories nothing is sent without the payer after an answer that means never', () => {
  const { retryCaps: caps } = DEFAULT_SETTINGS;
  const response = fc.constantFrom('05', '51', '54', '91', '1A', '14', '43', '57', '59', 'R0', 'R1', 'ZZ');
  const advice = fc.option(fc.constantFrom('01', '02', '03', '21', '24', '99', '77'), { nil: undefined });
  const step = fc.record({ response, advice, hours: fc.integer({ min: 0, max: 300 }), payer: fc.boolean() });
  const network = fc.constantFrom('visa', 'mastercard', 'amex');
  fc.assert(
    fc.property(network, fc.array(step, { maxLength: 12 }), (scheme, steps) => {
      let card: WatchedCard = { version: 1, blocks: [], declines: [] };
      let [at, closed] = [AT, false];
      for (const { response, advice, hours, payer } of steps) {
        at = plus(at, hours * HOUR);
        const initiator = payer ? 'customer' : 'merchant';
        const asked = { network: scheme, amountMinor: 100, currency: 'ZAR', initiator, startsSeries: false } as const;
        if (brokenCardRules(card, asked, { at, caps }).length > 0) continue;
        assert.ok(payer || !closed, 'sent after never');
        const { blocks, waitUntil } = after(scheme, response, advice, { initiator, at });
        closed ||= conclude({ network: scheme, response, advice, on: toIso(at).slice(0, 10) }).effect === 'never';
        const attemptId = `att_${card.declines.length}`;
        const decline = { attemptId, at, open: false, amountMinor: 100, currency: 'ZAR', network: scheme };
        card = {
          version: card.version + 1,
          blocks: [...card.blocks, ...blocks.map((rule) => ({ rule, since: at, attemptId, code: response }))],
          declines: [...card.declines, waitUntil === undefined ? decline : { ...decline, waitUntil }],
        };
      }
    }),
    { numRuns: 10_000 },
  );
});

const mandate = { id: 'mnd_1', status: 'active', version: 3, updatedAt: AT } as Mandate;
const holds: ChargeHold['liftedBy'][] = ['customer_present_success', 'payment_method_update', 'operator'];

test('a mandate shows the hold that is hardest to lift, and is told of each change once', () => {
  for (const [i, before] of holds.entries()) {
    const held = holdCharges(mandate, { rule: `first.${before}`, liftedBy: before }, AT);
    assert.deepEqual(held.events, ['mandate.updated']);
    assert.deepEqual(held.next.chargeHold, { rule: `first.${before}`, liftedBy: before, since: AT });
    assert.equal(held.next.version, 4);
    for (const [j, later] of holds.entries()) {
      const again = holdCharges(held.next, { rule: `then.${later}`, liftedBy: later }, AT);
      assert.equal(again.next.chargeHold?.rule, j > i ? `then.${later}` : `first.${before}`);
      assert.deepEqual(again.events, j > i ? ['mandate.updated'] : []);
    }
    const lifted = liftHold(held.next, AT);
    assert.deepEqual([lifted.next.chargeHold, lifted.next.version, lifted.events], [undefined, 5, ['mandate.updated']]);
  }
});

test('a mandate without a hold is not lifted, and a final one neither held nor lifted', () => {
  assert.deepEqual(liftHold(mandate, AT), { next: mandate, events: [], unchanged: true });
  const revoked = { ...mandate, status: 'revoked' } as Mandate;
  assert.equal(holdCharges(revoked, { rule: 'house.hard', liftedBy: 'operator' }, AT).unchanged, true);
});
