/** The ways to pay beyond cards: what the payer decides, and what time decides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passesLuhn } from '../../src/lib/luhn.ts';
import { newAccount } from '../../src/sandbox/accounts.ts';
import type { BookLine } from '../../src/sandbox/book-file.ts';
import { createWorld, replayLine } from '../../src/sandbox/world.ts';
import { foundTown, RETURN_URL } from './merchant.ts';
import { BANK, decides, HOUR_MS, now, opened, pageOf, phone, TILL, WALLET } from './method-payer.ts';

test('a bank is approved on its page, leads back with 303, and the book knows it first', async (t) => {
  const { merchant, rows } = await foundTown(t);
  const charge = await opened(merchant, 'the-key-bank', BANK);
  assert.equal(charge.action.type, 'redirect');
  assert.match(new URL(charge.action.url).pathname, /^\/bank\/[0-9a-f]{32}$/);
  assert.equal(Date.parse(charge.action.expires_at) - Date.parse(charge.created_at), 15 * 60_000);
  const answer = await decides(charge.action.url, 'approve');
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, RETURN_URL]);
  const end = await now(merchant, 'the-key-bank');
  assert.deepEqual([end.status, end.response.code, end.captured], ['approved', '00', charge.amount]);
  assert.deepEqual([end.network_transaction_id, end.token, end.card], [undefined, undefined, undefined]);
  const [row] = await rows();
  assert.deepEqual([row?.state, row?.amount, row?.arrivals], ['approved', 2000, 1]);
});

test('Patient Bank approves a day after the payer did, Doubtful Bank declines two hours after', async (t) => {
  const { merchant } = await foundTown(t);
  for (const [bank, hours, end] of [
    ['patient', 24, 'approved'],
    ['doubtful', 2, 'declined'],
  ] as const) {
    const charge = await opened(merchant, `the-key-${bank}`, { type: 'pay_by_bank', bank });
    await decides(charge.action.url, 'approve');
    const waiting = await now(merchant, `the-key-${bank}`);
    assert.equal(waiting.status, 'pending');
    assert.ok(Math.abs(Date.parse(waiting.expected_by) - Date.parse(waiting.created_at) - hours * HOUR_MS) < 60_000);
    await merchant.waits(hours * HOUR_MS - 60_000);
    assert.equal((await now(merchant, `the-key-${bank}`)).status, 'pending');
    await merchant.waits(2 * 60_000);
    assert.equal((await now(merchant, `the-key-${bank}`)).status, end);
  }
});

test('declining and leaving mean the same for every method: cancelled by the payer, or undecided until the deadline', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const methods = { bank: BANK, wallet: WALLET, phone: phone('89'), till: TILL };
  const deadlines = { bank: 900, wallet: 900, phone: 180, till: 3 * 86_400 };
  for (const [name, method] of Object.entries(methods)) {
    await opened(merchant, `the-key-no-${name}`, method);
    assert.equal((await decides(await pageOf(town, `the-key-no-${name}`), 'decline')).status, 303, name);
    const refused = await now(merchant, `the-key-no-${name}`);
    assert.deepEqual([refused.status, refused.reason], ['declined', 'cancelled_by_payer'], name);

    const left = await opened(merchant, `the-key-go-${name}`, method);
    const seconds = deadlines[name as keyof typeof deadlines];
    assert.equal(Date.parse(left.action.expires_at) - Date.parse(left.created_at), seconds * 1000, name);
    assert.equal((await decides(await pageOf(town, `the-key-go-${name}`), 'abandon')).status, 303, name);
    assert.equal((await now(merchant, `the-key-go-${name}`)).status, 'action_required', name);
    await merchant.waits(seconds * 1000 + 1_000);
    const expired = await now(merchant, `the-key-go-${name}`);
    assert.deepEqual([expired.status, expired.reason], ['declined', 'action_expired'], name);
  }
});

test('each way to pay shows the payer what the interface promises', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const { action: qr } = await opened(merchant, 'the-key-wallet', WALLET);
  assert.deepEqual([qr.type, qr.payload], ['qr', qr.url]);
  assert.match(new URL(qr.url).pathname, /^\/wallet\/[0-9a-f]{32}$/);
  const { action: push } = await opened(merchant, 'the-key-phone', phone('89'));
  assert.deepEqual(push, {
    type: 'push',
    hint: 'Sandbox Money on the phone ending 89',
    expires_at: push.expires_at,
  });
  const { action: voucher } = await opened(merchant, 'the-key-till', TILL);
  assert.match(voucher.code, /^9\d{15}$/);
  assert.ok(voucher.lines.length > 0);
  assert.ok((await decides(`${town.sandbox.url}/shop/${voucher.code}`, 'approve')).ok === false);
  assert.equal((await now(merchant, 'the-key-till')).status, 'approved');
});

test('two thousand voucher codes begin with 9, are all different, and not one passes as a card number', async (t) => {
  const { merchant } = await foundTown(t);
  const codes = new Set<string>();
  for (let part = 0; part < 20; part++) {
    const made = await Promise.all(
      Array.from({ length: 100 }, (_, i) => merchant.charge(`voucher-${part}-${i}`, { method: TILL })),
    );
    for (const { body } of made) codes.add(body.action.code);
  }
  assert.equal(codes.size, 2000);
  for (const code of codes) assert.ok(/^9\d{15}$/.test(code) && !passesLuhn(code), code);
});

test('the last two digits of a phone decide what it answers by itself', async (t) => {
  const { merchant } = await foundTown(t);
  const after = async (ending: string, ms: number) => {
    const key = `the-phone-${ending}-${ms}`;
    await opened(merchant, key, phone(ending));
    await merchant.waits(ms);
    const { status, reason, response } = await now(merchant, key);
    return [status, reason ?? response?.code];
  };
  assert.deepEqual(await after('00', 2_000), ['action_required', undefined]);
  assert.deepEqual(await after('00', 3_500), ['approved', '00']);
  assert.deepEqual(await after('01', 3_500), ['declined', '55']);
  assert.deepEqual(await after('02', 3_500), ['declined', '51']);
  assert.deepEqual(await after('03', 170_000), ['action_required', undefined]);
  assert.deepEqual(await after('03', 400_000), ['declined', 'action_expired']);
  assert.deepEqual(await after('04', 200_000), ['declined', 'action_expired']);
  assert.deepEqual(await after('04', 241_000), ['approved', '00']);
  assert.deepEqual(await after('05', 3_500), ['approved', '00']);
  assert.deepEqual(await after('89', 100_000), ['action_required', undefined]);
});

test('a phone takes any four digits as its PIN and asks again for anything else; nobody can play one that answers by itself', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  await opened(merchant, 'the-key-pin', phone('89'));
  const page = await pageOf(town, 'the-key-pin');
  for (const pin of ['', '123', '12345', 'abcd']) {
    const again = await decides(page, 'approve', { pin });
    assert.equal(again.status, 200);
    assert.match(await again.text(), /<title>Error: .*Enter four digits/s);
  }
  assert.equal((await now(merchant, 'the-key-pin')).status, 'action_required');
  assert.equal((await decides(page, 'approve', { pin: '4711' })).status, 303);
  assert.equal((await now(merchant, 'the-key-pin')).status, 'approved');

  await opened(merchant, 'the-key-auto', phone('03'));
  const answer = await decides(await pageOf(town, 'the-key-auto'), 'approve', { pin: '4711' });
  assert.match(await answer.text(), /answers by itself/);
  assert.equal((await now(merchant, 'the-key-auto')).status, 'action_required');
});

test('no method beyond cards can verify, reserve, begin an agreement or be charged by the merchant', async (t) => {
  const { merchant } = await foundTown(t);
  const methods = [BANK, WALLET, phone('00'), TILL];
  const agreement = { use: 'subsequent', type: 'recurring', network_transaction_id: 'ext-1' };
  for (const [i, method] of methods.entries()) {
    for (const [what, changes] of Object.entries({
      intent: { intent: 'authorize' },
      verify: { intent: 'verify', amount: { value: 0, currency: 'ZAR' } },
      initiator: { initiator: 'merchant', agreement },
      agreement: { agreement: { use: 'initial', type: 'recurring' } },
    })) {
      const { status, body } = await merchant.charge(`the-key-${i}-${what}`, { method, ...changes });
      assert.deepEqual([status, body.error?.code], [422, 'intent_not_supported'], `${i} ${what}`);
      assert.equal(body.error.field, { verify: 'intent', agreement: 'agreement.use' }[what] ?? what);
    }
  }
});

test('an order of a method says what is wrong with it, and never repeats a phone number', async (t) => {
  const { merchant } = await foundTown(t);
  const refusal = async (method: object) => (await merchant.charge('the-key-wrong', { method })).body.error;
  assert.equal((await refusal({ type: 'pay_by_bank', bank: 'other' })).field, 'method.bank');
  assert.equal((await refusal({ type: 'pay_by_bank' })).field, 'method.bank');
  assert.equal((await refusal({ type: 'wallet_qr', bank: 'prompt' })).field, 'method.bank');
  const wrong = await refusal({ type: 'mobile_money', phone: '0821234500' });
  assert.equal(wrong.field, 'method.phone');
  assert.ok(!wrong.message.includes('0821234500'));
});

test('deadlines, phones and banks go on after a restart, and no phone number lies in the book', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  await merchant.call('PUT', '/v1/account', { body: { action_deadlines: { wallet_qr: 60, voucher: 604_800 } } });
  const { action: bank } = await opened(merchant, 'the-key-patient', { type: 'pay_by_bank', bank: 'patient' });
  await decides(bank.url, 'approve');
  await opened(merchant, 'the-key-late', phone('04'));
  await opened(merchant, 'the-key-page', phone('89'));
  const { action: qr } = await opened(merchant, 'the-key-wallet', WALLET);
  const { action: voucher, created_at: created } = await opened(merchant, 'the-key-till', TILL);
  assert.equal(Date.parse(voucher.expires_at) - Date.parse(created), 604_800_000);
  const page = await pageOf(town, 'the-key-page');
  await town.restarts();
  const here = (url: string) => town.sandbox.url + new URL(url, 'http://x').pathname;
  assert.equal((await decides(here(page), 'approve', { pin: '0000' })).status, 303);
  assert.equal((await now(merchant, 'the-key-page')).status, 'approved');
  await merchant.waits(70_000);
  assert.equal((await now(merchant, 'the-key-wallet')).reason, 'action_expired');
  await town.restarts();
  assert.equal((await decides(here(qr.url), 'pay_late')).status, 303);
  await merchant.waits(121_000);
  await town.restarts();
  assert.equal((await now(merchant, 'the-key-late')).reason, 'action_expired');
  await merchant.waits(60_000);
  assert.equal((await now(merchant, 'the-key-late')).status, 'approved');
  await merchant.waits(24 * HOUR_MS);
  assert.equal((await now(merchant, 'the-key-patient')).status, 'approved');
  assert.equal((await decides(here(`/shop/${voucher.code}`), 'approve')).status, 303);
  const raw = await town.control('GET', '/book/raw');
  assert.ok(!JSON.stringify(raw.body).includes('278212345'));
});

const DEADLINES = { three_ds: 60, pay_by_bank: 900, wallet_qr: 900, mobile_money: 180, voucher: 259_200 };

test('a deadline that is set leaves the others as they are, and each has its bounds', async (t) => {
  const { merchant } = await foundTown(t);
  const { body } = await merchant.call('PUT', '/v1/account', { body: { action_deadlines: { three_ds: 60 } } });
  assert.deepEqual(body.action_deadlines, DEADLINES);
  for (const voucher of [0, 30 * 86_400 + 1, '60']) {
    const wrong = await merchant.call('PUT', '/v1/account', { body: { action_deadlines: { voucher } } });
    assert.equal(wrong.body.error.field, 'action_deadlines.voucher');
  }
});

test('a book from before these methods were known says nothing of their deadlines, and they hold all the same', () => {
  const account = newAccount('A-0123456789ABCDEF', 'shop');
  const world = createWorld(new Map([[account.id, account]]), () => {});
  const line = { n: 1, at: '', kind: 'account', account: account.id, action_deadlines: { three_ds: 60 }, sum: '' };
  replayLine(world, line as unknown as BookLine);
  assert.deepEqual(account.action_deadlines, DEADLINES);
});

test('a page of one kind is not found under the path of another, nor is a code that nobody has', async (t) => {
  const town = await foundTown(t);
  const { action } = await opened(town.merchant, 'the-key-path', BANK);
  const key = new URL(action.url).pathname.split('/').at(-1);
  for (const path of [
    `/wallet/${key}`,
    `/phone/${key}`,
    `/shop/${key}`,
    `/acs/${key}`,
    '/shop/9000000000000001',
    '/bank/',
  ]) {
    assert.equal((await fetch(town.sandbox.url + path)).status, 404, path);
  }
  assert.equal((await fetch(`${action.url}/more`)).status, 404);
});

test('a fault may be matched by method, and meets orders, refunds, look-ups and notifications of that method only', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  await town.arms('refuse_step', { match: { method: 'pay_by_bank', operation: 'refund' }, times: 9 });
  await town.arms('lookup_error', { match: { method: 'wallet_qr' }, times: 9 });
  await town.arms('decline', { params: { code: '61' }, match: { method: 'voucher' }, times: 9 });
  for (const [name, method] of Object.entries({
    bank: BANK,
    wallet: WALLET,
    till: TILL,
  })) {
    const key = `the-key-${name}`;
    const charge = await opened(merchant, key, method);
    await decides(await pageOf(town, key), 'approve');
    assert.equal((await merchant.lookup(key)).status, name === 'wallet' ? 500 : 200, name);
    if (name === 'till') assert.equal((await now(merchant, key)).response.code, '61');
    else {
      const body = { amount: { value: 1, currency: 'ZAR' } };
      const path = `/v1/charges/${charge.id}/refunds`;
      const { refunds } = (await merchant.call('POST', path, { key: `back-${name}`, body })).body;
      assert.equal(refunds[0].status, name === 'bank' ? 'failed' : 'succeeded', name);
    }
  }
});

test('a question that reaches the payer late gives the full time from then on', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  await town.arms('processed_late', { params: { s: 600 } });
  const unanswered = merchant.charge('the-key-slow', { method: phone('00') }).catch((error: Error) => error);
  while ((await town.rows()).length < 1) await new Promise(setImmediate);
  await town.restarts();
  assert.ok((await unanswered) instanceof Error);
  assert.equal((await merchant.lookup('the-key-slow')).body.data.length, 0);
  await merchant.waits(600_500);
  const asked = await now(merchant, 'the-key-slow');
  assert.equal(asked.status, 'action_required');
  assert.equal(Date.parse(asked.action.expires_at) - Date.parse(asked.created_at), 180_000);
  await merchant.waits(3_000);
  assert.equal((await now(merchant, 'the-key-slow')).status, 'approved');
});

test('the same key with another bank or another phone is another request', async (t) => {
  const { merchant } = await foundTown(t);
  await opened(merchant, 'the-key-same', phone('89'));
  const same = await merchant.charge('the-key-same', { method: phone('89') });
  assert.deepEqual([same.status, same.headers.get('request-key-replayed')], [200, 'true']);
  const other = await merchant.charge('the-key-same', { method: { type: 'mobile_money', phone: '+27821111189' } });
  assert.equal(other.body.error.code, 'request_key_reused');
});
