/** Conformance: steps on a charge, and what the processor tells by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChargeOrder, KeyOrder, RawNotification, StepOrder } from '../../src/processors/processor.ts';
import { brief, type Fault, type Kit } from './conformance-bench.ts';

export function steps({ name, missing, run, orderOf, bench, nextKey, callFor, silent }: Kit): void {
  const reserve = async () => {
    const { order, outcome } = await run(orderOf('approved'), { operation: 'authorize' });
    assert.ok(outcome.kind === 'approved');
    return { order, ref: outcome.ref };
  };
  const take = async (
    step: 'capture' | 'void' | 'refund',
    { order, ref }: { order: ChargeOrder; ref: string },
    amountMinor: number,
    fault?: Fault,
  ) => {
    const key = nextKey();
    if (fault) await bench().arm(key, { operation: step, ...fault });
    const asked: StepOrder = {
      chargeRef: ref,
      charge: order.money,
      reference: order.reference,
      money: { amountMinor, currency: order.money.currency },
    };
    const outcome = await bench().processor()[step](asked, callFor(key));
    silent(outcome);
    const again: KeyOrder = { operation: step, money: asked.money, reference: asked.reference };
    const lookup = async () => {
      const found = await bench().processor().lookup(again, callFor(key));
      return found.kind === 'found' ? found.outcome : found.kind === 'not_found' ? found.kind : found;
    };
    return { outcome, lookup };
  };

  test(`${name} 9: captures and refunds in parts are approved, too much is refused and moves nothing`, {
    skip: missing.steps ?? false,
  }, async () => {
    const reserved = await reserve();
    const first = await take('capture', reserved, 1_000);
    assert.equal(brief(first.outcome), 'approved');
    assert.deepEqual(await first.lookup(), first.outcome);
    assert.equal(brief((await take('capture', reserved, 1_000)).outcome), 'declined processor processor_refused');
    assert.equal(brief((await take('capture', reserved, 234)).outcome), 'approved');
    assert.equal(brief((await take('refund', reserved, 34)).outcome), 'approved');
    assert.equal(brief((await take('refund', reserved, 1_201)).outcome), 'declined processor processor_refused');
    assert.equal(brief((await take('refund', reserved, 1_200)).outcome), 'approved');
  });

  test(`${name} 9: a capture after the authorisation ran out is refused`, {
    skip: missing.steps ?? false,
  }, async () => {
    const reserved = await reserve();
    await bench().advance(8 * 24 * 3_600_000);
    assert.equal(brief((await take('capture', reserved, 1)).outcome), 'declined processor processor_refused');
  });

  test(`${name} 10: a void releases the rest once, and nothing after a full capture`, {
    skip: missing.steps ?? false,
  }, async () => {
    const reserved = await reserve();
    await take('capture', reserved, 1_000);
    assert.equal(brief((await take('void', reserved, 234)).outcome), 'approved');
    assert.equal(brief((await take('void', reserved, 234)).outcome), 'declined processor processor_refused');
    const captured = await reserve();
    await take('capture', captured, 1_234);
    assert.equal(brief((await take('void', captured, 1_234)).outcome), 'declined processor processor_refused');
  });

  test(`${name} 11: a step may be refused, or succeed and fail later, and the look-up tells`, {
    skip: missing.steps ?? false,
  }, async () => {
    const reserved = await reserve();
    const refused = await take('capture', reserved, 100, { kind: 'refuse_step' });
    assert.match(brief(refused.outcome), /^declined /);
    await take('capture', reserved, 1_234);
    const turning = await take('refund', reserved, 50, { kind: 'fail_step_later', params: { s: 10 } });
    assert.match(brief(turning.outcome), /^(approved|pending)$/);
    await bench().advance(11_000);
    assert.match(brief(await turning.lookup()), /^declined issuer /);
  });

  test(`${name} 14: a step whose answer is lost is unknown, and found under its own key`, {
    skip: missing.steps ?? false,
  }, async () => {
    const reserved = await reserve();
    const { outcome, lookup } = await take('capture', reserved, 500, { kind: 'answer_lost' });
    assert.equal(brief(outcome), 'unknown');
    assert.equal(brief(await lookup()), 'approved');
  });
}

export function notices({ name, run, orderOf, bench }: Kit): void {
  const read = (raw: RawNotification, changes: Partial<RawNotification> = {}) =>
    bench()
      .processor()
      .parseNotification({ ...raw, ...changes });
  const about = async (fault?: Fault, count = 1) => {
    const done = await run(orderOf('approved'), fault && { fault: { operation: 'notify', ...fault } });
    const raws = await bench().notifications(done.key, count);
    return { ...done, raws };
  };

  test(`${name} 23: a notification is a notice with its id, its key and its reference`, async () => {
    const { key, outcome, raws } = await about();
    assert.ok(outcome.kind === 'approved');
    const notice = read(raws[0]!);
    assert.ok(notice.kind === 'notice' && notice.requestKey === key && notice.ref === outcome.ref && notice.id !== '');
  });

  test(`${name} 23: five copies carry one id`, async () => {
    const { raws } = await about({ kind: 'duplicate_notification', params: { n: 5 } }, 5);
    const ids = raws.map((raw) => read(raw)).map((notice) => (notice.kind === 'notice' ? notice.id : notice.why));
    assert.equal(new Set(ids).size, 1);
  });

  test(`${name} 23: what a notification claims is no result: the look-up still says what the book says`, async () => {
    for (const kind of ['contradictory_notification', 'wrong_amount_notification']) {
      const { raws, lookup } = await about({ kind });
      for (const raw of raws) assert.equal(read(raw).kind, 'notice', kind);
      assert.equal(brief(await lookup()), 'approved', kind);
    }
  });

  test(`${name} 24: forged, old and malformed notifications are rejected`, async () => {
    for (const kind of ['forged_notification', 'old_notification']) {
      const { raws } = await about({ kind });
      assert.equal(read(raws[0]!).kind, 'rejected', kind);
    }
    await run(orderOf('approved'), { fault: { kind: 'malformed_notification', operation: 'notify' } });
    const [garbled] = await bench().notifications(undefined, 1);
    assert.equal(read(garbled!).kind, 'rejected');
  });

  test(`${name} 24: one byte changed anywhere is rejected`, async () => {
    const { raws } = await about();
    const raw = raws[0]!;
    const last = raw.body.length - 2;
    assert.equal(read(raw, { body: `${raw.body.slice(0, last)} ${raw.body.slice(last)}` }).kind, 'rejected');
    assert.equal(read(raw, { path: `${raw.path}x` }).kind, 'rejected');
    assert.equal(read(raw, { method: 'PUT' }).kind, 'rejected');
    assert.equal(read(raw, { headers: {} }).kind, 'rejected');
    assert.equal(
      read(raw, { credentials: { ...raw.credentials, notification_secret: 'ns_other_secret' } }).kind,
      'rejected',
    );
  });
}
