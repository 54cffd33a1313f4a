/** Conformance: charges that are answered, and what a payer or a repetition does to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClearCard, Outcome } from '../../src/processors/processor.ts';
import { brief, type CardCase, type Kit } from './conformance-bench.ts';

export function approvals({ name, run, orderOf, bench }: Kit): void {
  test(`${name} 1: a charge and an authorisation are approved, and a verification moves no money`, async () => {
    const charge = await run(orderOf('approved'));
    assert.equal(charge.outcome.kind, 'approved');
    const reserved = await run(orderOf('approved'), { operation: 'authorize' });
    assert.ok(reserved.outcome.kind === 'approved' && reserved.outcome.expiresAt !== undefined);
    const verified = await run(orderOf('approved', { money: { amountMinor: 0, currency: 'ZAR' } }), {
      operation: 'verify',
    });
    assert.equal(verified.outcome.kind, 'approved');
    for (const each of [charge, reserved, verified]) assert.deepEqual(await each.lookup(), each.outcome);
  });

  test(`${name} 3: a decline with a response code nobody listed is generic, an unknown status word is unknown`, async () => {
    const odd = await run(orderOf('approved'), { fault: { kind: 'decline', params: { code: '77' } } });
    assert.equal(brief(odd.outcome), 'declined issuer generic_decline');
    const word = await run(orderOf('approved'), { fault: { kind: 'wrong_status' } });
    assert.equal(brief(word.outcome), 'unknown alarm');
  });

  test(`${name} 5: pending says nothing about the end until the end`, async () => {
    for (const end of ['approved', 'declined'] as const) {
      const waiting = await run(orderOf('approved'), { fault: { kind: 'pending', params: { s: 10, end } } });
      assert.equal(waiting.outcome.kind, 'pending');
      assert.equal(brief(await waiting.lookup()), 'pending');
      await bench().advance(11_000);
      assert.match(brief(await waiting.lookup()), end === 'approved' ? /^approved$/ : /^declined issuer /);
    }
  });

  test(`${name} 25: amounts are exact with no, two and three decimals`, async () => {
    for (const [currency, amountMinor] of [
      ['JPY', 1],
      ['ZAR', 1],
      ['KWD', 999_999_999_999],
      ['USD', 10_001],
    ] as const) {
      const { outcome, lookup } = await run(orderOf('approved', { money: { amountMinor, currency } }));
      assert.equal(outcome.kind, 'approved', currency);
      assert.equal(brief(await lookup()), 'approved', currency);
    }
  });

  test(`${name} 28: a thousand calls at once get each the answer to their own question`, async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, async (_, i) => {
        const declines = i % 3 === 0;
        const money = { amountMinor: 1_000 + i, currency: 'ZAR' };
        const order = orderOf(declines ? 'insufficient_funds' : 'approved', { money });
        const { key, outcome } = await run(order, { checked: false });
        return { key, declines, outcome, money };
      }),
    );
    const book = new Map((await bench().movements()).map((row) => [row.requestKey, row]));
    const refs = new Set<string>();
    for (const { key, declines, outcome, money } of outcomes) {
      assert.equal(brief(outcome), declines ? 'declined issuer insufficient_funds' : 'approved');
      const row = book.get(key);
      assert.deepEqual(
        [row?.state, row?.amountMinor, row?.arrivals],
        [declines ? 'declined' : 'approved', money.amountMinor, 1],
      );
      refs.add(('ref' in outcome && outcome.ref) || '');
    }
    assert.equal(refs.size, 1_000);
  });
}

export function authentication({ name, missing, run, orderOf, bench, reverse }: Kit): void {
  const challenged = async () => {
    const opened = await run(orderOf('challenge'));
    assert.ok(opened.outcome.kind === 'action_required', brief(opened.outcome));
    return { ...opened, action: opened.outcome.action };
  };

  test(`${name} 4: a challenge ends as the payer decides, and a look-up tells the end`, {
    skip: missing.pages ?? false,
  }, async () => {
    for (const [decision, end] of [
      ['approve', /^approved$/],
      ['decline', /^declined issuer authentication_failed$/],
      ['unknown', /^(approved|declined issuer .*)$/],
    ] as const) {
      const { action, lookup } = await challenged();
      assert.equal(brief(await lookup()), 'action_required');
      await bench().play(action, decision);
      assert.match(brief(await lookup()), end, decision);
    }
  });

  test(`${name} 4: a challenge passed may still be declined by the issuer`, {
    skip: missing.pages ?? false,
  }, async () => {
    const { outcome, lookup } = await run(orderOf('challenge_then_declined'));
    assert.ok(outcome.kind === 'action_required');
    await bench().play(outcome.action, 'approve');
    assert.equal(brief(await lookup()), 'declined issuer insufficient_funds');
  });

  test(`${name} 4: a challenge nobody answers ends at its deadline`, async () => {
    const { outcome, lookup } = await challenged();
    assert.ok(outcome.kind === 'action_required');
    await bench().advance(11 * 60_000);
    assert.equal(brief(await lookup()), 'declined issuer authentication_abandoned');
  });

  test(`${name} 6: a payer who leaves closes the key for good, or finds that the money was taken`, {
    skip: missing.pages ?? missing.reversals ?? false,
  }, async () => {
    const left = await challenged();
    assert.equal(await reverse(left.key, true), 'closed');
    await bench().play(left.action, 'approve');
    assert.match(brief(await left.lookup()), /^declined /);

    const paid = await challenged();
    await bench().play(paid.action, 'approve');
    assert.equal(await reverse(paid.key, true), 'kept');
    assert.equal(brief(await paid.lookup()), 'approved');
  });
}

export function series({ name, run, orderOf }: Kit): void {
  const first = (card: CardCase) => run(orderOf(card, { agreement: { use: 'initial', type: 'unscheduled' } }));
  const next = (
    card: CardCase,
    networkTransactionId: string | undefined,
    type: 'unscheduled' | 'recurring' = 'unscheduled',
  ) => {
    const { securityCode: _gone, ...stored } = (orderOf(card).instrument as { card: ClearCard }).card;
    const { returnUrl: _none, ...order } = orderOf(stored);
    const agreement = { use: 'subsequent', type, ...(networkTransactionId && { networkTransactionId }) } as const;
    return run({ ...order, initiator: 'merchant', agreement });
  };
  const idOf = (outcome: Outcome): string => {
    assert.ok(outcome.kind === 'approved' && outcome.networkTransactionId !== undefined, brief(outcome));
    return outcome.networkTransactionId;
  };

  test(`${name} 7: the first payment of a series gives the network’s id, and the next ones present it`, async () => {
    const { outcome } = await first('approved');
    assert.ok(outcome.kind === 'approved' && outcome.token !== undefined);
    assert.equal((await next('approved', idOf(outcome))).outcome.kind, 'approved');
    assert.equal(
      brief((await next('approved', idOf(outcome), 'recurring')).outcome),
      'declined processor processor_refused',
    );
    assert.equal(brief((await next('approved', undefined)).outcome), 'declined not_sent not_supported');
  });

  test(`${name} 8: a merchant-initiated charge that needs the payer, or was revoked, says so by its code`, async () => {
    const needs = await first('merchant_needs_payer');
    const asked = await next('merchant_needs_payer', idOf(needs.outcome));
    assert.equal(brief(asked.outcome), 'declined issuer authentication_required');
    const revoked = await first('merchant_revoked');
    const refused = await next('merchant_revoked', idOf(revoked.outcome));
    assert.equal(brief(refused.outcome), 'declined issuer revocation_of_authorization');
  });
}

export function repetitions({ name, rowsOf, orderOf, nextKey, callFor, bench, silent }: Kit): void {
  test(`${name} 12: the same key with the same body is one movement, with another body it is in doubt`, async () => {
    const processor = bench().processor();
    const key = nextKey();
    const order = orderOf('approved');
    const once = await processor.charge(order, callFor(key));
    const again = await processor.charge(order, callFor(key));
    assert.deepEqual(again, once);
    const other = await processor.charge({ ...order, money: { amountMinor: 99, currency: 'ZAR' } }, callFor(key));
    assert.ok(other.kind === 'unknown' && other.why === 'key_reused' && other.alarm);
    const rows = await rowsOf(key);
    assert.deepEqual([rows.length, rows[0]?.state, rows[0]?.amountMinor, rows[0]?.arrivals], [1, 'approved', 1234, 3]);
    silent(once, again, other);
  });
}
