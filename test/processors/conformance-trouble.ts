/** Conformance: answers lost, late or untrue, and how the truth is found out afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyOrder } from '../../src/processors/processor.ts';
import { brief, type Fault, type Kit } from './conformance-bench.ts';

export function lostAnswers({ name, run, orderOf, bench, callFor, nextKey }: Kit): void {
  const cases: [fault: Fault, charged: boolean][] = [
    [{ kind: 'reset_request' }, false],
    [{ kind: 'answer_lost' }, true],
    [{ kind: 'reset_mid_answer' }, true],
    [{ kind: 'http_500_before' }, false],
    [{ kind: 'http_503_before' }, false],
    [{ kind: 'http_500_after_charge' }, true],
    [{ kind: 'http_502_page' }, true],
  ];
  for (const [fault, charged] of cases) {
    test(`${name} 14, 16: ${fault.kind} leaves the result unknown, and the look-up tells the truth`, async () => {
      const { outcome, lookup } = await run(orderOf('approved'), { fault });
      assert.equal(brief(outcome), 'unknown');
      assert.equal(brief(await lookup()), charged ? 'approved' : 'not_found');
    });
  }

  test(`${name} 15: a slow answer in time is the answer, a later one is unknown when the limit is over`, async () => {
    const limits = { totalTimeoutMs: 400 };
    const slow = await run(orderOf('approved'), { fault: { kind: 'slow', params: { ms: 150 } }, limits });
    assert.equal(slow.outcome.kind, 'approved');
    const silences: Fault[] = [
      { kind: 'slow', params: { ms: 5_000 } },
      { kind: 'silent', params: { charged: true } },
      { kind: 'silent', params: { charged: false } },
      { kind: 'drip' },
    ];
    await Promise.all(
      silences.map(async (fault) => {
        const startedAt = performance.now();
        const { outcome, lookup } = await run(orderOf('approved'), { fault, limits });
        const tookMs = performance.now() - startedAt;
        assert.equal(brief(outcome), 'unknown', fault.kind);
        assert.ok(tookMs >= 395 && tookMs < 1_400, `${fault.kind} took ${tookMs} ms`);
        assert.match(brief(await lookup()), fault.params?.charged === false ? /^not_found$/ : /^approved$/);
      }),
    );
  });

  test(`${name} 17: a documented refusal for haste moved nothing`, async () => {
    const { outcome, lookup } = await run(orderOf('approved'), { fault: { kind: 'rate_limited' } });
    assert.equal(brief(outcome), 'declined processor processor_refused');
    assert.equal(brief(await lookup()), 'not_found');
  });

  test(`${name} 26: a caller who gives up leaves the result unknown, and the look-up tells`, async () => {
    const key = nextKey();
    await bench().arm(key, { kind: 'slow', params: { ms: 5_000 }, operation: 'charge' });
    const order = orderOf('approved');
    const processor = bench().processor();
    const call = { ...callFor(key), signal: AbortSignal.timeout(200) };
    const outcome = await processor.charge(order, call);
    assert.ok(outcome.kind === 'unknown' && outcome.why === 'aborted');
    const found = await processor.lookup(
      { operation: 'charge', money: order.money, reference: order.reference },
      callFor(key),
    );
    assert.equal(found.kind === 'found' && found.outcome.kind, 'approved');
  });
}

export function lies({ name, run, orderOf, bench }: Kit): void {
  const kinds = [
    ...['malformed', 'truncated', 'oversized', 'redirect'],
    ...['wrong_amount', 'wrong_currency', 'wrong_reference', 'wrong_status', 'missing_field', 'other_charge'],
  ];
  for (const kind of kinds) {
    test(`${name} 16, 18–20: ${kind} is unknown, raises the alarm, and the look-up finds the charge`, async () => {
      await run(orderOf('approved'));
      const { outcome, lookup } = await run(orderOf('approved'), { fault: { kind } });
      assert.equal(brief(outcome), 'unknown alarm');
      assert.equal(brief(await lookup()), 'approved');
      assert.ok(outcome.kind === 'unknown' && (outcome.evidence.body ?? '').length <= 2_048);
      assert.ok(bench().logged.length > 0);
    });
  }

  test(`${name} 20: an approval for less than was asked is unknown and stays so`, async () => {
    const key = 'partial_approval';
    const { outcome, lookup } = await run(orderOf('approved'), { fault: { kind: key, params: { percent: 50 } } });
    assert.equal(brief(outcome), 'unknown alarm');
    assert.equal(brief(await lookup()), 'unknown alarm');
  });
}

export function recovery({ name, missing, rowsOf, run, orderOf, bench, reverse, callFor, nextKey }: Kit): void {
  const stuck = { kind: 'answer_lost' };

  test(`${name} 21: a look-up that cannot find the charge yet says not found, later it says what happened`, async () => {
    const { key, outcome, lookup } = await run(orderOf('approved'), { fault: stuck });
    assert.equal(brief(outcome), 'unknown');
    await bench().arm(key, { kind: 'not_found_for', params: { s: 30 }, operation: 'lookup' });
    assert.equal(brief(await lookup()), 'not_found');
    await bench().advance(31_000);
    assert.equal(brief(await lookup()), 'approved');
  });

  test(`${name} 21: a look-up that fails is unknown, a stale one is no end, contradictory ones are told as they are`, async () => {
    const failing = await run(orderOf('approved'), { fault: stuck });
    await bench().arm(failing.key, { kind: 'lookup_error', operation: 'lookup' });
    assert.equal(brief(await failing.lookup()), 'unknown');

    const stale = await run(orderOf('approved'), { fault: stuck });
    await bench().arm(stale.key, { kind: 'lookup_stale', params: { s: 30 }, operation: 'lookup' });
    assert.equal(brief(await stale.lookup()), 'pending');

    const torn = await run(orderOf('approved'), { fault: stuck });
    await bench().arm(torn.key, { kind: 'lookup_contradicts', operation: 'lookup' });
    const asked: KeyOrder = { operation: 'charge', money: torn.order.money, reference: torn.order.reference };
    const ends = [1, 2].map(() => bench().processor().lookup(asked, callFor(torn.key)));
    const told = (await Promise.all(ends)).map((found) => (found.kind === 'found' ? found.outcome.kind : found.kind));
    assert.deepEqual(told.sort(), ['approved', 'declined']);
  });

  test(`${name} 22: a reversal gives back what was approved, closes what was not, and may be repeated`, {
    skip: missing.reversals ?? false,
  }, async () => {
    const approved = await run(orderOf('approved'));
    assert.equal(await reverse(approved.key, false), 'reversed');
    assert.equal(await reverse(approved.key, false), 'reversed');
    assert.match(brief(await approved.lookup()), /^declined processor /);
    assert.equal((await rowsOf(approved.key))[0]?.reversed, true);

    const declined = await run(orderOf('insufficient_funds'));
    assert.equal(await reverse(declined.key, false), 'nothing_to_reverse');

    const open = await run(orderOf('challenge'));
    assert.equal(await reverse(open.key, false), 'closed');
  });

  test(`${name} 22: what the processor decides late is found late, and never if the key was closed first`, {
    skip: missing.reversals ?? false,
  }, async () => {
    const limits = { totalTimeoutMs: 200 };
    const late = { kind: 'processed_late', params: { s: 10 } };
    const waited = await run(orderOf('approved'), { fault: late, limits });
    assert.equal(brief(waited.outcome), 'unknown');
    assert.equal(brief(await waited.lookup()), 'not_found');
    await bench().advance(11_000);
    assert.equal(brief(await waited.lookup()), 'approved');

    const closed = await run(orderOf('approved'), { fault: late, limits });
    assert.equal(await reverse(closed.key, false), 'closed');
    await bench().advance(11_000);
    assert.match(brief(await closed.lookup()), /^(not_found|declined .*)$/);
    assert.ok((await rowsOf(closed.key)).every((row) => row.state === 'closed'));
  });

  test(`${name} 22: a key closed before anything arrived can never be charged any more`, {
    skip: missing.reversals ?? false,
  }, async () => {
    const key = nextKey();
    assert.equal(await reverse(key, false), 'closed');
    const late = await bench().processor().charge(orderOf('approved'), callFor(key));
    assert.match(brief(late), /^(declined|unknown)/);
    const rows = await rowsOf(key);
    assert.ok(
      rows.every((row) => row.state === 'closed' || row.state === 'declined'),
      JSON.stringify(rows),
    );
  });
}
