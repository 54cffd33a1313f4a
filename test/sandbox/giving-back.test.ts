/** The ways to pay beyond cards: what can be called back, reversed or refunded, and what never can. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundTown } from './merchant.ts';
import {
  BANK,
  decides,
  HOUR_MS,
  type MethodOrder,
  now,
  opened,
  pageOf,
  phone,
  reverses,
  TILL,
  WALLET,
} from './method-payer.ts';

test('after the deadline bank, wallet and till can still be paid: a success that a reversal gives back at any time', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  for (const [name, method] of Object.entries({
    bank: BANK,
    wallet: WALLET,
    till: TILL,
  })) {
    const key = `the-key-late-${name}`;
    await opened(merchant, key, method);
    const page = await pageOf(town, key);
    assert.equal((await decides(page, 'pay_late')).status, 200, `${name}: not before the end`);
    await merchant.waits(73 * HOUR_MS);
    assert.equal((await decides(page, 'approve')).status, 200, `${name}: too late to approve`);
    assert.equal((await now(merchant, key)).reason, 'action_expired');
    assert.match(await (await fetch(page)).text(), /Pay late/);
    assert.equal((await decides(page, 'pay_late')).status, 303);
    const late = await now(merchant, key);
    assert.deepEqual([late.status, late.reason, late.response.code], ['approved', undefined, '00'], name);
    assert.ok(!(await (await fetch(page)).text()).includes('Pay late'));
    await merchant.waits(100 * HOUR_MS);
    assert.equal((await reverses(merchant, key)).body.status, 'reversed', name);
    assert.equal((await now(merchant, key)).status, 'reversed', name);
  }
  assert.equal((await town.control('GET', '/book/check')).body.ok, true);
});

test('a reversal closes an open action or an expired one for good: nobody can pay it late', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  for (const [name, wait, said] of [
    ['open', 0, 'closed'],
    ['expired', HOUR_MS, 'nothing_to_reverse'],
  ] as const) {
    const key = `the-key-shut-${name}`;
    const { action } = await opened(merchant, key, BANK);
    await merchant.waits(wait);
    assert.equal((await reverses(merchant, key, { only_undecided: true })).body.status, said);
    for (const word of ['approve', 'pay_late']) assert.equal((await decides(action.url, word)).status, 200);
    assert.equal((await now(merchant, key)).status, 'declined');
    assert.ok(!(await (await fetch(action.url)).text()).includes('Pay late'));
  }
});

test('a success in time is kept by a reversal of what is undecided, and given back by a plain one within 24 hours', async (t) => {
  const { merchant } = await foundTown(t);
  for (const [name, wait, said] of [
    ['young', HOUR_MS, 'reversed'],
    ['old', 25 * HOUR_MS, 'not_reversible'],
  ] as const) {
    const key = `the-key-${name}`;
    const { action } = await opened(merchant, key, { type: 'pay_by_bank', bank: 'patient' });
    await decides(action.url, 'approve');
    await merchant.waits(24 * HOUR_MS + 1_000);
    await merchant.waits(wait);
    const body = { request_key: key, only_undecided: true };
    assert.equal((await merchant.call('POST', '/v1/reversals', { key: `kept-${key}`, body })).body.status, 'kept');
    const undone = (await reverses(merchant, key)).body;
    assert.equal(undone.status ?? undone.error.code, said, name);
  }
});

test('mobile money cannot be called back once sent, in time, too late or taken; a whole refund gives it back', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const charge = await opened(merchant, 'the-key-push', phone('04'));
  let asked = 0;
  const refused = async (more: object = {}) => {
    const { status, body } = await merchant.call('POST', '/v1/reversals', {
      key: `undo-the-push-${++asked}`,
      body: { request_key: 'the-key-push', ...more },
    });
    assert.deepEqual([status, body.error?.code], [422, 'not_reversible']);
  };
  await refused({ only_undecided: true });
  await merchant.waits(181_000);
  await refused();
  await merchant.waits(60_000);
  assert.equal((await now(merchant, 'the-key-push')).status, 'approved');
  await refused();
  const refunds = `/v1/charges/${charge.id}/refunds`;
  const part = { amount: { value: 1999, currency: 'ZAR' } };
  const partial = await merchant.call('POST', refunds, { key: 'the-refund-1', body: part });
  assert.deepEqual([partial.status, partial.body.error.code], [422, 'not_refundable']);
  const whole = await merchant.call('POST', refunds, { key: 'the-refund-2', body: { amount: charge.amount } });
  assert.equal(whole.body.refunds[0].status, 'succeeded');

  await opened(merchant, 'the-key-again', phone('00'));
  await merchant.waits(4_000);
  assert.equal((await town.control('GET', '/book/check')).body.ok, true, 'given back, then paid: one payment');

  await opened(merchant, 'the-key-poor', phone('02'));
  await merchant.waits(4_000);
  assert.equal((await reverses(merchant, 'the-key-poor')).body.status, 'nothing_to_reverse');
  assert.equal((await reverses(merchant, 'the-key-never')).body.status, 'closed');
  const closed = await merchant.charge('the-key-never', { method: phone('00') });
  assert.deepEqual([closed.body.status, closed.body.reason], ['declined', 'reversed']);
});

test('cash is never refunded; bank and wallet are, in parts', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const refund = async (method: MethodOrder, name: string) => {
    const charge = await opened(merchant, `the-key-${name}`, method);
    await decides(await pageOf(town, `the-key-${name}`), 'approve');
    const body = { amount: { value: 500, currency: 'ZAR' } };
    return merchant.call('POST', `/v1/charges/${charge.id}/refunds`, { key: `the-refund-${name}`, body });
  };
  assert.equal((await refund(TILL, 'till')).body.error.code, 'not_refundable');
  assert.equal((await refund(BANK, 'bank')).body.refunds[0].status, 'succeeded');
  assert.equal((await refund(WALLET, 'wallet')).body.refunds[0].status, 'succeeded');
});
