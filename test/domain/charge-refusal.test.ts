/** What a merchant is answered for the rules that a charge breaks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../../src/domain/charge-refusal.ts';
import { evaluate } from '../../src/domain/mandate-rules.ts';
import type { ViolationCode } from '../../src/domain/violation.ts';
import { HOUR, plus, toIso } from '../../src/lib/time.ts';
import { breaking, CODES, canBreakTogether, NOW } from './broken-rules.ts';

function refused(codes: readonly ViolationCode[]) {
  const { facts, asked } = breaking(codes);
  const evaluation = evaluate(facts, asked, NOW);
  return { refusal: refusalOf(facts.mandate, evaluation), evaluation };
}

const CARD_CODES = CODES.slice(CODES.indexOf('charge_on_hold'));

test('an allowed charge is not refused', () => {
  assert.equal(refused([]).refusal, undefined);
});

test('the error is that of the worst: a final mandate, then what was agreed, then the card alone; all are told', () => {
  fc.assert(
    fc.property(fc.subarray(CODES, { minLength: 1 }).filter(canBreakTogether), (codes) => {
      const { refusal } = refused(codes);
      const expected = codes.includes('mandate_not_active')
        ? 'mandate_not_active'
        : codes.every((code) => CARD_CODES.includes(code))
          ? 'retry_not_allowed'
          : 'mandate_violation';
      assert.equal(refusal?.rejected, expected);
      assert.deepEqual(
        refusal?.errors?.map(({ code }) => code),
        codes,
      );
      // Of the card's rules the decisive one is said: a network's and the house's often say the same.
      const said = (refusal?.errors ?? []).filter(({ detail }) => refusal?.detail.includes(detail));
      assert.ok(expected === 'mandate_violation' ? said.length === codes.length : said.length > 0);
    }),
    { numRuns: 500 },
  );
});

test('a violation names mandate, limit and use, and the next allowed instant where there is one', () => {
  const { refusal, evaluation } = refused(['period_count_exceeded', 'network_rule_cap']);
  assert.deepEqual(refusal?.extra, { mandate_id: 'mnd_1', next_allowed_at: '2026-04-09T19:00:00.000Z' });
  assert.deepEqual(
    refusal?.errors?.map(({ detail: _, ...error }) => error),
    [
      { pointer: '', code: 'period_count_exceeded', limit: 1, used: 1 },
      { pointer: '', code: 'network_rule_cap', limit: 15, used: 15, rule: 'visa.reattempts_30d' },
    ],
  );
  assert.equal(evaluation.nextAllowedAt, plus(NOW, (30 * 24 - 15) * HOUR));
  assert.deepEqual(refused(['amount_above_max', 'period_count_exceeded']).refusal?.extra, { mandate_id: 'mnd_1' });
});

test('a card that may not be tried names the rule that is hardest to wait for, since when it holds and what ends it', () => {
  const extra = (codes: readonly ViolationCode[]) => refused(codes).refusal?.extra;
  const never = { rule: 'visa.never', rule_effective_from: '2022-04-01', lifted_by: 'operator' };
  assert.deepEqual(extra(['network_rule_never']), never);
  assert.deepEqual(extra(CARD_CODES), never);
  const hold = { rule: 'house.needs_new_data', lifted_by: 'payment_method_update' };
  assert.deepEqual(extra(['charge_on_hold']), hold);
  assert.deepEqual(extra(['charge_on_hold', 'network_rule_cap']), hold);
  const cap = { rule: 'visa.reattempts_30d', rule_effective_from: '2022-04-01' };
  const retryAfter = toIso(plus(NOW, (30 * 24 - 15) * HOUR));
  assert.deepEqual(extra(['network_rule_cap']), { ...cap, retry_after: retryAfter });
  assert.deepEqual(extra(['network_rule_wait', 'network_rule_cap'])?.rule, cap.rule);
});
