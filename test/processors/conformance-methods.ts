/** Conformance: what a payer is asked to do elsewhere, for every method beyond cards, and its every ending. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromIso } from '../../src/lib/time.ts';
import type { KeyOrder, StepOrder } from '../../src/processors/processor.ts';
import { brief, type Kit, type MethodCase } from './conformance-bench.ts';

const ACTED: readonly MethodCase[] = ['redirect', 'code', 'phone', 'voucher'];
const ACTIONS = { redirect: 'redirect', code: 'qr_code', phone: 'await_approval', voucher: 'voucher' } as const;

export function actions(kit: Kit): void {
  const { name, missing, run, bench, reverse, methodOrder, rowsOf } = kit;
  const opens = async (kind: MethodCase) => {
    const asked = methodOrder(kind);
    assert.ok(asked !== undefined, kind);
    const opened = await run(asked.order);
    assert.ok(opened.outcome.kind === 'action_required', `${kind}: ${brief(opened.outcome)}`);
    const { action, expiresAt } = opened.outcome;
    const play = (decision: Parameters<ReturnType<typeof bench>['play']>[1]) =>
      bench().play(action, decision, opened.key);
    return { ...opened, script: asked.script, action, expiresAt, play, end: async () => brief(await opened.lookup()) };
  };
  const offered = (kind: MethodCase): boolean => methodOrder(kind) !== undefined;

  test(`${name} 5: an action of the right kind, with a deadline, found again by look-up word for word`, async (t) => {
    for (const kind of ACTED) {
      if (!offered(kind)) {
        t.diagnostic(`${kind} is not offered`);
        continue;
      }
      const { key, outcome, lookup, action, expiresAt, script } = await opens(kind);
      assert.equal(action.type, ACTIONS[kind as keyof typeof ACTIONS]);
      assert.deepEqual(await lookup(), outcome);
      const [row] = await rowsOf(key);
      assert.equal(row?.state, 'action_required');
      const left = expiresAt - (fromIso(row?.at ?? '') ?? 0);
      assert.ok(Math.abs(left - script.deadlineMs) < 60_000, `${kind}: ${left} ms`);
    }
  });

  test(`${name} 5: approved, declined or left until the deadline: the look-up tells the end, and only then`, {
    skip: missing.pages ?? false,
  }, async () => {
    for (const kind of ACTED.filter(offered)) {
      const paid = await opens(kind);
      await paid.play('abandon');
      assert.equal(await paid.end(), 'action_required', kind);
      await paid.play('approve');
      assert.equal(await paid.end(), 'approved', kind);
      const refused = await opens(kind);
      await refused.play('decline');
      assert.equal(await refused.end(), 'declined issuer approval_declined', kind);
      await refused.play('approve');
      assert.equal(await refused.end(), 'declined issuer approval_declined', `${kind}: the first decision stands`);
      const left = await opens(kind);
      await bench().advance(left.script.deadlineMs + 1_000);
      assert.equal(await left.end(), 'declined issuer approval_timeout', kind);
    }
  });

  test(`${name} 5: what a bank decides later is pending until then, says by when, and ends either way`, {
    skip: missing.pages ?? false,
  }, async () => {
    for (const [kind, end] of [
      ['redirect_later_approved', /^approved$/],
      ['redirect_later_declined', /^declined issuer /],
    ] as const) {
      if (!offered(kind)) continue;
      const waiting = await opens(kind);
      await waiting.play('approve');
      const found = await waiting.lookup();
      assert.ok(found !== 'not_found' && found.kind === 'pending' && found.expectBy !== undefined, kind);
      await bench().advance((waiting.script.laterMs ?? 0) - 60_000);
      assert.equal(await waiting.end(), 'pending', kind);
      await bench().advance(61_000);
      assert.match(await waiting.end(), end, kind);
    }
  });

  test(`${name} 5: a phone that answers by itself ends as its owner does, told or not`, async () => {
    for (const [kind, end] of [
      ['phone_approves', 'approved'],
      ['phone_wrong_pin', 'declined issuer incorrect_pin'],
      ['phone_no_money', 'declined issuer insufficient_funds'],
      ['phone_unannounced', 'approved'],
    ] as const) {
      if (!offered(kind)) continue;
      const asked = await opens(kind);
      assert.equal(await asked.end(), 'action_required', kind);
      await bench().advance(asked.script.laterMs! + 1_000);
      assert.equal(await asked.end(), end, kind);
    }
  });

  test(`${name} 5: a success after the end shows in the look-up, however it came about`, {
    skip: missing.pages ?? false,
  }, async () => {
    for (const kind of ACTED.filter(offered)) {
      const late = await opens(kind);
      await bench().advance(late.script.deadlineMs + 1_000);
      assert.equal(await late.end(), 'declined issuer approval_timeout', kind);
      if (late.script.late) await late.play('pay_late');
      assert.equal(await late.end(), late.script.late ? 'approved' : 'declined issuer approval_timeout', kind);
    }
    if (!offered('phone_late')) return;
    const phone = await opens('phone_late');
    await bench().advance(phone.script.deadlineMs + 1_000);
    assert.equal(await phone.end(), 'declined issuer approval_timeout');
    await bench().advance(phone.script.laterMs! - phone.script.deadlineMs);
    assert.equal(await phone.end(), 'approved');
  });

  leaving({ ...kit, opens, offered });
  lateReversals({ name, missing, bench, reverse, opens, offered, rowsOf });
}

type Opens = (kind: MethodCase) => Promise<{
  key: string;
  script: { reversible: boolean; late: boolean; deadlineMs: number; laterMs?: number };
  play: (decision: 'approve' | 'decline' | 'abandon' | 'pay_late') => Promise<void>;
  end: () => Promise<string>;
}>;
type ActedKit = Pick<Kit, 'name' | 'missing' | 'bench' | 'reverse' | 'rowsOf'> & {
  opens: Opens;
  offered: (kind: MethodCase) => boolean;
};

function leaving({ name, missing, bench, reverse, opens, offered, rowsOf }: ActedKit): void {
  const skip = missing.pages ?? missing.reversals ?? false;

  test(`${name} 6: a payer who leaves closes the key for good, in time or later; or nothing can be called back`, {
    skip,
  }, async () => {
    for (const kind of ACTED.filter(offered)) {
      const left = await opens(kind);
      assert.equal(await reverse(left.key, true), left.script.reversible ? 'closed' : 'refused', kind);
      if (!left.script.reversible) {
        assert.equal(await left.end(), 'action_required', kind);
        continue;
      }
      await left.play('approve');
      await bench().advance(left.script.deadlineMs + 1_000);
      await left.play('pay_late');
      assert.match(await left.end(), /^declined /, kind);
      assert.equal((await rowsOf(left.key))[0]?.state, 'closed', kind);
    }
  });

  test(`${name} 6: approval and leaving at the same instant: one of them holds, and both sides say which`, {
    skip,
  }, async () => {
    for (const kind of ACTED.filter(offered)) {
      for (let turn = 0; turn < 4; turn++) {
        const torn = await opens(kind);
        const both = [() => torn.play('approve'), () => reverse(torn.key, true)];
        if (turn % 2 === 1) both.reverse();
        const said = (await Promise.all(both.map((act) => act()))).find((word) => typeof word === 'string');
        const end = await torn.end();
        const [row] = await rowsOf(torn.key);
        if (said === 'closed') assert.match(`${end} ${row?.state}`, /^declined .* closed$/, kind);
        else
          assert.deepEqual(
            [said, end, row?.state],
            [torn.script.reversible ? 'kept' : 'refused', 'approved', 'approved'],
          );
      }
    }
  });

  test(`${name} 6: a bank that is still thinking is closed too, and its late word changes nothing`, {
    skip,
  }, async () => {
    if (!offered('redirect_later_approved')) return;
    const waiting = await opens('redirect_later_approved');
    await waiting.play('approve');
    assert.equal(await waiting.end(), 'pending');
    assert.equal(await reverse(waiting.key, true), 'closed');
    await bench().advance(waiting.script.laterMs! + 1_000);
    assert.match(await waiting.end(), /^declined processor /);
  });
}

function lateReversals({ name, missing, bench, reverse, opens, offered, rowsOf }: ActedKit): void {
  const skip = missing.pages ?? missing.reversals ?? false;

  test(`${name} 22: a late success is given back at any time, unless nothing can be called back`, {
    skip,
  }, async () => {
    for (const kind of [...ACTED, 'phone_late'].filter((one) => offered(one as MethodCase)) as MethodCase[]) {
      const late = await opens(kind);
      await bench().advance(late.script.deadlineMs + 1_000);
      if (late.script.late) await late.play('pay_late');
      else await bench().advance(late.script.laterMs ?? 0);
      const came = await late.end();
      await bench().advance(7 * 24 * 3_600_000);
      if (came !== 'approved') assert.match(await reverse(late.key, false), /^(refused|nothing_to_reverse)$/, kind);
      else assert.equal(await reverse(late.key, false), late.script.reversible ? 'reversed' : 'refused', kind);
      assert.equal((await rowsOf(late.key))[0]?.reversed, came === 'approved' && late.script.reversible, kind);
    }
  });

  test(`${name} 22: an expired action is closed by a reversal: nobody can pay it late`, { skip }, async () => {
    for (const kind of ACTED.filter(offered)) {
      const expired = await opens(kind);
      if (!expired.script.late) continue;
      await bench().advance(expired.script.deadlineMs + 1_000);
      assert.equal(await reverse(expired.key, false), 'nothing_to_reverse', kind);
      await expired.play('pay_late');
      assert.match(await expired.end(), /^declined /, kind);
    }
  });
}

export function refusals(kit: Kit): void {
  const { name, missing, bench, methodOrder, nextKey, callFor, rowsOf, run, silent } = kit;
  const paid = async (kind: MethodCase) => {
    const asked = methodOrder(kind);
    assert.ok(asked !== undefined);
    const { key, order, outcome } = await run(asked.order);
    assert.ok(outcome.kind === 'action_required');
    await bench().play(outcome.action, 'approve', key);
    return { key, order, ref: outcome.ref };
  };
  const refund = async ({ order, ref }: Awaited<ReturnType<typeof paid>>, amountMinor: number) => {
    const key = nextKey();
    const money = { amountMinor, currency: order.money.currency };
    const step: StepOrder = { chargeRef: ref, charge: order.money, reference: order.reference, money };
    const outcome = await bench().processor().refund(step, callFor(key));
    silent(outcome);
    const question: KeyOrder = { operation: 'refund', money, reference: order.reference };
    return { brief: brief(outcome), found: await bench().processor().lookup(question, callFor(key)) };
  };

  test(`${name} 9, 10: refunds of other methods follow their rules, and there is nothing to void`, {
    skip: missing.pages ?? missing.steps ?? false,
  }, async () => {
    const rules: Partial<Record<MethodCase, [part: string, whole: string]>> = {
      redirect: ['approved', 'declined processor processor_refused'],
      code: ['approved', 'declined processor processor_refused'],
      phone: ['declined processor processor_refused', 'approved'],
      voucher: ['declined processor processor_refused', 'declined processor processor_refused'],
    };
    for (const kind of ACTED.filter((one) => methodOrder(one) !== undefined)) {
      const charge = await paid(kind);
      const [part, whole] = rules[kind] ?? [];
      assert.equal((await refund(charge, 34)).brief, part, kind);
      assert.equal((await refund(charge, charge.order.money.amountMinor)).brief, whole, kind);
      const step: StepOrder = {
        ...{ chargeRef: charge.ref, charge: charge.order.money, reference: charge.order.reference },
        money: charge.order.money,
      };
      const voided = await bench().processor().void(step, callFor(nextKey()));
      assert.equal(brief(voided), 'declined processor processor_refused', kind);
    }
  });

  test(`${name} 23: every change of an action's charge is told, save where the bank keeps silent`, {
    skip: missing.pages ?? false,
  }, async () => {
    for (const kind of ACTED.filter((one) => methodOrder(one) !== undefined)) {
      const { key, ref } = await paid(kind);
      const [raw] = await bench().notifications(key, 1);
      const notice = bench().processor().parseNotification(raw!);
      assert.ok(notice.kind === 'notice' && notice.requestKey === key && notice.ref === ref, kind);
      assert.equal(notice.says, 'succeeded', kind);
      silent(notice);
    }
  });

  test(`${name} 23: a payment after the end is told twice, first as declined and then as a success`, {
    skip: missing.pages ?? false,
  }, async () => {
    const asked = methodOrder('redirect');
    if (asked === undefined) return;
    const { key, outcome } = await run(asked.order);
    assert.ok(outcome.kind === 'action_required');
    await bench().advance(asked.script.deadlineMs + 1_000);
    await bench().play(outcome.action, 'pay_late', key);
    const raws = await bench().notifications(key, 2);
    const said = raws.map((raw) => bench().processor().parseNotification(raw)).map((one) => 'says' in one && one.says);
    assert.deepEqual(said, ['declined', 'succeeded']);
  });

  test(`${name} 26: what a method cannot do is declined as not sent, and no request leaves`, async () => {
    const asked = methodOrder('redirect');
    if (asked === undefined) return;
    const nothing = { ...asked.order, money: { amountMinor: 0, currency: 'ZAR' } };
    const agreement = { use: 'subsequent', type: 'recurring', networkTransactionId: 'ext-1' } as const;
    const { returnUrl: _left, ...alone } = asked.order;
    const processor = bench().processor();
    for (const [what, act] of Object.entries({
      authorize: (key: string) => processor.authorize(asked.order, callFor(key)),
      verify: (key: string) => processor.verify(nothing, callFor(key)),
      'by the merchant': (key: string) =>
        processor.charge({ ...alone, initiator: 'merchant', agreement }, callFor(key)),
      'in a series': (key: string) =>
        processor.charge({ ...asked.order, agreement: { use: 'initial', type: 'recurring' } }, callFor(key)),
      'another bank': (key: string) =>
        processor.charge({ ...asked.order, instrument: { type: 'pay_by_bank', bank: 'elsewhere' } }, callFor(key)),
    })) {
      const key = nextKey();
      assert.equal(brief(await act(key)), 'declined not_sent not_supported', what);
      assert.deepEqual(await rowsOf(key), [], what);
    }
  });

  test(`${name} 14: an answer that is lost leaves the action unknown, and a look-up brings it back`, async () => {
    for (const kind of ACTED.filter((one) => methodOrder(one) !== undefined)) {
      const { outcome, lookup } = await run(methodOrder(kind)!.order, { fault: { kind: 'answer_lost' } });
      assert.equal(brief(outcome), 'unknown', kind);
      assert.equal(brief(await lookup()), 'action_required', kind);
    }
  });
}
