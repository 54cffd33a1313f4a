/** What closes a card: blocks for merchant and payer, waits that advice asks for, and caps counted to the millisecond. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import rules from '../../data/network-retry-rules.json' with { type: 'json' };
import {
  brokenCardRules,
  type CardBlock,
  type CardDecline,
  type CardTry,
  type WatchedCard,
} from '../../src/domain/card-rules.ts';
import { DEFAULT_SETTINGS, type RetryCaps } from '../../src/domain/settings.ts';
import { DAY, HOUR, plus, type Timestamp } from '../../src/lib/time.ts';

const AT = Date.UTC(2026, 10, 22, 12) as Timestamp;
const { retryCaps } = DEFAULT_SETTINGS;

const asked: CardTry = {
  network: 'visa',
  amountMinor: 10_000,
  currency: 'ZAR',
  initiator: 'merchant',
  startsSeries: false,
};

function block(rule: string, since: Timestamp = plus(AT, -HOUR)): CardBlock {
  return { rule, since, attemptId: 'att_1', code: '43' };
}

function declined(at: Timestamp, more: Partial<CardDecline> = {}): CardDecline {
  return { attemptId: `att_${at}`, at, open: false, amountMinor: 10_000, currency: 'ZAR', network: 'visa', ...more };
}

function card(more: Partial<WatchedCard>): WatchedCard {
  return { version: 1, blocks: [], declines: [], ...more };
}

function broken(watched: WatchedCard, tried: Partial<CardTry> = {}, { at = AT, caps = retryCaps } = {}) {
  return brokenCardRules(watched, { ...asked, ...tried }, { at, caps });
}

test('a card that nobody watches may be tried by everybody', () => {
  assert.deepEqual(brokenCardRules(undefined, asked, { at: AT, caps: retryCaps }), []);
});

test('every block stops the merchant for ever, says so by rule and date, and only an operator lifts it', () => {
  for (const row of rules.blocks) {
    const [violation, ...more] = broken(card({ blocks: [block(row.id)] }));
    assert.deepEqual(more, []);
    assert.equal(violation?.code, 'network_rule_never', row.id);
    assert.equal(violation?.mayHoldFrom, 'never');
    assert.equal(violation?.rule, row.id);
    assert.equal(violation?.ruleEffectiveFrom, row.effective_from ?? undefined);
    assert.equal(violation?.liftedBy, 'operator');
  }
});

test('with the payer present a block stops never, all but one-time payments, or for a day, as its row says', () => {
  const present = { initiator: 'customer' } as const;
  for (const row of rules.blocks) {
    const blocked = card({ blocks: [block(row.id)] });
    const once = broken(blocked, present).map((one) => one.mayHoldFrom);
    const series = broken(blocked, { ...present, startsSeries: true }).map((one) => one.mayHoldFrom);
    const dayAfter = plus(AT, 23 * HOUR);
    const expected = {
      never: [['never'], ['never']],
      one_time_only: [[], ['never']],
      after_24h: [[dayAfter], [dayAfter]],
    };
    assert.deepEqual([once, series], expected[row.customer_present as keyof typeof expected], row.id);
  }
  const risk = card({ blocks: [block('house.risk')] });
  assert.equal(broken(risk, present, { at: plus(AT, 23 * HOUR - 1) }).length, 1);
  assert.deepEqual(broken(risk, present, { at: plus(AT, 23 * HOUR) }), []);
});

test('a rule of the network is named before the house’s', () => {
  const both = card({ blocks: [block('house.hard'), block('visa.never')] });
  assert.deepEqual(
    broken(both).map((one) => one.rule),
    ['visa.never', 'house.hard'],
  );
});

test('advice to wait binds the same amount until its time is over, and of several the longest', () => {
  const wait = (hours: number, advice: string) =>
    declined(plus(AT, -hours), { network: 'mastercard', advice, waitUntil: plus(AT, hours * HOUR) });
  const waiting = card({ declines: [wait(24, '25'), wait(72, '02')] });
  const tried = { network: 'mastercard' };
  const [violation, ...more] = broken(waiting, tried);
  assert.deepEqual(more, []);
  assert.equal(violation?.code, 'network_rule_wait');
  assert.equal(violation?.rule, 'mastercard.advice_wait');
  assert.equal(violation?.mayHoldFrom, plus(AT, 72 * HOUR));
  assert.equal(broken(card({ declines: [wait(24, '25')] }), tried)[0]?.ruleEffectiveFrom, '2023-10-09');
  assert.equal(broken(waiting, tried, { at: plus(AT, 72 * HOUR - 1) }).length, 1);
  assert.deepEqual(broken(waiting, tried, { at: plus(AT, 72 * HOUR) }), []);
  assert.deepEqual(broken(waiting, { ...tried, amountMinor: 9_999 }), []);
  assert.deepEqual(broken(waiting, { ...tried, currency: 'USD' }), []);
  assert.equal(broken(waiting, { ...tried, initiator: 'customer' }).length, 1);
});

test('the 16th try of one amount with a Visa card is refused until the first decline is thirty days old', () => {
  const first = plus(AT, -10 * DAY);
  const declines = Array.from({ length: 15 }, (_, i) => declined(plus(first, i * HOUR)));
  assert.deepEqual(broken(card({ declines: declines.slice(1) })), []);
  const [violation, ...more] = broken(card({ declines }));
  assert.deepEqual(more, []);
  assert.equal(violation?.code, 'network_rule_cap');
  assert.equal(violation?.rule, 'visa.reattempts_30d');
  assert.equal(violation?.ruleEffectiveFrom, '2022-04-01');
  assert.deepEqual([violation?.limit, violation?.used], [15, 15]);
  assert.equal(violation?.mayHoldFrom, plus(first, 30 * DAY));
  assert.deepEqual(broken(card({ declines }), { amountMinor: 9_999 }), []);
  assert.deepEqual(broken(card({ declines }), {}, { at: plus(first, 30 * DAY) }), []);
});

test('Mastercard counts the card whatever the amount, in a day and in thirty', () => {
  const many = (count: number, apartMs: number) =>
    Array.from({ length: count }, (_, i) =>
      declined(plus(AT, -i * apartMs - 1), { network: 'mastercard', amountMinor: 100 + i }),
    );
  const named = (declines: CardDecline[]) =>
    broken(card({ declines }), { network: 'mastercard' }).map((one) => one.rule);
  assert.deepEqual(named(many(9, HOUR)), []);
  assert.deepEqual(named(many(10, HOUR)), ['mastercard.declines_24h']);
  assert.deepEqual(named(many(34, 12 * HOUR)), []);
  assert.deepEqual(named(many(35, 12 * HOUR)), ['mastercard.declines_30d']);
  assert.deepEqual(named(many(35, HOUR)), ['mastercard.declines_24h', 'mastercard.declines_30d']);
});

test('a network without a rule of its own keeps to the house’s', () => {
  const declines = Array.from({ length: 15 }, (_, i) => declined(plus(AT, -i), { network: 'jcb' }));
  const named = (network: string) =>
    broken(card({ declines }), { network }).map((one) => [one.rule, one.ruleEffectiveFrom]);
  for (const network of ['jcb', 'amex', 'unionpay', 'unknown']) {
    assert.deepEqual(named(network), [['other.reattempts_30d', undefined]], network);
  }
});

test('a tenant’s cap holds inside the range of the rule, and a try under way counts as a decline', () => {
  const cap = (visa30d: number): RetryCaps => ({ ...retryCaps, visa30d });
  const counted = (count: number, caps: RetryCaps) =>
    broken(
      card({ declines: Array.from({ length: count }, (_, i) => declined(plus(AT, -i), { open: true })) }),
      {},
      { caps },
    ).length;
  assert.deepEqual([counted(2, cap(3)), counted(3, cap(3))], [0, 1]);
  assert.deepEqual([counted(19, cap(99)), counted(20, cap(99))], [0, 1]);
  assert.deepEqual([counted(0, cap(0)), counted(1, cap(0))], [0, 1]);
});

test('no cap and no advice is applied before it was in force', () => {
  const early = Date.UTC(2022, 2, 31, 12) as Timestamp;
  const declines = Array.from({ length: 20 }, (_, i) => declined(plus(early, -i)));
  assert.deepEqual(
    broken(card({ declines }), {}, { at: early }).map((one) => one.rule),
    ['other.reattempts_30d'],
  );
  const later = plus(early, DAY);
  assert.deepEqual(
    broken(card({ declines }), {}, { at: later }).map((one) => one.rule),
    ['visa.reattempts_30d'],
  );
});

test('caps agree with a plain recount at every moment, and the moment they name is the first that is free', () => {
  const moment = fc.integer({ min: 0, max: 40 * 24 }).map((hours) => plus(AT, -hours * HOUR));
  const decline = fc.record({
    at: moment,
    amountMinor: fc.constantFrom(100, 200),
    open: fc.boolean(),
    network: fc.constantFrom('visa', 'mastercard', 'jcb'),
  });
  const world = fc.record({
    declines: fc.array(decline, { maxLength: 60 }),
    network: fc.constantFrom('visa', 'mastercard', 'jcb'),
    visa30d: fc.integer({ min: 1, max: 20 }),
    mastercard24h: fc.integer({ min: 1, max: 10 }),
    mastercard30d: fc.integer({ min: 1, max: 35 }),
    other30d: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(world, ({ declines, network, ...caps }) => {
      const watched = card({
        declines: declines.map((one, i) => ({ ...one, attemptId: `att_${i}`, currency: 'ZAR' })),
      });
      const tried = { ...asked, network, amountMinor: 100 };
      const namedAt = (at: Timestamp) => brokenCardRules(watched, tried, { at, caps }).map((one) => one.rule);
      const recount = (at: Timestamp) => {
        const within = (ms: number, same: boolean) =>
          watched.declines.filter((one) => at - one.at < ms && (!same || one.amountMinor === 100)).length;
        if (network === 'visa') return within(30 * DAY, true) >= caps.visa30d ? ['visa.reattempts_30d'] : [];
        if (network === 'jcb') return within(30 * DAY, true) >= caps.other30d ? ['other.reattempts_30d'] : [];
        const day = within(DAY, false) >= caps.mastercard24h ? ['mastercard.declines_24h'] : [];
        return within(30 * DAY, false) >= caps.mastercard30d ? [...day, 'mastercard.declines_30d'] : day;
      };
      assert.deepEqual(namedAt(AT), recount(AT));
      for (const { rule, mayHoldFrom } of brokenCardRules(watched, tried, { at: AT, caps })) {
        assert.ok(typeof mayHoldFrom === 'number');
        assert.ok(recount((mayHoldFrom - 1) as Timestamp).includes(rule as string), 'a moment earlier it still holds');
        assert.ok(!recount(mayHoldFrom).includes(rule as string), 'then it does not');
      }
    }),
    { numRuns: 500 },
  );
});
