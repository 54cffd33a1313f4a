/** Each way to pay beyond cards from the page to its end, through a plain HTTP client, and the books after each. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import { assertSound } from '../simulation/invariants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { decidesAt, lastAttempt, passes, paysBy } from '../support/method-payer.ts';
import { cards } from '../support/payer.ts';

let app: TestApp;

before(async () => {
  app = await testApp();
});

after(async () => {
  await app.close();
});

const OPEN_ENDS = { openAllowed: true };

async function begun(method: string, fields: Record<string, string> = {}, over: Record<string, unknown> = {}) {
  const session = await app.merchant.createSession(over);
  const payer = app.payer.another();
  const page = await paysBy(payer, session, method, fields);
  return { session, payer, page };
}

const toBank = (bank: string) => begun('pay_by_bank', { pay_by_bank_bank: bank });
const toPhone = (ending: string) => begun('mobile_money', { mobile_money_phone: `+27 82 123 45${ending}` });

async function addressOf(session: Json): Promise<string> {
  const { next_action: action } = await lastAttempt(app, session);
  return action.url ?? action.deep_link ?? action.copy_text;
}

async function outcome(session: Json): Promise<[string, string]> {
  const { status, payment_outcome } = await app.merchant.session(session.id);
  return [status, payment_outcome];
}

const NOTHING_CHARGED = /Nothing was charged\./;

afterEach(async () => {
  await assertSound(app, OPEN_ENDS);
});

test('a bank: approved on its page, paid when the payer comes back, and shown as what it was paid with', async () => {
  const { session, payer, page } = await toBank('prompt');
  assert.equal(page.state, 'redirect');
  assert.match(page.html, /Continue to <bdi>Prompt Bank<\/bdi> to approve/);
  assert.deepEqual(await outcome(session), ['active', 'pending']);
  const attempt = await lastAttempt(app, session);
  assert.deepEqual(attempt.payment_method_details, { type: 'pay_by_bank', pay_by_bank: { bank: 'prompt' } });
  assert.equal(attempt.next_action.type, 'redirect');
  assert.match(attempt.next_action.expires_at, /Z$/);
  await decidesAt(attempt.next_action.url, 'approve');
  assert.deepEqual(await outcome(session), ['completed', 'paid']);
  const paid = await payer.open(session);
  assert.equal(paid.state, 'paid');
  assert.match(paid.html, /Pay by bank/);
  const payment = await app.merchant.payment((await app.merchant.session(session.id)).payment_id);
  assert.equal(payment.payment_method_details.type, 'pay_by_bank');
  assert.equal((await lastAttempt(app, session)).next_action, undefined);
});

test('a bank: refused on its page, nothing charged, and a card pays the same session', async () => {
  const { session, payer } = await toBank('prompt');
  await decidesAt(await addressOf(session), 'decline');
  const page = await payer.open(session);
  assert.equal(page.state, 'declined');
  assert.match(page.html, /The payment was not approved/);
  assert.match(page.html, NOTHING_CHARGED);
  assert.match(page.html, /value="pay_by_bank" data-method checked/);
  assert.equal((await payer.pays(session, cards.approved)).state, 'paid');
  const payment = await app.merchant.payment((await app.merchant.session(session.id)).payment_id);
  assert.equal(payment.payment_method_details.type, 'card');
});

test('a bank: a payer who comes back undecided may go on, or leave and pay otherwise; then the bank’s page is closed', async () => {
  const { session, payer } = await toBank('prompt');
  const address = await addressOf(session);
  await decidesAt(address, 'abandon');
  assert.equal((await payer.open(session)).state, 'redirect');
  const left = await payer.act(session, 'leave');
  assert.equal(left.state, 'declined');
  assert.match(left.html, NOTHING_CHARGED);
  assert.equal((await lastAttempt(app, session)).decline.code, 'approval_declined');
  await decidesAt(address, 'approve').catch(() => undefined);
  assert.equal((await payer.pays(session, cards.approved)).state, 'paid');
  const { payment_id: reference } = await app.merchant.session(session.id);
  const kept = (await app.control.charged()).filter((row) => row.reference === reference);
  assert.equal(kept.length, 1, 'the bank took nothing after the payer had left it');
});

test('a bank: the tab is closed after the approval, and the merchant gets the result all the same', async () => {
  const { session } = await toBank('prompt');
  const address = await addressOf(session);
  const page = await fetch(address);
  const action = /<form[^>]*action="([^"]*)"/.exec(await page.text())?.[1] ?? '';
  const body = new URLSearchParams({ decision: 'approve' });
  await (await fetch(new URL(action, address), { method: 'POST', redirect: 'manual', body })).arrayBuffer();
  await passes(app, 2 * MINUTE);
  assert.deepEqual(await outcome(session), ['completed', 'paid']);
});

test('a bank: the tab is closed undecided, and the deadline ends the try without a word about money', async () => {
  const { session, payer } = await toBank('prompt');
  await passes(app, 15 * MINUTE + 5 * SECOND);
  const page = await payer.open(session);
  assert.equal(page.state, 'declined');
  assert.doesNotMatch(page.html, NOTHING_CHARGED);
  assert.equal((await lastAttempt(app, session)).decline.code, 'approval_timeout');
});

test('a patient bank: on its way for a day, past the end of the page, then paid', async () => {
  const expires = new Date(app.clock.now() + HOUR).toISOString();
  const { session, payer } = await begun(
    'pay_by_bank',
    { pay_by_bank_bank: 'patient' },
    { options: { checkout_options: { expires_at: expires } } },
  );
  await decidesAt(await addressOf(session), 'approve');
  const page = await payer.open(session);
  assert.equal(page.state, 'on_its_way');
  assert.match(page.html, /Do not pay again\./);
  await passes(app, 23 * HOUR);
  assert.deepEqual(await outcome(session), ['active', 'pending']);
  assert.equal((await payer.open(session)).state, 'on_its_way');
  const cancelled = await app.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`);
  assert.equal(cancelled.status, 409, cancelled.text);
  await passes(app, 2 * HOUR);
  assert.deepEqual(await outcome(session), ['completed', 'paid']);
});

test('a doubtful bank: on its way, then declined after two hours, and the payer may try again', async () => {
  const { session, payer } = await toBank('doubtful');
  await decidesAt(await addressOf(session), 'approve');
  assert.equal((await payer.open(session)).state, 'on_its_way');
  await passes(app, 2 * HOUR + MINUTE);
  assert.equal((await payer.open(session)).state, 'declined');
  assert.deepEqual(await outcome(session), ['active', 'unpaid']);
});

test('a wallet: the code is drawn, stands there as text, and paying with it pays the session', async () => {
  const { session, payer, page } = await begun('wallet_qr');
  assert.equal(page.state, 'qr_code');
  assert.match(page.html, /<svg class="qr" role="img" aria-label="[^"]+"/);
  await decidesAt(await addressOf(session), 'approve');
  const checked = await payer.act(session, 'check');
  assert.equal(checked.state, 'paid');
});

test('a wallet: never scanned, the deadline ends the try', async () => {
  const { session, payer } = await begun('wallet_qr');
  await passes(app, 14 * MINUTE);
  assert.equal((await payer.open(session)).state, 'qr_code');
  await passes(app, 2 * MINUTE);
  assert.equal((await payer.open(session)).state, 'declined');
});

test('a phone: approved after three seconds', async () => {
  const { session, payer, page } = await toPhone('00');
  assert.equal(page.state, 'await_approval');
  assert.match(page.html, /phone ending <bdi>00<\/bdi>/);
  assert.match(page.html, /cannot be called back/);
  assert.deepEqual((await lastAttempt(app, session)).payment_method_details, {
    type: 'mobile_money',
    mobile_money: { phone_ending: '00' },
  });
  await passes(app, 4 * SECOND);
  assert.equal((await payer.open(session)).state, 'paid');
});

test('a phone: nothing calls back what was sent to it', async () => {
  const { session, payer, page } = await toPhone('03');
  assert.doesNotMatch(page.html, /\/leave"/);
  await payer.press(session, 'leave', { csrf: /name="csrf" value="([^"]*)"/.exec(page.html)?.[1] ?? '' });
  assert.equal((await payer.open(session)).state, 'await_approval');
  assert.deepEqual(await outcome(session), ['active', 'pending']);
});

for (const [ending, code, itsClass] of [
  ['01', 'incorrect_pin', 'security_code'],
  ['02', 'insufficient_funds', 'funds'],
] as const) {
  test(`a phone ending ${ending}: declined as ${code}, proven by the answer`, async () => {
    const { session, payer } = await toPhone(ending);
    await passes(app, 5 * SECOND);
    const page = await payer.open(session);
    assert.equal(page.state, 'declined');
    assert.match(page.html, new RegExp(`data-decline="${itsClass}"`));
    assert.match(page.html, NOTHING_CHARGED);
    assert.equal((await lastAttempt(app, session)).decline.code, code);
  });
}

test('a phone that never answers: the try ends, and the page does not claim that nothing was charged', async () => {
  const { session, payer } = await toPhone('03');
  await passes(app, 3 * MINUTE + 5 * SECOND);
  const page = await payer.open(session);
  assert.equal(page.state, 'declined');
  assert.doesNotMatch(page.html, NOTHING_CHARGED);
  assert.equal((await lastAttempt(app, session)).decline.code, 'approval_timeout');
});

test('a phone that approved without telling us: found by asking', async () => {
  const { session } = await toPhone('05');
  await passes(app, 10 * SECOND);
  assert.deepEqual(await outcome(session), ['active', 'pending']);
  await passes(app, MINUTE);
  assert.deepEqual(await outcome(session), ['completed', 'paid']);
});

test('a voucher: three days are longer than the page; paid at the till it completes the session', async () => {
  const expires = new Date(app.clock.now() + HOUR).toISOString();
  const { session, payer, page } = await begun(
    'voucher',
    {},
    { options: { checkout_options: { expires_at: expires } } },
  );
  assert.equal(page.state, 'voucher');
  const { next_action: action } = await lastAttempt(app, session);
  assert.match(action.code.replaceAll(' ', ''), /^9\d{15}$/);
  await passes(app, 2 * DAY);
  assert.equal((await payer.open(session)).state, 'voucher');
  assert.deepEqual(await outcome(session), ['active', 'pending']);
  await decidesAt(`${app.sandbox.url}/shop/${action.code.replaceAll(' ', '')}`, 'approve');
  await passes(app, 2 * SECOND);
  assert.deepEqual(await outcome(session), ['completed', 'paid']);
});

test('a voucher: never paid, and the session ends with it', async () => {
  const expires = new Date(app.clock.now() + HOUR).toISOString();
  const { session, payer } = await begun('voucher', {}, { options: { checkout_options: { expires_at: expires } } });
  await passes(app, 3 * DAY + MINUTE);
  assert.deepEqual(await outcome(session), ['expired', 'unpaid']);
  const page = await payer.open(session);
  assert.equal(page.state, 'expired');
  assert.doesNotMatch(page.html, NOTHING_CHARGED);
});

test('a voucher: paying another way voids the code first', async () => {
  const { session, payer } = await begun('voucher');
  const { next_action: action } = await lastAttempt(app, session);
  const left = await payer.act(session, 'leave');
  assert.equal(left.state, 'declined');
  await decidesAt(`${app.sandbox.url}/shop/${action.code.replaceAll(' ', '')}`, 'approve').catch(() => undefined);
  await passes(app, MINUTE);
  assert.equal((await payer.pays(session, cards.approved)).state, 'paid');
});

test('a phone’s payment is refunded whole or not at all, a voucher’s never, and the answer says so', async () => {
  const phone = await toPhone('00');
  await passes(app, 4 * SECOND);
  const { payment_id: phonePayment } = await app.merchant.session(phone.session.id);
  const part = await app.merchant.call('POST', `/collect/payments/${phonePayment}/refunds`, { amount: 100 });
  assert.deepEqual([part.status, part.body.code], [409, 'payment_not_refundable'], part.text);
  assert.match(part.body.detail, /whole payment or nothing/);
  const whole = await app.merchant.call('POST', `/collect/payments/${phonePayment}/refunds`, {});
  assert.equal(whole.status, 201, whole.text);
  const voucher = await begun('voucher');
  const { next_action: action } = await lastAttempt(app, voucher.session);
  await decidesAt(`${app.sandbox.url}/shop/${action.code.replaceAll(' ', '')}`, 'approve');
  await passes(app, 2 * SECOND);
  const { payment_id: voucherPayment } = await app.merchant.session(voucher.session.id);
  const none = await app.merchant.call('POST', `/collect/payments/${voucherPayment}/refunds`, {});
  assert.deepEqual([none.status, none.body.code], [409, 'payment_not_refundable'], none.text);
  assert.match(none.body.detail, /voucher/i);
});

test('nothing of a whole phone number is kept or told anywhere', async () => {
  const { session } = await toPhone('00');
  await passes(app, 4 * SECOND);
  const rows = await app.database.query<{ text: string }>(
    `select to_json(a)::text as text from attempts a union all select to_json(p)::text from payments p
     union all select to_json(e)::text from events e`,
  );
  for (const { text } of rows) assert.doesNotMatch(text, /82123450|821234500/);
  assert.ok(!app.logs.some((line) => line.includes('821234500')));
  assert.equal((await outcome(session))[1], 'paid');
});
